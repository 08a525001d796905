"""Refusing an order for good: asked by one lead, allowed by another, then decided like any other decision."""

from datetime import datetime

from django.db import transaction

from icpportal.accounts.models import User
from icpportal.approvals import actions as approvals
from icpportal.approvals.models import REFUSE, ApprovalRequest
from icpportal.desk.own_words import Own, all_of
from icpportal.lifecycle import MoveNotAllowed
from transfers.models import Order
from transfers.review import actions as review
from transfers.review import decisions
from transfers.review.leases import AssignedToOther, assign_to_me


def refuse(
    order: Order, lead: User, own: Own, *, typed: dict[str, str] | None = None, now: datetime | None = None
) -> None:
    """Asks a second lead, or decides at once if none is needed; raises what `decisions.decide` raises.

    `typed` are the case's fields behind it: taking back the request or the decision restores them.
    """
    if not approvals.is_needed():
        decisions.decide(order, lead, review.refuse, {"words": all_of(own), "own": {**own}}, now=now)
        return
    with transaction.atomic():
        assign_to_me(order, lead, now=now)
        approvals.ask(
            REFUSE,
            key=str(order.pk),
            reference=order.reference,
            owner=order.owner,
            said={"words": all_of(own), "own": own, "typed": typed or {}, "version": order.version},
            actor=lead,
            now=now,
        )


def carry(asked: ApprovalRequest, now: datetime) -> None:
    """Decides as asked, on behalf of who asked; raises `Stale` if the order has moved on."""
    order = Order.objects.select_for_update(of=("self",)).get(pk=asked.key)
    if order.version != asked.said["version"]:
        raise approvals.Stale(asked.reference)
    try:
        decisions.keep_with(order, asked.asked_by)
        own, typed = asked.said.get("own", {}), asked.said.get("typed", {})
        facts: decisions.DecisionContent = {"words": asked.words, "own": own, "typed": typed}
        decisions.decide(order, asked.asked_by, review.refuse, facts, now=now)
    except (MoveNotAllowed, AssignedToOther) as moved:
        raise approvals.Stale(asked.reference) from moved
