"""What is due and asks nobody outside: moved in batches, oldest first, however much there is of it.

A batch is one transaction: its orders are locked when they are read, and what another sweep has locked is passed over,
so that two sweeps share the work. Nothing but a batch is in memory.
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
SECONDS = 120.0  # of one sweep; what is left is the next one's, a minute later at most
READ = (
    "reference", "kind", "state", "version", "due_at", "entered_at", "province", "rule_profile", "answers", "domain",
    "site_number", "report", "authority_code", "authority_words",
)  # fmt: skip
Count = Callable[[str, str], None]  # told of the reference and the move of each order that moved


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order that is due, as the batch needs to know it before it is read."""

    pk: UUID
    reference: str
    state: str
    kind: str
    due_at: datetime | None

    @property
    def clock(self) -> str:
        """The move of the clock that ends its state."""
        return BY_KEY[self.kind].state(self.state).clock


def move(due: QuerySet[Order], count: Count, *, now: datetime) -> rows.Ran[str]:
    """Make the move of the clock in all orders that are `due`; one that breaks is set aside and stops no other."""
    if not due.exists():
        return rows.Ran()
    ends, since, moved = time.monotonic() + SECONDS, None, 0
    loop = rows.Loop(JOB)
    ran = rows.Ran[str](failed=loop.failed)
    if aside := loop.left_alone():
        ran.waiting = due.filter(pk__in=aside).count()
    while time.monotonic() < ends:
        left = due.exclude(pk__in=loop.left_alone())
        taken, batch = _next(left if since is None else left.filter(due_at__gte=since), due, now)
        if not taken:
            break
        since = taken[-1].due_at
        moved += len(batch.events)
        for event in batch.events:
            count(event.order.reference, event.move)
        _note(loop, taken, batch)
    loop.end(queries.due(now).filter(pk__in=list(loop.aside)).values_list("pk", flat=True) if loop.aside else None)
    if moved:
        wake.wake_worker(wake.DELIVER)
    return ran


def _next(left: QuerySet[Order], due: QuerySet[Order], now: datetime) -> tuple[list[Waiting], Batch[OrderEvent]]:
    """The next orders that nobody else has, and what came of them."""
    batch, moves = Batch[OrderEvent](), defaultdict[str, list[UUID]](list)
    with transaction.atomic():
        free = left.select_for_update(skip_locked=True)
        taken = [Waiting(*each) for each in free.values_list("pk", "reference", "state", "kind", "due_at")[:AT_ONCE]]
        for each in taken:
            moves[each.clock].append(each.pk)
        for name, keys in moves.items():
            batch += apply_at_deadlines(name, keys, among=due.only(*READ), ask=_readable, now=now)
    return taken, batch


def _readable(order: Order) -> Facts:
    """Nothing that a guard asks for. Raises for an order that could not be told of: that one is for people."""
    queries.rules_of(order)
    by_role(order)
    return {}


def _note(loop: rows.Loop, taken: Sequence[Waiting], batch: Batch[OrderEvent]) -> None:
    names: dict[Key, str] = {each.pk: each.reference for each in taken}
    for key, problem in batch.failed.items():
        loop.set_aside(key, problem, reference=names[key])
    for event in batch.events:
        loop.succeeded(event.order_id)
