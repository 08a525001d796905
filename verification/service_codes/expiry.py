"""Expires free codes whose server has ended: each server is looked up in the list when its time comes."""

import time
from datetime import datetime, timedelta
from functools import partial

from django.db.models import QuerySet
from django.utils import timezone

from icpportal.alarms import rows
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.inventory.base import inventory
from icpportal.gateways.inventory.eligibility import is_expired
from icpportal.gateways.inventory.types import Instance
from verification.models import ServiceCode, ServiceCodeState

ASKED_AT_ONCE = 200  # codes whose servers are looked up in one run
ASKING_SECONDS = 30.0
ASKED_AGAIN = timedelta(days=7)  # a server may end before its listed day
UNLISTED_AGAIN = timedelta(days=1)


def expire_dead(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Marks the free codes of ended servers as expired. Raises `Retryable`; what was done stays done.

    Each server is looked up when its listed time is over, and at least once a week; a run looks up a limited number. A
    server missing from the list is left alone: one incomplete list must not cost anybody a code.
    """
    moment, ends = now or timezone.now(), time.monotonic() + ASKING_SECONDS
    loop = rows.Loop("service_codes.expired", passing=(Retryable, Refused), noted=not dry_run)
    due = ServiceCode.objects.filter(state=ServiceCodeState.FREE, ask_at__lte=moment).order_by("ask_at", "instance_id")
    named = due.exclude(instance_id__in=loop.left_alone()).values_list("instance_id", flat=True)[:ASKED_AT_ONCE]
    expired_codes = 0
    for instance_id in dict.fromkeys(named):
        if time.monotonic() > ends:
            break
        act = partial(_expire_if_over, instance_id, moment, dry_run=dry_run)
        try:
            expired_codes += loop.attempt(instance_id, act, reference=instance_id) or 0
        except (Retryable, Refused):  # the next run begins with the others, in case it is this one's fault
            _ask_again(instance_id, moment, dry_run=dry_run)
            raise
    loop.end()
    return expired_codes


def _expire_if_over(instance_id: str, moment: datetime, *, dry_run: bool) -> int:
    instance = inventory().instance(instance_id)
    if instance is not None and is_expired(instance, timezone.localdate(moment)):
        return _free(instance_id).count() if dry_run else _free(instance_id).update(state=ServiceCodeState.EXPIRED)
    _ask_again(instance_id, _asked_again(instance, moment), dry_run=dry_run)
    return 0


def _free(instance_id: str) -> QuerySet[ServiceCode]:
    return ServiceCode.objects.filter(state=ServiceCodeState.FREE, instance_id=instance_id)


def _ask_again(instance_id: str, at: datetime, *, dry_run: bool) -> None:
    if not dry_run:
        _free(instance_id).update(ask_at=at)


def _asked_again(instance: Instance | None, moment: datetime) -> datetime:
    """When to look it up next: the listed end of its server, or a week at most."""
    if instance is None:
        return moment + UNLISTED_AGAIN
    latest = moment + ASKED_AGAIN
    if instance.ends_on is None:
        return latest
    return min(latest, timezone.make_aware(datetime.combine(instance.ends_on, datetime.min.time())))
