"""Limits on attempts: named in `settings.LIMITS`, counted in rows, decided by one conditional UPDATE.

A window begins with the first attempt and ends after its seconds; then counting restarts. The key (an account, a
number, an address) is stored as a blind index only. Attempts are counted in the caller's transaction: count outside one
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

BUDGETS = ("text_budget_day", "text_budget_month")  # counted by calendar day and month (`texts`)
BUDGETS_KEPT = timedelta(days=32)  # kept longer than a month
NO_END = 2**31 - 1  # limit of what is counted but never stopped
ROUNDS = 3  # lost races are retried; after the third, the limit counts as reached


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


def limit(name: str) -> Limit:
    """The limit called `name` in the settings."""
    amount, seconds = settings.LIMITS[name]
    return Limit(amount, timedelta(seconds=seconds))


def key_index(key: str) -> str:
    """The key as stored in the table."""
    return blind_index("allowance", key)


def consume(name: str, key: str, *, now: datetime | None = None) -> Allowed:
    """Counts one attempt of `key` against the limit `name`."""
    return take_within(limit(name), name, key, now=now)


def take_within(rule: Limit, name: str, key: str, *, now: datetime | None = None) -> Allowed:
    """Counts one attempt against a limit that is not in the settings, such as the wait before resending a code."""
    now = now or timezone.now()
    mine = Allowance.objects.filter(name=name, key=key_index(key))
    for _round in range(ROUNDS if rule.amount > 0 else 0):
        if mine.filter(began_at__gt=now - rule.window, used__lt=rule.amount).update(used=F("used") + 1):
            return Allowed(ok=True)
        row = mine.first()
        if row is None:
            counted = _open_allowance(name, key_index(key), now)
        elif row.began_at <= now - rule.window:
            counted = bool(mine.filter(began_at=row.began_at).update(used=1, began_at=now))
        elif row.used >= rule.amount:
            if row.began_at > now:  # the clock was set back: nobody must wait longer
                mine.filter(began_at=row.began_at).update(began_at=now)
            return Allowed(ok=False, until=min(row.began_at, now) + rule.window)
        else:  # an attempt was refunded in the meantime
            counted = False
        if counted:
            return Allowed(ok=True)
    return Allowed(ok=False, until=now + rule.window)


def _open_allowance(name: str, index: str, now: datetime) -> bool:
    try:
        with transaction.atomic():
            Allowance.objects.create(name=name, key=index, used=1, began_at=now)
    except IntegrityError:  # the row was created between query and insert
        return False
    return True


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
