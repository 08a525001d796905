"""No invented authority where real people file."""

import pytest

from icpportal.gateways.miit.simulated.checks import no_simulator_in_production

REAL = "provider.gateways.Wire"
SIMULATED = "icpportal.gateways.miit.simulated.gateway.SimulatedAuthority"


@pytest.mark.parametrize(
    ("demo", "simulators", "gateway", "ids"),
    [
        (True, True, SIMULATED, []),
        (False, False, REAL, []),
        (False, True, REAL, ["simulated_authority.E001"]),
        (False, False, SIMULATED, ["simulated_authority.E002"]),
        (False, True, SIMULATED, ["simulated_authority.E001", "simulated_authority.E002"]),
    ],
)
def test_simulators_are_refused_outside_the_demo(settings, demo, simulators, gateway, ids):
    settings.DEMO, settings.SIMULATORS, settings.AUTHORITY_GATEWAY = demo, simulators, gateway

    assert [error.id for error in no_simulator_in_production(None)] == ids
