"""Loops over rows in which a failing row stops no other: it is set aside and tried again, more and more rarely.

A failed row is recorded as `SetAside` with job, reference and the type of the exception, never its message, which may
quote what people typed. Its cause opens one alarm for any number of rows, cleared when no row of that cause is left. A
job with several parts runs each by `Parts`.
"""

import logging
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from billiard.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, models, transaction
from django.db.models import CharField, QuerySet
from django.http import Http404
from django.utils import timezone

from icpportal.alarms import portions
from icpportal.alarms.actions import clear, open_alarm
from icpportal.alarms.models import Alarm, SetAside
from icpportal.database.prepared import CompiledQuery
from icpportal.fields.types import Key
from icpportal.privacy.crypto import KeyMissing

logger = logging.getLogger(__name__)

Row = TypeVar("Row", bound=models.Model)
Done = TypeVar("Done")

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PAUSES = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR)  # the last one repeats
KEY_MISSING = "privacy.key_missing"  # one cause for all jobs
ROW_FAILED = ".row_failed:"
LOADED_AT_ONCE = 100
SEEN_PAUSE = 15 * MINUTE  # how often a row that a page cannot show is recorded at most
LEFT_AFTER = 2 * HOUR  # every job runs at least once an hour
FRAMES = 6  # innermost frames kept of a traceback
OF_JOB = CompiledQuery(lambda job: SetAside.objects.filter(job=job), job=CharField())


@dataclass(frozen=True)
class Failure:
    """One row that was just set aside."""

    reference: str
    trouble: str  # type of the exception


@dataclass
class Ran(Generic[Done]):
    """The result of one run of a job."""

    done: list[Done] = field(default_factory=list)  # results of the rows, except None
    failed: list[Failure] = field(default_factory=list)
    waiting: int = 0  # set aside earlier and not yet due

    def __add__(self, other: "Ran[Done]") -> "Ran[Done]":
        return Ran(self.done + other.done, self.failed + other.failed, self.waiting + other.waiting)


class Loop:
    """One run of a job over its rows: knows which rows are waiting, and sets aside what fails.

    `job` is "area.what"; the alarm is the area's. Its pauses use the real clock, whatever moment is simulated.
    Exceptions in `passing` are not the row's fault and are re-raised. With `noted=False`, as in a dry run or a one-off
    command, every row is tried and failures are only reported.
    """

    def __init__(
        self, job: str, *, passing: tuple[type[Exception], ...] = (), noted: bool = True, only: str | None = None
    ) -> None:
        self.job, self.noted = job, noted
        self.passing = (SoftTimeLimitExceeded, *passing)  # the worker's time limit is not a row's fault
        self.now = timezone.now()
        self.aside = {row.key: row for row in _known(job, only)} if noted else {}
        self.failed: list[Failure] = []
        self.opened: set[str] = set()
        self.is_over = False  # whether a row was removed, so that its alarm may be over

    def waits(self, key: Key) -> bool:
        """Whether this row was set aside and is not yet due."""
        row = self.aside.get(str(key))
        return row is not None and row.next_at > self.now

    def left_alone(self) -> list[str]:
        """The keys of all waiting rows, to exclude from a limited query."""
        return [key for key in self.aside if self.waits(key)]

    def attempt(self, key: Key, act: Callable[[], Done], *, reference: str = "") -> Done | None:
        """Returns the result of `act`; on any exception sets the row aside and returns None."""
        try:
            with _whole():
                done = act()
        except self.passing:
            raise
        except Exception as problem:
            self.set_aside(key, problem, reference=reference)
            return None
        self.clear_failure(key)
        return done

    def pause(self, key: Key) -> timedelta:
        """How long a row that fails now is left alone."""
        known = self.aside.get(str(key))
        return PAUSES[min(known.tries if known else 0, len(PAUSES) - 1)]

    def set_aside(self, key: Key, problem: Exception, *, reference: str = "", until: datetime | None = None) -> None:
        """Records the row as failed; `until` is for a job that schedules its rows itself."""
        trouble, cause = type(problem).__name__[:100], _cause(self.job, problem)
        known = self.aside.get(str(key))
        tries = known.tries + 1 if known else 1
        row = SetAside(
            job=self.job,
            key=str(key)[:100],
            reference=(reference or str(key))[:100],
            cause=cause,
            trouble=trouble,
            tries=tries,
            since=known.since if known else self.now,
            next_at=until or timezone.now() + self.pause(key),
        )
        self.failed.append(Failure(row.reference, trouble))
        facts = {"job": self.job, "reference": row.reference, "trouble": trouble, "tries": tries}
        logger.error("row failed", extra={**facts, "trace": _frames(problem)})
        if not self.noted:
            return
        changing = ["reference", "cause", "trouble", "tries", "next_at"]
        SetAside.objects.bulk_create([row], update_conflicts=True, unique_fields=["job", "key"], update_fields=changing)
        self.is_over = self.is_over or (known is not None and known.cause != cause)
        self.aside[row.key] = row
        if cause not in self.opened:
            self.opened.add(cause)
            open_alarm(cause, reference=row.reference, detail=trouble)

    def make_due(self, waiting: QuerySet[Row], *, now: datetime) -> None:
        """For a job that schedules its rows in `next_at`: makes rows due whose time set aside is over."""
        if keys := [row.key for row in self.aside.values() if row.next_at <= self.now]:
            waiting.filter(pk__in=keys, next_at__gt=now).update(next_at=now)

    def clear_failure(self, key: Key) -> None:
        """Removes the record of an earlier failure."""
        if str(key) in self.aside:
            self._forget([str(key)])

    def end(self, owed: Iterable[Key] | None = None) -> None:
        """Forgets rows the job no longer has to do, if it knows all that are `owed`; clears finished alarms."""
        if owed is not None:
            still = {str(key) for key in owed}
            self._forget([key for key in self.aside if key not in still])
        if self.is_over:
            clear_over()

    def _forget(self, keys: list[str]) -> None:
        if not keys:
            return
        SetAside.objects.filter(job=self.job, key__in=keys).delete()
        for key in keys:
            del self.aside[key]
        self.is_over = True


def each(
    job: str,
    rows: QuerySet[Row],
    act: Callable[[Row], Done],
    *,
    reference: str = "pk",
    at_most: int | None = None,
    passing: tuple[type[Exception], ...] = (),
    noted: bool = True,
    goes_on: Callable[[], bool] = lambda: True,
) -> Ran[Done]:
    """Calls `act` on every one of `rows` in order; sets aside what fails, even while being loaded.

    `reference` is the column that names a row to operations; `passing` and `noted` are those of `Loop`. Takes `at_most`
    so many rows, and stops early when `goes_on` returns false.
    """
    names = dict(rows.values_list("pk", reference)[:at_most])
    if not names:  # rows set aside that are no longer owed are forgotten hourly
        return Ran()
    loop = Loop(job, passing=passing, noted=noted)
    if at_most and len(names) == at_most:  # waiting rows must not block those after them
        names = dict(rows.exclude(pk__in=loop.left_alone()).values_list("pk", reference)[:at_most])
    ran = Ran[Done](failed=loop.failed)
    ready = [pk for pk in names if not loop.waits(pk)]
    ran.waiting = len(names) - len(ready)
    for pk, loaded in _load(rows, ready):
        if not goes_on():
            break
        done = loop.attempt(pk, lambda: _act(rows, pk, loaded, act), reference=str(names[pk]))  # noqa: B023 -- at once
        if done:
            ran.done.append(done)
    loop.end(names if at_most is None else None)
    return ran


def _act(rows: QuerySet[Row], pk: Key, loaded: dict[Key, Row] | None, act: Callable[[Row], Done]) -> Done | None:
    row = rows.filter(pk=pk).first() if loaded is None else loaded.get(pk)
    return None if row is None else act(row)  # it changed between the two queries


def _load(rows: QuerySet[Row], keys: list[Key]) -> Iterator[tuple[Key, dict[Key, Row] | None]]:
    """Yields each key with the rows of its batch, or None if the batch cannot be loaded because of one row."""
    for start in range(0, len(keys), LOADED_AT_ONCE):
        batch = keys[start : start + LOADED_AT_ONCE]
        try:
            with _whole():
                found = {row.pk: row for row in rows.filter(pk__in=batch)}
        except SoftTimeLimitExceeded:
            raise
        except Exception as problem:
            logger.warning("rows are loaded one by one", extra={"trouble": type(problem).__name__})
            found = None
        for pk in batch:
            yield pk, found


class Parts:
    """The parts of a job, none of which stops the others; a failing one opens an alarm and is tried every time."""

    def __init__(self, area: str) -> None:
        self.area = area
        self.open = set(
            Alarm.objects.filter(cause__startswith=f"{area}.", cleared_at=None).values_list("cause", flat=True)
        )

    def run(self, name: str, act: Callable[[], Done], *, passing: tuple[type[Exception], ...] = ()) -> Done | None:
        """Returns the result of `act`, or None when it failed; `passing` is re-raised."""
        cause = f"{self.area}.{name}_failed"
        try:
            done = act()
        except (SoftTimeLimitExceeded, *passing):
            raise
        except Exception as problem:
            facts = {"job": self.area, "part": name, "trouble": type(problem).__name__}
            logger.error("part failed", extra={**facts, "trace": _frames(problem)})
            open_alarm(cause, reference=name, detail=type(problem).__name__)
            return None
        if cause in self.open:
            clear(cause)
        return done


def build_safely(
    job: str,
    key: Key,
    build: Callable[[], Done],
    *,
    reference: str = "",
    passing: tuple[type[Exception], ...] = (),
) -> Done | None:
    """For a page: returns the result of `build` for one row; None when it fails, after operations were told.

    Makes no query for a row that does not fail. Exceptions about the whole request are re-raised: 404, 403, no
    database.
    """
    of_the_request: tuple[type[Exception], ...] = (Http404, PermissionDenied, DatabaseError, *passing)
    try:
        return build()
    except of_the_request:
        raise
    except Exception as problem:
        tell(job, key, problem, reference=reference)
        return None


def tell(job: str, key: Key, problem: Exception, *, reference: str = "") -> None:
    """For a page: tells operations about a row that it cannot show, not at every visit."""
    loop = Loop(job, only=str(key)[:100])
    if not loop.waits(str(key)[:100]):
        loop.set_aside(key, problem, reference=reference, until=timezone.now() + SEEN_PAUSE)


def not_yet(*jobs: str) -> list[str]:
    """Keys of rows that these jobs set aside and that are not yet due, to exclude from a limited query."""
    return list(SetAside.objects.filter(job__in=jobs, next_at__gt=timezone.now()).values_list("key", flat=True))


def clear_over() -> None:
    """Clears every alarm about rows whose cause has none left."""
    still = set(SetAside.objects.values_list("cause", flat=True).distinct())
    about_rows = models.Q(cause__contains=ROW_FAILED) | models.Q(cause=KEY_MISSING)
    shown = Alarm.objects.filter(about_rows, cleared_at=None).values_list("cause", flat=True)
    for cause in set(shown) - still:
        clear(cause)


def forget(reference: str) -> None:
    """Removes rows set aside under this reference, and clears alarms that are then over."""
    SetAside.objects.filter(reference=reference).delete()
    clear_over()


def forget_left(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Forgets rows that their jobs no longer try: nothing is owed for them any more. Returns how many."""
    left = SetAside.objects.filter(next_at__lte=(now or timezone.now()) - LEFT_AFTER)
    forgotten = portions.delete(left, dry_run=dry_run)
    if not dry_run:
        clear_over()
    return forgotten


def _known(job: str, key: str | None) -> Iterable[SetAside]:
    return OF_JOB.all(job=job) if key is None else SetAside.objects.filter(job=job, key=key)


def _cause(job: str, problem: Exception) -> str:
    if isinstance(problem, KeyMissing):
        return KEY_MISSING
    return f"{job.partition('.')[0]}{ROW_FAILED}{type(problem).__name__}"[:100]


def _frames(problem: Exception) -> list[str]:
    """The place of the failure, innermost last; a full traceback would contain the exception's message."""
    frames = traceback.extract_tb(problem.__traceback__)[-FRAMES:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]


@contextmanager
def _whole() -> Iterator[None]:
    """A savepoint inside a transaction, so that a failed statement does not spoil it for later rows."""
    if not connection.in_atomic_block:
        yield
        return
    mark = transaction.savepoint()
    try:
        yield
    except Exception:
        transaction.set_rollback(False)  # the savepoint has undone the failed statement
        transaction.savepoint_rollback(mark)
        raise
    transaction.savepoint_commit(mark)
