"""The clock of orders: once a minute moves what is due, oldest first; an order that fails is set aside."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import TypeVar
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils import timezone

from icpportal.alarms import portions, rows
from icpportal.fields.types import Facts
from icpportal.gateways.errors import NotYet, Refused, Retryable
from icpportal.lifecycle import CLOCK, MoveNotAllowed
from transfers.authority import results as authority
from transfers.cancellation import pending as waiting
from transfers.deadlines import backlog
from transfers.deadlines.extension import date_undated
from transfers.deadlines.reminders import remind, to_remind
from transfers.duties.reminders import PORTION
from transfers.duties.reminders import sweep as remind_duties
from transfers.models import Order, TypeCheck
from transfers.notifications import texted_mobiles
from transfers.orders import queries
from transfers.orders.kinds import is_in, state_of
from transfers.orders.machine import ORDER, apply_at_deadline, has_changed
from transfers.orders.rows import Group
from transfers.phones import windows as phone_windows
from transfers.phones.windows import Word

logger = logging.getLogger(__name__)
ANOTHER_PULL = 15.0  # seconds a sweep waits for a running pull; after that, phone windows wait for the next sweep
LEFT_AT_MOST = timedelta(hours=24)  # then a phone window is judged by the register of phones alone
TYPE_CHECKS_KEPT = timedelta(days=30)
LINES_KEPT = 10_000  # lines listed of a sweep; counts are complete
ERASE = "erase_password"
GO_ON = "go_on"  # the move where the authority cannot say whether the phones were verified
Done = TypeVar("Done")


@dataclass
class Totals:
    """Counts of one sweep, by move; nothing personal."""

    moved: dict[str, int] = field(default_factory=dict)
    failed: int = 0
    set_aside: int = 0  # failed in an earlier sweep; not yet due again
    lines: list[str] = field(default_factory=list)

    def count(self, reference: str, move: str) -> None:
        self.moved[move] = self.moved.get(move, 0) + 1
        if len(self.lines) < LINES_KEPT:
            self.lines.append(f"{reference} {move}")

    def take_failures(self, ran: rows.Ran[Done]) -> rows.Ran[Done]:
        """Counts what failed in one part of the sweep, and what was skipped."""
        self.failed += len(ran.failed)
        self.set_aside += ran.waiting
        self.lines += [f"{failure.reference} failed: {failure.trouble}" for failure in ran.failed]
        return ran


class Reach(Enum):
    """Whether the authority's answers were fetched before a sweep."""

    HEARD = auto()  # everything it knows is here
    NOT_YET = auto()  # not asked, another pull is running, or more is waiting than one round fetches
    AWAY = auto()


@dataclass(frozen=True)
class Sweep:
    """One sweep: its options, totals, and whether the authority's answers were fetched."""

    now: datetime
    dry_run: bool
    reach: Reach
    totals: Totals = field(default_factory=Totals)
    words: dict[UUID, Word] = field(default_factory=dict)  # answers of the register of phones, by order


def sweep(*, now: datetime | None = None, dry_run: bool = False) -> Totals:
    """Moves every order whose time has run out, sends reminders, erases passwords kept long enough.

    The authority's answers come first. Each part runs whatever happens in the others.
    """
    now = now or timezone.now()
    parts = rows.Parts("deadlines")
    reach = Reach.HEARD if dry_run else parts.run("pull", lambda: _fetch_outcomes(now))
    this = Sweep(now, dry_run, reach or Reach.NOT_YET)  # our own fault tells nothing about the authority
    for name, do in PARTS.items():
        if parts.run(name, lambda: do(this)) is None:  # noqa: B023 -- called at once
            this.totals.failed += 1
            this.totals.lines.append(f"{name} failed")
    return this.totals


def _fetch_outcomes(now: datetime) -> Reach:
    """Fetches the authority's answers: what it has decided counts before any deadline.

    Without orders that depend on it, asks as usual.
    """
    is_needed = queries.due(now).filter(report__gt=0).exists()
    try:
        authority.pull(now=now, patience=ANOTHER_PULL if is_needed else 0, if_due=not is_needed)
    except NotYet as problem:
        logger.info("phone windows wait for the next sweep", extra={"reason": str(problem)})
        return Reach.NOT_YET
    except (Retryable, Refused) as problem:
        logger.warning("authority not reached before the sweep", extra={"reason": str(problem)})
        return Reach.AWAY
    return Reach.HEARD if is_needed else Reach.NOT_YET


def _due(this: Sweep) -> rows.Ran[str]:
    if this.dry_run:
        return _move_each(this, "due", queries.due(this.now), lambda order: _at_deadline(order, this))
    # what is left alone while somebody fetches need not be asked for
    over_since = this.now - LEFT_AT_MOST if this.reach is Reach.NOT_YET else this.now
    this.words.update(phone_windows.word_on(over_since, now=this.now))
    windows = rows.Ran[str]()
    if this.words:  # one by one: the register of phones decides between two moves
        over = queries.due(this.now).filter(queries.phones_open(), pk__in=this.words)
        windows = _move_each(this, "due", over, lambda order: _phones_over(order, this), at_most=len(this.words) + 1)
    ended = backlog.move(_without_windows(this), this.totals.count, now=this.now)
    return windows + this.totals.take_failures(ended)


def _without_windows(this: Sweep) -> QuerySet[Order]:
    """What is due without phone windows; what the authority may have decided is left to it for a day."""
    due = queries.due(this.now).exclude(queries.phones_open())
    return due if this.reach is Reach.HEARD else due.exclude(report__gt=0, due_at__gt=this.now - LEFT_AT_MOST)


def _date_undated(this: Sweep) -> rows.Ran[str]:
    if dated := date_undated(this.now, dry_run=this.dry_run):
        this.totals.moved["dated"] = dated
    return rows.Ran()


def _reminders(this: Sweep) -> rows.Ran[str]:
    soon = to_remind(this.now)
    return _move_each(
        this, "reminders", soon, lambda order: remind(order, this.now, dry_run=this.dry_run), at_most=PORTION
    )


def _cancellations(this: Sweep) -> rows.Ran[bool]:
    return rows.Ran() if this.dry_run else this.totals.take_failures(waiting.send_or_close(this.now))


def _duties(this: Sweep) -> rows.Ran[bool]:
    ran = this.totals.take_failures(remind_duties(this.now, dry_run=this.dry_run))
    if ran.done:
        this.totals.moved["duty_reminder"] = len(ran.done)
    return ran


def _digests(this: Sweep) -> rows.Ran[str]:
    due = queries.digests_to_erase(this.now)
    return _move_each(this, "digests", due, lambda order: erase_digest(order, dry_run=this.dry_run), at_most=PORTION)


PARTS: dict[str, Callable[[Sweep], rows.Ran[str] | rows.Ran[bool]]] = {
    "undated": _date_undated,
    "due": _due,
    "reminders": _reminders,
    "cancellations": _cancellations,
    "duties": _duties,
    "digests": _digests,
}


def _move_each(
    this: Sweep, job: str, orders: QuerySet[Order], move: Callable[[Order], str], *, at_most: int | None = None
) -> rows.Ran[str]:
    """Makes one move in many orders; an outage of an outside system is not the order's fault and is tried next time."""
    totals = this.totals

    def move_one(order: Order) -> str:
        try:
            done = move(order)
        except MoveNotAllowed:
            if not has_changed(order):
                raise
            return ""  # another sweep or a person moved it first
        except (Retryable, Refused) as trouble:
            logger.warning("deadline waits", extra={"reference": order.reference, "trouble": type(trouble).__name__})
            totals.failed += 1
            totals.lines.append(f"{order.reference} failed: {type(trouble).__name__}")
            return ""
        if done:
            totals.count(order.reference, done)
        return done

    most = None if this.dry_run else at_most
    ran = rows.each(f"deadlines.{job}", orders, move_one, reference="reference", at_most=most, noted=not this.dry_run)
    return totals.take_failures(ran)


def _at_deadline(order: Order, this: Sweep) -> str:
    """The move of its state, for a dry run."""
    return (
        _phones_over(order, this) if is_in(order, Group.PHONES_OPEN) else _fire(order, state_of(order).clock, {}, this)
    )


def _phones_over(order: Order, this: Sweep) -> str:
    """Goes on where the authority cannot say; lapses where it can, or where nobody stated anything."""
    word = Word.TOLD if this.dry_run else this.words.get(order.pk)
    if word is None:
        return ""  # its turn comes with the next sweep
    if word is Word.REFUSED:
        raise Refused("the phone register refuses to answer")
    not_yet = this.reach is Reach.NOT_YET or word is Word.NOT_YET
    if not_yet and this.now < (order.due_at or this.now) + LEFT_AT_MOST:
        return ""
    # an authority without a register of phones may be unreachable
    reachable = word is not Word.UNKNOWN and this.reach is not Reach.AWAY
    checks = list(queries.phone_checks(order))
    facts = {
        **queries.facts_of(order),
        "authority_unreachable": not reachable,
        "authority_silent": reachable and word is not Word.TOLD,
        "all_stated": bool(checks) and all(check.is_done for check in checks),
        "due": order.due_at,
        "mobiles": texted_mobiles.masked_mobiles(check for check in checks if not check.is_done),
        "mobiles_note": texted_mobiles.differences(order, checks),
    }
    move = GO_ON if ORDER.can(order, GO_ON, CLOCK, facts) else state_of(order).clock
    return _fire(order, move, facts, this)


def _fire(order: Order, move: str, facts: Facts, this: Sweep) -> str:
    if not this.dry_run:
        apply_at_deadline(order, move, facts=facts, now=this.now)
    return move


def erase_digest(order: Order, *, dry_run: bool = False) -> str:
    """Erases the filing password's digest of an order at rest; sending it again asks for the password.

    Returns "" where the order has changed since it was read: the password may have been used or entered again.
    """
    if dry_run:
        return ERASE
    as_read = Order.objects.filter(pk=order.pk, version=order.version)
    erased = as_read.update(password_digest="", password_kept=False, version=F("version") + 1)
    return ERASE if erased else ""


def forget_type_checks(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Deletes type checks of thirty days ago that led to no order; returns how many."""
    old = TypeCheck.objects.filter(order=None, created_at__lte=(now or timezone.now()) - TYPE_CHECKS_KEPT)
    return portions.delete(old, dry_run=dry_run)
