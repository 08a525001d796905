"""`manage.py check_gateways`."""

import json
from datetime import UTC, datetime
from unittest.mock import Mock

import pytest
from django.core.management import call_command
from django.db import OperationalError

from demo.servers.inventory import save
from icpportal.gateways.registry import GATEWAYS
from icpportal.management.commands.check_gateways import NOT_KNOWN, REFUSES
from icpportal.outbox.models import Message, State

pytestmark = pytest.mark.django_db
NAMES = [row.name for row in GATEWAYS if row.is_asked]
ALL = len(NAMES)

ALL_GOOD = {
    "AUTHORITY_GATEWAY": "icpportal.gateways.miit.fake.FakeAuthority",
    "INVENTORY_GATEWAY": "icpportal.gateways.inventory.fake.FakeInventory",
    "SMS_GATEWAY": "demo.messages.sms.PageSms",
    "SCANNER_GATEWAY": "icpportal.gateways.scanner.fake.FakeScanner",
    "PHOTO_APP_GATEWAY": "icpportal.gateways.photo_app.fake.FakeApp",
    "DNS_GATEWAY": "icpportal.gateways.dns.fake.FakeResolver",
}


@pytest.fixture(autouse=True)
def every_gateway_answers(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    for name, value in ALL_GOOD.items():
        setattr(settings, name, value)


def all_but(silent: int, *, of: int = ALL) -> str:
    """The totals when so many do not answer."""
    return f"gateways: {of}, answering: {of - silent}, not answering: {silent}"


def lines(capsys, *arguments):
    call_command("check_gateways", *arguments)
    return capsys.readouterr().out.splitlines()


def test_each_gateway_has_a_line_and_the_totals_come_last(capsys):
    printed = lines(capsys)

    assert [line.split()[:2] for line in printed[:-1]] == [[name, "ok"] for name in NAMES]
    assert printed[-1] == all_but(0)


def test_a_demo_without_scanner_says_so_and_still_passes(capsys, settings):
    settings.SCANNER_GATEWAY = settings.NO_SCANNER

    printed = lines(capsys)

    assert printed[NAMES.index("scanner")].endswith("uploaded files are not scanned, only decoded and re-encoded")
    assert printed[-1] == all_but(0)


@pytest.mark.parametrize(
    ("name", "gateway", "row", "state"),
    [
        ("AUTHORITY_GATEWAY", "icpportal.gateways.miit.fake.Down", "authority", "down"),
        ("AUTHORITY_GATEWAY", "icpportal.gateways.miit.fake.Refusing", "authority", "refused"),
        ("INVENTORY_GATEWAY", "icpportal.gateways.inventory.fake.Refusing", "inventory", "refused"),
        ("INVENTORY_GATEWAY", "icpportal.gateways.inventory.fake.Nonsense", "inventory", "down"),
        ("SCANNER_GATEWAY", "icpportal.gateways.scanner.fake.Down", "scanner", "down"),
        ("PHOTO_APP_GATEWAY", "icpportal.gateways.photo_app.fake.Refusing", "photo_app", "refused"),
    ],
)
def test_a_gateway_that_does_not_answer_fails_the_command_and_the_others_are_still_checked(
    capsys, settings, name, gateway, row, state
):
    setattr(settings, name, gateway)

    with pytest.raises(SystemExit) as ended:
        call_command("check_gateways")

    printed = capsys.readouterr().out.splitlines()
    assert ended.value.code == 1
    assert [line.split()[1] for line in printed[:-1]] == [state if each == row else "ok" for each in NAMES]
    assert printed[-1] == all_but(1)


def test_a_portal_without_the_photo_app_does_not_check_it(capsys, settings):
    settings.PHOTO_APP_GATEWAY = ""

    assert lines(capsys)[-1] == all_but(0, of=ALL - 1)


@pytest.mark.parametrize("gateway", ["Down", "Stalling"])
def test_a_resolver_that_does_not_answer_is_shown_as_advice_and_fails_nothing(capsys, settings, monkeypatch, gateway):
    monkeypatch.setattr("icpportal.gateways.dns.fake.time.sleep", lambda seconds: None)
    settings.DNS_GATEWAY = f"icpportal.gateways.dns.fake.{gateway}"

    printed = lines(capsys)

    line = printed[NAMES.index("dns")]
    assert line.split()[:2] == ["dns", "down"]
    assert line.endswith("(advice only: pages say that it could not be checked)")
    assert printed[-1] == all_but(1)


def refuse(channel: str, number: int) -> None:
    """So many messages that the supplier has refused a moment ago."""
    gone = {"state": State.FAILED, "next_at": None, "failed_at": datetime.now(UTC), "payload": {}}
    for each in range(number):
        Message.objects.create(channel=channel, key=f"{channel} {each}", **gone)


def test_whoever_asks_at_night_hears_that_a_supplier_answers_and_refuses_every_message(capsys):
    refuse("sms", 5)
    refuse("email", 5)

    with pytest.raises(SystemExit) as ended:
        call_command("check_gateways")

    printed = capsys.readouterr().out.splitlines()
    refused = [(line.split()[0], line.endswith(f"  {REFUSES}")) for line in printed if line.split()[1] == "refused"]
    assert ended.value.code == 1
    assert refused == [("sms", True), ("mail", True)]
    assert printed[-1] == all_but(2, of=ALL + 1)


def test_a_few_refused_messages_are_not_the_suppliers_fault(capsys):
    refuse("sms", 4)

    assert lines(capsys)[-1] == all_but(0)


def test_gateways_are_asked_also_while_the_database_is_away(capsys, monkeypatch):
    def away(now: datetime) -> list[str]:
        raise OperationalError("connection refused")

    monkeypatch.setattr("icpportal.management.commands.check_gateways.refused_channels", away)

    call_command("check_gateways")

    said = capsys.readouterr()
    assert (said.out.splitlines()[-1], said.err) == (
        all_but(0),
        f"The database does not answer: connection refused\n{NOT_KNOWN}\n",
    )


def test_a_database_without_tables_is_not_called_away(capsys, monkeypatch):
    missing = Mock(side_effect=OperationalError("no such table: outbox_message"))
    monkeypatch.setattr("icpportal.management.commands.check_gateways.refused_channels", missing)

    call_command("check_gateways")

    assert capsys.readouterr().err.startswith("A table is missing: run manage.py migrate")


def test_json_is_one_object_with_the_same_facts(capsys, settings):
    settings.AUTHORITY_GATEWAY = "icpportal.gateways.miit.fake.Refusing"

    with pytest.raises(SystemExit):
        call_command("check_gateways", "--json")

    result = json.loads(capsys.readouterr().out)
    assert result["totals"] == {"gateways": ALL, "answering": ALL - 1, "not_answering": 1}
    assert [(row["name"], row["state"]) for row in result["gateways"]] == [
        (name, "refused" if name == "authority" else "ok") for name in NAMES
    ]
    assert result["gateways"][0]["words"] == "authentication refused"


def test_the_gateways_of_the_demo_answer(capsys, settings, on_the_wire):
    settings.INVENTORY_GATEWAY = "demo.servers.inventory.FileInventory"
    settings.SCANNER_GATEWAY = settings.NO_SCANNER
    save({})

    assert lines(capsys)[-1] == all_but(0)
