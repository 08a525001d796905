"""Correction requests that wait for a lead's answer, counted by the index of open ones."""

from datetime import datetime, time, timedelta

from django.core.cache import cache
from django.db.models import Count, Min, Q
from django.utils import timezone

from icpportal.time_format import BEIJING, to_beijing
from transfers.review.baskets.counts import BasketCount
from transfers.review.worklists.calls import KNOWN_FOR
from transfers.rights.models import CorrectionRequest

COUNTED = "desk.corrections"


def count_corrections(now: datetime) -> BasketCount:
    """How many wait, how many are late or due today, and when the first is due."""
    tomorrow = datetime.combine(to_beijing(now).date() + timedelta(days=1), time(), tzinfo=BEIJING)
    late = Q(due_at__lt=now)
    counted = CorrectionRequest.objects.filter(closed_at=None).aggregate(
        waiting=Count("pk"),
        over=Count("pk", filter=late),
        today=Count("pk", filter=Q(due_at__lt=tomorrow) & ~late),
        first=Min("due_at"),
    )
    return BasketCount(**counted)


def corrections_now() -> BasketCount:
    """The same for a lead's first page: counted again after half a minute."""
    found = cache.get_or_set(COUNTED, lambda: count_corrections(timezone.now()), KNOWN_FOR)
    return found or BasketCount()
