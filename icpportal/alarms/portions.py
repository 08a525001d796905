"""Deletes in portions: no job blocks the database for long, and the next run does the rest."""

import time

from django.db.models import Model, QuerySet

PORTION = 500
AT_MOST = 5_000  # rows in one run
SECONDS = 15.0  # and the time for them


def delete(old: QuerySet[Model], *, dry_run: bool = False) -> int:
    """Deletes the first of `old`; returns how many, without cascades. With `dry_run` only counts."""
    if dry_run:
        return old.count()
    deleted, ends = 0, time.monotonic() + SECONDS
    while deleted < AT_MOST and time.monotonic() < ends:
        keys = list(old.order_by().values_list("pk", flat=True)[: min(PORTION, AT_MOST - deleted)])
        if not keys:
            break
        old.filter(pk__in=keys).delete()  # filtered again: a row that is needed again stays
        deleted += len(keys)
    return deleted
