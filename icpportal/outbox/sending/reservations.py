"""The rows of a round: reserved for some seconds, so that each worker works on others, then taken."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from icpportal.fields.types import Column, Columns
from icpportal.outbox.models import Message, State
from icpportal.outbox.queries import SKEW, due, lease
from icpportal.outbox.sending import statements

RESERVED = timedelta(seconds=15)  # reserved against other workers; then the first one gets the row
REST = timedelta(seconds=15)
TOGETHER = 20  # messages taken by one UPDATE: at most as many are repeated when a worker is killed


@dataclass
class Reserved:
    """A row that this round will send next, and when it was due."""

    message: Message
    due_at: datetime | None

    @property
    def goes_together(self) -> bool:
        """False for what a killed worker left: if it kills workers, it must not take others with it again."""
        return self.message.channel in settings.OUTBOX_TOGETHER and self.message.state == State.WAITING


def groups(reserved: list[Reserved]) -> Iterator[list[Reserved]]:
    """In order: up to twenty that can go together, others alone."""
    for together, run in groupby(reserved, lambda each: each.goes_together):
        found, at_once = list(run), TOGETHER if together else 1
        yield from (found[start : start + at_once] for start in range(0, len(found), at_once))


class Reservations:
    """The rows of one round; `lost` are those that another round got."""

    def __init__(self, now: datetime | None, codes: bool | None, only: str) -> None:
        self.fixed_now, self.codes, self.only = now, codes, only
        self.resting: set[str] = set()  # channels that are resting
        self.lost = 0

    def now(self) -> datetime:
        return self.fixed_now or timezone.now()

    def due(self) -> QuerySet[Message]:
        """What is due and belongs to this round."""
        found = due(self.fixed_now, codes=self.codes)
        return found.filter(channel=self.only) if self.only else found

    def reserve(self, number: int) -> list[Reserved]:
        """The longest-due rows that no other worker is about to send; soon they are due again."""
        until = self.now() + RESERVED
        plain = connection.vendor == "postgresql" and not (self.resting or self.only or connection.in_atomic_block)
        found = self._reserve_at_once(number, until) if plain else self._reserve_locked(number, until)
        for each in found:
            each.message.next_at = until
        return found

    def _reserve_at_once(self, number: int, until: datetime) -> list[Reserved]:
        now = self.now()
        reserving = statements.reserving(number, self.codes, lease(), self.fixed_now)
        found = [Reserved(each, each.next_at) for each in reserving.all(moment=now, latest=now + SKEW, until=until)]
        return sorted(found, key=lambda each: each.due_at or until)

    def _reserve_locked(self, number: int, until: datetime) -> list[Reserved]:
        with transaction.atomic(durable=True):  # no network call inside a transaction
            free = self.due().exclude(channel__in=self.resting).select_for_update(skip_locked=True)
            found = [Reserved(message, message.next_at) for message in free[:number]]
            if found:
                Message.objects.filter(pk__in=[each.message.pk for each in found]).update(next_at=until)
        return found

    def hand_back(self, reserved: Reserved, **columns: Column) -> None:
        """Makes it due again, uncounted: nothing was tried."""
        message = reserved.message
        rests = message.channel in self.resting and columns.get("state", message.state) == State.WAITING
        again = self.now() + REST if rests else reserved.due_at
        self.mine(message).update(next_at=again, **columns)

    def mine(self, message: Message) -> QuerySet[Message]:
        """The row as reserved by this round; no match when another process has changed it."""
        return Message.objects.filter(
            pk=message.pk, state=message.state, attempts=message.attempts, next_at=message.next_at
        )

    def end(self, message: Message, **columns: Column) -> bool:
        """Writes these columns into the row and ends its lease; returns False when another process has changed it."""
        if any(hasattr(value, "resolve_expression") for value in columns.values()):
            return bool(self.mine(message).update(leased_until=None, **columns))
        return bool(statements.SETTLED.run(columns, **statements.seen(message)))

    def claim(self, message: Message) -> bool:
        """Takes a reserved row by one conditional UPDATE; returns False when another worker has it."""
        was_killed = message.state == State.SENDING  # unknown how far the previous worker got
        columns = {
            "state": State.SENDING,
            "attempts": message.attempts + 1,
            "unknown": message.unknown + 1 if was_killed else message.unknown,
            "next_at": self.now() + lease(),
        }
        claimed = statements.claiming(lease(), self.fixed_now).run(columns, **statements.seen(message))
        for name, value in columns.items():
            setattr(message, name, value)
        if not claimed:
            self.lost += 1
        return bool(claimed)

    def claim_all(self, reserved: list[Reserved]) -> list[Reserved]:
        """Takes reserved rows that were never begun; returns those now taken."""
        if not reserved:
            return []
        until = self.now() + lease()
        columns: Columns = {"state": State.SENDING, "next_at": until}
        keys = statements.keyed([each.message for each in reserved])
        # every change of a row changes its `next_at`: one with that of our reservation is as we read it
        claiming = statements.claiming_all(len(keys), lease(), self.fixed_now)
        claimed = claiming.run(columns, **keys, reserved_until=statements.held_until(reserved[0].message))
        if claimed < len(keys):
            self.lost += len(keys) - claimed
            taken = Message.objects.filter(pk__in=[each.message.pk for each in reserved], **columns)
            ours = set(taken.values_list("pk", flat=True))
            reserved = [each for each in reserved if each.message.pk in ours]
        for each in reserved:
            each.message.state, each.message.next_at = State.SENDING, until
            each.message.attempts += 1
        return reserved
