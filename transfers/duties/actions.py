"""Duties after an approval: a table with dates and sources, noted at the grant, ticked off by the owner."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet, UUIDField
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filings.models import Website
from filings.provinces.types import Source
from filings.register.certificates import INDIVIDUAL
from icpportal.accounts.models import User
from icpportal.database.prepared import CompiledQuery
from icpportal.workdays.calendar import add_workdays
from transfers.models import Duty, Order

SHOWN = 20

Due = Callable[[date], tuple[date, bool]]


@dataclass(frozen=True)
class Rule:
    """One duty: what, counted how from the approval, for whom, when to remind, and its source."""

    title: str | Promise
    due: Due
    remind_before: timedelta
    source: Source
    applies: Callable[[Order], bool] = lambda order: True
    site: str = ""  # the website where it is done


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
        site="https://beian.mps.gov.cn/",
    ),
    "jiangsu_change": Rule(
        _("If the person you entered is not the one on the filing, ask the Jiangsu authority to update the filing"),
        workdays(10),
        timedelta(days=3),
        Source("tencentyun/qcloud-documents: 华东各省管局要求/江苏管局备案要求.md, 企业备案, 主体相关 5", "01a9db9"),
        applies=lambda order: order.province == "32" and order.answer("type").get("nature") != INDIVIDUAL,
    ),
}


def begin(order: Order, now: datetime) -> None:
    """Notes the duties after this approval, replacing those of an earlier one of the site; idempotent."""
    end(order)
    day = timezone.localdate(now)
    rows = [row(order, key, day) for key, rule in RULES.items() if rule.applies(order)]
    Duty.objects.bulk_create(rows, ignore_conflicts=True)


def end(order: Order) -> None:
    """Removes the duties of earlier approvals of this owner's site: its transfer has ended or was made again."""
    earlier = Duty.objects.filter(order__owner=order.owner, order__domain=order.domain, done_at=None)
    earlier.exclude(order=order).delete()


def end_own(order: Order) -> None:
    """Removes the duties of this order's approval: the authority ended what it had approved."""
    Duty.objects.filter(order=order, done_at=None).delete()


def row(order: Order, key: str, approved_on: date) -> Duty:
    due_on, provisional = RULES[key].due(approved_on)
    remind_on = due_on - RULES[key].remind_before
    return Duty(order=order, key=key, due_on=due_on, remind_on=remind_on, provisional=provisional)


def duties_of(user: User) -> QuerySet[Duty]:
    """All duties from this owner's approvals, the nearest first."""
    return Duty.objects.filter(order__owner=user).select_related("order").defer("order__answers")


def open_duties(user: User) -> QuerySet[Duty]:
    """The owner's duties that are not ticked off."""
    return duties_of(user).filter(done_at=None)


# a read of every view of My filings
NEAREST = CompiledQuery(lambda owner: open_duties(User(pk=owner))[:SHOWN], owner=UUIDField())


def nearest_of(user: User) -> list[Duty]:
    """The nearest of them, as many as a page shows."""
    return NEAREST.all(owner=user.pk)


def of_website(user: User, website: Website) -> QuerySet[Duty]:
    """The duties from the approvals of one website, done or not."""
    return duties_of(user).filter(order__website=website)


def of_order(order: Order) -> QuerySet[Duty]:
    """The duties from the approval of one order, done or not."""
    return duties_of(order.owner).filter(order=order)


def mark_done(duty: Duty, *, done: bool, now: datetime | None = None) -> None:
    """Marks a duty as done, or takes that back; idempotent."""
    other = Duty.objects.filter(pk=duty.pk, done_at__isnull=done)
    other.update(done_at=(now or timezone.now()) if done else None)
