"""What reviewers do: claim an order, note a call, accept it, return it with a reason a field, judge the photo."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.models import User
from icpportal.fields.types import Fact
from icpportal.lifecycle import LEAD, REVIEWER, MoveNotAllowed
from transfers.models import FieldVerdict, Order, ReturnReason, ReviewRound
from transfers.orders import queries
from transfers.orders.machine import ORDER, note
from transfers.returns.verdict_labels import named_parts, reason_words, short_names
from transfers.review.values import value_of

LEASE = timedelta(minutes=30)
PHOTO = "photo"


class AssignedToOther(Exception):
    """Another reviewer has this order."""

    words = _("Another reviewer is working on this order")


class OwnOrder(AssignedToOther):
    """Nobody judges an order of their own."""

    words = _("You cannot review an order of your own")


class NoReasonGiven(Exception):
    """An order is returned with at least one field and its reason."""


@dataclass(frozen=True)
class ReturnedField:
    """One field that has to be changed, and why: a reason of the catalogue, words of one's own, or both."""

    field: str
    reason: ReturnReason | None
    words: str = ""


def barred(order: Order, reviewer: User, *, now: datetime | None = None) -> type[AssignedToOther] | None:
    """Why this reviewer may not decide about the order now, if so."""
    if order.owner_id == reviewer.pk:
        return OwnOrder
    is_others = order.reviewer_id not in (None, reviewer.pk)
    return (
        AssignedToOther
        if is_others and order.claimed_until and order.claimed_until >= (now or timezone.now())
        else None
    )


def assign_to_me(order: Order, reviewer: User, *, now: datetime | None = None) -> None:
    """Take the order for half an hour, renewed by work on it; raises `Claimed` when somebody else has it."""
    now = now or timezone.now()
    free = Q(reviewer=None) | Q(reviewer=reviewer) | Q(claimed_until__lt=now)
    if order.owner_id == reviewer.pk:
        raise OwnOrder(order.reference)
    taken = queries.in_our_review().filter(free, pk=order.pk)
    if taken.update(reviewer=reviewer, claimed_until=now + LEASE) != 1:
        waits = queries.in_our_review().filter(pk=order.pk).exists()
        raise AssignedToOther(order.reference) if waits else MoveNotAllowed(f"claim from {order.state}")
    order.reviewer, order.claimed_until = reviewer, now + LEASE


def release(order: Order, reviewer: User) -> bool:
    """Give the order back to the queue."""
    mine = Order.objects.filter(pk=order.pk, reviewer=reviewer)
    return mine.update(reviewer=None, claimed_until=None) == 1


def note_call(order: Order, reviewer: User, words: str) -> None:
    """Write down that the applicant was called; it stands in the timeline."""
    note(order, "call", by=REVIEWER, actor=reviewer, words=words)


def _round(order: Order, reviewer: User, decision: str, named: Iterable[ReturnedField], now: datetime) -> ReviewRound:
    """One round with its verdicts, kept for ever; the value of each named field as it stands."""
    last = queries.last_round(order)
    opened = ReviewRound.objects.create(
        order=order,
        number=last.number + 1 if last else 1,
        reviewer=reviewer,
        opened_at=now,
        decided_at=now,
        decision=decision,
    )
    for each in named:
        FieldVerdict.objects.create(
            round=opened,
            field=each.field,
            verdict=FieldVerdict.RETURN,
            reason=each.reason,
            words=each.words,
            value=value_of(order, each.field),
        )
    return opened


FREED = {"reviewer": None, "claimed_until": None}


def accept(order: Order, reviewer: User, *, now: datetime | None = None) -> None:
    """The entries and papers are in order; the photo is next, or the hand-over where its photo stands."""
    now = now or timezone.now()
    with transaction.atomic():
        assign_to_me(order, reviewer, now=now)
        ORDER.apply(
            order, "accept", by=REVIEWER, actor=reviewer, facts=queries.facts_of(order), columns=dict(FREED), now=now
        )
        _round(order, reviewer, "accept", (), now)


def send_back(order: Order, reviewer: User, named: list[ReturnedField], *, now: datetime | None = None) -> None:
    """Return the order with exactly the fields that have to be changed; raises `NothingNamed` without any."""
    if not named:
        raise NoReasonGiven(order.reference)
    now = now or timezone.now()
    with transaction.atomic():
        assign_to_me(order, reviewer, now=now)
        opened = _round(order, reviewer, "send_back", named, now)
        verdicts = list(opened.verdicts.select_related("reason"))
        told: dict[str, Fact] = {"n": len(named), "reasons": named_parts(verdicts), "parts": short_names(verdicts)}
        facts = {**queries.facts_of(order), **told}
        ORDER.apply(order, "send_back", by=REVIEWER, actor=reviewer, facts=facts, columns=dict(FREED), now=now)


def accept_photo(order: Order, reviewer: User, *, now: datetime | None = None) -> None:
    """The photo shows the website administrator by the rules; the order goes to the authority."""
    now = now or timezone.now()
    facts = queries.facts_of(order)
    columns = {**FREED, "photo_accepted_for": facts["administrator_key"]}
    with transaction.atomic():
        assign_to_me(order, reviewer, now=now)
        ORDER.apply(order, "accept_photo", by=REVIEWER, actor=reviewer, facts=facts, columns=columns, now=now)
        _round(order, reviewer, "accept_photo", (), now)


def refuse_photo(order: Order, reviewer: User, named: ReturnedField, *, now: datetime | None = None) -> None:
    """The photo has to be taken again, for this reason."""
    now = now or timezone.now()
    with transaction.atomic():
        assign_to_me(order, reviewer, now=now)
        opened = _round(order, reviewer, "refuse_photo", [named], now)
        verdict = opened.verdicts.select_related("reason").get()
        reason = {language: reason_words(verdict, chinese=language == "zh", short=True) for language in ("zh", "en")}
        told: dict[str, Fact] = {"reason": reason, "reasons": named_parts([verdict])}
        ORDER.apply(order, "refuse_photo", by=REVIEWER, actor=reviewer, facts=told, columns=dict(FREED), now=now)


def refuse(order: Order, lead: User, words: str, *, now: datetime | None = None) -> None:
    """Refuse the order for good; a lead reviewer's decision, with the reason the applicant reads."""
    now = now or timezone.now()
    with transaction.atomic():
        assign_to_me(order, lead, now=now)
        _round(order, lead, "refuse", (), now)
        facts = {"reason": {"zh": words, "en": words}}
        ORDER.apply(order, "refuse", by=LEAD, actor=lead, note=words, facts=facts, columns=dict(FREED), now=now)
