"""Decisions that can be taken back for a while: one row each, carried out by a worker.

Until then nothing in the order changes, and its owner cannot act on it. A dead worker only delays it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NotRequired, TypedDict

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from icpportal.accounts.models import User
from icpportal.alarms import rows
from icpportal.desk.own_words import Own, first, own_texts
from icpportal.lifecycle import MoveNotAllowed
from transfers.models import Decision, Order, ReasonVersion, ReturnReason
from transfers.review import actions
from transfers.review.leases import AssignedToOther, assign_to_me, decided_words, open_decision, release
from transfers.review.reasons.blanks import Told

CARRIED = frozenset({"fine", "why", "rest_passed", "words", "own", "parts", "marks"})  # arguments passed on unchanged
DONE, TAKEN_BACK, FAILED = "done", "taken_back", "failed"


class NamedPart(TypedDict):
    """A part to be returned."""

    part: str
    reason: str
    words: str
    # missing if decided by an earlier version
    own: NotRequired[Own]  # the words by language
    version: NotRequired[int]  # of the reason
    told: NotRequired[Told]  # its words, filled in


def named_as(named: actions.ReturnedField) -> NamedPart:
    """A part to be returned as a decision stores it: a later version of the reason does not change it."""
    row: NamedPart = {
        "part": named.field,
        "reason": named.reason.key if named.reason else "own",
        "words": first(named.own),
        "own": {**named.own},
    }
    return {**row, "version": named.version.pk, "told": named.told} if named.version else row


class DecisionContent(TypedDict, total=False):
    """The content of a decision."""

    fine: list[str]  # accepted parts
    named: list[NamedPart]
    why: str
    rest_passed: bool  # every part that is not named is accepted
    words: str
    own: Own  # the words by language
    parts: list[str]  # parts that a second person names to the colleague who accepted the order
    marks: dict[str, str]  # the verdicts on these parts, by field name
    typed: dict[str, str]  # the fields it used, given back when it is undone


class AlreadyDecided(MoveNotAllowed):
    """Somebody has a pending decision on this order; `words` says who and until when."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(f"decided: {decision.move}")
        self.words = decided_words(decision)


def _carry(order: Order, reviewer: User, move: str, said: DecisionContent, now: datetime) -> None:
    """Carries out the decision."""
    named = {"named": _fields_of(said["named"])} if "named" in said else {}
    arguments = {name: value for name, value in said.items() if name in CARRIED}
    actions.DECISIONS[move](order, reviewer, **arguments, **named, now=now)


def decide(
    order: Order, reviewer: User, act: Callable[..., None], said: DecisionContent, *, now: datetime | None = None
) -> Decision | None:
    """Decides about the order; `act`, one of `actions.DECISIONS`, is done later, or at once where no time is set.

    Returns None when done at once. Raises `AssignedToOther` when somebody else has the order, `AlreadyDecided` when a
    decision is pending, and `MoveNotAllowed` when the order has moved on.
    """
    now = now or timezone.now()
    if not settings.DECISION_OPEN_FOR:
        with transaction.atomic():
            _carry(order, reviewer, act.__name__, said, now)
        return None
    with transaction.atomic():
        assign_to_me(order, reviewer, now=now)
        try:
            with transaction.atomic():
                return Decision.objects.create(
                    order=order,
                    move=act.__name__,
                    reviewer=reviewer,
                    version=order.version,
                    said={**said},
                    decided_at=now,
                    final_at=now + settings.DECISION_OPEN_FOR,
                )
        except IntegrityError:
            waiting = open_decision(order)
            if waiting is None:
                raise
            raise AlreadyDecided(waiting) from None


def with_decided(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Annotates orders with whether a decision is pending, and whether one was taken back, in the same query."""
    of_order = Decision.objects.filter(order=OuterRef("pk"))
    return orders.annotate(
        is_decided=Exists(of_order.filter(ended_at=None)), was_undone=Exists(of_order.filter(outcome=TAKEN_BACK))
    )


def decision_to_show(order: Order) -> Decision | None:
    """The pending decision, for the page of an order that was read with whether there is one."""
    return open_decision(order) if getattr(order, "is_decided", True) else None


def keep_typed(order: Order, reviewer: User, fields: dict[str, str]) -> None:
    """Stores the typed fields with the pending decision, so that undoing it loses no verdict."""
    with transaction.atomic():
        waiting = Decision.objects.select_for_update().filter(order=order, reviewer=reviewer, ended_at=None).first()
        if waiting is not None:
            waiting.said = {**waiting.said, "typed": fields}
            waiting.save(update_fields=["said"])


def take_back(order: Order, reviewer: User, *, now: datetime | None = None) -> bool:
    """Takes back one's own decision; returns False when it is final or somebody else's."""
    now = now or timezone.now()
    mine = Decision.objects.filter(order=order, reviewer=reviewer, ended_at=None, final_at__gt=now)
    return mine.update(ended_at=now, outcome=TAKEN_BACK) == 1


def undone_of(order: Order) -> list[Decision]:
    """The decisions about this order that were taken back; no query for an order read with whether there are any."""
    if not getattr(order, "was_undone", True):
        return []
    return list(Decision.objects.filter(order=order, outcome=TAKEN_BACK).select_related("reviewer"))


def finish_due(*, now: datetime | None = None) -> int:
    """Carries out every decision whose time is up; returns how many. A failing one is set aside and tried again."""
    now = now or timezone.now()
    due = Decision.objects.filter(ended_at=None, final_at__lte=now).order_by("final_at")
    waiting = due.select_related("order", "reviewer")
    ran = rows.each("review.decisions", waiting, lambda row: finish(row, now=now), reference="order__reference")
    return len(ran.done)


def finish(decision: Decision, *, now: datetime | None = None) -> bool:
    """Carries out one decision, once; if the order has moved on, it fails and its reviewer is told."""
    now = now or timezone.now()
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).get(pk=decision.order_id)  # first, as `decide` does
        row = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
        if row.ended_at is not None:
            return False
        row.ended_at, row.outcome = now, DONE  # it no longer keeps the order: carrying it out may hand that on
        row.save(update_fields=["ended_at", "outcome"])
        if not _carry_out(row, order, now):
            row.outcome = FAILED
            row.save(update_fields=["outcome"])
    return row.outcome == DONE


def _carry_out(row: Decision, order: Order, now: datetime) -> bool:
    said: DecisionContent = row.said
    if not row.reviewer.has_perm("transfers.review_order"):  # permission withdrawn since, as for a stolen account
        release(order, row.reviewer)  # it must not stay assigned to somebody who cannot decide
        return False
    try:
        with transaction.atomic():
            keep_with(order, row.reviewer)
            _carry(order, row.reviewer, row.move, said, now)
    except (MoveNotAllowed, AssignedToOther):
        return False
    return True


def keep_with(order: Order, reviewer: User) -> None:
    """Leaves the order with the person who decided, however long ago that was."""
    Order.objects.filter(pk=order.pk).update(reviewer=reviewer, claimed_until=timezone.now())
    order.refresh_from_db()


def _fields_of(named: list[NamedPart]) -> list[actions.ReturnedField]:
    reasons = {each.key: each for each in ReturnReason.objects.filter(key__in=[row["reason"] for row in named])}
    versions = ReasonVersion.objects.in_bulk([row["version"] for row in named if "version" in row])
    return [
        actions.ReturnedField(
            row["part"],
            reasons.get(row["reason"]),
            own_texts(row.get("own", {}), row["words"]),
            versions.get(row.get("version", 0)),
            row.get("told", {}),
        )
        for row in named
    ]
