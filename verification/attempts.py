"""Counts one attempt against several limits at once, all or none; limits and rows are those of `codes`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache, reduce
from itertools import groupby
from operator import itemgetter, or_

from django.db import transaction
from django.db.models import CharField, F, Q, QuerySet
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
    spent = sorted(zip(keys, costs or [1] * len(keys), strict=True))  # in the order of `count_all`, as below
    with transaction.atomic():
        for cost, mine in groupby(spent, key=itemgetter(1)):
            named = [(name, key_index(key)) for (name, key), _cost in mine]
            places = {f"name{place}": name for place, (name, _index) in enumerate(named)}
            places |= {f"key{place}": index for place, (_name, index) in enumerate(named)}
            _refunding(cost, len(named)).run({}, **places)


@lru_cache(16)  # an attempt costs one, a document what its size does
def _refunding(cost: int, keys: int) -> CompiledUpdate[Allowance]:
    def mine(**given: str) -> QuerySet[Allowance]:
        rows = (Q(name=given[f"name{place}"], key=given[f"key{place}"]) for place in range(keys))
        # in one order for all who write these rows, or two could wait for each other
        locked = Allowance.objects.filter(reduce(or_, rows), used__gt=0).select_for_update().order_by("name")
        return Allowance.objects.filter(pk__in=locked.values("pk"))

    left = Greatest(F("used") - cost, 0)  # a window that has begun since has counted less
    named = [f"{part}{place}" for place in range(keys) for part in ("name", "key")]
    return CompiledUpdate(mine, {"used": left}, **{name: CharField() for name in named})
