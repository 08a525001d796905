"""Deleting in portions: no job holds the database or its neighbours for long, and what is left is the next run's."""

import time

from django.db.models import Model, QuerySet

PORTION = 500
AT_MOST = 5_000  # rows of one run
SECONDS = 15.0  # and how long it may take


def delete(old: QuerySet[Model], *, dry_run: bool = False) -> int:
    """Delete the first of `old`; how many, without what goes with them. With `dry_run` only says how many there are."""
    if dry_run:
        return old.count()
    gone, ends = 0, time.monotonic() + SECONDS
    while gone < AT_MOST and time.monotonic() < ends:
        keys = list(old.order_by().values_list("pk", flat=True)[: min(PORTION, AT_MOST - gone)])
        if not keys:
            break
        old.filter(pk__in=keys).delete()  # one that is needed again since stays
        gone += len(keys)
    return gone
