"""Ending an access for a cause (空壳网站, expired server): asked by one, decided by another, told to everybody."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from filings.models import Website
from icpportal.lifecycle import LEAD
from transfers import cancelling, queries, states
from transfers.actions import claim
from transfers.cancelling import Blocked
from transfers.firing import ORDER
from transfers.models import CauseCancellation, Order
from transfers.models.cause import Cause

# as the owner is told; a text message cuts it at 18 and 38 characters
WORDS: dict[str, dict[str, str]] = {
    Cause.SHELL_SITE: {"zh": "网站已不在我们的服务器上", "en": "the site is not served from here"},
    Cause.EXPIRED_SERVER: {"zh": "服务器已到期", "en": "its server has expired"},
    Cause.FAILED_CHECK: {"zh": "核查问题逾期未整改", "en": "faults a check found were not mended"},
    Cause.OWNER_ASKED: {"zh": "主办者申请，身份已核实", "en": "its owner asked, identity confirmed"},
}


class AskedBefore(Exception):
    """A request for this website waits already."""


class SamePerson(Exception):
    """Who asked may not decide."""


def ask(website: Website, *, cause: str, words: str, actor: Any, now: datetime | None = None) -> CauseCancellation:
    """Ask that a second person ends our access of this website; raises `AskedBefore`."""
    try:
        with transaction.atomic():
            return CauseCancellation.objects.create(
                website=website, cause=cause, words=words, asked_by=actor, asked_at=now or timezone.now()
            )
    except IntegrityError as waiting:
        raise AskedBefore(str(website.pk)) from waiting


def decline(request: CauseCancellation, *, actor: Any, now: datetime | None = None) -> bool:
    """Nothing is ended; False when somebody decided before."""
    return _decide(request, CauseCancellation.DECLINED, actor, now or timezone.now())


def approve(request: CauseCancellation, *, actor: Any, now: datetime | None = None) -> bool:
    """Report the end of the access and tell everybody on the filing; False when somebody decided before.

    Raises `SamePerson`, `Blocked` and `Taken`, and then nothing happened.
    """
    with transaction.atomic():
        if not _decide(request, CauseCancellation.APPROVED, actor, now or timezone.now()):
            return False
        order = _draft(request.website, actor)
        if not order.claimed:
            claim(order)
        facts = {**queries.facts_of(order), "reason": WORDS[request.cause]}
        ORDER.fire(order, "cancel_for_cause", by=LEAD, actor=actor, note=request.cause, facts=facts, now=now)
        CauseCancellation.objects.filter(pk=request.pk).update(order=order)
    return True


def _draft(website: Website, actor: Any) -> Order:
    """A new order of the owner's, or the draft the owner had begun."""
    order = cancelling.begin(website, owner=website.owner, actor=actor, by=LEAD)
    if order.state != states.DRAFT:
        raise Blocked(order)
    return order


def _decide(request: CauseCancellation, decision: str, actor: Any, now: datetime) -> bool:
    if request.asked_by_id == actor.pk:
        raise SamePerson(str(request.pk))
    waiting = CauseCancellation.objects.filter(pk=request.pk, decision="")
    return bool(waiting.update(decision=decision, decided_by=actor, decided_at=now))
