"""The clock: 47:59:59 counts, 48:00:00 does not; once; the authority is asked first; a broken order stops nobody."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from icpportal.gateways.errors import NotYet
from icpportal.gateways.miit.incoming import inbox
from icpportal.gateways.miit.line import lease
from icpportal.gateways.miit.types import Answer, AnswerKind, PhoneState, Role
from icpportal.gateways.request_budget import Busy
from icpportal.outbox.models import Message
from tests.icpportal.gateways.miit.client.server import FakeMinistryServer
from tests.transfers import states
from tests.transfers.builders import make_order, moves
from tests.transfers.conftest import FakeAuthority
from transfers.deadlines.sweep import erase_digest, sweep
from transfers.models import Order, OrderEvent, PhoneCheck
from transfers.orders import actions, queries

pytestmark = pytest.mark.django_db
SENT = timezone.now().replace(microsecond=0)
DUE = SENT + timedelta(hours=48)
LONG_AGO = SENT - timedelta(days=90)


def phone_due(due_at: datetime = DUE, *, stated: bool = False, **columns: object) -> Order:
    order = make_order(state=states.PHONE_DUE, province="12", due_at=due_at, **columns)
    PhoneCheck.objects.bulk_create(
        PhoneCheck(order=order, report=order.report, role=role, stated_at=SENT if stated else None)
        for role in ("subject_lead", "administrator")
    )
    return order


def state(order: Order) -> str:
    return Order.objects.get(pk=order.pk).state


def phones(*confirmed: datetime | None) -> list[PhoneState]:
    roles = (Role.SUBJECT_LEAD, Role.ADMINISTRATOR)
    return [
        PhoneState(role, "139****0001", sent_at=SENT, confirmed_at=at)
        for role, at in zip(roles, confirmed, strict=True)
    ]


def test_one_second_before_the_48th_hour_nothing_happens(authority: FakeAuthority) -> None:
    order = phone_due()
    authority.phone_states = phones(None, None)

    sweep(now=DUE - timedelta(seconds=1))

    assert state(order) == states.PHONE_DUE


def test_at_the_48th_hour_the_order_lapses_once_and_everyone_is_notified_once(authority: FakeAuthority) -> None:
    order = phone_due()
    authority.phone_states = phones(None, None)

    sweep(now=DUE)
    sweep(now=DUE + timedelta(minutes=1))

    assert (state(order), moves(order)) == (states.LAPSED, ["lapse"])
    told = Message.objects.filter(template="order_lapsed").values_list("channel", flat=True)
    assert sorted(told) == ["email"] * 3 + ["site"] + ["sms"] * 3


def test_a_confirmation_in_the_last_second_counts(authority: FakeAuthority) -> None:
    order = phone_due()
    authority.phone_states = phones(SENT, DUE - timedelta(seconds=1))

    sweep(now=DUE + timedelta(minutes=5))

    assert (state(order), moves(order)) == (states.AUTHORITY_REVIEW, ["phones_done"])


def test_a_confirmation_at_the_48th_hour_is_late(authority: FakeAuthority) -> None:
    order = phone_due()
    authority.phone_states = phones(SENT, DUE)

    sweep(now=DUE + timedelta(minutes=5))

    assert state(order) == states.LAPSED


def test_an_outcome_waiting_at_the_authority_is_fetched_before_the_deadline_is_applied(
    authority: FakeAuthority,
) -> None:
    order = phone_due()
    authority.phone_states = phones(None, None)
    authority.waiting = [
        Answer(id="1", kind=AnswerKind.GRANTED, report_key=order.report_key, at=SENT, site_number=order.site_number)
    ]

    sweep(now=DUE + timedelta(hours=1))

    assert (state(order), moves(order)) == (states.APPROVED, ["grant"])


def test_a_silent_authority_and_statements_by_all_let_the_order_continue(authority: FakeAuthority) -> None:
    order = phone_due(stated=True)
    authority.phone_states = None

    sweep(now=DUE)

    assert (state(order), moves(order)) == (states.AUTHORITY_REVIEW, ["go_on"])


def test_a_silent_authority_and_one_missing_statement_let_it_lapse(authority: FakeAuthority) -> None:
    order = phone_due(stated=True)
    actions.state_phone(order, "administrator", stated=False, now=SENT)
    authority.phone_states = None

    sweep(now=DUE)

    assert state(order) == states.LAPSED


def test_an_unreachable_authority_costs_the_applicant_nothing(authority: FakeAuthority) -> None:
    order = phone_due()
    authority.down = True

    totals = sweep(now=DUE)

    assert (state(order), totals.moved, totals.failed) == (states.AUTHORITY_REVIEW, {"go_on": 1}, 0)


def test_a_statement_after_the_deadline_does_not_count(authority: FakeAuthority) -> None:
    order = phone_due()

    assert actions.state_phone(order, "administrator", stated=True, now=DUE) is False
    assert queries.phone_checks(order).filter(stated_at__isnull=False).count() == 0


def test_a_draft_expires_and_its_owner_is_notified(authority: FakeAuthority) -> None:
    order = make_order(due_at=SENT)

    sweep(now=SENT)

    assert (state(order), moves(order)) == (states.EXPIRED, ["expire_draft"])
    assert set(Message.objects.values_list("template", flat=True)) == {"draft_expired"}


def test_a_broken_order_does_not_stop_the_rest(authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch) -> None:
    poisoned, order = make_order(due_at=SENT - timedelta(hours=1)), make_order(due_at=SENT)
    real = queries.rules_of

    def rules(one: Order) -> object:
        if one.pk == poisoned.pk:
            raise ValueError("poison")
        return real(one)

    monkeypatch.setattr(queries, "rules_of", rules)

    totals = sweep(now=SENT)

    assert (state(poisoned), state(order)) == (states.DRAFT, states.EXPIRED)
    assert (totals.moved, totals.failed) == ({"expire_draft": 1}, 1)


def test_a_dry_run_prints_what_it_would_do_and_does_nothing(authority: FakeAuthority) -> None:
    order = phone_due()
    authority.down = True

    totals = sweep(now=DUE, dry_run=True)

    assert (state(order), totals.lines) == (states.PHONE_DUE, [f"{order.reference} lapse"])


def make_rested(state: str) -> Order:
    """An order returned 61 days ago, opened for changes since, and kept."""
    long = SENT - timedelta(days=61)
    return make_order(state=state, entered_at=long, created_at=LONG_AGO, due_at=SENT + timedelta(days=200))


def test_a_filing_password_unused_for_60_days_is_erased(authority: FakeAuthority) -> None:
    order = make_order(state=states.LAPSED, entered_at=SENT - timedelta(days=61), created_at=LONG_AGO)
    fresh = make_order(state=states.LAPSED, entered_at=SENT - timedelta(days=59), created_at=LONG_AGO)

    sweep(now=SENT)

    order.refresh_from_db()
    fresh.refresh_from_db()
    assert (order.password_kept, order.password_digest) == (False, "")
    assert (fresh.password_kept, fresh.password_digest) == (True, "0" * 32)


def test_a_sweep_erases_a_batch_of_filing_passwords_and_the_next_one_continues(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transfers.deadlines.sweep.PORTION", 2)
    for _ in range(3):
        make_order(state=states.LAPSED, entered_at=SENT - timedelta(days=61), created_at=LONG_AGO)

    assert [sweep(now=SENT).moved for _ in range(3)] == [{"erase_password": 2}, {"erase_password": 1}, {}]


def test_a_filing_password_entered_again_is_kept_for_60_more_days(authority: FakeAuthority) -> None:
    order = make_rested(states.RETURNED)
    sweep(now=SENT)
    order.refresh_from_db()

    actions.keep_password(order, "1" * 32, number=order.site_number, now=SENT)
    kept = []
    for after in (timedelta(minutes=1), timedelta(days=60), timedelta(days=60, seconds=1)):
        sweep(now=SENT + after)
        kept.append(Order.objects.get(pk=order.pk).password_kept)

    assert kept == [True, True, False]


def resubmit(order: Order) -> None:
    actions.resubmit(order, actor=order.owner)


def entered_again(order: Order) -> None:
    actions.keep_password(order, "1" * 32, number=order.site_number)


@pytest.mark.parametrize(
    ("state", "act", "digest"), [(states.LAPSED, resubmit, "0" * 32), (states.RETURNED, entered_again, "1" * 32)]
)
def test_a_filing_password_used_or_entered_during_its_erasure_stays(
    authority: FakeAuthority, state: str, act: Callable[[Order], None], digest: str
) -> None:
    order = make_rested(state)
    [as_read] = queries.digests_to_erase(SENT)
    act(order)

    assert erase_digest(as_read) == ""

    order.refresh_from_db()
    assert (order.password_kept, order.password_digest) == (True, digest)


def test_opening_an_order_for_changes_does_not_restart_the_60_days(authority: FakeAuthority) -> None:
    order = make_order(state=states.RETURNED, entered_at=SENT - timedelta(days=1), created_at=LONG_AGO)
    young = make_order(state=states.RETURNED, entered_at=SENT - timedelta(days=1), created_at=LONG_AGO)
    for one, days in ((order, 61), (young, 59)):
        OrderEvent.objects.create(
            order=one,
            move="lapse",
            from_state="phone_due",
            to_state="lapsed",
            by="clock",
            at=SENT - timedelta(days=days),
        )

    sweep(now=SENT)

    order.refresh_from_db()
    young.refresh_from_db()
    assert (order.password_kept, young.password_kept) == (False, True)


def test_an_authority_that_reports_no_phones_and_is_unreachable_lets_the_order_continue(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = phone_due()
    authority.phone_states = None
    monkeypatch.setattr(authority, "fetch", lambda **_: authority.__class__(down=True).fetch())

    sweep(now=DUE)

    assert (state(order), moves(order)) == (states.AUTHORITY_REVIEW, ["go_on"])


@pytest.mark.parametrize("count", [1, 3])
def test_a_sweep_with_nothing_due_costs_the_same_whatever_the_archive_holds(
    authority: FakeAuthority, django_assert_num_queries: object, count: int
) -> None:
    for _ in range(count):
        make_order(state=states.APPROVED)
        make_order()

    by_day = timezone.localtime(SENT).replace(hour=12)  # at night no duty is checked

    with django_assert_num_queries(13):
        sweep(now=by_day)


def nobody_gets_through(authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch, problem: Exception) -> None:
    def fetch(*, patience: float = 0) -> int:
        raise problem

    monkeypatch.setattr(authority, "fetch", fetch)


@pytest.mark.parametrize("why", [Busy("another fetch"), NotYet("more waits")])
@pytest.mark.parametrize("tells", [True, False])
def test_while_another_fetch_is_running_a_phone_window_is_left_for_the_next_round(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch, why: Exception, tells: bool
) -> None:
    """It counted as "unreachable", and the order continued although nobody had confirmed."""
    order = phone_due()
    authority.phone_states = phones(None, None) if tells else None

    with monkeypatch.context() as meanwhile:
        nobody_gets_through(authority, meanwhile, why)
        totals = sweep(now=DUE + timedelta(minutes=1))
        assert (state(order), totals.moved, totals.failed) == (states.PHONE_DUE, {}, 0)

    sweep(now=DUE + timedelta(minutes=2))
    assert (state(order), moves(order)) == (states.LAPSED, ["lapse"])


def test_while_another_fetch_is_running_moves_that_need_no_authority_are_made(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    cooling = make_order(state=states.COOLING_OFF, kind=states.CANCELLATION, due_at=DUE)
    nobody_gets_through(authority, monkeypatch, Busy("another fetch"))

    sweep(now=DUE)

    assert state(cooling) == states.HANDING_OVER


def test_a_fetch_running_for_a_whole_day_holds_no_order_for_ever(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then only the phone register is queried, and nothing is called unreachable."""
    order = phone_due()
    authority.phone_states = phones(None, None)
    nobody_gets_through(authority, monkeypatch, Busy("another fetch"))

    sweep(now=DUE + timedelta(hours=23, minutes=59))
    assert state(order) == states.PHONE_DUE

    sweep(now=DUE + timedelta(hours=24))
    assert state(order) == states.LAPSED


def test_while_another_fetch_is_running_the_phone_register_is_queried_only_about_what_waited_for_a_day(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = phone_due()
    authority.phone_states = phones(None, None)
    nobody_gets_through(authority, monkeypatch, Busy("another fetch"))

    sweep(now=DUE + timedelta(hours=1))
    at_first = list(authority.asked)
    sweep(now=DUE + timedelta(hours=24))

    assert (at_first, authority.asked) == ([], [[order.report_key]])


def test_a_phone_register_without_time_left_is_not_unreachable(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = phone_due()

    def busy(_report_keys: list[str]) -> None:
        raise Busy("too many questions")

    monkeypatch.setattr(authority, "phones_of", busy)

    assert (sweep(now=DUE).failed, state(order)) == (0, states.PHONE_DUE)


def test_a_window_unknown_to_the_register_makes_nothing_unreachable_for_the_others(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One report the register did not have yet, and every due window continued."""
    known, unknown = phone_due(), phone_due(DUE + timedelta(hours=1), reference="T7Q4-OTHR")

    def phones_of(report_keys: list[str]) -> dict[str, list[PhoneState]]:
        return {key: phones(None, None) for key in report_keys if key != unknown.report_key}

    monkeypatch.setattr(authority, "phones_of", phones_of)

    sweep(now=DUE)

    assert (state(known), state(unknown)) == (states.LAPSED, states.PHONE_DUE)


def test_the_sweep_waits_for_the_real_line_and_leaves_the_window_while_somebody_fetches(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    order = phone_due()
    authority.phone_states = phones(None, None)
    monkeypatch.setattr(authority, "fetch", inbox.fetch)
    monkeypatch.setattr("transfers.deadlines.sweep.ANOTHER_PULL", 0.01)
    with FakeMinistryServer() as server:
        for name, value in server.settings().items():
            setattr(settings, name, value)
        somebody = lease.take(settings.MIIT_ISP_ID, columns=lease.FETCHING)
        assert somebody

        sweep(now=DUE + timedelta(minutes=1))
        assert (state(order), server.calls) == (states.PHONE_DUE, [])

        somebody.give_back()
        sweep(now=DUE + timedelta(minutes=2))
    assert state(order) == states.LAPSED
