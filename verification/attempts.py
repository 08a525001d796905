"""Counts one attempt against several limits at once, all or none; limits and rows are those of `codes`.

`limits.consume` counts one key in up to four queries. Here an attempt that three keys share takes one UPDATE, three
when a key is new.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from operator import or_

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import F, Q
from django.utils import timezone

from icpportal.codes.limits import Allowed, key_index, limit
from icpportal.codes.models import Allowance
from icpportal.privacy.blind_index import names

Key = tuple[str, str]  # the limit's name in settings.LIMITS, and who attempts


def consume_all(keys: Sequence[Key], *, costs: Sequence[int] = (), now: datetime | None = None) -> Allowed:
    """Counts one attempt (or its cost) against every key, or against none when one of them has too little left."""
    moment = now or timezone.now()
    costs = costs or [1] * len(keys)
    if any(limit(name).amount < cost for (name, _key), cost in zip(keys, costs, strict=True)):
        return Allowed(ok=False, until=moment + max(limit(name).window for name, _key in keys))
    if _count(keys, costs, moment):
        return Allowed(ok=True)
    _open(keys, moment)
    if _count(keys, costs, moment):
        return Allowed(ok=True)
    return Allowed(ok=False, until=_free_again(keys, moment, costs))


def _open(keys: Sequence[Key], moment: datetime) -> None:
    """Creates rows for new keys; while the index key changes, a row under the other name counts as there."""
    indexes = [(name, key_index(key)) for name, key in keys]
    known = _under_other_names(keys) if any(len(names(index)) > 1 for _name, index in indexes) else frozenset()
    rows = [
        Allowance(name=name, key=index, used=0, began_at=moment)
        for name, index in indexes
        if known.isdisjoint((name, other) for other in names(index)[1:])
    ]
    Allowance.objects.bulk_create(rows, ignore_conflicts=True)


def _under_other_names(keys: Sequence[Key]) -> frozenset[tuple[str, str]]:
    rows = Allowance.objects.filter(reduce(or_, (_row(*key) for key in keys)))
    return frozenset(rows.values_list("name", "key"))


def _count(keys: Sequence[Key], costs: Sequence[int], moment: datetime) -> bool:
    """Counts by one statement, written here: Django's compiler takes ten times as long as the database."""
    connection = connections[DEFAULT_DB_ALIAS]
    now = connection.ops.adapt_datetimefield_value(moment)
    used, began, chosen = _Part(" "), _Part(" "), _Part(" OR ")
    for (name, key), cost in zip(keys, costs, strict=True):
        known = names(key_index(key))
        row, values = f"name = %s AND key IN ({', '.join(['%s'] * len(known))})", [name, *known]
        over = connection.ops.adapt_datetimefield_value(moment - limit(name).window)
        used.add(f"WHEN {row} THEN CASE WHEN began_at <= %s THEN %s ELSE used + %s END", *values, over, cost, cost)
        began.add(f"WHEN {row} AND began_at <= %s THEN %s", *values, over, now)
        chosen.add(f"({row} AND (began_at <= %s OR used <= %s))", *values, over, limit(name).amount - cost)
    statement = (
        f"UPDATE {connection.ops.quote_name(Allowance._meta.db_table)} SET used = CASE {used.sql} END,"  # noqa: S608
        f" began_at = CASE {began.sql} ELSE began_at END WHERE {chosen.sql}"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [*used.given, *began.given, *chosen.given])
        changed = cursor.rowcount
        if changed != len(keys):
            transaction.set_rollback(True)
    return changed == len(keys)


class _Part:
    """A part of a statement: one piece for each key, and the values of its `%s`."""

    def __init__(self, between: str) -> None:
        self.between, self.pieces = between, list[str]()
        self.given: list[str | int | datetime | None] = []

    def add(self, piece: str, *given: str | int | datetime | None) -> None:
        self.pieces.append(piece)
        self.given += given

    @property
    def sql(self) -> str:
        return self.between.join(self.pieces)


def _row(name: str, key: str) -> Q:
    return Q(name=name, key=key_index(key))


def _window_is_over(name: str, moment: datetime) -> Q:
    return Q(began_at__lte=moment - limit(name).window)


def _free_again(keys: Sequence[Key], moment: datetime, costs: Sequence[int] = ()) -> datetime:
    wanted = {name: cost for (name, _key), cost in zip(keys, costs or [1] * len(keys), strict=True)}
    short = (row for row in _counters(keys, moment) if _attempts_left(row) < wanted[row.name])
    return max(map(_ends, short), default=moment)


def paused_until(keys: Sequence[Key], *, now: datetime | None = None) -> datetime | None:
    """When the next attempt may be made; `None` when it may be made now."""
    moment = now or timezone.now()
    until = _free_again(keys, moment)
    return until if until > moment else None


def least_left(keys: Sequence[Key], *, now: datetime | None = None) -> int:
    """How many attempts are left on the tightest of the keys."""
    amounts = [limit(name).amount for name, _key in keys]
    return min([*amounts, *map(_attempts_left, _counters(keys, now or timezone.now()))])


def attempts_left(name: str, key: str, *, now: datetime | None = None) -> int:
    """How many attempts this key has left."""
    return least_left([(name, key)], now=now)


def _counters(keys: Sequence[Key], moment: datetime) -> list[Allowance]:
    """The rows of those keys whose window is open."""
    rows = Allowance.objects.filter(reduce(or_, (_row(*key) & ~_window_is_over(key[0], moment) for key in keys)))
    return list(rows)


def _attempts_left(row: Allowance) -> int:
    return max(0, limit(row.name).amount - row.used)


def _ends(row: Allowance) -> datetime:
    return row.began_at + limit(row.name).window


def refund_all(keys: Sequence[Key]) -> None:
    """Undoes one `consume_all`."""
    Allowance.objects.filter(reduce(or_, (_row(*key) for key in keys)), used__gt=0).update(used=F("used") - 1)
