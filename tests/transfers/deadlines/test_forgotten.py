"""No order is forgotten: everything that waits has a date, reminders and an end, or is reported to operations."""

from datetime import datetime, timedelta
from importlib import import_module
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from filings.models import Access
from icpportal.alarms.models import Alarm
from icpportal.gateways.miit.codes import table_numbers
from icpportal.gateways.miit.codes.return_codes import Way
from icpportal.gateways.miit.incoming import damage
from icpportal.gateways.miit.line import line_state
from icpportal.gateways.miit.outgoing import succession
from icpportal.gateways.miit.types import Answer, AnswerKind
from icpportal.operations.reconcile import ALARMS, reconcile
from icpportal.outbox.delivery import deliver
from icpportal.outbox.models import Message
from icpportal.outbox.texts import catalogue, formats
from icpportal.time_format import BEIJING
from icpportal.workdays.calendar import add_workdays
from tests.transfers import states
from tests.transfers.builders import fire, make_order, make_ready_document, make_user, moves, sign_in
from tests.transfers.cancels import make_website
from tests.transfers.conftest import FakeAuthority
from transfers.authority import parked, reports
from transfers.authority.results import take_answer
from transfers.cancellation import actions as cancelling
from transfers.deadlines import long_waits
from transfers.deadlines.sweep import sweep
from transfers.documents import actions as paper_actions
from transfers.models import Order, PhoneCheck
from transfers.notifications import notices
from transfers.orders import queries
from transfers.orders.machine import ORDER
from transfers.orders.moves import TABLE
from transfers.orders.states import HANDING_OVER, STATES
from transfers.phones import register as phone_register

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=BEIJING)
# state → how the portal leads there, and its reminder
WAITS: dict[str, tuple[str, str, str, str]] = {
    states.PHOTO_DUE: (states.SUBMITTED, "accept", "reviewer", "photo_reminder"),
    states.LAPSED: (states.PHONE_DUE, "lapse", "clock", "lapsed_reminder"),
    states.AUTHORITY_RETURNED: (states.AUTHORITY_REVIEW, "turn_down", "authority", "authority_return_reminder"),
}


def waits(state: str, **columns: Any) -> Order:
    """An order that reached this state at noon, by the portal's own moves."""
    source, move, by, _template = WAITS[state]
    begun = NOON - timedelta(days=3)
    order = make_order(state=source, province="12", entered_at=begun, created_at=begun, reminded=1, **columns)
    PhoneCheck.objects.create(order=order, report=order.report, role="administrator")
    return fire(order, move, by, now=NOON, facts={**queries.facts_of(order), "reason": "示例"})


def state_of(order: Order) -> str:
    return Order.objects.values_list("state", flat=True).get(pk=order.pk)


def context_of(template: str, channel: str = "email") -> dict[str, Any]:
    """The values of the account's message; people only named in the order may get other words."""
    payload = Message.objects.filter(template=template, channel=channel, user__isnull=False).latest("pk").payload
    return formats.unpack(payload["context"])


def text_of(template: str, language: str, channel: str = "email") -> str:
    return catalogue.render(template, channel, language, context_of(template, channel)).text


def test_every_state_ends_by_the_clock_or_is_watched() -> None:
    open_ones = {state for state in states.ALL if state not in states.ENDED}
    timed = TABLE.timed_states() | {states.DRAFT}
    watched = {*(state.key for state in STATES if state.stuck_after), states.AUTHORITY_REVIEW}

    assert timed | watched == open_ones
    assert timed <= TABLE.left_by_clock()
    assert (
        set(states.KEPT)
        == {state.key for state in STATES if state.reminder}
        == {*states.APPLICANTS_TURN} - {states.PHONE_DUE}
    )


@pytest.mark.parametrize("state", WAITS)
def test_what_waits_for_its_owner_has_two_reminders_and_ends_after_sixty_days(
    authority: FakeAuthority, state: str
) -> None:
    order = waits(state)
    end = NOON + timedelta(days=60)
    template = WAITS[state][3]

    days = {}
    for left in (30, 15, 14, 1, 0.5, 0, -1):
        totals = sweep(now=end - timedelta(days=left))
        days[left] = {**totals.moved}

    assert days == {30: {}, 15: {template: 1}, 14: {}, 1: {template: 1}, 0.5: {}, 0: {"expire": 1}, -1: {}}
    order.refresh_from_db()
    assert (order.state, order.entered_at, order.due_at) == (states.EXPIRED, end, None)
    assert (order.password_digest, order.password_kept) == ("", False)
    assert moves(order)[-3:] == ["reminded", "reminded", "expire"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("state", WAITS)
def test_its_owner_reads_the_date_at_the_start_before_and_after_it(
    authority: FakeAuthority, state: str, language: str
) -> None:
    order = waits(state, domain="example5.com")  # a long one is shortened in a text
    end = NOON + timedelta(days=60)
    first = Message.objects.values_list("template", flat=True).latest("pk")
    began = text_of(first, language)
    sweep(now=end - timedelta(days=1))
    sweep(now=end)
    deliver(only=notices.CHANNEL)

    day = formats.format_value("due", end, language)
    assert day in began
    assert day in text_of(WAITS[state][3], language)
    assert formats.format_value("due", end + timedelta(days=60), language) in text_of("order_expired", language)
    expired = Message.objects.filter(template="order_expired").exclude(channel=notices.CHANNEL)
    roles = {key.split(":")[2] for key in expired.values_list("key", flat=True)}
    assert roles == {"account", "subject_lead"}
    assert order.domain in text_of("order_expired", language, "sms")


@pytest.mark.parametrize("state", WAITS)
def test_its_end_releases_subject_and_domain(authority: FakeAuthority, state: str) -> None:
    """Another account may begin."""
    order = waits(state)
    same = {"domain": order.domain, "subject_key": order.subject_key}
    region = order.answer("type")["region"]
    other = make_user()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_order(other, **same)
    before = queries.other_open_order(other, order.subject_key, order.domain, region)

    sweep(now=NOON + timedelta(days=60))

    assert (before, queries.other_open_order(other, order.subject_key, order.domain, region)) == (True, False)
    assert make_order(other, **same).claimed


@pytest.mark.parametrize("state", WAITS)
def test_the_pages_and_the_calendar_file_name_the_date(client: Client, state: str) -> None:
    order = waits(state)
    client.cookies["django_language"] = "en"

    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        sign_in(client, order.owner)
        page, filings = (client.get(url).content.decode() for url in (order.get_absolute_url(), reverse("dashboard")))
        calendar = client.get(reverse("deadline-file", args=[order.reference])).content.decode()

    label = "Submit the photo by" if state == states.PHOTO_DUE else "Resubmit by"
    assert "by Sun 24 Jan 2027, 12:00 Beijing time, or the order will be closed" in page
    assert (label in page, label in filings) == (True, True)
    assert "DTEND:20270124T040000Z" in calendar


def test_a_received_photo_restarts_the_time(authority: FakeAuthority) -> None:
    order = waits(states.PHOTO_DUE)
    sweep(now=NOON + timedelta(days=45))
    make_ready_document(order, "photo")

    with time_machine.travel(NOON + timedelta(days=50), tick=False):
        paper_actions.remove(Order.objects.get(pk=order.pk), slot="photo")

    order.refresh_from_db()
    assert (order.due_at, order.reminded) == (NOON + timedelta(days=110), 0)


def test_the_authoritys_decision_is_fetched_before_an_order_is_closed(authority: FakeAuthority) -> None:
    """For a day nothing ends while it is unreachable, and a grant waiting there counts."""
    silent, granted = waits(states.LAPSED), waits(states.LAPSED)
    end = NOON + timedelta(days=60)
    authority.down = True
    sweep(now=end + timedelta(hours=23))
    assert (state_of(silent), state_of(granted)) == (states.LAPSED, states.LAPSED)

    authority.down = False
    answer = {"kind": AnswerKind.GRANTED, "report_key": granted.report_key, "site_number": granted.site_number}
    authority.waiting = [Answer(id="1", at=NOON, **answer)]
    sweep(now=end + timedelta(hours=23, minutes=1))

    assert (state_of(silent), state_of(granted)) == (states.EXPIRED, states.APPROVED)


def test_an_unreachable_authority_keeps_no_order_for_ever(authority: FakeAuthority) -> None:
    order = waits(states.AUTHORITY_RETURNED)
    authority.down = True

    sweep(now=NOON + timedelta(days=61))

    assert state_of(order) == states.EXPIRED


def _by_the_upgrade() -> None:
    migration = import_module("transfers.migrations.0015_waiting_orders_end")
    migration.give_dates(apps, None)


def _by_the_sweep() -> None:
    sweep(now=timezone.now())


@pytest.mark.parametrize("give", [_by_the_upgrade, _by_the_sweep])
def test_orders_from_before_the_upgrade_get_a_whole_term_and_are_not_closed_without_a_reminder(
    authority: FakeAuthority, client: Client, give: Any
) -> None:
    """An order the upgrade missed, because the old portal moved it in the meantime, is found by the sweep."""
    old = timezone.now() - timedelta(days=400)
    undated = [make_order(state=state, due_at=None, entered_at=old, reminded=1) for state in WAITS]
    in_time = timezone.now() + timedelta(days=9)
    dated = make_order(state=states.LAPSED, due_at=in_time)
    working = make_order(state=states.SUBMITTED)
    client.cookies["django_language"] = "en"
    assert "%(" not in sign_in(client, undated[0].owner).get(undated[0].get_absolute_url()).content.decode()
    before = timezone.now()

    give()
    give()

    for order in undated:
        order.refresh_from_db()
        assert order.due_at is not None
        assert before <= order.due_at - timedelta(days=60) <= timezone.now() + timedelta(minutes=len(WAITS))
        assert order.reminded == 0
    dated.refresh_from_db()
    working.refresh_from_db()
    assert (dated.due_at, working.due_at) == (in_time, None)


def test_the_upgrade_does_not_end_all_of_an_archive_in_one_sweep() -> None:
    many = [make_order(state=states.LAPSED, due_at=None) for _ in range(4)]

    _by_the_upgrade()

    dates = sorted(Order.objects.filter(pk__in=[order.pk for order in many]).values_list("due_at", flat=True))
    assert [after - before for before, after in pairwise(dates)] == [timedelta(minutes=1)] * 3


def test_a_message_from_before_the_upgrade_is_still_sent() -> None:
    """It was queued without the date."""
    order = waits(states.AUTHORITY_RETURNED)
    queued = {name: value for name, value in context_of("order_returned_by_authority").items() if name != "kept"}

    text = catalogue.render("order_returned_by_authority", "email", "en", queued).text

    assert "We keep it until the date on its page, Beijing time" in text
    assert order.domain in text


# --- at the authority ---


def at_authority(**columns: Any) -> Order:
    return make_order(state=states.AUTHORITY_REVIEW, entered_at=NOON, **columns)


def end_of_review() -> datetime:
    day, _provisional = add_workdays(NOON.date(), 20)
    return datetime.combine(day, datetime.min.time(), tzinfo=BEIJING).replace(hour=18)


def findings(now: datetime) -> list[str]:
    return [str(each) for each in reconcile(now=now, dry_run=True).findings if each.kind == "order"]


def open_alarms() -> list[str]:
    return list(Alarm.objects.filter(cleared_at=None).values_list("cause", flat=True))


@pytest.mark.parametrize("kind", [states.TRANSFER, states.CANCELLATION])
@pytest.mark.parametrize("rule_profile", ["seed-2018", "current-2020", "of-nobody"])
def test_an_answer_that_takes_longer_than_usual_is_reported_to_operations(kind: str, rule_profile: str) -> None:
    """And so is one whose rules no longer exist."""
    order = at_authority(kind=kind, rule_profile=rule_profile)
    make_order(state=states.AUTHORITY_REVIEW, entered_at=NOON + timedelta(days=20))
    end = end_of_review()

    assert (findings(end), open_alarms()) == ([], [])
    late = findings(end + timedelta(seconds=1))

    assert late == [f"order {order.reference}: authority_review, {long_waits.NO_ANSWER}"]
    assert open_alarms() == ["authority.review_late"]
    assert Alarm.objects.get().reference == order.reference


def test_the_alarm_ends_with_the_answer(authority: FakeAuthority) -> None:
    order = at_authority()
    late = end_of_review() + timedelta(days=1)
    findings(late)
    fire(order, "turn_down", "authority", now=late, facts={"reason": "示例"})

    assert (findings(late), open_alarms()) == ([], [])


def test_a_cancellation_without_the_authoritys_id_is_reported_until_the_id_has_come() -> None:
    """Nothing can be sent, and nobody had requested the record."""
    website = make_website(make_user(), jrid=None)
    order = cancelling.begin(website, owner=website.subject.owner)
    ORDER.apply(order, "confirm_cancel", by="applicant", facts=queries.facts_of(order), now=NOON)
    hour = NOON + HANDING_OVER.stuck_after

    assert (findings(hour), open_alarms()) == ([], [])
    late = findings(hour + timedelta(seconds=1))

    assert late == [f"order {order.reference}: handing_over, {long_waits.NO_ID}"]
    assert open_alarms() == ["authority.id_missing"]
    assert Alarm.objects.get().reference == order.reference

    Access.objects.filter(website=website, own=True).update(ministry_id=900001)
    assert findings(hour + timedelta(minutes=5)) == [f"order {order.reference}: handing_over, standing too long"]
    assert "authority.id_missing" not in open_alarms()


def test_its_owner_reads_that_it_takes_longer_and_no_past_date(client: Client) -> None:
    order = at_authority()
    client.cookies["django_language"] = "en"
    pages = {}
    for name, now in (("in time", end_of_review()), ("late", end_of_review() + timedelta(hours=1))):
        with time_machine.travel(now, tick=False):
            pages[name] = sign_in(client, order.owner).get(order.get_absolute_url()).content.decode()

    says = "The authority takes longer than usual"
    assert [says in page for page in pages.values()] == [False, True]
    assert ["Result usually by" in page for page in pages.values()] == [True, False]


STANDS: dict[str, tuple[dict[str, Any], str, str]] = {
    "held because of a fault of ours": ({"state": states.HANDING_OVER, "held": True}, long_waits.HELD, "orders.held"),
    "not handed over": ({"state": states.HANDING_OVER}, long_waits.STANDING, "orders.standing"),
    "not reviewed": ({"state": states.SUBMITTED}, long_waits.STANDING, "orders.standing"),
    "its photo not reviewed": ({"state": states.PHOTO_REVIEW}, long_waits.STANDING, "orders.standing"),
    "over, and nobody ends it": ({"state": states.PHONE_DUE, "due_at": NOON}, long_waits.OVERDUE, "orders.overdue"),
}


@pytest.mark.parametrize("how", STANDS)
def test_an_order_that_stands_still_on_our_side_is_an_alarm_until_it_moves(how: str) -> None:
    """Its owner reads that there is nothing to do, so somebody here must notice it."""
    columns, reason, cause = STANDS[how]
    order = make_order(entered_at=NOON, **columns)
    late = NOON + timedelta(days=4)

    assert findings(late) == [f"order {order.reference}: {order.state}, {reason}"]
    assert (open_alarms(), Alarm.objects.get().reference) == ([cause], order.reference)
    Order.objects.filter(pk=order.pk).update(state=states.APPROVED, held=False, due_at=None)
    assert (findings(late), open_alarms()) == ([], [])


def test_a_held_report_is_an_alarm_at_the_next_check(authority: FakeAuthority) -> None:
    """It was reported after an hour, and only on request."""
    order = make_order(state=states.PHONE_DUE, province="12", entered_at=NOON, due_at=NOON + timedelta(days=2))
    answer = {"kind": AnswerKind.REPORT_FAILED, "report_key": order.report_key, "code": "1047"}
    assert findings(NOON) == []

    take_answer(Answer(id="1", at=NOON, **answer), now=NOON)

    assert findings(NOON) == [f"order {order.reference}: handing_over, {long_waits.HELD}"]
    assert open_alarms() == ["orders.held"]


def test_no_order_is_read_for_this_while_all_are_recent(django_assert_num_queries: Any) -> None:
    for _ in range(3):
        at_authority()

    with django_assert_num_queries(3):
        long_waits.stuck(NOON + timedelta(days=5))


def test_every_alarm_is_explained_in_the_document() -> None:
    """The page of alarms shows only the cause."""
    line = {name(way) for name in (line_state.waits, lambda way: line_state.stop_alarm([way])) for way in Way}
    of_jobs = {
        damage.ALARM,
        table_numbers.MISSING,
        succession.LATE,
        parked.PARKED,
        reports.PLACE_UNKNOWN,
        phone_register.ALARM,
    }
    text = (settings.BASE_DIR / "docs" / "ministry.md").read_text()

    unexplained = {
        cause for cause in {*line, line_state.STOPPED, *of_jobs, *ALARMS.values()} if f"`{cause}`" not in text
    }

    assert unexplained == set()
