"""Limits on tries: `settings.LIMITS` names them, a row counts each, one conditional UPDATE decides.

A window begins with the first try and ends after its seconds; then counting starts again. The key (an account, a
number, an address) is kept only as a blind index. A try is counted in the caller's transaction: take it outside of one
that may roll back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from icpportal.alarms import portions
from icpportal.codes.models import Allowance, CacheRow
from icpportal.privacy.blind_index import blind_index

BUDGETS = ("text_budget_day", "text_budget_month")  # counted by the calendar (`texts`)
BUDGETS_KEPT = timedelta(days=32)  # longer than a month
NO_END = 2**31 - 1  # of what is counted and never stopped
ROUNDS = 3  # a lost race is tried again; the third time the limit is treated as reached


@dataclass(frozen=True)
class Allowed:
    """Whether one more try is allowed; if not, from when."""

    ok: bool
    until: datetime | None = None


@dataclass(frozen=True)
class Limit:
    """So many tries in so much time."""

    amount: int
    window: timedelta


def limit(name: str) -> Limit:
    """The limit that settings call `name`."""
    amount, seconds = settings.LIMITS[name]
    return Limit(amount, timedelta(seconds=seconds))


def key_index(key: str) -> str:
    """The key as it lies in the table."""
    return blind_index("allowance", key)


def consume(name: str, key: str, *, now: datetime | None = None) -> Allowed:
    """Count one try of `key` against the limit `name`."""
    return take_within(limit(name), name, key, now=now)


def take_within(rule: Limit, name: str, key: str, *, now: datetime | None = None) -> Allowed:
    """Count one try against a limit that settings do not name, such as the wait before a code is sent again."""
    now = now or timezone.now()
    mine = Allowance.objects.filter(name=name, key=key_index(key))
    for _round in range(ROUNDS if rule.amount > 0 else 0):
        if mine.filter(began_at__gt=now - rule.window, used__lt=rule.amount).update(used=F("used") + 1):
            return Allowed(ok=True)
        row = mine.first()
        if row is None:
            counted = _opened(name, key_index(key), now)
        elif row.began_at <= now - rule.window:
            counted = bool(mine.filter(began_at=row.began_at).update(used=1, began_at=now))
        elif row.used >= rule.amount:
            if row.began_at > now:  # the clock was set back: nobody waits longer for that
                mine.filter(began_at=row.began_at).update(began_at=now)
            return Allowed(ok=False, until=min(row.began_at, now) + rule.window)
        else:  # somebody gave a try back since
            counted = False
        if counted:
            return Allowed(ok=True)
    return Allowed(ok=False, until=now + rule.window)


def _opened(name: str, index: str, now: datetime) -> bool:
    try:
        with transaction.atomic():
            Allowance.objects.create(name=name, key=index, used=1, began_at=now)
    except IntegrityError:  # somebody opened it between the query and the insert
        return False
    return True


def refund(name: str, key: str) -> None:
    """Undo one `consume`: the other side was busy, and that costs nobody a try."""
    Allowance.objects.filter(name=name, key=key_index(key), used__gt=0).update(used=F("used") - 1)


def reset(keys: Iterable[str], *, dry_run: bool = False) -> int:
    """Forget what was counted for these keys, whatever the limit; how many counters that are."""
    rows = Allowance.objects.filter(key__in=[key_index(key) for key in keys])
    return rows.count() if dry_run else rows.delete()[0]


def forget_old(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Delete counters whose window is over for certain, also those of the sign-in; how many that were."""
    now = now or timezone.now()
    longest = timedelta(seconds=max(seconds for _amount, seconds in settings.LIMITS.values()))
    counters, of_texts = Allowance.objects.all(), Q(name__in=BUDGETS)
    kinds = (
        counters.exclude(of_texts).filter(began_at__lte=now - longest),
        counters.filter(of_texts, began_at__lte=now - BUDGETS_KEPT),
        CacheRow.objects.filter(expires_at__lte=now),
    )
    return sum(portions.delete(rows, dry_run=dry_run) for rows in kinds)
