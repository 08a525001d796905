"""`manage.py check_gateways`."""

import json

import pytest
from django.core.management import call_command

from icpportal.gateways.inventory.file import save

ALL_GOOD = {
    "AUTHORITY_GATEWAY": "icpportal.gateways.miit.fake.FakeAuthority",
    "INVENTORY_GATEWAY": "icpportal.gateways.inventory.fake.FakeInventory",
    "SMS_GATEWAY": "icpportal.gateways.sms.page.PageSms",
    "SCANNER_GATEWAY": "icpportal.gateways.scanner.fake.FakeScanner",
    "PHOTO_APP_GATEWAY": "icpportal.gateways.photo_app.fake.FakeApp",
    "DNS_GATEWAY": "icpportal.gateways.dns.fake.FakeResolver",
}


@pytest.fixture(autouse=True)
def every_gateway_answers(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    for name, value in ALL_GOOD.items():
        setattr(settings, name, value)


def lines(capsys, *arguments):
    call_command("check_gateways", *arguments)
    return capsys.readouterr().out.splitlines()


def test_each_gateway_has_a_line_and_the_totals_come_last(capsys):
    printed = lines(capsys)

    assert [line.split()[:2] for line in printed[:-1]] == [
        ["authority", "ok"],
        ["inventory", "ok"],
        ["sms", "ok"],
        ["scanner", "ok"],
        ["photo_app", "ok"],
        ["dns", "ok"],
    ]
    assert printed[-1] == "gateways: 6, answering: 6, not answering: 0"


def test_a_demo_without_scanner_says_so_and_still_passes(capsys, settings):
    settings.SCANNER_GATEWAY = settings.NO_SCANNER

    printed = lines(capsys)

    assert printed[3].endswith("uploaded files are not scanned, only decoded and re-encoded")
    assert printed[-1] == "gateways: 6, answering: 6, not answering: 0"


@pytest.mark.parametrize(
    ("name", "gateway", "row", "state"),
    [
        ("AUTHORITY_GATEWAY", "icpportal.gateways.miit.fake.Down", 0, "down"),
        ("AUTHORITY_GATEWAY", "icpportal.gateways.miit.fake.Refusing", 0, "refused"),
        ("INVENTORY_GATEWAY", "icpportal.gateways.inventory.fake.Refusing", 1, "refused"),
        ("INVENTORY_GATEWAY", "icpportal.gateways.inventory.fake.Nonsense", 1, "down"),
        ("SCANNER_GATEWAY", "icpportal.gateways.scanner.fake.Down", 3, "down"),
        ("PHOTO_APP_GATEWAY", "icpportal.gateways.photo_app.fake.Refusing", 4, "refused"),
    ],
)
def test_one_that_does_not_answer_fails_the_command_and_the_others_are_still_asked(
    capsys, settings, name, gateway, row, state
):
    setattr(settings, name, gateway)

    with pytest.raises(SystemExit) as ended:
        call_command("check_gateways")

    printed = capsys.readouterr().out.splitlines()
    assert ended.value.code == 1
    assert [line.split()[1] for line in printed[:-1]] == [state if at == row else "ok" for at in range(6)]
    assert printed[-1] == "gateways: 6, answering: 5, not answering: 1"


def test_a_portal_without_the_photo_app_does_not_ask_it(capsys, settings):
    settings.PHOTO_APP_GATEWAY = ""

    assert lines(capsys)[-1] == "gateways: 5, answering: 5, not answering: 0"


@pytest.mark.parametrize("gateway", ["Down", "Stalling"])
def test_a_resolver_that_does_not_answer_is_shown_as_advice_and_fails_nothing(capsys, settings, monkeypatch, gateway):
    """H3"""
    monkeypatch.setattr("icpportal.gateways.dns.fake.time.sleep", lambda seconds: None)
    settings.DNS_GATEWAY = f"icpportal.gateways.dns.fake.{gateway}"

    printed = lines(capsys)

    assert printed[5].split()[:2] == ["dns", "down"]
    assert printed[5].endswith("(advice only: pages say that it could not be checked)")
    assert printed[-1] == "gateways: 6, answering: 5, not answering: 1"


def test_json_is_one_object_with_the_same_facts(capsys, settings):
    settings.AUTHORITY_GATEWAY = "icpportal.gateways.miit.fake.Refusing"

    with pytest.raises(SystemExit):
        call_command("check_gateways", "--json")

    told = json.loads(capsys.readouterr().out)
    assert told["totals"] == {"gateways": 6, "answering": 5, "not_answering": 1}
    assert [(row["name"], row["state"]) for row in told["gateways"]] == [
        ("authority", "refused"),
        ("inventory", "ok"),
        ("sms", "ok"),
        ("scanner", "ok"),
        ("photo_app", "ok"),
        ("dns", "ok"),
    ]
    assert told["gateways"][0]["words"] == "authentication refused"


def test_the_gateways_of_the_demo_answer(capsys, settings, db, on_the_wire):
    settings.INVENTORY_GATEWAY = "icpportal.gateways.inventory.file.FileInventory"
    settings.SCANNER_GATEWAY = settings.NO_SCANNER
    save({})

    assert lines(capsys)[-1] == "gateways: 6, answering: 6, not answering: 0"
