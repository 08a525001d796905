"""What is deleted each hour, and what must stay."""

import json
from datetime import datetime, timedelta
from io import StringIO

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from icpportal.accounts.models import Pending
from icpportal.alarms.models import Alarm
from icpportal.alarms.queries import open_alarms
from icpportal.codes.models import Allowance, Code
from icpportal.gateways.miit.models import Report
from icpportal.operations import heartbeat
from icpportal.operations.cleanup import JOBS, PULSE, cleanup
from tests.transfers.builders import make_order, make_user, type_answers
from transfers.filing_type.decision import Outcome
from transfers.models import Order, ReviewDraft, TypeCheck
from verification.models import Backdrop, PhoneUpload, ServiceCode, WrongPassword

NOW = timezone.now()
DAY = timedelta(days=1)
ALIVE = "icpportal.gateways.inventory.fake.FakeInventory"
NOTHING = dict.fromkeys(JOBS, 0)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def servers(settings):
    settings.INVENTORY_GATEWAY = ALIVE


def old_and_new() -> dict[str, list]:
    """One expired row of each kind, and one current one, by model."""
    owner = make_user()
    order = make_order(owner)
    checks = {"owner": owner, "answers": type_answers(), "outcome": Outcome.TRANSFER}
    pending = {"kind": Pending.Kind.RESET, "destination": owner.email}
    code = {"purpose": "sign_up", "holder": "h", "digest": "d", "destination": "i", "channel": "sms"}
    TypeCheck.objects.create(**checks, created_at=NOW - 30 * DAY)
    Pending.objects.create(**pending, created_at=NOW - DAY)
    Code.objects.create(**code, expires_at=NOW - DAY)
    Allowance.objects.create(name="verify_type", key="old", used=1, began_at=NOW - DAY)
    WrongPassword.objects.create(digest="old", at=NOW - DAY)
    backdrop = {"owner": owner, "state": "delivered", "region": "640106"}
    Backdrop.objects.create(**backdrop, holder="old", entered_at=NOW - 90 * DAY)
    Backdrop.objects.create(**backdrop, holder="new", entered_at=NOW - 90 * DAY + timedelta(minutes=1))
    ended = {"holder": "h", "ended_at": NOW - DAY}
    PhoneUpload.objects.create(**ended, digest="old", purpose="papers", expires_at=NOW - DAY)
    Report.objects.create(key="A.1", kind="access", reference="A", payload="sealed", state="answered")
    Alarm.objects.create(cause="filing_number.unread:京B2-99999999", detail="京B2-99999999", opened_at=NOW, seen_at=NOW)
    Alarm.objects.create(cause="filing_number.unread:..-9", detail="..-9", opened_at=NOW, seen_at=NOW)
    little = timedelta(minutes=1)
    Session.objects.create(session_key="old", session_data="", expire_date=NOW)
    listed = {"user": owner, "ip": "192.0.2.1", "user_agent": "", "data": {}}
    signed_in(UserSession.objects.create(**listed, session_key="old"), NOW - 14 * DAY)
    draft = {"order": order, "reviewer": owner, "typed": {"call-words": "x"}}
    ReviewDraft.objects.create(**draft, round=1, saved_at=NOW - 30 * DAY)
    return {
        ReviewDraft: [ReviewDraft.objects.create(**draft, round=2, saved_at=NOW - 30 * DAY + little)],
        TypeCheck: [
            TypeCheck.objects.create(**checks, created_at=NOW - 30 * DAY + little),
            TypeCheck.objects.create(**checks, created_at=NOW - 90 * DAY, order=order),
        ],
        Pending: [Pending.objects.create(**pending, created_at=NOW - DAY + little)],
        Code: [Code.objects.create(**code, expires_at=NOW - DAY + little)],
        Allowance: [Allowance.objects.create(name="verify_type", key="new", used=1, began_at=NOW - DAY + little)],
        PhoneUpload: [
            PhoneUpload.objects.create(**ended, digest="new", purpose="papers", expires_at=NOW - DAY + little)
        ],
        WrongPassword: [WrongPassword.objects.create(digest="new", at=NOW - DAY + little)],
        Session: [Session.objects.create(session_key="new", session_data="", expire_date=NOW + little)],
        UserSession: [
            signed_in(UserSession.objects.create(**listed, session_key="new"), NOW - 14 * DAY + little),
        ],
    }


def signed_in(listed: UserSession, at: datetime) -> UserSession:
    """One row of the list of an account's sessions, from this time."""
    UserSession.objects.filter(pk=listed.pk).update(created_at=at)
    return UserSession.objects.get(pk=listed.pk)


def rows_left(models) -> dict[str, list]:
    return {model: sorted(model.objects.all(), key=lambda row: str(row.pk)) for model in models}


def in_order(kept: dict[str, list]) -> dict[str, list]:
    return {model: sorted(rows, key=lambda row: str(row.pk)) for model, rows in kept.items()}


EACH_ONE = {
    "wrong_passwords": 1,
    "dead_service_codes": 0,
    "unproved_addresses": 1,
    "sessions": 1,
    "phone_uploads": 1,
    "backdrop_addresses": 1,
    "codes": 1,
    "counters": 1,
    "type_checks": 1,
    "review_drafts": 1,
    "page_drafts": 0,
    "ministry_files": 1,
    "ministry_strays": 0,
    "missing_codes": 0,
    "unread_numbers": 1,
    "unknown_servers": 0,
    "set_aside": 0,
    "old_counters": 0,
}


def test_only_expired_rows_are_deleted_and_a_second_run_finds_nothing():
    kept = old_and_new()

    first = cleanup(now=NOW)
    second = cleanup(now=NOW)

    assert (first.done, first.skipped) == (EACH_ONE, {})
    assert second.done == NOTHING
    assert rows_left(kept) == in_order(kept)
    assert list(Backdrop.objects.exclude(region="").values_list("holder", flat=True)) == ["new"]
    assert Order.objects.count() == 1


def test_a_dry_run_counts_the_same_and_deletes_nothing():
    kept = old_and_new()
    before = rows_left(kept)

    result = cleanup(now=NOW, dry_run=True)

    assert (result.done, result.skipped) == (EACH_ONE, {})
    assert rows_left(kept) == before


@pytest.mark.parametrize(("gateway", "why"), [("Down", "connection refused"), ("Refusing", "forbidden")])
def test_a_server_list_that_does_not_answer_is_reported_and_stops_nothing_else(settings, gateway, why):
    settings.INVENTORY_GATEWAY = f"icpportal.gateways.inventory.fake.{gateway}"
    ServiceCode.objects.create(instance_id="i-1", slot=1, product="ecs", account="lin@example.com", ask_at=NOW - DAY)
    old_and_new()

    result = cleanup(now=NOW)

    assert list(result.skipped) == ["dead_service_codes"]
    assert why in result.skipped["dead_service_codes"]
    assert result.done == {name: number for name, number in EACH_ONE.items() if name != "dead_service_codes"}
    assert ServiceCode.objects.get().state == "free"


@pytest.mark.parametrize("name", list(JOBS))
def test_a_failing_job_stops_no_other_and_is_an_alarm_until_it_works(monkeypatch, name):
    old_and_new()
    with monkeypatch.context() as broken:
        broken.setitem(JOBS, name, lambda **_: 1 / 0)
        out, code = output_of("--at", NOW.isoformat())
    of_jobs = open_alarms().filter(cause__startswith="tidy.")
    seen = [(alarm.cause, alarm.detail) for alarm in of_jobs]
    cleanup(now=NOW)

    assert (out.splitlines()[0], code) == (f"{name} failed: see the log", 2)
    others = ", ".join(f"{each} {number}" for each, number in EACH_ONE.items() if each != name)
    assert out.splitlines()[1] == f"gone: {others}"
    assert (seen, of_jobs.all().count()) == ([(f"tidy.{name}_failed", "ZeroDivisionError")], 0)


def output_of(*arguments: str) -> tuple[str, int]:
    out = StringIO()
    try:
        call_command("tidy", *arguments, stdout=out)
    except SystemExit as end:
        return out.getvalue(), end.code
    return out.getvalue(), 0


def test_the_command_prints_the_totals_last():
    old_and_new()
    at = NOW.isoformat()

    would, did = output_of("--at", at, "--dry-run"), output_of("--at", at)

    words = (
        "gone: wrong_passwords 1, dead_service_codes 0, unproved_addresses 1, sessions 1, phone_uploads 1,"
        " backdrop_addresses 1, codes 1, counters 1, type_checks 1, review_drafts 1, page_drafts 0,"
        " ministry_files 1, ministry_strays 0, missing_codes 0, unread_numbers 1,"
        " unknown_servers 0, set_aside 0, old_counters 0\n"
    )
    assert would == (f"would be {words}", 0)
    assert did == (words, 0)


def test_the_command_as_json_and_with_a_job_that_waits(settings):
    settings.INVENTORY_GATEWAY = "icpportal.gateways.inventory.fake.Down"
    ServiceCode.objects.create(instance_id="i-1", slot=1, product="ecs", account="lin@example.com", ask_at=NOW - DAY)

    out, code = output_of("--json")

    assert code == 1
    assert json.loads(out) == {
        "done": {name: 0 for name in JOBS if name != "dead_service_codes"},
        "skipped": {"dead_service_codes": "connection refused"},
        "failed": [],
        "dry_run": False,
    }
    assert output_of()[0].splitlines()[0] == "dead_service_codes skipped: connection refused"


def test_a_run_takes_a_batch_and_the_next_one_the_rest(monkeypatch):
    """A backlog kept the jobs behind it waiting."""
    monkeypatch.setattr("icpportal.alarms.portions.PORTION", 2)
    monkeypatch.setattr("icpportal.alarms.portions.AT_MOST", 5)
    for number in range(7):
        Allowance.objects.create(name="verify_type", key=f"{number}", used=1, began_at=NOW - DAY)

    assert [cleanup(now=NOW).done["counters"] for _ in range(3)] == [5, 2, 0]


def test_a_job_ends_with_its_time_however_much_is_left(monkeypatch):
    monkeypatch.setattr("icpportal.alarms.portions.SECONDS", -1.0)
    Allowance.objects.create(name="verify_type", key="old", used=1, began_at=NOW - DAY)

    assert cleanup(now=NOW).done["counters"] == 0
    assert Allowance.objects.exists()


def test_each_job_has_a_heartbeat_and_one_that_never_succeeds_is_late(monkeypatch, settings):
    settings.INVENTORY_GATEWAY = "icpportal.gateways.inventory.fake.Down"
    ServiceCode.objects.create(instance_id="i-1", slot=1, product="ecs", account="lin@example.com", ask_at=NOW - DAY)
    names = [PULSE + name for name in JOBS]
    cleanup(now=NOW, dry_run=True)
    assert heartbeat.ages(names, NOW) == {}

    cleanup(now=NOW - DAY)
    cleanup(now=NOW)

    ages = heartbeat.ages(names, NOW)
    assert set(ages) == set(names)
    assert {name: age for name, age in ages.items() if age} == {"tidy:dead_service_codes": DAY}
