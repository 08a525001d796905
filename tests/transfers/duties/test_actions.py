"""Duties after an approval: recorded with a date, reminded once while there is time, ticked off by their owner."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from icpportal.outbox.models import Message
from icpportal.time_format import BEIJING
from icpportal.workdays.calendar import NOTICE_DAYS, SHIPPED_YEARS
from icpportal.workdays.models import WorkCalendarDay
from tests.transfers import states
from tests.transfers.builders import TYPE, fire, make_order, make_user, sign_in
from tests.transfers.outside import cost
from transfers.duties import actions as duties
from transfers.duties.reminders import recount, sweep
from transfers.models import Duty, Order

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=BEIJING)
TYPE.setdefault("32", {"region": "320102", "number": "苏ICP备00000000号"})


def approve(province: str = "64", *, owner: Any = None, now: datetime = NOON, **columns: Any) -> Order:
    order = make_order(owner, state=states.AUTHORITY_REVIEW, province=province, **columns)
    return fire(order, "grant", "authority", now=now)


def dates(order: Order) -> dict[str, tuple[date, bool]]:
    return {each.key: (each.due_on, each.provisional) for each in order.duties.all()}


def test_an_approval_brings_the_public_security_filing_within_30_days() -> None:
    assert dates(approve()) == {"public_security": (date(2026, 12, 25), False)}


def test_in_jiangsu_a_change_follows_within_10_working_days() -> None:
    assert dates(approve("32"))["jiangsu_change"] == (date(2026, 12, 9), False)


def test_a_private_persons_site_in_jiangsu_has_no_such_change() -> None:
    order = make_order(state=states.AUTHORITY_REVIEW, province="32")
    order.answers["type"]["nature"] = "individual"

    assert set(dates(fire(order, "grant", "authority", now=NOON))) == {"public_security"}


def test_every_rule_names_its_source() -> None:
    assert all(rule.source.reference and rule.source.date for rule in duties.RULES.values())


def test_other_ends_bring_no_duty() -> None:
    fire(make_order(state=states.SUBMITTED), "withdraw", "applicant", facts={"reason": {"zh": "x", "en": "x"}})

    assert Duty.objects.count() == 0


def test_a_reminder_is_sent_once_by_day_and_none_after_the_date() -> None:
    order = approve()
    due = datetime(2026, 12, 25, 12, 0, tzinfo=BEIJING)

    moments = (due - timedelta(days=8), due.replace(day=18, hour=23), due.replace(day=18))
    counts = [len(sweep(at).done) for at in moments]
    again = len(sweep(due).done)
    Duty.objects.update(reminded_at=None)
    late = len(sweep(due + timedelta(days=1)).done)

    assert (counts, again, late) == ([0, 0, 1], 0, 0)
    told = Message.objects.filter(template="duty_reminder", reference=order.reference)
    assert sorted(told.values_list("channel", flat=True)) == ["email", "site", "sms"]


def test_a_duty_ticked_off_is_neither_reminded_nor_shown(client: Client) -> None:
    order = approve()
    client.cookies["django_language"] = "en"
    before = sign_in(client, order.owner).get(reverse("dashboard")).content.decode()

    client.post(reverse("duty-done", args=[order.duties.get().pk]))

    after = client.get(reverse("dashboard")).content.decode()
    shown = "Complete the public-security filing"
    assert (shown in before, "2026-12-25" in before, shown in after) == (True, True, False)
    assert sweep(datetime(2026, 12, 24, 12, 0, tzinfo=BEIJING)).done == []


def test_ticked_in_two_tabs_it_is_done_once_at_the_first_press(client: Client) -> None:
    order = approve()
    page = reverse("duty-done", args=[order.duties.get().pk])
    sign_in(client, order.owner).post(page)
    first = order.duties.get().done_at

    again = client.post(page)

    assert again.status_code == 302
    assert order.duties.get().done_at == first
    client.post(page, {"undo": "1"})
    client.post(page, {"undo": "1"})
    assert order.duties.get().done_at is None


def test_a_strangers_duty_is_404_and_a_get_ticks_nothing(client: Client) -> None:
    order, other = approve(), approve()
    page = reverse("duty-done", args=[order.duties.get().pk])

    answers = [sign_in(client, other.owner).post(page).status_code, sign_in(client, order.owner).get(page).status_code]

    assert answers == [404, 405]
    assert order.duties.get().done_at is None


def test_the_end_of_a_transfer_ends_its_open_duties() -> None:
    order, elsewhere = approve(), approve(owner=make_user())
    ending = make_order(order.owner, kind=states.CANCELLATION, state=states.AUTHORITY_REVIEW, domain=order.domain)

    fire(ending, "ended", "authority", now=NOON)

    assert list(Duty.objects.values_list("order", flat=True)) == [elsewhere.pk]


def test_a_repeated_transfer_asks_once_and_keeps_ticks() -> None:
    order = approve()
    duties.mark_done(order.duties.get(), done=True)
    second = approve(owner=order.owner, domain=order.domain)
    third = approve(owner=order.owner, domain=order.domain)

    assert {each.order_id for each in duties.open_duties(order.owner)} == {third.pk}
    assert set(Duty.objects.values_list("order", flat=True)) == {order.pk, third.pk}
    assert second.duties.count() == 0


def test_a_date_in_a_year_without_a_notice_is_provisional_until_the_notice_is_loaded() -> None:
    order = approve("32", now=datetime(SHIPPED_YEARS[-1], 12, 28, 12, 0, tzinfo=BEIJING))
    before = dates(order)["jiangsu_change"]
    days = [before[0] + timedelta(days=n) for n in range(NOTICE_DAYS)]
    WorkCalendarDay.objects.bulk_create([WorkCalendarDay(date=day, is_workday=False, source="notice") for day in days])

    recount()

    after = dates(order)["jiangsu_change"]
    assert (before[1], after[1], after[0] > before[0]) == (True, False, True)


def test_provisional_dates_are_recalculated_in_batches_the_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them were recalculated every minute."""
    monkeypatch.setattr("transfers.duties.reminders.PORTION", 2)
    late = datetime(SHIPPED_YEARS[-1], 12, 28, 12, 0, tzinfo=BEIJING)
    for _ in range(3):
        approve("32", now=late)
    Duty.objects.filter(provisional=False).update(done_at=late)
    Duty.objects.update(counted_at=late)

    def counted(minute: int) -> list[int]:
        recount(now=late + timedelta(minutes=minute))
        ages = Duty.objects.filter(provisional=True).order_by("counted_at").values_list("counted_at", flat=True)
        return [round((at - late) / timedelta(minutes=1)) for at in ages]

    assert [counted(minute) for minute in (1, 2, 3)] == [[0, 1, 1], [1, 2, 2], [2, 3, 3]]


def test_a_sweep_reminds_of_a_batch_of_duties_and_the_next_one_continues(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transfers.duties.reminders.PORTION", 2)
    for _ in range(3):
        approve()
    day = min(Duty.objects.values_list("remind_on", flat=True))
    Duty.objects.update(remind_on=day)
    noon = datetime.combine(day, NOON.timetz())

    assert [len(sweep(noon).done) for _ in range(3)] == [2, 1, 0]


def test_the_page_takes_as_many_queries_for_one_duty_as_for_three(client: Client) -> None:
    def of(rows: int) -> int:
        user = make_user()
        for _ in range(rows):
            approve(owner=user, now=timezone.now())
        sign_in(client, user)
        return cost(lambda: client.get(reverse("dashboard")))

    assert of(1) == of(3)
