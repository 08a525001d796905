"""The clock of orders: once a minute, what is due, oldest first; a poisoned order cannot stop the rest."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError
from django.utils import timezone

from icpportal.gateways.errors import Refused, Retryable
from icpportal.lifecycle import CLOCK, Forbidden
from transfers import authority, queries, states, waiting
from transfers.duty_reminders import sweep as remind_duties
from transfers.firing import ORDER, overtaken
from transfers.models import Order, TypeCheck
from transfers.reminders import remind

logger = logging.getLogger(__name__)
ANOTHER_PULL = 15.0  # seconds that a sweep waits for a pull under way; one that takes longer has no answer
TYPE_CHECKS_KEPT = timedelta(days=30)
CAN_FAIL = (Forbidden, Retryable, Refused, DatabaseError, ArithmeticError, LookupError, TypeError, ValueError)


@dataclass
class Totals:
    """What one sweep did, by move; nothing personal."""

    moved: dict[str, int] = field(default_factory=dict)
    failed: int = 0
    lines: list[str] = field(default_factory=list)

    def count(self, reference: str, move: str) -> None:
        self.moved[move] = self.moved.get(move, 0) + 1
        self.lines.append(f"{reference} {move}")


def sweep(*, now: datetime | None = None, dry_run: bool = False) -> Totals:
    """Move every order whose time has run out, send the reminders, erase passwords that were kept long enough."""
    now = now or timezone.now()
    totals = Totals()
    reached = dry_run or _fetch_outcomes(now)
    for order in queries.due(now):
        _guarded(totals, order, lambda o: CLOCK_MOVES[o.state](o, now, Sweep(dry_run, reached)))
    for order in queries.to_remind(now):
        _guarded(totals, order, lambda o: remind(o, now, dry_run=dry_run))
    if not dry_run:
        waiting.look_after(now)
    if reminded := remind_duties(now, dry_run=dry_run):
        totals.moved["duty_waits"] = reminded
    for order in queries.digests_to_erase(now):
        _guarded(totals, order, lambda o: erase_digest(o, dry_run=dry_run))
    return totals


@dataclass(frozen=True)
class Sweep:
    """How this round is done: without effects, and whether the authority could be asked before it."""

    dry_run: bool
    reached: bool


def _fetch_outcomes(now: datetime) -> bool:
    """What the authority already knows counts before any deadline is judged; False when it cannot be asked."""
    try:
        authority.pull(now=now, patience=ANOTHER_PULL)
    except (Retryable, Refused) as problem:
        logger.warning("authority not reached before the sweep", extra={"reason": str(problem)})
        return False
    return True


def _guarded(totals: Totals, order: Order, move: Callable[[Order], str]) -> None:
    try:
        done = move(order)
    except CAN_FAIL as problem:
        if isinstance(problem, Forbidden) and overtaken(order):  # another sweep or a person was first
            return
        totals.failed += 1
        totals.lines.append(f"{order.reference} failed: {type(problem).__name__}")
        logger.exception("deadline failed", extra={"reference": order.reference})
        return
    if done:
        totals.count(order.reference, done)


def _expire_draft(order: Order, now: datetime, sweep: Sweep) -> str:
    return _fire(order, "expire_draft", {}, now, sweep)


def _cooled(order: Order, now: datetime, sweep: Sweep) -> str:
    return _fire(order, "cooled", {}, now, sweep)


def _phones_over(order: Order, now: datetime, sweep: Sweep) -> str:
    """Ask the authority once more; then go on where it cannot say, lapse where it can or nobody stated anything."""
    reachable, told = (True, True) if sweep.dry_run else authority.reachable_and_told(order, now)
    reachable = reachable and sweep.reached  # one that does not tell about phones may still be out of reach
    if order.state != states.PHONE_DUE:  # the last question brought the confirmation
        return ""
    checks = list(queries.phone_checks(order))
    facts = {
        **queries.facts_of(order),
        "authority_unreachable": not reachable,
        "authority_silent": reachable and not told,
        "all_stated": bool(checks) and all(check.is_done for check in checks),
        "due": order.due_at,
        "mobiles": unconfirmed_mobiles(order, checks),
    }
    move = "go_on" if ORDER.can(order, "go_on", CLOCK, facts) else "lapse"
    return _fire(order, move, facts, now, sweep)


def unconfirmed_mobiles(order: Order, checks: list[Any]) -> list[str]:
    """The masked mobiles that were not confirmed, as the authority has them, else as typed."""
    return [check.mobile_masked for check in checks if not check.is_done and check.mobile_masked]


def _fire(order: Order, move: str, facts: dict[str, Any], now: datetime, sweep: Sweep) -> str:
    if not sweep.dry_run:
        ORDER.fire(order, move, by=CLOCK, facts=facts, now=now)
    return move


def erase_digest(order: Order, *, dry_run: bool = False) -> str:
    """Erase the filing password's fingerprint of an order that rests; sending it again asks for the password."""
    if not dry_run:
        Order.objects.filter(pk=order.pk).update(password_digest="", password_kept=False)
    return "erase_password"


CLOCK_MOVES: dict[str, Callable[[Order, datetime, Sweep], str]] = {
    states.DRAFT: _expire_draft,
    states.RETURNED: _expire_draft,
    states.PHONE_DUE: _phones_over,
    states.COOLING_OFF: _cooled,
}


def forget_type_checks(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Delete what was asked about a filing thirty days ago and led to no order; how many that were."""
    old = TypeCheck.objects.filter(order=None, created_at__lte=(now or timezone.now()) - TYPE_CHECKS_KEPT)
    return old.count() if dry_run else old.delete()[0]
