"""Ending an access for a cause (空壳网站, expired server): asked by one, decided by another, told to everybody."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filings.models import Website
from icpportal.accounts.models import User
from icpportal.lifecycle import LEAD
from transfers.cancellation import actions as cancelling
from transfers.cancellation.actions import Blocked
from transfers.models import CauseCancellation, Order
from transfers.models.cause import Cause
from transfers.orders import queries
from transfers.orders.actions import claim
from transfers.orders.machine import ORDER

# as the owner is told; a text message cuts it at 18 and 38 characters
WORDS: dict[str, Promise] = {
    Cause.SHELL_SITE: _("the website is not hosted here"),
    Cause.EXPIRED_SERVER: _("its server has expired"),
    Cause.FAILED_CHECK: _("problems found in a check not fixed"),
    Cause.OWNER_ASKED: _("the owner asked, identity confirmed"),
}


class AlreadyRequested(Exception):
    """A request for this website waits already."""


class SecondPersonRequired(Exception):
    """Who asked may not decide."""


def request_cancellation(
    website: Website, *, cause: str, words: str, actor: User, now: datetime | None = None
) -> CauseCancellation:
    """Ask that a second person ends our access of this website; raises `AskedBefore`."""
    try:
        with transaction.atomic():
            return CauseCancellation.objects.create(
                website=website, cause=cause, words=words, asked_by=actor, asked_at=now or timezone.now()
            )
    except IntegrityError as waiting:
        raise AlreadyRequested(str(website.pk)) from waiting


def decline(request: CauseCancellation, *, actor: User, now: datetime | None = None) -> bool:
    """Nothing is ended; False when somebody decided before."""
    return _decide(request, CauseCancellation.DECLINED, actor, now or timezone.now())


def approve(request: CauseCancellation, *, actor: User, now: datetime | None = None) -> bool:
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
        ORDER.apply(order, "cancel_for_cause", by=LEAD, actor=actor, note=request.cause, facts=facts, now=now)
        CauseCancellation.objects.filter(pk=request.pk).update(order=order)
    return True


def _draft(website: Website, actor: User) -> Order:
    """A new order of the owner's, or the draft the owner had begun."""
    if website.owner is None:
        raise ValueError("a website without an owner has no transfer to cancel")
    order = cancelling.begin(website, owner=website.owner, actor=actor, by=LEAD)
    if not order.is_editable:
        raise Blocked(order)
    return order


def _decide(request: CauseCancellation, decision: str, actor: User, now: datetime) -> bool:
    if request.asked_by_id == actor.pk:
        raise SecondPersonRequired(str(request.pk))
    waiting = CauseCancellation.objects.filter(pk=request.pk, decision="")
    return bool(waiting.update(decision=decision, decided_by=actor, decided_at=now))
