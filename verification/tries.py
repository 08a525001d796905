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


def take_all(keys: Sequence[Key], *, now: datetime | None = None) -> Allowed:
    """Counts one try against every key, or none of them when one is used up."""
    moment = now or timezone.now()
    if any(limit(name).amount < 1 for name, _key in keys):
        return Allowed(ok=False, until=moment + max(limit(name).window for name, _key in keys))
    if _counted(keys, moment):
        return Allowed(ok=True)
    missing = [Allowance(name=name, key=key_index(key), used=0, began_at=moment) for name, key in keys]
    Allowance.objects.bulk_create(missing, ignore_conflicts=True)
    if _counted(keys, moment):
        return Allowed(ok=True)
    return Allowed(ok=False, until=_free_again(keys, moment))


def _counted(keys: Sequence[Key], moment: datetime) -> bool:
    with transaction.atomic():
        changed = Allowance.objects.filter(reduce(or_, (_open(*key, moment) for key in keys))).update(
            used=Case(*(_when_over(*key, moment) for key in keys), default=F("used") + 1, output_field=IntegerField()),
            began_at=Case(*(_when_over(*key, moment, value=moment) for key in keys), default=F("began_at")),
        )
        if changed != len(keys):
            transaction.set_rollback(True)
    return changed == len(keys)


def _row(name: str, key: str) -> Q:
    return Q(name=name, key=key_index(key))


def _over(name: str, moment: datetime) -> Q:
    return Q(began_at__lte=moment - limit(name).window)


def _open(name: str, key: str, moment: datetime) -> Q:
    return _row(name, key) & (_over(name, moment) | Q(used__lt=limit(name).amount))


def _when_over(name: str, key: str, moment: datetime, *, value: object = 1) -> When:
    return When(_row(name, key) & _over(name, moment), then=Value(value))


def _free_again(keys: Sequence[Key], moment: datetime) -> datetime:
    return max(_ends(name, key, moment) for name, key in keys)


def _ends(name: str, key: str, moment: datetime) -> datetime:
    rule = limit(name)
    row = Allowance.objects.filter(_row(name, key), used__gte=rule.amount).first()
    return moment if row is None else row.began_at + rule.window


def left(name: str, key: str, *, now: datetime | None = None) -> int:
    """How many tries this key has left."""
    rule = limit(name)
    fresh = Allowance.objects.filter(_row(name, key), began_at__gt=(now or timezone.now()) - rule.window)
    return max(0, rule.amount - (fresh.values_list("used", flat=True).first() or 0))


def give_back_all(keys: Sequence[Key]) -> None:
    """Undoes one `take_all`."""
    Allowance.objects.filter(reduce(or_, (_row(*key) for key in keys)), used__gt=0).update(used=F("used") - 1)
