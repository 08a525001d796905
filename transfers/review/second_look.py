"""An accepted order waits for a second person, who confirms it or sends it back to who accepted it."""

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
    """What a second person says who sends a case back: the parts, why, and what stands at the parts on the page."""

    parts: list[str]
    words: str
    marks: dict[str, str]


def refuse_contested(order: Order) -> None:
    """Nobody accepts an order after an objection to it was found justified, in this minute or before."""
    if is_contested(order):
        raise MoveNotAllowed(f"accept {order.reference}: an objection is justified")


def reasons(order: Order, move: str, facts: Facts) -> list[str]:
    """Why a second person looks at the order that is accepted with this move; nothing where it goes on at once."""
    row = next((row for row in ORDER.available(order, REVIEWER, facts) if row.name == move), None)
    if row is None or not row.enqueue or not approvals.is_needed():
        return []
    last = queries.last_round(order)
    drawn = [policy.DRAWN] if policy.is_drawn(order, last.number + 1 if last else 1) else []
    return [*policy.certain(order), *drawn] or ([policy.AGAIN] if was_asked(order) else [])


def ask(order: Order, reviewer: User, move: str, because: list[str], now: datetime) -> None:
    """The order stays where it is and is free again, for a colleague who judged nothing of it."""
    said: dict[str, Json] = {"move": move, "because": [*because], "version": order.version + 1}
    try:
        approvals.ask(
            SUBMIT,
            key=str(order.pk),
            reference=order.reference,
            owner=order.owner,
            said=said,
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
    """The order goes to the authority as it was accepted; raises `Stale` when it has moved on."""
    order = Order.objects.select_for_update(of=("self",)).get(pk=asked.key)
    if order.version != asked.said["version"]:
        raise approvals.Stale(asked.reference)
    try:
        refuse_contested(order)
        submit(order, asked.asked_by, asked.said["move"], queries.facts_of(order), now)
    except MoveNotAllowed as moved:
        raise approvals.Stale(asked.reference) from moved


def submit(order: Order, reviewer: User, move: str, facts: Facts, now: datetime) -> None:
    """Make the move with which this reviewer accepted the order, or its photo."""
    photo: Columns = {"photo_accepted_for": facts["administrator_key"]} if is_in(order, Group.PHOTO_IN_REVIEW) else {}
    columns: Columns = {**leases.FREED, **photo}
    ORDER.apply(order, move, by=REVIEWER, actor=reviewer, facts=facts, columns=columns, now=now)


def _look_of(order: Order, second: User, now: datetime) -> ApprovalRequest:
    """The look that this person gives, and the order theirs; its row is locked before the request's is."""
    Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
    leases.assign_to_me(order, second, now=now)
    asked = open_look(order)
    if asked is None:
        raise MoveNotAllowed(f"{order.reference}: no second look is open")
    return asked


def confirm(order: Order, second: User, now: datetime) -> None:
    """A second person has looked at it: it goes to the authority."""
    with transaction.atomic():
        asked = _look_of(order, second, now)
        try:
            approvals.allow(asked, actor=second, now=now)
        except approvals.RequestRefused as refused:
            raise MoveNotAllowed(f"confirm {order.reference}") from refused
        order.refresh_from_db()


def _lay_before(order: Order, second: User, parts: list[str], now: datetime) -> None:
    """Into the review of what was named: from that of the photo back to that of entries and papers, where it is those.

    A photo that was not named stands.
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
    """Back to who accepted it, with the parts named; where that person judges no more, back to the queue."""
    with transaction.atomic():
        asked = _look_of(order, second, now)
        first = reviewers().filter(pk=asked.asked_by_id).first()
        said: dict[str, Json] = {"parts": [*answer["parts"]], "words": answer["words"], "marks": {**answer["marks"]}}
        try:
            approvals.decline(asked, actor=second, answer=said, now=now)
        except approvals.RequestRefused as refused:
            raise MoveNotAllowed(f"send_to_first {order.reference}") from refused
        _lay_before(order, second, answer["parts"], now)
        if first is not None:
            leases.hand_on(order, second, first, now=now)
