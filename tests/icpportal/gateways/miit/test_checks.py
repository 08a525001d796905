"""No invented authority where real people file."""

import pytest

from icpportal.gateways.miit.checks import no_simulator_in_production

REAL = "http://ministry.invalid/service"


@pytest.fixture(autouse=True)
def production(settings):
    settings.DEMO = settings.SIMULATORS = False
    settings.SIMULATOR_URL = "http://simulator.example:8001"
    settings.MIIT_FILES_URL = settings.MIIT_STATUS_URL = settings.MIIT_PASSWORD_URL = REAL
    settings.MIIT_PHONES_URL = ""


def findings() -> list[tuple[str | None, str]]:
    return [(error.id, error.msg.split()[0]) for error in no_simulator_in_production(None)]


def test_a_real_ministry_is_accepted_in_production():
    assert findings() == []


def test_simulators_are_refused_in_production_and_allowed_in_the_demo(settings):
    settings.SIMULATORS = True
    in_production = findings()
    settings.DEMO = True

    assert (in_production, findings()) == ([("miit.E001", "SIMULATORS")], [])


@pytest.mark.parametrize("name", ["MIIT_FILES_URL", "MIIT_STATUS_URL", "MIIT_PASSWORD_URL", "MIIT_PHONES_URL"])
@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8001/x",
        "http://127.9.9.9/x",
        "http://localhost:9/x",
        "http://[::1]/x",
        "http://simulator.example:8001/x",
    ],
)
def test_the_ministry_is_neither_this_machine_nor_the_simulator(settings, name, address):
    setattr(settings, name, address)
    in_production = findings()
    settings.DEMO = True

    assert (in_production, findings()) == ([("miit.E002", name)], [])
