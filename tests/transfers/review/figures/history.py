"""Orders with a history, for the desk's figures: events and rounds as left by the desk and the authority."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from icpportal.accounts.models import User
from icpportal.lifecycle import APPLICANT, AUTHORITY, CLOCK, REVIEWER
from icpportal.time_format import BEIJING
from tests.transfers import states
from tests.transfers.builders import make_order, make_reason
from transfers.models import FieldVerdict, Order, OrderEvent, ReviewRound

MONDAY = datetime(2026, 11, 16, 10, 0, tzinfo=BEIJING)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TODAY = MONDAY + 8 * DAY


@dataclass(frozen=True)
class Happened:
    """One event: its move, its target, its actor."""

    move: str
    to_state: str
    by: str
    at: datetime
    actor: User | None = None


def submitted(at: datetime) -> Happened:
    return Happened("submit", states.SUBMITTED, APPLICANT, at)


def returned(at: datetime, actor: User | None = None) -> Happened:
    return Happened("send_back", states.RETURNED, REVIEWER, at, actor)


def accepted(at: datetime, actor: User | None = None) -> Happened:
    return Happened("accept", states.PHOTO_DUE, REVIEWER, at, actor)


def photographed(at: datetime) -> Happened:
    return Happened("send_photo", states.PHOTO_REVIEW, APPLICANT, at)


def photo_accepted(at: datetime, actor: User | None = None) -> Happened:
    return Happened("accept_photo", states.HANDING_OVER, REVIEWER, at, actor)


def texted(at: datetime) -> Happened:
    return Happened("reported", states.PHONE_DUE, AUTHORITY, at)


def verified(at: datetime) -> Happened:
    return Happened("phones_done", states.AUTHORITY_REVIEW, AUTHORITY, at)


def put_off(at: datetime) -> Happened:
    return Happened("waits", states.AUTHORITY_REVIEW, AUTHORITY, at)


def lapsed(at: datetime) -> Happened:
    return Happened("lapse", states.LAPSED, CLOCK, at)


def went(*steps: Happened, province: str = "64", **columns: Any) -> Order:
    """An order with these events."""
    order = make_order(state=steps[-1].to_state, province=province, entered_at=steps[-1].at, **columns)
    before = [states.DRAFT, *(step.to_state for step in steps)]
    OrderEvent.objects.bulk_create(
        OrderEvent(
            order=order,
            move=step.move,
            from_state=left,
            to_state=step.to_state,
            by=step.by,
            actor=step.actor,
            at=step.at,
        )
        for left, step in zip(before, steps, strict=False)
    )
    return order


def looked_at(order: Order, reviewer: User, at: datetime, *, took: timedelta = HOUR, **named: str) -> ReviewRound:
    """The round of a decision; `website__site_name="site_name"` is a part that it named, and the reason."""
    opened = ReviewRound.objects.create(
        order=order,
        number=order.rounds.count() + 1,
        reviewer=reviewer,
        opened_at=at - took,
        decided_at=at,
        decision="send_back" if named else "accept",
    )
    for part, reason in named.items():
        field = part.replace("__", ".")
        FieldVerdict.objects.create(
            round=opened, field=field, verdict="return", reason=make_reason(reason) if reason else None
        )
    return opened
