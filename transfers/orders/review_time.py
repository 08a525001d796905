"""How long the authority may take: when its answer usually comes, and which orders are overdue there."""

from datetime import date, datetime, timedelta

from filings.provinces import PROFILES, Province, UnknownProfile, UnknownProvince, province, provinces
from icpportal.time_format import BEIJING
from icpportal.workdays.calendar import CLOSING_TIME, Calendar, add_workdays, calendar
from transfers.models import Order
from transfers.orders.kinds import in_group, is_in
from transfers.orders.rows import Group

LONGEST_BREAK = timedelta(days=30)
USUAL: tuple[int, int] = Province.review_days  # for an order whose rules are no longer known


def usual_end(order: Order, known: Calendar | None = None) -> datetime:
    """When the authority has usually answered, by the order's rules: the end of that day."""
    day, _provisional = add_workdays(_day(order.entered_at), _most_days(order), known=known)
    return datetime.combine(day, CLOSING_TIME, tzinfo=BEIJING)


def takes_long(order: Order, now: datetime, known: Calendar | None = None) -> bool:
    """Whether it has been with the authority longer than usual."""
    return is_in(order, Group.IN_AUTHORITY_REVIEW) and usual_end(order, known) < now


def late(now: datetime) -> list[Order]:
    """Every order that takes too long, longest first, without its answers.

    Reads only orders older than the shortest time in any rules: next to none while all goes well.
    """
    shortest = min(each.review_days[1] for name in PROFILES for each in provinces(name))
    old = now - timedelta(days=shortest)  # working days are never fewer calendar days
    waiting = Order.objects.filter(in_group(Group.IN_AUTHORITY_REVIEW), entered_at__lt=old).order_by("entered_at")
    found = list(waiting.only("reference", "state", "entered_at", "province", "rule_profile"))
    if not found:
        return []
    known = calendar(_day(found[0].entered_at), _day(now) + LONGEST_BREAK)
    return [order for order in found if usual_end(order, known) < now]


def _most_days(order: Order) -> int:
    try:
        return province(order.province, order.rule_profile).review_days[1]
    except (UnknownProfile, UnknownProvince):
        return USUAL[1]


def _day(moment: datetime) -> date:
    return moment.astimezone(BEIJING).date()
