"""Reminders at 24, 6 and 1 hours: once each, to those who have not confirmed, quiet between 22:00 and 8:00."""

import re
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from icpportal.outbox.models import Message
from icpportal.outbox.texts import catalogue, formats
from tests.transfers import states
from tests.transfers.builders import make_order, moves
from tests.transfers.conftest import FakeAuthority
from transfers.deadlines.reminders import remind, reminder_due, send_at, to_remind
from transfers.deadlines.sweep import sweep
from transfers.models import Order, PhoneCheck

BEIJING = ZoneInfo("Asia/Shanghai")
DUE = datetime(2026, 11, 27, 16, 20, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("due", "hours", "expected"),
    [
        (DUE, 24, datetime(2026, 11, 26, 16, 20, tzinfo=BEIJING)),
        (DUE, 6, datetime(2026, 11, 27, 10, 20, tzinfo=BEIJING)),
        (datetime(2026, 11, 27, 11, 0, tzinfo=BEIJING), 6, datetime(2026, 11, 26, 21, 30, tzinfo=BEIJING)),
        (datetime(2026, 11, 27, 5, 0, tzinfo=BEIJING), 6, datetime(2026, 11, 26, 21, 30, tzinfo=BEIJING)),
        (datetime(2026, 11, 27, 3, 0, tzinfo=BEIJING), 1, datetime(2026, 11, 27, 2, 0, tzinfo=BEIJING)),
        (datetime(2026, 11, 27, 14, 0, tzinfo=BEIJING), 6, datetime(2026, 11, 27, 8, 0, tzinfo=BEIJING)),
        (datetime(2026, 11, 27, 4, 0, tzinfo=BEIJING), 6, datetime(2026, 11, 26, 21, 30, tzinfo=BEIJING)),
    ],
)
def test_a_reminder_that_would_fall_into_the_night_is_sent_before_it(
    due: datetime, hours: int, expected: datetime
) -> None:
    assert send_at(due, hours, f"phones_{hours}h") == expected


def test_the_quiet_hours_are_a_setting(settings: Any) -> None:
    settings.QUIET_HOURS = (time(20, 30), time(9, 0))

    assert send_at(datetime(2026, 11, 28, 21, 0, tzinfo=BEIJING), 24) == datetime(2026, 11, 27, 20, 0, tzinfo=BEIJING)


def waiting(*, due: datetime = DUE, window: int = 48, rule_profile: str = "seed-2018", **done: bool) -> Order:
    entered = due - timedelta(hours=window)
    order = make_order(state=states.PHONE_DUE, province="12", due_at=due, entered_at=entered, rule_profile=rule_profile)
    for role in ("subject_lead", "administrator"):
        confirmed = due - timedelta(hours=40) if done.get(role) else None
        PhoneCheck.objects.create(order=order, report=1, role=role, mobile_masked="139****0001", confirmed_at=confirmed)
    return order


def roles_by_template() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for message in Message.objects.order_by("key"):
        found.setdefault(message.template, []).append(message.key.split(":")[2])
    return {template: sorted(set(roles)) for template, roles in found.items()}


@pytest.mark.django_db
def test_each_reminder_is_sent_once_to_those_who_have_not_confirmed() -> None:
    order = waiting(subject_lead=True)

    for hours in (25, 24, 23, 6, 5, 1, 0.5):
        order.refresh_from_db()
        remind(order, DUE - timedelta(hours=hours))

    assert roles_by_template() == {
        name: ["account", "administrator"] for name in ("phones_24h", "phones_6h", "phones_1h")
    }
    assert Message.objects.filter(template="phones_6h", channel="sms").count() == 2


READ = {
    "en": "139****0001, 139****0002. Complete the phone verification at http://tjcainfo.miitbeian.gov.cn/ by",
    "zh": "139****0001、139****0002。请在北京时间",
}


@pytest.mark.django_db
@pytest.mark.parametrize("language", READ)
def test_a_reminder_is_in_the_language_of_its_reader(language: str) -> None:
    order = waiting()
    PhoneCheck.objects.filter(role="subject_lead").update(mobile_masked="139****0002")
    remind(order, DUE - timedelta(hours=24))

    payload = Message.objects.get(template="phones_24h", channel="site").payload
    read = catalogue.render("phones_24h", "site", language, formats.unpack(payload["context"]))

    assert READ[language] in read.text
    assert not (language == "en" and re.search("[、。天津]", read.text))


@pytest.mark.django_db
def test_after_a_long_outage_only_the_nearest_reminder_is_sent() -> None:
    order = waiting()

    remind(order, DUE - timedelta(minutes=30))

    assert list(roles_by_template()) == ["phones_1h"]


SAID = r": (.*?) left to verify"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("left", "english"),
    [
        (timedelta(hours=24), "24 hours"),
        (timedelta(hours=23, minutes=59, seconds=20), "24 hours"),
        (timedelta(hours=7), "7 hours"),
        (timedelta(hours=2, minutes=10), "2 hours"),
        (timedelta(minutes=59, seconds=30), "1 hour"),
        (timedelta(minutes=30), "30 minutes"),
        (timedelta(seconds=20), "1 minute"),
    ],
)
def test_a_late_reminder_states_the_time_really_left(left: timedelta, english: str) -> None:
    remind(waiting(), DUE - left)

    payload = Message.objects.get(channel="site").payload
    read = catalogue.render(
        Message.objects.get(channel="site").template, "site", "en", formats.unpack(payload["context"])
    )

    assert re.findall(SAID, read.subject) == [english]


NIGHT_DUE = datetime(2026, 11, 27, 9, 30, tzinfo=BEIJING)


@pytest.mark.django_db
def test_a_reminder_missed_by_day_waits_for_the_morning() -> None:
    order = waiting(due=NIGHT_DUE)

    at_night = [remind(order, NIGHT_DUE - timedelta(hours=hours)) for hours in (11, 7, 2)]
    in_the_morning = remind(order, NIGHT_DUE.replace(hour=8, minute=1))

    assert (at_night, in_the_morning) == (["", "", ""], "phones_6h")


@pytest.mark.django_db
def test_a_deadline_at_night_has_its_last_hour_reminder_all_the_same() -> None:
    order = waiting(due=NIGHT_DUE.replace(hour=3))

    assert remind(order, NIGHT_DUE.replace(hour=1, minute=0)) == ""
    assert remind(order, NIGHT_DUE.replace(hour=2, minute=31)) == "phones_1h"


@pytest.mark.django_db
def test_a_worker_that_was_down_for_a_day_sends_one_reminder_and_not_three() -> None:
    order = waiting()

    names = [remind(order, DUE - timedelta(minutes=minutes)) for minutes in (40, 39, 38)]

    assert names == ["phones_1h", "", ""]
    assert list(roles_by_template()) == ["phones_1h"]


@pytest.mark.django_db
@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_under_24_hours_the_first_reminder_is_left_out_and_the_two_others_are_sent_once(hour: int) -> None:
    due = datetime(2026, 11, 27, hour, 20, tzinfo=BEIJING)
    order = waiting(due=due, window=24, rule_profile="current-2020")

    named = []
    for minutes in range(24 * 60, -1, -10):
        order.refresh_from_db()
        if name := remind(order, due - timedelta(minutes=minutes)):
            named.append((name, minutes))

    assert [name for name, _minutes in named] == ["phones_6h", "phones_1h"]
    assert all(minutes < 23 * 60 for _name, minutes in named)


@pytest.mark.django_db
def test_a_deadline_moved_so_that_its_reminder_lies_before_the_start_gets_none_at_once() -> None:
    due = datetime(2026, 11, 27, 7, 0, tzinfo=BEIJING)
    order = waiting(due=due, window=25)

    assert remind(order, due - timedelta(hours=24, minutes=50)) == ""


@pytest.mark.django_db
def test_nobody_is_reminded_when_all_have_confirmed() -> None:
    order = waiting(subject_lead=True, administrator=True)

    assert remind(order, DUE - timedelta(hours=5)) == ""
    assert roles_by_template() == {}


@pytest.mark.django_db
def test_nobody_is_reminded_after_the_end() -> None:
    order = waiting()

    assert remind(order, DUE) == ""


@pytest.mark.django_db
def test_a_window_that_opened_with_less_than_24_hours_has_no_24_hour_reminder() -> None:
    order = waiting()
    Order.objects.filter(pk=order.pk).update(entered_at=DUE - timedelta(hours=24))
    order.refresh_from_db()

    assert remind(order, DUE - timedelta(hours=23)) == ""


def idle(state: str) -> Order:
    """A draft or returned order untouched for a long time; it ends at DUE."""
    return make_order(state=state, due_at=DUE, entered_at=DUE - timedelta(days=60))


def sweep_at(moment: datetime) -> list[str]:
    return [name for order in to_remind(moment) if (name := remind(order, moment))]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "template"), [(states.DRAFT, "draft_reminder"), (states.RETURNED, "returned_reminder")]
)
def test_an_idle_order_is_warned_after_45_days_and_on_its_last_day_and_not_afterwards(
    state: str, template: str
) -> None:
    order = idle(state)

    days = {left: sweep_at(DUE - timedelta(days=left)) for left in (16, 15, 14, 2, 1, 0.5, 0, -1)}

    assert days == {16: [], 15: [template], 14: [], 2: [], 1: [template], 0.5: [], 0: [], -1: []}
    assert roles_by_template() == {template: ["account"]}
    assert moves(order) == ["reminded", "reminded"]


@pytest.mark.django_db
def test_a_begun_cancellation_is_not_warned_like_a_draft() -> None:
    make_order(kind=states.CANCELLATION, due_at=DUE, entered_at=DUE - timedelta(days=60))

    assert sweep_at(DUE - timedelta(days=1)) == []


# --- how much a sweep looks at -----------------------------------------------------------------


@pytest.mark.django_db
def test_only_orders_with_a_future_reminder_are_read() -> None:
    """Every open window and idle draft was read each minute."""
    for place, hours in enumerate((0.5, 1, 3, 6, 7, 11, 15, 23, 24, 30, 36, 60)):
        for state in (states.PHONE_DUE, states.DRAFT):
            due_at = DUE + timedelta(hours=hours + (14 * 24 if state == states.DRAFT and place % 2 else 0))
            order = make_order(state=state, province="12", due_at=due_at, entered_at=due_at - timedelta(days=59))
            PhoneCheck.objects.create(
                order=order, report=order.report, role="both", stated_at=DUE if hours == 3 else None
            )
    quarters = [DUE - timedelta(hours=20) + timedelta(minutes=15) * number for number in range(24 * 4)]

    for moment in quarters:
        open_ones = Order.objects.exclude(phone_checks__stated_at__isnull=False, state=states.PHONE_DUE)
        with_one = {order.pk for order in open_ones if reminder_due(order, moment)}
        assert {order.pk for order in to_remind(moment)} == with_one, moment
        for order in to_remind(moment):
            remind(order, moment)
        assert not to_remind(moment).exists(), moment


@pytest.mark.django_db
def test_a_reminder_without_news_is_read_once() -> None:
    """A window of 24 hours was first among those to remind for eighteen hours."""
    order = waiting()
    Order.objects.filter(pk=order.pk).update(entered_at=DUE - timedelta(hours=24))
    moment = DUE - timedelta(hours=23)

    assert [found.pk for found in to_remind(moment)] == [order.pk]
    assert sweep_at(moment) == []
    assert not to_remind(moment + timedelta(minutes=1)).exists()
    assert sweep_at(DUE - timedelta(hours=6)) == ["phones_6h"]


@pytest.mark.django_db
def test_a_sweep_sends_a_batch_of_the_reminders_and_the_next_one_continues(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transfers.deadlines.sweep.PORTION", 2)
    for minutes in range(5):
        due_at = DUE + timedelta(days=1, minutes=-minutes)
        make_order(state=states.DRAFT, due_at=due_at, entered_at=DUE - timedelta(days=59))

    found = [sweep(now=DUE + timedelta(minutes=minute)).moved for minute in range(4)]

    assert found == [{"draft_reminder": 2}, {"draft_reminder": 2}, {"draft_reminder": 1}, {}]
