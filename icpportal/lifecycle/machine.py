"""`apply` and `apply_many`: the only writers of a state.

They do the same six things in one transaction: find the row of the table, ask its guard, change the state by a
conditional UPDATE on (id, version), write the deadline, append the event, and pass on what to notify and report.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from billiard.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from icpportal.audit import actions as audit
from icpportal.audit.words import MOVE
from icpportal.database.prepared import insert_whole
from icpportal.fields.types import Columns, Fact, Facts, Key
from icpportal.lifecycle.many_rows import Change, insert, update_unchanged
from icpportal.lifecycle.models import LifecycleEvent, LifecycleModel
from icpportal.lifecycle.table import APPLICANT, MoveNotAllowed, MoveTable, Row

if TYPE_CHECKING:
    from icpportal.accounts.models import User

logger = logging.getLogger(__name__)
AT_ONCE = 500  # rows in one transaction of `apply_many`, which locks them for some tenths of a second
Thing = TypeVar("Thing", bound=LifecycleModel)
Event = TypeVar("Event", bound=LifecycleEvent)


@dataclass(slots=True)
class AppliedMove(Generic[Thing, Event]):
    """One of many moves: the thing after it, its event, and the facts for guards and messages."""

    thing: Thing
    event: Event
    facts: dict[str, Fact]


@dataclass
class Batch(Generic[Event]):
    """The result of `apply_many`. A row that is in neither list had moved on, or was locked by somebody else."""

    events: list[Event] = field(default_factory=list)
    failed: dict[Key, Exception] = field(default_factory=dict)

    def __iadd__(self, other: "Batch[Event]") -> "Batch[Event]":
        self.events += other.events
        self.failed |= other.failed
        return self


@dataclass(frozen=True)
class Task(Generic[Thing, Row]):
    """What to do with each thing of a batch."""

    name: str
    by: str
    among: "QuerySet[Thing]"
    facts_of: Callable[[Thing], Facts]
    date_of: Callable[[Thing], datetime]
    now: datetime
    actor: "User | None"


@dataclass(slots=True)
class PlannedMove(Generic[Thing, Row]):
    """A thing that may move, its row of the table, and the columns to write."""

    thing: Thing
    row: Row
    facts: dict[str, Fact]
    columns: Columns


def writes_nothing(thing: LifecycleModel, row: object) -> Columns:
    """For lifecycles whose moves write only the lifecycle's own columns."""
    return {}


class Lifecycle(Generic[Thing, Event, Row]):
    """The lifecycle of one model, run by its table.

    The model has `state`, `kind`, `version`, `due_at`, `entered_at`; the event model has `thing_field`, `move`,
    `from_state`, `to_state`, `by`, `actor`, `note`, `words`, `at`. `writes(thing, row)` returns further columns for the
    UPDATE. `after(thing, row, event, facts)` runs in the transaction and queues what the row notifies and reports;
    `after_many(made, row)` does the same for the moves of a batch by one row.
    """

    def __init__(
        self,
        table: MoveTable[Row],
        *,
        model: type[Thing],
        events: type[Event],
        after: Callable[[Thing, Row, Event, dict[str, Fact]], None],
        after_many: Callable[[Sequence[AppliedMove[Thing, Event]], Row], None] | None = None,
        writes: Callable[[Thing, Row], Columns] = writes_nothing,
    ) -> None:
        self.table = table
        self.model = model
        self.events = events
        self.thing_field = events.thing_field
        self.after = after
        self.after_many = after_many or self._after_each
        self.writes = writes

    def available(self, thing: Thing, by: str, facts: Facts | None = None, *, now: datetime | None = None) -> list[Row]:
        """The moves open to `by` now, guards included; used to draw buttons.

        None for the applicant once the deadline has passed, even before the clock ends the state.
        """
        if _is_late(thing, by, now or timezone.now()):
            return []
        found: dict[str, Row] = {}
        for row in self.table.rows_from(thing.kind, thing.state, by):
            if row.name not in found and (row.guard is None or row.guard(thing, dict(facts or {}))):
                found[row.name] = row
        return list(found.values())

    def can(self, thing: Thing, name: str, by: str, facts: Facts | None = None) -> bool:
        """Whether `apply` with the same arguments would find a row."""
        return any(row.name == name for row in self.available(thing, by, facts))

    def apply(
        self,
        thing: Thing,
        name: str,
        *,
        by: str,
        actor: "User | None" = None,
        note: str = "",
        words: str = "",
        facts: Facts | None = None,
        columns: Columns | None = None,
        now: datetime | None = None,
        at: datetime | None = None,
    ) -> Event:
        """Moves `thing` by the row `name` and returns the event.

        `words` are what its maker wrote, stored sealed; `note` is a key. `facts` are for guards, deadlines and
        messages; `columns` are written in the same UPDATE. `at` is when it happened, if before `now`: event and state
        are dated with it, but a deadline of the new state counts from `now`, because nobody could know of it earlier.
        Raises `MoveNotAllowed` when no row fits, or when the thing was moved or changed since it was read.
        """
        now = now or timezone.now()
        at = at or now
        known = dict(facts or {})
        refusal = MoveNotAllowed(f"{name} by {by} from {thing.state}")
        row = next((r for r in self.available(thing, by, known, now=now) if r.name == name), None)
        if row is None:
            raise refusal
        with transaction.atomic():
            due_at = row.due(thing, now, known) if row.due else None
            changes = {**self.writes(thing, row), **(columns or {}), "due_at": due_at, "entered_at": at}
            self._move(thing, row, known, changes, refusal)
            event = self.events(
                **{self.thing_field: thing},
                move=name,
                from_state=known["from_state"],
                to_state=row.target,
                by=by,
                actor=actor,
                note=note,
                words=words,
                at=at,
            )
            insert_whole([event])
            self.after(thing, row, event, known)
            note_act(event, str(getattr(thing, "reference", thing.pk)))
        return event

    def _move(self, thing: Thing, row: Row, facts: dict[str, Fact], columns: Columns, refusal: MoveNotAllowed) -> None:
        moved = self.model._default_manager.filter(pk=thing.pk, version=thing.version, state=thing.state).update(
            state=row.target, version=F("version") + 1, **columns
        )
        if moved != 1:  # someone moved it between the query and the update
            raise refusal
        _set_in_memory(thing, row, facts, columns)

    def apply_many(
        self,
        name: str,
        ids: Iterable[Key],
        *,
        by: str,
        among: QuerySet[Thing] | None = None,
        facts_of: Callable[[Thing], Facts] | None = None,
        date_of: Callable[[Thing], datetime] | None = None,
        now: datetime | None = None,
        actor: "User | None" = None,
    ) -> Batch[Event]:
        """Moves the things with these keys by the row `name`, hundreds in one transaction.

        With the guarantees of `apply`. Each is read, checked and moved while it is locked; one that moved on, is no
        longer `among` those that may move, or is locked by somebody else is skipped. `facts_of` returns the facts of a
        thing, `date_of` when its move happened. If they or a guard raise, only this thing is not moved; if the database
        refuses the batch, it is halved until the one thing is found. They must make no network call: rows are locked.
        """
        now = now or timezone.now()
        task = Task[Thing, Row](
            name=name,
            by=by,
            among=self.model._default_manager.all() if among is None else among,
            facts_of=facts_of or (lambda thing: {}),  # noqa: ARG005
            date_of=date_of or (lambda thing: now),  # noqa: ARG005
            now=now,
            actor=actor,
        )
        keys, done = list(ids), Batch[Event]()
        for start in range(0, len(keys), AT_ONCE):
            done += self._move_or_halve(task, keys[start : start + AT_ONCE])
        return done

    def _move_or_halve(self, task: Task[Thing, Row], keys: Sequence[Key]) -> Batch[Event]:
        """Moves these things in one transaction, or each half of them by itself if that fails."""
        try:
            with transaction.atomic():
                return self._move_batch(task, keys)
        except SoftTimeLimitExceeded:  # the worker's time is over: that is no fault of a row
            raise
        except Exception as problem:
            if len(keys) == 1:
                return Batch(failed={keys[0]: problem})
            logger.warning("batch is halved", extra={"move": task.name, "trouble": type(problem).__name__})
        half, done = len(keys) // 2, Batch[Event]()
        for part in (keys[:half], keys[half:]):
            done += self._move_or_halve(task, part)
        return done

    def _move_batch(self, task: Task[Thing, Row], keys: Sequence[Key]) -> Batch[Event]:
        free = task.among.filter(pk__in=keys).select_for_update(skip_locked=True)
        plans, batch = list[PlannedMove[Thing, Row]](), Batch[Event]()
        for thing in free:
            try:
                if (plan := self._plan(task, thing)) is not None:
                    plans.append(plan)
            except SoftTimeLimitExceeded:
                raise
            except Exception as problem:
                batch.failed[thing.pk] = problem
        made = self._write(task, plans)
        batch.events = [each.event for row_made in made for each in row_made[1]]
        for row, each in made:
            self.after_many(each, row)
        for event in batch.events:
            thing = getattr(event, self.thing_field)
            note_act(event, str(getattr(thing, "reference", thing.pk)))
        return batch

    def _plan(self, task: Task[Thing, Row], thing: Thing) -> PlannedMove[Thing, Row] | None:
        """The planned move; None when the thing has moved on. Raises `MoveNotAllowed` when every guard refuses."""
        rows = [row for row in self.table.rows_from(thing.kind, thing.state, task.by) if row.name == task.name]
        if not rows or _is_late(thing, task.by, task.now):
            return None
        facts = dict(task.facts_of(thing))
        row = next((row for row in rows if row.guard is None or row.guard(thing, facts)), None)
        if row is None:
            raise MoveNotAllowed(f"{task.name} by {task.by} from {thing.state}")
        due_at = row.due(thing, task.now, facts) if row.due else None
        columns = {**self.writes(thing, row), "due_at": due_at, "entered_at": task.date_of(thing)}
        return PlannedMove(thing, row, facts, columns)

    def _write(
        self, task: Task[Thing, Row], plans: Sequence[PlannedMove[Thing, Row]]
    ) -> list[tuple[Row, list[AppliedMove[Thing, Event]]]]:
        """Updates the things and inserts their events; returns the moves made, grouped by the row of the table."""
        moved: dict[int, list[PlannedMove[Thing, Row]]] = defaultdict(list)
        for plan in plans:
            moved[id(plan.row)].append(plan)
        return [(group[0].row, self._add_events(task, _update(self.model, group))) for group in moved.values()]

    def _add_events(
        self, task: Task[Thing, Row], moved: Sequence[PlannedMove[Thing, Row]]
    ) -> list[AppliedMove[Thing, Event]]:
        same: Columns = {"move": task.name, "by": task.by, "actor_id": task.actor and task.actor.pk}
        rows = [
            {
                f"{self.thing_field}_id": plan.thing.pk,
                "from_state": plan.facts["from_state"],
                "to_state": plan.row.target,
                "at": plan.columns["entered_at"],
            }
            for plan in moved
        ]
        keys = insert(self.events, rows, same)
        events = [
            self.events(pk=key, **same, **row, **{self.thing_field: plan.thing})
            for key, row, plan in zip(keys, rows, moved, strict=True)
        ]
        return [AppliedMove(plan.thing, event, plan.facts) for plan, event in zip(moved, events, strict=True)]

    def _after_each(self, made: Sequence[AppliedMove[Thing, Event]], row: Row) -> None:
        for each in made:
            self.after(each.thing, row, each.event, each.facts)


def _is_late(thing: LifecycleModel, by: str, now: datetime) -> bool:
    return by == APPLICANT and thing.due_at is not None and thing.due_at <= now


def _update(model: type[Thing], plans: Sequence[PlannedMove[Thing, Row]]) -> list[PlannedMove[Thing, Row]]:
    """Writes the planned moves; returns those whose thing nobody had moved since it was read."""
    changes = [
        Change(
            pk=plan.thing.pk,
            seen={"version": plan.thing.version, "state": plan.thing.state},
            to={**plan.columns, "state": plan.row.target, "version": plan.thing.version + 1},
        )
        for plan in plans
    ]
    unchanged = update_unchanged(model, changes)
    moved = [plan for plan in plans if plan.thing.pk in unchanged]
    for plan in moved:
        _set_in_memory(plan.thing, plan.row, plan.facts, plan.columns)
    return moved


def _set_in_memory(thing: LifecycleModel, row: Row, facts: dict[str, Fact], columns: Columns) -> None:
    """Sets on the object what the UPDATE wrote, and notes the state it left in `facts`."""
    facts["from_state"] = thing.state
    thing.state = row.target
    thing.version += 1
    for column, value in columns.items():
        setattr(thing, column, value)


def note_act(event: LifecycleEvent, reference: str) -> None:
    """Adds an act of staff to the audit chain, without what people typed."""
    if event.actor is not None and event.by != APPLICANT:
        details = {"from": event.from_state, "to": event.to_state, "as": event.by}
        audit.append(MOVE, actor=event.actor, what=event.move, reference=reference, said=details)
