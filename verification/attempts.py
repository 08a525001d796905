"""Counts one attempt against several limits at once, all or none; limits and rows are those of `codes`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache, reduce
from operator import or_

from django.db import transaction
from django.db.models import CharField, F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from icpportal.codes.limits import Allowed, attempt, count_all, free_again, key_index, limit
from icpportal.codes.models import Allowance
from icpportal.database.prepared_updates import CompiledUpdate

Key = tuple[str, str]  # the limit's name in settings.LIMITS, and who attempts


def consume_all(keys: Sequence[Key], *, costs: Sequence[int] = (), now: datetime | None = None) -> Allowed:
    """Counts one attempt (or its cost) against every key, or against none when one of them has too little left."""
    moment = now or timezone.now()
    costs = costs or [1] * len(keys)
    wanted = [replace(attempt(*key), cost=cost) for key, cost in zip(keys, costs, strict=True)]
    if count_all(wanted, moment):
        return Allowed(ok=True)
    return Allowed(ok=False, until=max(free_again(wanted, moment).values(), default=moment))


def _row(name: str, key: str) -> Q:
    return Q(name=name, key=key_index(key))


def _window_is_over(name: str, moment: datetime) -> Q:
    return Q(began_at__lte=moment - limit(name).window)


def paused_until(keys: Sequence[Key], *, now: datetime | None = None) -> datetime | None:
    """When the next attempt may be made; `None` when it may be made now."""
    found = free_again([attempt(*key) for key in keys], now or timezone.now())
    return max(found.values(), default=None)


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


def refund_all(keys: Sequence[Key], *, costs: Sequence[int] = ()) -> None:
    """Undoes one `consume_all` of these keys and costs."""
    spent = sorted(zip(keys, costs or [1] * len(keys), strict=True))
    with transaction.atomic():
        for (name, key), cost in spent:  # in the order of `count_all`, or both could wait for each other
            _refund(cost).run(name=name, key=key_index(key))


@lru_cache(16)  # an attempt costs one, and a document what its size does
def _refund(cost: int) -> CompiledUpdate[Allowance]:
    left = Greatest(F("used") - cost, 0)  # a window that has begun since has counted less
    return CompiledUpdate(
        lambda name, key: Allowance.objects.filter(name=name, key=key, used__gt=0),
        {"used": left},
        name=CharField(),
        key=CharField(),
    )
