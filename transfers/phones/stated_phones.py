"""The phones of an order as the register of phones states them: recorded, and the order moved on when all are done."""

from collections.abc import Iterable
from datetime import datetime

from icpportal.gateways.miit.types import PhoneState
from icpportal.lifecycle import AUTHORITY, MoveNotAllowed
from transfers.models import Order, PhoneCheck
from transfers.orders import queries
from transfers.orders.kinds import is_in
from transfers.orders.machine import ORDER, has_changed
from transfers.orders.rows import Group

TRIES = 5
COLUMNS = ("mobile_masked", "sent_at", "confirmed_at", "wrong")


def take_told(order: Order, told: list[PhoneState], *, now: datetime) -> None:
    """Records what the register tells of an order's phones; moves the order on when all were verified in time."""
    write_down(order, told)
    if _all_in_time(order, told):
        _phones_done(order, now)


def _all_in_time(order: Order, told: list[PhoneState]) -> bool:
    in_time = [p for p in told if p.confirmed_at and (order.due_at is None or p.confirmed_at < order.due_at)]
    return bool(told) and len(in_time) == len(told)


def write_down(order: Order, told: list[PhoneState]) -> None:
    """Writes one row for each person, and only news, because it is asked every few seconds."""
    known = {check.role: check for check in queries.phone_checks(order)}
    for phone in told:
        news = {name: getattr(phone, name) for name in COLUMNS}
        check = known.pop(str(phone.role), None)
        if check is None or any(getattr(check, name) != value for name, value in news.items()):
            PhoneCheck.objects.update_or_create(order=order, report=order.report, role=phone.role, defaults=news)
    if known:
        queries.phone_checks(order).filter(role__in=known).delete()


def _phones_done(order: Order, now: datetime) -> None:
    for _ in range(TRIES):
        if not is_in(order, Group.PHONES_OPEN):
            return  # another process has just recorded the same
        try:
            ORDER.apply(order, "phones_done", by=AUTHORITY, facts=queries.facts_of(order), now=now)
        except MoveNotAllowed:
            if not has_changed(order):
                raise
            order.refresh_from_db()
        else:
            return
    raise MoveNotAllowed("phones_done: the order moved in the meantime")


def is_news(order: Order, told: list[PhoneState], known: list[PhoneCheck]) -> bool:
    """Whether the register states anything else than what is known, or what completes the verification."""
    return _all_in_time(order, told) or _to_columns(known) != _to_columns(told)


def _to_columns(phones: Iterable[PhoneCheck | PhoneState]) -> dict[str, list[str | int | datetime | None]]:
    return {str(phone.role): [getattr(phone, name) for name in COLUMNS] for phone in phones}
