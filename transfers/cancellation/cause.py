"""Ends an access for cause (空壳网站, expired server): one person requests, another decides, everybody is told."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filings.models import Website
from filings.queries import live_accesses
from icpportal.accounts.models import User
from icpportal.approvals import actions as approvals
from icpportal.approvals.models import ENDING, ApprovalRequest
from icpportal.lifecycle import LEAD, MoveNotAllowed
from transfers.cancellation import actions as cancelling
from transfers.cancellation.actions import BlockedByOrder
from transfers.models import CauseCancellation, Order
from transfers.models.cause import Cause
from transfers.orders import queries
from transfers.orders.actions import AlreadyOrdered, claim
from transfers.orders.machine import ORDER

# as the owner reads it; a text message cuts it at 18 and 38 characters
WORDS: dict[str, Promise] = {
    Cause.SHELL_SITE: _("the website is not hosted here"),
    Cause.EXPIRED_SERVER: _("its server has expired"),
    Cause.FAILED_CHECK: _("problems found in a check not fixed"),
    Cause.OWNER_ASKED: _("the owner asked, identity confirmed"),
}


STOPS = (BlockedByOrder, AlreadyOrdered, MoveNotAllowed)  # another order that can be finished first
DECISIONS = {
    ApprovalRequest.ALLOWED: CauseCancellation.APPROVED,
    ApprovalRequest.ALONE: CauseCancellation.APPROVED,
    ApprovalRequest.DECLINED: CauseCancellation.DECLINED,
    ApprovalRequest.WITHDRAWN: CauseCancellation.WITHDRAWN,
    ApprovalRequest.FAILED: CauseCancellation.FAILED,
}


class AlreadyRequested(Exception):
    """A request for this website is waiting already."""


def request_cancellation(
    website: Website, *, cause: str, words: str, actor: User, now: datetime | None = None
) -> CauseCancellation:
    """Asks a second person to end our access of this website; raises `AlreadyRequested`."""
    now = now or timezone.now()
    try:
        with transaction.atomic():
            request = CauseCancellation.objects.create(
                website=website, cause=cause, words=words, asked_by=actor, asked_at=now
            )
            approvals.ask(
                ENDING,
                key=str(request.pk),
                reference=str(request),
                owner=_owner(website),
                said={"words": words},
                actor=actor,
                now=now,
            )
    except IntegrityError as waiting:
        raise AlreadyRequested(str(website.pk)) from waiting
    return request


def carry(asked: ApprovalRequest, now: datetime) -> None:
    """Reports the end of the access and tells everybody on the filing, in the name of the person who allowed it.

    Raises `Stale` when the access has ended. While another order blocks it, raises one of `STOPS` to the person who
    allows it, so that the request keeps waiting; carried out alone, with nobody to read that, it raises `Stale`.
    """
    of_website = [f"website__{each}" for each in ("subject__lead", "administrator", "owner")]
    request = CauseCancellation.objects.select_related(*of_website).get(pk=asked.key)
    second = asked.answered_by
    if not live_accesses().filter(website=request.website).exists():
        raise approvals.Stale(asked.reference)
    try:
        _report(request, second or asked.asked_by, now)
    except STOPS as stopped:
        if second:
            raise
        raise approvals.Stale(asked.reference) from stopped


def keep_end(asked: ApprovalRequest) -> None:
    """Records on the row how its request ended."""
    CauseCancellation.objects.filter(pk=asked.key).update(
        decision=DECISIONS[asked.outcome], decided_by=asked.answered_by, decided_at=asked.ended_at
    )


def _report(request: CauseCancellation, actor: User, now: datetime) -> None:
    order = _draft(request.website, actor, now)
    if not order.claimed:
        claim(order)
    facts = {**queries.facts_of(order), "reason": WORDS[request.cause]}
    ORDER.apply(order, "cancel_for_cause", by=LEAD, actor=actor, note=request.cause, facts=facts, now=now)
    CauseCancellation.objects.filter(pk=request.pk).update(order=order)


def _draft(website: Website, actor: User, now: datetime) -> Order:
    """A new order in the owner's name, or the draft that the owner had begun."""
    order = cancelling.begin(website, owner=_owner(website), actor=actor, by=LEAD, now=now)
    if not order.is_editable:
        raise BlockedByOrder(order)
    return order


def _owner(website: Website) -> User:
    if website.owner is None:
        raise ValueError("a website without an owner has no transfer to cancel")
    return website.owner
