"""`apply`: the only writer of a state.

It does the same six things each time, in one transaction: find the row of the table, ask its guard, move the state by
one conditional UPDATE on (id, version), write the deadline, append the event, and hand over what is told and owed.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from icpportal.audit import actions as audit
from icpportal.audit.words import MOVE
from icpportal.fields.types import Columns, Fact, Facts
from icpportal.lifecycle.models import LifecycleEvent, LifecycleModel
from icpportal.lifecycle.table import APPLICANT, MoveNotAllowed, MoveTable, Row

if TYPE_CHECKING:
    from icpportal.accounts.models import User

Thing = TypeVar("Thing", bound=LifecycleModel)
Event = TypeVar("Event", bound=LifecycleEvent)


class Lifecycle(Generic[Thing, Event, Row]):
    """The life of one model, run by its table.

    The model has `state`, `kind`, `version`, `due_at`, `entered_at`; the event model has `thing_field`, `move`,
    `from_state`, `to_state`, `by`, `actor`, `note`, `words`, `at`. `after(thing, row, event, facts)` runs in the
    transaction: it queues what the row tells and owes.
    """

    def __init__(
        self,
        table: MoveTable[Row],
        *,
        model: type[Thing],
        events: type[Event],
        after: Callable[[Thing, Row, Event, dict[str, Fact]], None],
    ) -> None:
        self.table = table
        self.model = model
        self.events = events
        self.thing_field = events.thing_field
        self.after = after

    def available(self, thing: Thing, by: str, facts: Facts | None = None, *, now: datetime | None = None) -> list[Row]:
        """The moves open to `by` now, guards asked; it draws the buttons.

        None to the applicant once the deadline has come, even before the clock ends the state.
        """
        if by == APPLICANT and thing.due_at is not None and thing.due_at <= (now or timezone.now()):
            return []
        found: dict[str, Row] = {}
        for row in self.table.rows_from(thing.kind, thing.state, by):
            if row.name not in found and (row.guard is None or row.guard(thing, dict(facts or {}))):
                found[row.name] = row
        return list(found.values())

    def can(self, thing: Thing, name: str, by: str, facts: Facts | None = None) -> bool:
        """Whether `apply` with the same words would find a row."""
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
        """Move `thing` by the row `name` and return the event.

        `words` are what its maker wrote, kept sealed; `note` is a key. `facts` are what guards, deadlines and
        messages may read; `columns` are written in the same UPDATE. `at` is when it happened, where that lies before
        `now`: event and state are dated with it, but a deadline of the new state counts from `now`, because nobody
        could learn of it earlier. Raises `MoveNotAllowed` when no row fits, or when somebody moved or changed the
        thing since it was read.
        """
        now = now or timezone.now()
        at = at or now
        told = dict(facts or {})
        refusal = MoveNotAllowed(f"{name} by {by} from {thing.state}")
        row = next((r for r in self.available(thing, by, told, now=now) if r.name == name), None)
        if row is None:
            raise refusal
        with transaction.atomic():
            due_at = row.due(thing, now, told) if row.due else None
            self._move(thing, row, told, {**(columns or {}), "due_at": due_at, "entered_at": at}, refusal)
            event = self.events._default_manager.create(
                **{self.thing_field: thing},
                move=name,
                from_state=told["from_state"],
                to_state=row.target,
                by=by,
                actor=actor,
                note=note,
                words=words,
                at=at,
            )
            self.after(thing, row, event, told)
            note_act(event, str(getattr(thing, "reference", thing.pk)))
        return event

    def _move(self, thing: Thing, row: Row, facts: dict[str, Fact], columns: Columns, refusal: MoveNotAllowed) -> None:
        moved = self.model._default_manager.filter(pk=thing.pk, version=thing.version, state=thing.state).update(
            state=row.target, version=F("version") + 1, **columns
        )
        if moved != 1:  # someone moved it between the query and the update
            raise refusal
        facts["from_state"] = thing.state
        thing.state = row.target
        thing.version += 1
        for column, value in columns.items():
            setattr(thing, column, value)


def note_act(event: LifecycleEvent, reference: str) -> None:
    """What staff did is an entry of the audit chain as well; what people typed about it is not."""
    if event.actor is not None and event.by != APPLICANT:
        said = {"from": event.from_state, "to": event.to_state, "as": event.by}
        audit.append(MOVE, actor=event.actor, what=event.move, reference=reference, said=said)
