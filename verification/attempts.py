"""One try counted against several limits at once, all or none; the limits and their rows are those of `codes`.

`limits.take` counts one key in up to four queries. A try that three keys share is one UPDATE here, three when a key is
seen for the first time.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.utils import timezone

from icpportal.codes.limits import Allowed, key_index, limit
from icpportal.codes.models import Allowance

Key = tuple[str, str]  # the limit's name in settings.LIMITS, and whose try it is


def consume_all(keys: Sequence[Key], *, costs: Sequence[int] = (), now: datetime | None = None) -> Allowed:
    """Counts one try against every key, or what it costs there, or nothing when one of them has less left."""
    moment = now or timezone.now()
    costs = costs or [1] * len(keys)
    if any(limit(name).amount < cost for (name, _key), cost in zip(keys, costs, strict=True)):
        return Allowed(ok=False, until=moment + max(limit(name).window for name, _key in keys))
    if _counted(keys, costs, moment):
        return Allowed(ok=True)
    missing = [Allowance(name=name, key=key_index(key), used=0, began_at=moment) for name, key in keys]
    Allowance.objects.bulk_create(missing, ignore_conflicts=True)
    if _counted(keys, costs, moment):
        return Allowed(ok=True)
    return Allowed(ok=False, until=_free_again(keys, moment, costs))


def _counted(keys: Sequence[Key], costs: Sequence[int], moment: datetime) -> bool:
    priced = list(zip(keys, costs, strict=True))
    anew = [_when_over(*key, moment, value=cost) for key, cost in priced]
    further = [When(_row(*key), then=F("used") + cost) for key, cost in priced]
    with transaction.atomic():
        changed = Allowance.objects.filter(reduce(or_, (_open(*key, moment, cost) for key, cost in priced))).update(
            used=Case(*anew, *further, output_field=IntegerField()),
            began_at=Case(*(_when_over(*key, moment, value=moment) for key in keys), default=F("began_at")),
        )
        if changed != len(keys):
            transaction.set_rollback(True)
    return changed == len(keys)


def _row(name: str, key: str) -> Q:
    return Q(name=name, key=key_index(key))


def _over(name: str, moment: datetime) -> Q:
    return Q(began_at__lte=moment - limit(name).window)


def _open(name: str, key: str, moment: datetime, cost: int) -> Q:
    return _row(name, key) & (_over(name, moment) | Q(used__lte=limit(name).amount - cost))


def _when_over(name: str, key: str, moment: datetime, *, value: int | datetime) -> When:
    return When(_row(name, key) & _over(name, moment), then=Value(value))


def _free_again(keys: Sequence[Key], moment: datetime, costs: Sequence[int] = ()) -> datetime:
    wanted = {name: cost for (name, _key), cost in zip(keys, costs or [1] * len(keys), strict=True)}
    short = (row for row in _counters(keys, moment) if _left(row) < wanted[row.name])
    return max(map(_ends, short), default=moment)


def paused_until(keys: Sequence[Key], *, now: datetime | None = None) -> datetime | None:
    """When the next try may be made, where one of the keys has none left; `None` where it may be made now."""
    moment = now or timezone.now()
    until = _free_again(keys, moment)
    return until if until > moment else None


def least_left(keys: Sequence[Key], *, now: datetime | None = None) -> int:
    """How many tries are left that all keys share."""
    amounts = [limit(name).amount for name, _key in keys]
    return min([*amounts, *map(_left, _counters(keys, now or timezone.now()))])


def left(name: str, key: str, *, now: datetime | None = None) -> int:
    """How many tries this key has left."""
    return least_left([(name, key)], now=now)


def _counters(keys: Sequence[Key], moment: datetime) -> list[Allowance]:
    """The rows of the keys whose window is open."""
    rows = Allowance.objects.filter(reduce(or_, (_row(*key) & ~_over(key[0], moment) for key in keys)))
    return list(rows)


def _left(row: Allowance) -> int:
    return max(0, limit(row.name).amount - row.used)


def _ends(row: Allowance) -> datetime:
    return row.began_at + limit(row.name).window


def refund_all(keys: Sequence[Key]) -> None:
    """Undoes one `take_all`."""
    Allowance.objects.filter(reduce(or_, (_row(*key) for key in keys)), used__gt=0).update(used=F("used") - 1)
