"""Moves what is due without asking anybody outside: in batches, oldest first, however much there is.

A batch is one transaction: its orders are locked when they are read, and orders locked by another sweep are skipped, so
that two sweeps share the work. Only one batch is in memory.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from icpportal.alarms import rows
from icpportal.fields.types import Facts, Key
from icpportal.lifecycle import Batch
from icpportal.lifecycle.machine import AT_ONCE
from icpportal.outbox import wake
from transfers.models import Order, OrderEvent
from transfers.orders import queries
from transfers.orders.kinds import BY_KEY
from transfers.orders.machine import apply_at_deadlines
from transfers.orders.people import by_role

JOB = "deadlines.due"
SECONDS = 120.0  # for one sweep; the next one, a minute later at most, does the rest
READ = (
    "reference", "kind", "state", "version", "due_at", "entered_at", "province", "rule_profile", "answers", "domain",
    "site_number", "report", "authority_code", "authority_words",
)  # fmt: skip
Count = Callable[[str, str], None]  # called with the reference and the move of each order that moved


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order that is due, with what the batch needs before reading it."""

    pk: UUID
    reference: str
    state: str
    kind: str
    due_at: datetime | None

    @property
    def clock(self) -> str:
        """The clock's move out of its state."""
        return BY_KEY[self.kind].state(self.state).clock


def move(due: QuerySet[Order], count: Count, *, now: datetime) -> rows.Ran[str]:
    """Makes the clock's move in all orders that are `due`; one that fails is set aside and does not stop the others."""
    if not due.exists():
        return rows.Ran()
    ends, since, moved = time.monotonic() + SECONDS, None, 0
    loop = rows.Loop(JOB)
    ran = rows.Ran[str](failed=loop.failed)
    if aside := loop.left_alone():
        ran.waiting = due.filter(pk__in=aside).count()
    while time.monotonic() < ends:
        left = due.exclude(pk__in=loop.left_alone())
        portion, batch = _next(left if since is None else left.filter(due_at__gte=since), due, now)
        if not portion:
            break
        since = portion[-1].due_at
        moved += len(batch.events)
        for event in batch.events:
            count(event.order.reference, event.move)
        _note(loop, portion, batch)
    loop.end(queries.due(now).filter(pk__in=list(loop.aside)).values_list("pk", flat=True) if loop.aside else None)
    if moved:
        wake.wake_worker(wake.DELIVER)
    return ran


def _next(left: QuerySet[Order], due: QuerySet[Order], now: datetime) -> tuple[list[Waiting], Batch[OrderEvent]]:
    """The next unlocked orders, and what became of them."""
    batch, moves = Batch[OrderEvent](), defaultdict[str, list[UUID]](list)
    with transaction.atomic():
        free = left.select_for_update(skip_locked=True)
        waiting = [Waiting(*each) for each in free.values_list("pk", "reference", "state", "kind", "due_at")[:AT_ONCE]]
        for each in waiting:
            moves[each.clock].append(each.pk)
        for name, keys in moves.items():
            batch += apply_at_deadlines(name, keys, among=due.only(*READ), facts_of=_readable, now=now)
    return waiting, batch


def _readable(order: Order) -> Facts:
    """Raises for an order whose message cannot be written: that one is left to people. No guard needs facts."""
    queries.rules_of(order)
    by_role(order)
    return {}


def _note(loop: rows.Loop, waiting: Sequence[Waiting], batch: Batch[OrderEvent]) -> None:
    names: dict[Key, str] = {each.pk: each.reference for each in waiting}
    for key, problem in batch.failed.items():
        loop.set_aside(key, problem, reference=names[key])
    for event in batch.events:
        loop.clear_failure(event.order_id)
