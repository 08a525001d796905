"""Claims of old records that wait for a reviewer, counted by the index of states."""

from collections.abc import Callable
from datetime import datetime
from functools import reduce
from operator import or_

from django.core.cache import cache
from django.db.models import Count, Min, Q
from django.utils import timezone

from filings.legacy_import.comparison import records_to_claim
from filings.models import LegacyClaim
from filings.models.legacy_states import CLAIM_ANSWERED, RESET_ANSWERED, SENT
from icpportal.workdays.calendar import end_of_answer
from transfers.review.baskets.counts import BasketCount
from transfers.review.baskets.due import calendar_around, over_before, today_before
from transfers.review.worklists.calls import KNOWN_FOR

COUNTED = "desk.claims"
OF_A_RECORD = records_to_claim("record__")
PROMISED = {CLAIM_ANSWERED: OF_A_RECORD, RESET_ANSWERED: ~OF_A_RECORD}  # the condition by working days


def count_claims(now: datetime) -> BasketCount:
    """How many wait, how many are late or due today, and when the first is due; a single query."""
    known = calendar_around(now)
    late = _arrived_before(lambda workdays: over_before(now, known, workdays))
    due = _arrived_before(lambda workdays: today_before(now, known, workdays))
    counted = LegacyClaim.objects.filter(state=SENT).aggregate(
        waiting=Count("pk"),
        over=Count("pk", filter=late),
        today=Count("pk", filter=due & ~late),
        **{f"first_{workdays}": Min("entered_at", filter=kind) for workdays, kind in PROMISED.items()},
    )
    oldest = {workdays: counted.pop(f"first_{workdays}") for workdays in PROMISED}
    ends = [end_of_answer(at, workdays, known=known) for workdays, at in oldest.items() if at]
    return BasketCount(**counted, first=min(ends, default=None))


def _arrived_before(moment_of: Callable[[int], datetime]) -> Q:
    """Claims that arrived before the moment that belongs to their promise."""
    found = [kind & Q(entered_at__lt=moment_of(workdays)) for workdays, kind in PROMISED.items()]
    return reduce(or_, found)


def claims_now() -> BasketCount:
    """The same for the first page: counted again after half a minute."""
    found = cache.get_or_set(COUNTED, lambda: count_claims(timezone.now()), KNOWN_FOR)
    return found or BasketCount()
