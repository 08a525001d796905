"""The statements that take and end messages, compiled once a process: building one takes longer than running it.

`lasts` is the lease of `OUTBOX_LEASE_SECONDS`; `now` replaces the database's clock.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.db.models import CharField, DateTimeField, F, IntegerField, QuerySet, UUIDField

from icpportal.alarms import leases
from icpportal.database.prepared import CompiledQuery, Value
from icpportal.database.prepared_updates import CompiledUpdate
from icpportal.fields.types import Column
from icpportal.outbox.models import Message, State
from icpportal.outbox.queries import due_between

KNOWN = 64  # statements of one kind that are kept: a round's limit and a simulated moment make new ones


def _mine(pk: UUID, state: str, attempts: int, next_at: datetime) -> QuerySet[Message]:
    return Message.objects.filter(pk=pk, state=state, attempts=attempts, next_at=next_at)


def _update_of_mine(same: dict[str, Column]) -> CompiledUpdate[Message]:
    return CompiledUpdate(
        _mine, same, pk=UUIDField(), state=CharField(), attempts=IntegerField(), next_at=DateTimeField()
    )


RESERVING = (
    "WITH free AS ({query} FOR UPDATE SKIP LOCKED) UPDATE outbox_message SET next_at = %s"
    " FROM free WHERE outbox_message.id = free.id RETURNING free.*"
)
SETTLED = _update_of_mine({"leased_until": None})


@lru_cache(KNOWN)
def claiming(lasts: timedelta, now: datetime | None) -> CompiledUpdate[Message]:
    """The UPDATE that takes one reserved row."""
    return _update_of_mine({"leased_until": leases.end(lasts, now=now)})


@lru_cache(KNOWN)
def claiming_all(count: int, lasts: timedelta, now: datetime | None) -> CompiledUpdate[Message]:
    """The UPDATE that takes so many reserved rows which nobody has begun, with parameters as `keyed` names them."""
    return CompiledUpdate(
        lambda reserved_until, **keys: Message.objects.filter(
            pk__in=list(keys.values()), state=State.WAITING, next_at=reserved_until
        ),
        {"attempts": F("attempts") + 1, "leased_until": leases.end(lasts, now=now)},
        reserved_until=DateTimeField(),
        **_key_fields(count),
    )


@lru_cache(KNOWN)
def reserving(number: int, codes: bool | None, lasts: timedelta, now: datetime | None) -> CompiledQuery[Message]:  # noqa: ARG001 -- `lasts` is read again
    """The longest-due rows that no other worker has locked, as they were before this statement reserved them.

    For PostgreSQL; its own lock and UPDATE save three statements. The rows come in any order.
    """
    return CompiledQuery(
        lambda moment, latest, until: due_between(moment, latest, codes=codes, now=now)[:number],
        RESERVING,
        ["until"],
        moment=DateTimeField(),
        latest=DateTimeField(),
        until=DateTimeField(),
    )


def seen(message: Message) -> dict[str, Value]:
    """A row as this round holds it, as parameters."""
    return {"pk": message.pk, "state": message.state, "attempts": message.attempts, "next_at": held_until(message)}


def held_until(message: Message) -> datetime:
    if message.next_at is None:
        raise ValueError("nobody holds it")
    return message.next_at


def keyed(messages: list[Message]) -> dict[str, Value]:
    """The keys of these rows, as parameters."""
    return {f"pk{place}": message.pk for place, message in enumerate(messages)}


def _key_fields(count: int) -> dict[str, UUIDField]:
    return {f"pk{place}": UUIDField() for place in range(count)}
