"""One unreadable order: every sweep, every answer and every reminder of the others continues."""

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from icpportal.alarms.models import SetAside
from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.types import Answer, AnswerKind, PhoneState, Role
from icpportal.operations.reconcile import reconcile
from icpportal.outbox.models import Message
from icpportal.time_format import BEIJING
from tests.bad import WAYS, aside, causes, personal, spoil
from tests.transfers import states
from tests.transfers.builders import TYPE, fire, make_order, make_user, moves
from tests.transfers.cancels import make_website
from tests.transfers.conftest import FakeAuthority
from transfers.authority.results import pull
from transfers.cancellation import actions as cancelling
from transfers.deadlines.sweep import sweep
from transfers.duties import reminders
from transfers.models import Duty, Order, ParkedAnswer
from transfers.orders import queries
from transfers.orders.machine import ORDER
from transfers.phones import windows as phone_windows

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
TYPE.setdefault("32", {"region": "320102", "number": "苏ICP备00000000号"})
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=BEIJING)


def state(order: Order) -> str:
    return Order.objects.values_list("state", flat=True).get(pk=order.pk)


def grant_of(order: Order) -> Answer:
    return Answer(
        id=f"grant-{order.reference}",
        kind=AnswerKind.GRANTED,
        report_key=order.report_key,
        at=NOW,
        site_number=order.site_number,
    )


def sweep_by_hand(*options: str) -> tuple[int, list[str]]:
    """Exit code and output lines of the command."""
    out = StringIO()
    try:
        call_command("sweep_deadlines", *options, stdout=out)
    except CommandError as end:
        return end.returncode, out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


@pytest.mark.parametrize("way", WAYS)
def test_an_unreadable_granted_order_delays_no_other_grant(authority: FakeAuthority, way: str) -> None:
    bad, good = (make_order(state=states.AUTHORITY_REVIEW) for _ in range(2))
    authority.waiting = [grant_of(bad), grant_of(good)]
    spoil(bad, "answers", way)

    taken = pull()

    assert (state(good), state(bad)) == (states.APPROVED, states.AUTHORITY_REVIEW)
    parked = list(ParkedAnswer.objects.values_list("report_key", flat=True))
    assert aside() == [("answers.taken", bad.reference)] or parked == [bad.report_key]
    assert taken == len(authority.acknowledged)


def test_a_repaired_order_gets_its_answer_without_any_manual_step(
    authority: FakeAuthority,
) -> None:
    order = make_order(state=states.AUTHORITY_REVIEW)
    authority.waiting = [grant_of(order)]
    before = spoil(order, "answers")
    pull()
    pull()  # not retried at once
    seen = (aside(), causes(), SetAside.objects.get().tries, [*authority.acknowledged])

    spoil(order, "answers", before)
    call_command("set_aside", order.reference, "--again", stdout=StringIO())
    pull()

    assert seen == ([("answers.taken", order.reference)], ["answers.row_failed:Unreadable"], 1, [])
    assert (state(order), aside(), causes()) == (states.APPROVED, [], [])


@pytest.mark.parametrize("way", WAYS)
def test_the_drafts_behind_an_unreadable_one_expire(authority: FakeAuthority, way: str) -> None:
    bad, *good = (make_order(due_at=NOW - timedelta(hours=3 - n)) for n in range(3))
    spoil(bad, "answers", way)

    code, lines = sweep_by_hand()

    assert [state(order) for order in (bad, *good)] == [states.DRAFT, states.EXPIRED, states.EXPIRED]
    assert (code, lines[-1]) == (2, "expire_draft 2; 1 failed")
    assert aside() == [("deadlines.due", bad.reference)]
    assert len(causes()) == 1
    assert personal("林示范", "13900000001", "649999198502140009", bad.domain) == []


def test_a_dry_run_without_anything_due_says_so(authority: FakeAuthority) -> None:
    assert sweep_by_hand("--dry-run") == (0, ["nothing due; 0 failed"])


def test_a_second_sweep_lists_what_the_first_set_aside_and_does_not_retry_it(authority: FakeAuthority) -> None:
    bad = make_order(due_at=NOW - timedelta(hours=1))
    spoil(bad, "answers")

    first, second = sweep_by_hand(), sweep_by_hand()

    assert [code for code, _lines in (first, second)] == [2, 2]
    assert second[1] == ["nothing due; 0 failed, 1 set aside earlier"]
    assert SetAside.objects.get().tries == 1


@pytest.mark.parametrize(("column", "nowhere"), [("rule_profile", "of-nobody"), ("province", "99")])
@pytest.mark.parametrize(
    ("state", "left", "job"),
    [
        (states.DRAFT, timedelta(0), "deadlines.due"),
        (states.PHONE_DUE, timedelta(0), "deadlines.due"),
        (states.LAPSED, timedelta(0), "deadlines.due"),
        (states.DRAFT, timedelta(hours=23), "deadlines.reminders"),
    ],
)
def test_an_order_with_unknown_rules_is_retried_ever_more_rarely_and_reported(
    authority: FakeAuthority, state: str, left: timedelta, job: str, column: str, nowhere: str
) -> None:
    """It was retried and logged each minute, and reported to nobody."""
    order = make_order(state=state, due_at=NOON + left, entered_at=NOON - timedelta(days=9))
    Order.objects.filter(pk=order.pk).update(**{column: nowhere})
    tried = []

    with time_machine.travel(NOON, tick=False) as clock:
        for _minute in range(30):
            tried.append(sweep(now=timezone.now()).failed)
            clock.shift(timedelta(minutes=1))
        named = [str(each) for each in reconcile(now=timezone.now(), dry_run=True).findings if each.kind == "row"]

    assert [minute for minute, failed in enumerate(tried) if failed] == [0, 1, 6, 21]
    assert aside() == [(job, order.reference)]
    assert len([cause for cause in causes() if cause.startswith("deadlines.")]) == 1
    assert named == [f"row {order.reference}: {job}: {SetAside.objects.get().trouble}, 4 tries since 2026-11-25 12:00"]


def test_a_dry_run_says_what_would_fail_and_writes_nothing(authority: FakeAuthority) -> None:
    bad, good = (make_order(state=states.PHONE_DUE, province="12", due_at=NOW - timedelta(n)) for n in (1, 0))
    spoil(bad, "answers")

    code, lines = sweep_by_hand("--dry-run")

    assert (code, lines[-1], aside(), causes()) == (2, "would be lapse 1; 1 failed", [], [])
    assert state(good) == states.PHONE_DUE


def test_a_lost_key_is_one_alarm_and_the_next_sweep_tries_nothing(authority: FakeAuthority, settings: Any) -> None:
    orders = [make_order(due_at=NOW) for _ in range(5)]
    authority.waiting = [grant_of(make_order(state=states.AUTHORITY_REVIEW)) for _ in range(3)]
    key = settings.PII_KEYS
    settings.PII_KEYS = "new:" + key.partition(":")[2]

    first, second = sweep(), sweep()
    lost = (first.failed, second.failed, second.set_aside, causes())
    settings.PII_KEYS = key
    call_command("set_aside", "--again", stdout=StringIO())
    third = sweep()

    assert lost == (5, 0, 5, ["privacy.key_missing"])
    assert (third.moved, third.failed, aside(), causes()) == ({"expire_draft": 5}, 0, [], [])
    assert {state(order) for order in orders} == {states.EXPIRED}


@pytest.mark.parametrize("problem", [RuntimeError("x"), Retryable("x"), AssertionError("x"), MemoryError("x")])
def test_a_pull_that_fails_in_any_way_does_not_stop_the_sweep(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    order = make_order(due_at=NOW)

    def answers() -> list[Answer]:
        raise problem

    monkeypatch.setattr(authority, "answers", answers)

    assert sweep_by_hand()[1][0] == f"{order.reference} expire_draft"
    assert causes() == ([] if isinstance(problem, Retryable) else ["deadlines.pull_failed"])


def test_a_failing_part_of_the_sweep_stops_no_other(authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch) -> None:
    order = make_order(due_at=NOW)
    monkeypatch.setattr(queries, "open_cancellations", lambda: 1 / 0)

    totals = sweep()

    assert (totals.moved, totals.failed, causes()) == ({"expire_draft": 1}, 1, ["deadlines.cancellations_failed"])
    assert state(order) == states.EXPIRED


@pytest.mark.parametrize("way", WAYS)
def test_phones_are_queried_for_the_orders_behind_an_unreadable_one(authority: FakeAuthority, way: str) -> None:
    due_at = NOW + timedelta(hours=5)
    bad, good = (make_order(state=states.PHONE_DUE, province="12", due_at=due_at + timedelta(n)) for n in range(2))
    authority.phone_states = [PhoneState(Role.BOTH, "139****0001", sent_at=NOW, confirmed_at=NOW)]
    spoil(bad, "answers", way)

    phone_windows.ask()

    assert (state(good), state(bad)) == (states.AUTHORITY_REVIEW, states.PHONE_DUE)
    assert aside() == [("phones.asked", bad.reference)]


def test_an_order_whose_phones_cannot_be_judged_stops_no_other_deadline(authority: FakeAuthority) -> None:
    bad, good = (make_order(state=states.PHONE_DUE, province="12", due_at=NOW + timedelta(n)) for n in (-1, 0))
    spoil(bad, "answers")

    totals = sweep(now=NOW)

    assert (totals.moved, state(good), state(bad)) == ({"lapse": 1}, states.LAPSED, states.PHONE_DUE)
    assert ("deadlines.due", bad.reference) in aside()


def test_the_deadlines_behind_an_unreadable_order_are_extended_and_its_reference_is_named() -> None:
    bad, good = (make_order(state=states.PHONE_DUE, province="12", due_at=NOW + timedelta(hours=n)) for n in (1, 2))
    spoil(bad, "answers")
    options = ["--from", NOW.isoformat(), "--to", (NOW + timedelta(hours=9)).isoformat(), "--by", "12", "--reason", "x"]
    out = StringIO()

    with pytest.raises(CommandError) as end:
        call_command("extend_deadlines", *options, stdout=out)

    assert end.value.returncode == 2
    assert out.getvalue().splitlines() == [
        good.reference,
        f"{bad.reference} failed: Unreadable",
        "totals: moved 1, by 12 h",
    ]
    due = {order.reference: order.due_at for order in Order.objects.all()}
    assert due == {bad.reference: NOW + timedelta(hours=1), good.reference: NOW + timedelta(hours=14)}


@pytest.mark.parametrize("way", WAYS)
def test_an_unreadable_order_is_closed_by_a_command_and_its_owner_can_begin_again(way: str) -> None:
    order = make_order(state=states.SUBMITTED)
    spoil(order, "answers", way)
    SetAside.objects.create(
        job="deadlines.due",
        key=str(order.pk),
        reference=order.reference,
        cause="deadlines.row_failed:Unreadable",
        trouble="Unreadable",
        since=NOW,
        next_at=NOW,
    )

    call_command("close_order", order.reference, "--reason", "damaged on our side", stdout=StringIO())

    assert (state(order), moves(order), aside()) == (states.ABANDONED, ["close"], [])
    told = Message.objects.filter(template="order_closed").values_list("channel", flat=True)
    assert sorted(told) == ["email", "site", "sms"]
    assert make_order(order.owner, domain=order.domain, subject_key=order.subject_key).state == states.DRAFT


def test_a_readable_order_or_one_at_the_authority_cannot_be_closed_so() -> None:
    readable, theirs = make_order(), make_order(state=states.AUTHORITY_REVIEW)
    spoil(theirs, "answers")

    for order, why in ((readable, "can be read"), (theirs, "lies with the authority")):
        with pytest.raises(CommandError, match=why):
            call_command("close_order", order.reference, "--reason", "x")

    assert [state(order) for order in (readable, theirs)] == [states.DRAFT, states.AUTHORITY_REVIEW]


@pytest.mark.parametrize("way", WAYS)
def test_the_reminders_behind_an_unreadable_order_are_sent(authority: FakeAuthority, way: str) -> None:
    bad, good = (
        make_order(due_at=NOON + timedelta(days=14, hours=n), entered_at=NOON - timedelta(days=50)) for n in range(2)
    )
    spoil(bad, "answers", way)

    totals = sweep(now=NOON)

    assert totals.moved == {"draft_reminder": 1}
    assert set(Message.objects.values_list("reference", flat=True)) == {good.reference}
    assert aside() == [("deadlines.reminders", bad.reference)]


def test_the_cancellations_behind_an_unreadable_one_end(authority: FakeAuthority) -> None:
    orders = []
    for n in range(2):
        owner = make_user()
        order = cancelling.begin(make_website(owner, domain=f"example{n}.com", others=0), owner=owner)
        ORDER.apply(order, "confirm_cancel", by="applicant", facts=queries.facts_of(order))
        order.website.accesses.all().delete()
        orders.append(order)
    bad, good = orders
    spoil(bad, "answers")

    sweep(now=NOW)

    assert (state(good), state(bad)) == (states.CANCELLED, states.HANDING_OVER)
    assert aside() == [("deadlines.access_ended", bad.reference)]


def test_the_duties_behind_one_with_an_unreadable_order_are_counted_and_reminded(authority: FakeAuthority) -> None:
    bad, good = (
        fire(make_order(state=states.AUTHORITY_REVIEW, province="32"), "grant", "authority", now=NOON) for _ in range(2)
    )
    Message.objects.all().delete()
    Duty.objects.exclude(key="jiangsu_change").delete()
    Duty.objects.update(provisional=True, due_on=NOON.date() + timedelta(days=1), remind_on=NOON.date())
    spoil(bad, "answers")
    Order.objects.filter(pk=bad.pk).update(entered_at=NOON - timedelta(days=1))

    reminders.recount()
    Duty.objects.update(due_on=NOON.date() + timedelta(days=1), remind_on=NOON.date())
    sweep(now=NOON)

    assert set(Message.objects.values_list("reference", flat=True)) == {good.reference}
    assert ("deadlines.duties", bad.reference) in aside()
