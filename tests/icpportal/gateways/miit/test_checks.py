"""No invented authority where real people file, and no real one that cannot be reached."""

import pytest

from icpportal.gateways.miit.checks import line_can_work, no_simulator_in_production
from tests.icpportal.production import manage

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


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("MIIT_AES_KEY", "short", "MIIT_AES_KEY must be 16, 24 or 32 ASCII characters"),
        ("MIIT_AES_IV", "short", "MIIT_AES_IV must be 16 ASCII characters"),
        ("MIIT_ISP_ID", 0, "MIIT_ISP_ID is the number the administration gave this provider"),
        ("MIIT_FILES_URL", "ministry.invalid/service", "MIIT_FILES_URL is not an http or https address"),
        ("MIIT_XSD_DIR", "/nowhere", "MIIT_XSD_DIR: "),
    ],
)
def test_the_deploy_check_names_what_would_stop_the_line_at_night(settings, name, value, says):
    setattr(settings, name, value)
    in_production = [(error.id, error.msg.startswith(says)) for error in line_can_work(None)]
    settings.DEMO = True

    assert (in_production, line_can_work(None)) == ([("miit.E003", True)], [])


def test_a_complete_line_passes_the_deploy_check():
    assert line_can_work(None) == []


def test_check_deploy_refuses_a_key_of_the_wrong_length_and_other_commands_go_on():
    deploy = manage("check", "--deploy", MIIT_AES_KEY="fifteen letters")

    assert deploy.returncode == 1
    assert "(miit.E003) MIIT_AES_KEY must be 16, 24 or 32 ASCII characters" in deploy.stderr
    assert "fifteen letters" not in deploy.stderr
    assert manage("check", MIIT_AES_KEY="fifteen letters").returncode == 0
