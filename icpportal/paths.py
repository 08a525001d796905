"""Paths of pages, worked out once a process: a page of an order has twenty, and `reverse` searches for each again."""

from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse

KEPT = 1024
STANDS_IN = "0000-0000"  # for a reference in a kept path: references have no zeros


def path(name: str, reference: str = "", *rest: str | int) -> str:
    """As `reverse`, for a page without arguments or one whose first argument is the reference of a row.

    Only the path without the reference is kept: the same for the rows of everybody.
    """
    given = (STANDS_IN, *rest) if reference else ()
    kept = _kept(get_urlconf() or settings.ROOT_URLCONF, get_script_prefix(), name, given)
    return kept.replace(STANDS_IN, reference) if reference else kept


@lru_cache(KEPT)
def _kept(urlconf: str, _prefix: str, name: str, given: tuple[str | int, ...]) -> str:
    return reverse(name, urlconf, given)
