"""Duties that follow an approval: a table with dates and sources; noted at the grant, ticked off by the owner."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filings.certificates import INDIVIDUAL
from filings.provinces.types import Source
from icpportal.workdays.calendar import add_workdays
from transfers.models import Duty, Order

Due = Callable[[date], tuple[date, bool]]


@dataclass(frozen=True)
class Rule:
    """One duty: what, counted how from the day of approval, for whom, reminded how long before, and says who."""

    title: str | Promise
    due: Due
    remind_before: timedelta
    source: Source
    applies: Callable[[Any], bool] = lambda order: True


def days(n: int) -> Due:
    return lambda start: (start + timedelta(days=n), False)


def workdays(n: int) -> Due:
    return lambda start: add_workdays(start, n)


RULES = {
    "public_security": Rule(
        _("Complete the public-security filing"),
        days(30),
        timedelta(days=7),
        Source("AlibabaCloudDocs/icp: CN/公安联网备案与经营性备案/公安联网备案.md", "2019-09-16"),
    ),
    "jiangsu_change": Rule(
        _("If you named another person than the filing has, have the filing changed at the Jiangsu authority"),
        workdays(10),
        timedelta(days=3),
        Source("tencentyun/qcloud-documents: 华东各省管局要求/江苏管局备案要求.md, 企业备案, 主体相关 5", "01a9db9"),
        applies=lambda order: order.province == "32" and order.answer("type").get("nature") != INDIVIDUAL,
    ),
}


def begin(order: Order, now: datetime) -> None:
    """Note what follows from this approval, in place of an earlier one of the site; a second time changes nothing."""
    end(order)
    day = timezone.localdate(now)
    rows = [row(order, key, day) for key, rule in RULES.items() if rule.applies(order)]
    Duty.objects.bulk_create(rows, ignore_conflicts=True)


def end(order: Order) -> None:
    """Nothing is left to do about earlier approvals of this owner's site: its transfer has ended, or came anew."""
    earlier = Duty.objects.filter(order__owner=order.owner, order__domain=order.domain, done_at=None)
    earlier.exclude(order=order).delete()


def row(order: Order, key: str, approved_on: date) -> Duty:
    due_on, provisional = RULES[key].due(approved_on)
    remind_on = due_on - RULES[key].remind_before
    return Duty(order=order, key=key, due_on=due_on, remind_on=remind_on, provisional=provisional)


def duties_of(user: Any) -> QuerySet[Duty]:
    """Everything that follows this owner's approvals, the nearest first."""
    return Duty.objects.filter(order__owner=user).select_related("order").defer("order__answers")


def open_duties(user: Any) -> QuerySet[Duty]:
    """What this owner has not ticked off yet."""
    return duties_of(user).filter(done_at=None)


def of_website(user: Any, website: Any) -> QuerySet[Duty]:
    """What followed the approvals of one website, done or not."""
    return duties_of(user).filter(order__website=website)


def of_order(order: Order) -> QuerySet[Duty]:
    """What followed the approval of one order, done or not."""
    return duties_of(order.owner).filter(order=order)


def tick(duty: Duty, *, done: bool, now: datetime | None = None) -> None:
    """The owner says that it is done, or takes that back; a second press changes nothing."""
    other = Duty.objects.filter(pk=duty.pk, done_at__isnull=done)
    other.update(done_at=(now or timezone.now()) if done else None)
