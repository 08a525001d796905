"""An accepted order waits for a second person, who confirms it or sends it back to the colleague who accepted it."""

from datetime import datetime
from typing import TypedDict

from django.db import transaction
from django.db.models import F

from icpportal.accounts.models import User
from icpportal.approvals import actions as approvals
from icpportal.approvals.models import SUBMIT, ApprovalRequest
from icpportal.fields.types import Columns, Facts, Json
from icpportal.lifecycle import REVIEWER, MoveNotAllowed
from transfers.documents.slots import PHOTO
from transfers.models import Order
from transfers.objections.queries import is_contested
from transfers.orders import queries
from transfers.orders.kinds import is_in
from transfers.orders.machine import ORDER
from transfers.orders.moves import LOOK_AGAIN
from transfers.orders.rows import Group
from transfers.review import leases
from transfers.review.staff import reviewers
from transfers.second_look import policy
from transfers.second_look.queries import judges_of, open_look, was_asked


class Answer(TypedDict):
    """What a second person who sends a case back names: the parts, why, and the marks beside parts on the page."""

    parts: list[str]
    words: str
    marks: dict[str, str]


def refuse_contested(order: Order) -> None:
    """Raises if an objection to the order was found justified: nobody accepts it then."""
    if is_contested(order):
        raise MoveNotAllowed(f"accept {order.reference}: an objection is justified")


def reasons(order: Order, move: str, facts: Facts) -> list[str]:
    """Why a second person has to look at the order accepted with this move; empty if it goes on at once."""
    row = next((row for row in ORDER.available(order, REVIEWER, facts) if row.name == move), None)
    if row is None or not row.enqueue or not approvals.is_needed():
        return []
    last = queries.last_round(order)
    drawn = [policy.DRAWN] if policy.is_drawn(order, last.number + 1 if last else 1) else []
    return [*policy.certain(order), *drawn] or ([policy.AGAIN] if was_asked(order) else [])


def ask(order: Order, reviewer: User, move: str, because: list[str], now: datetime) -> None:
    """Leaves the order where it is and frees it for a colleague who judged nothing about it."""
    details: dict[str, Json] = {"move": move, "because": [*because], "version": order.version + 1}
    try:
        approvals.ask(
            SUBMIT,
            key=str(order.pk),
            reference=order.reference,
            owner=order.owner,
            said=details,
            actor=reviewer,
            barred=judges_of(order),
            now=now,
        )
    except approvals.RequestRefused as refused:
        raise MoveNotAllowed(f"{move} {order.reference}: a second person was asked already") from refused
    rows = Order.objects.filter(pk=order.pk, version=order.version, state=order.state)
    if rows.update(version=F("version") + 1, **leases.FREED) != 1:
        raise MoveNotAllowed(f"{move} {order.reference}: it has moved on")
    order.refresh_from_db(fields=["version", *leases.FREED])


def carry(asked: ApprovalRequest, now: datetime) -> None:
    """Sends the order to the authority as it was accepted; raises `Stale` if it has moved on."""
    order = Order.objects.select_for_update(of=("self",)).get(pk=asked.key)
    if order.version != asked.said["version"]:
        raise approvals.Stale(asked.reference)
    try:
        refuse_contested(order)
        submit(order, asked.asked_by, asked.said["move"], queries.facts_of(order), now)
    except MoveNotAllowed as moved:
        raise approvals.Stale(asked.reference) from moved


def submit(order: Order, reviewer: User, move: str, facts: Facts, now: datetime) -> None:
    """Makes the move with which this reviewer accepted the order, or its photo."""
    photo: Columns = {"photo_accepted_for": facts["administrator_key"]} if is_in(order, Group.PHOTO_IN_REVIEW) else {}
    columns: Columns = {**leases.FREED, **photo}
    ORDER.apply(order, move, by=REVIEWER, actor=reviewer, facts=facts, columns=columns, now=now)


def _look_of(order: Order, second: User, now: datetime) -> ApprovalRequest:
    """The open second look, for which this person takes the order.

    Locks the order's row before the request's.
    """
    Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
    leases.assign_to_me(order, second, now=now)
    asked = open_look(order)
    if asked is None:
        raise MoveNotAllowed(f"{order.reference}: no second look is open")
    return asked


def confirm(order: Order, second: User, now: datetime) -> None:
    """Confirms the acceptance after a second look: the order goes to the authority."""
    with transaction.atomic():
        asked = _look_of(order, second, now)
        try:
            approvals.allow(asked, actor=second, now=now)
        except approvals.RequestRefused as refused:
            raise MoveNotAllowed(f"confirm {order.reference}") from refused
        order.refresh_from_db()


def _lay_before(order: Order, second: User, parts: list[str], now: datetime) -> None:
    """Puts the order in the review of the parts that were named.

    From the review of the photo it goes back to that of entries and papers if parts of those were named; a photo that
    was not named stays accepted.
    """
    photo = [part for part in parts if part.partition(".")[0] == PHOTO]
    if not is_in(order, Group.PHOTO_IN_REVIEW) or len(photo) == len(parts):
        Order.objects.filter(pk=order.pk).update(version=F("version") + 1, **leases.FREED)
        order.refresh_from_db()
        return
    facts = queries.facts_of(order)
    stands: Columns = {} if photo else {"photo_accepted_for": facts["administrator_key"]}
    columns: Columns = {**leases.FREED, **stands}
    ORDER.apply(order, LOOK_AGAIN.name, by=REVIEWER, actor=second, facts=facts, columns=columns, now=now)


def send_to_first(order: Order, second: User, answer: Answer, now: datetime) -> None:
    """Sends the order back to the colleague who accepted it, naming parts; to the queue if they no longer review."""
    with transaction.atomic():
        asked = _look_of(order, second, now)
        first = reviewers().filter(pk=asked.asked_by_id).first()
        details: dict[str, Json] = {"parts": [*answer["parts"]], "words": answer["words"], "marks": {**answer["marks"]}}
        try:
            approvals.decline(asked, actor=second, answer=details, now=now)
        except approvals.RequestRefused as refused:
            raise MoveNotAllowed(f"send_to_first {order.reference}") from refused
        _lay_before(order, second, answer["parts"], now)
        if first is not None:
            leases.hand_on(order, second, first, now=now)
