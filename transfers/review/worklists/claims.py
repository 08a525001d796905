"""Claims of old records that wait for a reviewer, counted by the index of states."""

from datetime import datetime

from django.core.cache import cache
from django.db.models import Count, Min, Q
from django.utils import timezone

from filings.models import LegacyClaim
from filings.models.legacy_states import SENT
from icpportal.workdays.calendar import end_of_answer
from transfers.review.baskets.counts import BasketCount
from transfers.review.baskets.due import calendar_around, over_before, today_before
from transfers.review.worklists.calls import KNOWN_FOR

COUNTED = "desk.claims"


def count_claims(now: datetime) -> BasketCount:
    """How many wait, how many are late or due today, and when the first is due; a single query."""
    known = calendar_around(now)
    late = Q(entered_at__lt=over_before(now, known))
    counted = LegacyClaim.objects.filter(state=SENT).aggregate(
        waiting=Count("pk"),
        over=Count("pk", filter=late),
        today=Count("pk", filter=Q(entered_at__lt=today_before(now, known)) & ~late),
        first=Min("entered_at"),
    )
    first = end_of_answer(counted["first"], known=known) if counted["first"] else None
    return BasketCount(**{**counted, "first": first})


def claims_now() -> BasketCount:
    """The same for the first page: counted again after half a minute."""
    found = cache.get_or_set(COUNTED, lambda: count_claims(timezone.now()), KNOWN_FOR)
    return found or BasketCount()
