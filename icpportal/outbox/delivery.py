"""Sends queued messages. Several workers and two beats do no harm: a row belongs to the process whose UPDATE took it.

A worker reserves some rows, so that each works on others, and takes them just before sending: one by one, or up to
twenty where sending twice does no harm (`OUTBOX_TOGETHER`), whose results are written together. At least once: a killed
worker loses its lease after a minute, by the database's clock, and the row is taken again with the same key. What the
outside may have accepted (`Unknown`, or a worker killed while sending) is sent once more and no further.
"""

import logging
import re
import time
import traceback
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from billiard.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils.module_loading import import_string

from icpportal.alarms import restored, rows
from icpportal.alarms.actions import open_alarm
from icpportal.fields.types import Column, Columns
from icpportal.gateways.errors import Refused, Retryable, Unknown
from icpportal.lifecycle.many_rows import Change, update_unchanged
from icpportal.outbox.actions import erasure
from icpportal.outbox.channels import lines
from icpportal.outbox.models import OWED, Message, State
from icpportal.outbox.queries import alarm_of, waiting
from icpportal.outbox.quiet_hours import morning, must_wait_for_morning
from icpportal.outbox.receipts.questions import first_question
from icpportal.outbox.sending.reservations import REST, Reservations, Reserved, groups

logger = logging.getLogger(__name__)

JOB = "outbox.messages"  # the job name under which messages are set aside
HOUR = timedelta(hours=1)
DELAYS = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), *[HOUR] * 48)
REPETITIONS = 1  # how often a message that may have been accepted is repeated
DOUBT = timedelta(minutes=5)  # before it is repeated: a ten-minute code is still valid then
ROUND_SECONDS = 120  # ends a round well within the worker's time limit
PATIENCE_SECONDS = 8  # time a channel may lose in failures before it rests, so that others get their turn
TURN_SECONDS = 20  # for one task; beat starts the next within seconds
FEW, MANY = 5, 100  # rows reserved at once, with a slow and with a fast channel
QUICK_SECONDS = 1.0
TOGETHER_SECONDS = 2.0  # then results are recorded and the rest is given back; much less than a lease
TOO_LATE = "too late to be of use"
EXHAUSTED = "given up after the last attempt"
TAKEN_OVER = "the worker that sent it was killed"
ADDRESS_OR_NUMBER = re.compile(r"\S+@\S+|\d{7,}")


@dataclass
class Totals:
    """Counts of one round. `faults` are handlers that failed; those messages are tried again like any other."""

    delivered: int = 0
    retried: int = 0
    failed: int = 0
    unknown: int = 0
    faults: int = 0
    lost: int = 0
    left: int = 0
    by_channel: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, int | dict[str, int]]:
        return asdict(self)

    @property
    def needs_people(self) -> bool:
        """Whether something finally failed, may have failed, or broke."""
        return bool(self.failed or self.unknown or self.faults)


def drain(*, codes: bool | None = None) -> Totals:
    """Sends what is due for as long as a task may run; does not count what is left."""
    return Totals() if restored.is_held() else _send_due(_Round(None, TURN_SECONDS, codes), limit=None).totals


def deliver(
    *,
    now: datetime | None = None,
    limit: int | None = 100,
    seconds: float = ROUND_SECONDS,
    dry_run: bool = False,
    codes: bool | None = None,
    only: str = "",
) -> Totals:
    """Sends up to `limit` messages due at `now`; a dry run only counts them, by channel.

    With `codes` only these, or everything else; with `only` those of one channel, even while a restored portal holds
    back the rest.
    """
    if dry_run or (restored.is_held() and not only):
        counted = waiting(now=now)
        return Totals(left=sum(counted.values()), by_channel=counted)
    round_ = _send_due(_Round(now, seconds, codes, only), limit=limit)
    return replace(round_.totals, left=round_.due().count())


def _send_due(round_: "_Round", *, limit: int | None) -> "_Round":
    round_.loop.make_due(Message.objects.filter(state=State.WAITING), now=round_.now())
    with _quick_commits(), lines.keep_open(), closing(round_.messages(limit)) as messages:
        for message in messages:
            round_.handle(message)
    round_.loop.end()
    return round_


@contextmanager
def _quick_commits() -> Iterator[None]:
    """Makes commits asynchronous on PostgreSQL: two waits for the disk would be most of a message's cost.

    A crash of the database server then loses the end of the round, in order: such a message is due again, as after a
    killed worker.
    """
    if connection.vendor != "postgresql":
        yield
        return
    _execute("SET synchronous_commit TO off")
    try:
        yield
    finally:
        _execute("SET synchronous_commit TO DEFAULT")


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


class _Round(Reservations):
    """One round: what was done, and which channels are resting."""

    def __init__(
        self, now: datetime | None, seconds: float = ROUND_SECONDS, codes: bool | None = None, only: str = ""
    ) -> None:
        super().__init__(now, codes, only)
        self.ends = time.monotonic() + seconds
        self.done = Totals()
        self.loop = rows.Loop(JOB)
        self.lost_seconds: dict[str, float] = {}
        self.unrecorded: set[UUID] = set()  # taken together: results are recorded together
        self.sent: list[tuple[Message, dict[str, Column]]] = []

    @property
    def totals(self) -> Totals:
        """What was done so far."""
        return replace(self.done, lost=self.lost)

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self.ends

    def messages(self, limit: int | None) -> Generator[Message]:
        """Rows taken by this round, one at a time, so that the lease covers one call only."""
        count, number = 0, FEW
        while not self.is_over and (limit is None or count < limit):
            began, before = time.monotonic(), count
            asked = number if limit is None else min(number, limit - count)
            reserved = self.reserve(asked)
            with closing(self.claim_messages(reserved)) as claimed:
                for message in claimed:
                    count += 1
                    yield message
            if count - before == len(reserved) < asked:  # no more are due: a later one wakes a worker itself
                return
            is_quick = time.monotonic() - began < QUICK_SECONDS
            number = min(2 * number, MANY) if is_quick else FEW

    def claim_messages(self, reserved: list[Reserved]) -> Generator[Message]:
        """Takes the reserved messages and yields each that was taken; the others are due again at once."""
        left = {each.message.pk: each for each in reserved}
        try:
            for group in groups(reserved):
                if self.is_over:
                    return
                ready = [each for each in group if each.message.channel not in self.resting]
                for each in ready:
                    del left[each.message.pk]
                if group[0].goes_together:
                    with closing(self.claim_together(ready)) as messages:
                        yield from messages
                elif ready and self.claim(ready[0].message):
                    yield ready[0].message
        finally:
            for each in left.values():
                self.hand_back(each)

    def claim_together(self, reserved: list[Reserved]) -> Generator[Message]:
        """Takes these messages by one UPDATE and yields them; their results are recorded together afterwards."""
        left, ends = self.claim_all(reserved), time.monotonic() + TOGETHER_SECONDS
        self.unrecorded = {each.message.pk for each in left}
        try:
            while left and left[0].message.channel not in self.resting:
                yield left.pop(0).message
                if self.is_over or time.monotonic() > ends:
                    return
        finally:
            self.record()
            for each in left:
                self.hand_back(each, attempts=each.message.attempts - 1, state=State.WAITING, leased_until=None)

    def handle(self, message: Message) -> None:
        """Sends one message and records the result; a failing one is tried again and stops no other."""
        try:
            self.send(message)
        except SoftTimeLimitExceeded:  # the worker's time limit is not this message's fault
            raise
        except Exception as fault:
            self.done.faults += 1
            place = _where(fault)
            logger.error("message broke its handler", extra={**_facts(message), "fault": place})
            self.retry(message, place)
            again = self.now() + _delay(message)
            self.loop.set_aside(message.pk, fault, reference=message.reference or message.key, until=again)
        else:
            self.loop.clear_failure(message.pk)  # if it waits, then until its own time: each round would make it due

    def send(self, message: Message) -> None:
        """Skips what is too late, night-time reminders and third attempts; otherwise the channel decides."""
        if message.not_after and message.not_after <= self.now():
            self.fail(message, TOO_LATE)
            return
        if must_wait_for_morning(message, self.now()):  # not an attempt: not counted
            self.settle(message, State.WAITING, next_at=morning(self.now()), attempts=F("attempts") - 1)
            return
        if _in_doubt(message):
            self.fail(message, message.last_error or TAKEN_OVER)
            return
        began = time.monotonic()
        try:
            receipt = _handler(message.channel)(message)
        except Refused as refusal:
            self.fail(message, _plain(refusal) or "refused")
        except Retryable as trouble:
            settle = self.doubt if isinstance(trouble, Unknown) else self.retry
            settle(message, _plain(trouble) or "no answer")
            self.lose_patience(message.channel, time.monotonic() - began)
        else:
            done: dict[str, Column] = {"receipt": str(receipt)[:200], "delivered_at": self.now(), "last_error": ""}
            done["ask_at"] = first_question(message, self.now())
            if message.pk in self.unrecorded:
                self.sent.append((message, done))
                return
            self.settle(message, State.DELIVERED, next_at=None, **done)

    def record(self) -> None:
        """Writes the results of messages sent together, except rows that another process has taken by now."""
        sent, self.sent, self.unrecorded = self.sent, [], set()
        for is_secret in (False, True):
            group = [each for each in sent if each[0].is_secret == is_secret]
            written = update_unchanged(Message, [_as_delivered(message, done) for message, done in group])
            for message, _done in group:
                self.count(message, State.DELIVERED, is_mine=message.pk in written)

    def retry(self, message: Message, why: str) -> None:
        """Waits a little longer each time; after two days it has failed."""
        steps = len(DELAYS) if message.channel not in settings.OUTBOX_NEVER_GIVES_UP else message.attempts
        if message.attempts > steps:
            self.fail(message, f"{EXHAUSTED}: {why}"[:200])
            return
        self.settle(message, State.WAITING, next_at=self.now() + _delay(message), last_error=why[:200])

    def doubt(self, message: Message, why: str) -> None:
        """It may have been accepted: sends it once more, later, if still useful; in some channels again and again."""
        if message.channel in settings.OUTBOX_NEVER_GIVES_UP:
            self.retry(message, why)
            return
        message.unknown += 1
        again = self.now() + DOUBT
        if _in_doubt(message) or (message.not_after and message.not_after <= again):
            self.fail(message, why)
            return
        self.settle(message, State.WAITING, next_at=again, unknown=message.unknown, last_error=why[:200])

    def fail(self, message: Message, why: str) -> None:
        """Ends a message that was not sent, or whose fate is unknown: then an alarm tells operations."""
        state = State.UNKNOWN if _may_have_left(message) else State.FAILED
        logger.warning(f"message {state}", extra={**_facts(message), "why": why})
        ended = {"next_at": None, "failed_at": self.now(), "unknown": message.unknown, "last_error": why[:200]}
        if self.settle(message, state, **ended) and state == State.UNKNOWN:
            open_alarm(alarm_of(message.channel), reference=message.reference or message.key, detail=why)

    def settle(self, message: Message, state: State, **columns: Column) -> bool:
        """Writes the result; returns False when the lease expired and another process has the row."""
        ended = erasure(message) if state not in OWED else {}
        is_mine = self.end(message, state=state, **columns, **ended)
        self.count(message, state, is_mine=is_mine)
        return is_mine

    def count(self, message: Message, state: State, *, is_mine: bool) -> None:
        if not is_mine:
            self.lost += 1
            logger.warning("message was taken over meanwhile", extra=_facts(message))
            return
        name = COUNTED[state]
        setattr(self.done, name, getattr(self.done, name) + 1)
        self.done.by_channel[message.channel] = self.done.by_channel.get(message.channel, 0) + 1

    def lose_patience(self, channel: str, seconds: float) -> None:
        """Lets a stalling channel rest for a while: its messages are postponed together, uncounted."""
        self.lost_seconds[channel] = self.lost_seconds.get(channel, 0) + seconds
        if self.lost_seconds[channel] <= PATIENCE_SECONDS:
            return
        self.resting.add(channel)
        waits = self.due().filter(channel=channel, state=State.WAITING)
        put_off = waits.order_by().update(next_at=self.now() + REST)
        logger.warning("channel rests", extra={"channel": channel, "put_off": put_off})


COUNTED = {State.DELIVERED: "delivered", State.WAITING: "retried", State.FAILED: "failed", State.UNKNOWN: "unknown"}


def _as_delivered(message: Message, done: Columns) -> Change:
    seen: Columns = {name: getattr(message, name) for name in ("state", "attempts", "next_at")}
    ended = {"state": State.DELIVERED, "next_at": None, "leased_until": None}
    return Change(message.pk, seen, {**ended, **done, **erasure(message)})


def _delay(message: Message) -> timedelta:
    return DELAYS[min(message.attempts, len(DELAYS)) - 1]


def _may_have_left(message: Message) -> bool:
    return bool(message.unknown) and message.channel not in settings.OUTBOX_NEVER_GIVES_UP


def _in_doubt(message: Message) -> bool:
    """Whether it may have been accepted as often as it may be repeated."""
    return _may_have_left(message) and message.unknown > REPETITIONS


def _handler(channel: str) -> Callable[[Message], str]:
    return import_string(settings.OUTBOX_CHANNELS[channel])


def _facts(message: Message) -> dict[str, str]:
    return {"event": message.template or message.channel, "reference": message.reference, "key": message.key}


def _plain(error: Exception) -> str:
    """The message of a gateway's error, without addresses and numbers."""
    return ADDRESS_OR_NUMBER.sub("…", str(error))[:200]


def _where(fault: Exception) -> str:
    """The type and line of an exception; never its message, which may quote what was sent."""
    last = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{type(fault).__name__} at {last.filename.rpartition('/')[2]}:{last.lineno}"
