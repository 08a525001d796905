"""Limits on attempts: named in `settings.LIMITS`, counted in rows, each attempt by one conditional statement.

A window begins with the first attempt and ends after its seconds; then counting restarts. The key (an account, a
number, an address) is stored as a blind index only. Attempts are counted in the caller's transaction: count outside one
that may roll back.
"""

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, transaction
from django.db.models import CharField, F, Q, QuerySet
from django.db.transaction import mark_for_rollback_on_error
from django.utils import timezone

from icpportal.alarms import portions
from icpportal.codes.models import Allowance, CacheRow
from icpportal.database.prepared import CompiledQuery, cursor_for
from icpportal.privacy.blind_index import blind_index, names

BUDGETS = ("text_budget_day", "text_budget_month")  # counted by calendar day and month (`texts`)
BUDGETS_KEPT = timedelta(days=32)  # kept longer than a month
NO_END = 2**31 - 1  # limit of what is counted but never stopped


@dataclass(frozen=True)
class Allowed:
    """Whether another attempt is allowed; if not, from when."""

    ok: bool
    until: datetime | None = None


@dataclass(frozen=True)
class Limit:
    """A number of attempts in an amount of time."""

    amount: int
    window: timedelta


@dataclass(frozen=True)
class Attempt:
    """An attempt to count: its limit and the limit's name, whose it is (`key_index`), and how much it uses."""

    rule: Limit
    name: str
    index: str
    cost: int = 1


def limit(name: str) -> Limit:
    """The limit called `name` in the settings."""
    amount, seconds = settings.LIMITS[name]
    return Limit(amount, timedelta(seconds=seconds))


def attempt(name: str, key: str) -> Attempt:
    """One attempt of `key` against the limit `name`."""
    return Attempt(limit(name), name, key_index(key))


def key_index(key: str) -> str:
    """The key as stored in the table."""
    return blind_index("allowance", key)


def consume(name: str, key: str, *, now: datetime | None = None) -> Allowed:
    """Counts one attempt of `key` against the limit `name`."""
    return count(attempt(name, key), now or timezone.now())


def count(one: Attempt, now: datetime) -> Allowed:
    """Counts one attempt; if it is not allowed, says from when another one is."""
    if count_all([one], now):
        return Allowed(ok=True)
    rule, mine = one.rule, Allowance.objects.filter(name=one.name, key=one.index)
    row = mine.first() if rule.amount > 0 else None
    if row is not None and row.began_at > now:  # the clock was set back: nobody must wait longer
        Allowance.objects.filter(pk=row.pk, began_at=row.began_at).update(began_at=now)
    return Allowed(ok=False, until=min(row.began_at if row else now, now) + rule.window)


def count_all(attempts: Sequence[Attempt], now: datetime) -> dict[str, int]:
    """Counts these attempts, each of another limit, or none of them when one limit has too little left.

    Returns how much each limit has used by then; nothing when none was counted.
    """
    if any(each.rule.amount < each.cost for each in attempts):
        return {}
    _keep_under_other_keys(attempts)
    if len(attempts) == 1:
        return _write(attempts, now)
    with transaction.atomic():
        used = _write(attempts, now)
        if len(used) == len(attempts):
            return used
        transaction.set_rollback(True)
    return {}


def free_again(attempts: Sequence[Attempt], now: datetime) -> dict[str, datetime]:
    """From when the limits with too little left have enough again, by name. Only reads: nobody waits for it."""
    wanted = {each.name: each for each in attempts}
    found = {each.name: now + each.rule.window for each in attempts if each.rule.amount < each.cost}
    whose = {f"name{place}": each.name for place, each in enumerate(attempts)}
    whose |= {f"key{place}": each.index for place, each in enumerate(attempts)}
    for row in _counters(len(attempts)).all(**whose):
        each = wanted[row.name]
        if row.began_at + each.rule.window > now and row.used + each.cost > each.rule.amount:
            found[row.name] = min(row.began_at, now) + each.rule.window
    return found


@cache
def _counters(attempts: int) -> CompiledQuery[Allowance]:
    """The counters of so many attempts."""
    places = range(attempts)

    def build(**given: Any) -> QuerySet[Allowance]:
        mine = (Q(name=given[f"name{place}"], key=given[f"key{place}"]) for place in places)
        return Allowance.objects.filter(reduce(or_, mine))

    return CompiledQuery(
        build, "", (), **{f"{what}{place}": CharField() for what in ("name", "key") for place in places}
    )


def _write(attempts: Sequence[Attempt], now: datetime) -> dict[str, int]:
    """Opens, restarts or raises the counters that have enough left; returns them by name."""
    connection = connections[DEFAULT_DB_ALIAS]
    time = connection.ops.adapt_datetimefield_value
    rows = sorted(attempts, key=lambda each: each.name)  # in one order for all: nobody waits for one who waits for them
    starts = [value for each in rows for value in (each.name, time(now - each.rule.window))]
    amounts = [value for each in rows for value in (each.name, each.rule.amount)]
    counted = [value for each in rows for value in (each.name, str(each.index), each.cost, time(now))]
    with mark_for_rollback_on_error(DEFAULT_DB_ALIAS), cursor_for(connection, has_fixed_columns=True) as cursor:
        cursor.execute(_statement(connection.vendor, len(rows)), [*counted, *starts, *starts, *starts, *amounts])
        return dict(cursor.fetchall())


@cache
def _statement(vendor: str, attempts: int) -> str:
    """Written here: Django has no such statement, and would take ten times as long to compile it as to run it.

    On PostgreSQL, it returns the same types whatever a migration does: it is prepared within transactions as well.
    """
    rows = ", ".join(["(%s, %s, %s, %s)"] * attempts)
    by_name = f"CASE counter.name {'WHEN %s THEN %s ' * attempts}END"
    name, used = ("name::text", "used::bigint") if vendor == "postgresql" else ("name", "used")
    is_over = f"counter.began_at <= {by_name}"
    return (
        f"INSERT INTO {Allowance._meta.db_table} AS counter (name, key, used, began_at) VALUES {rows}"  # noqa: S608
        f" ON CONFLICT (name, key) DO UPDATE SET"
        f" used = CASE WHEN {is_over} THEN excluded.used ELSE counter.used + excluded.used END,"
        f" began_at = CASE WHEN {is_over} THEN excluded.began_at ELSE counter.began_at END"
        f" WHERE {is_over} OR counter.used + excluded.used <= {by_name} RETURNING {name}, {used}"
    )


def _keep_under_other_keys(attempts: Sequence[Attempt]) -> None:
    """While the index key changes, counters may be under another: from now on they are under the one in force."""
    for each in attempts:
        if others := names(each.index)[1:]:
            with contextlib.suppress(IntegrityError), transaction.atomic():  # one exists under it
                Allowance.objects.filter(name=each.name, key__in=others).update(key=str(each.index))


def refund(name: str, key: str) -> None:
    """Undoes one `consume`, when the other side was busy: that must not cost an attempt."""
    Allowance.objects.filter(name=name, key=key_index(key), used__gt=0).update(used=F("used") - 1)


def reset(keys: Iterable[str], *, dry_run: bool = False) -> int:
    """Deletes the counters of these keys for all limits; returns how many."""
    rows = Allowance.objects.filter(key__in=[key_index(key) for key in keys])
    return rows.count() if dry_run else rows.delete()[0]


def forget_old(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Deletes counters whose window has certainly ended, including those of sign-in; returns how many."""
    now = now or timezone.now()
    longest = timedelta(seconds=max(seconds for _amount, seconds in settings.LIMITS.values()))
    counters, of_texts = Allowance.objects.all(), Q(name__in=BUDGETS)
    kinds = (
        counters.exclude(of_texts).filter(began_at__lte=now - longest),
        counters.filter(of_texts, began_at__lte=now - BUDGETS_KEPT),
        CacheRow.objects.filter(expires_at__lte=now),
    )
    return sum(portions.delete(rows, dry_run=dry_run) for rows in kinds)
