"""What reviewers decide: accept, return with a reason for each part, judge the photo."""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from icpportal.accounts.models import User
from icpportal.desk.own_words import LONGEST, Own, all_of, first, in_messages, own_texts
from icpportal.fields.types import Fact
from icpportal.lifecycle import LEAD, REVIEWER, MoveNotAllowed
from transfers.calls.actions import end_unreached
from transfers.calls.queries import UNREACHED
from transfers.models import FieldVerdict, Order, ReasonVersion, ReturnReason, ReviewRound
from transfers.orders import queries
from transfers.orders.machine import ORDER
from transfers.returns.verdict_labels import named_parts, short_reason, told_by_return
from transfers.review import second_look
from transfers.review.leases import FREED, assign_to_me
from transfers.review.reasons.blanks import Told, texts_about
from transfers.review.values import kept_values
from transfers.second_look.queries import open_look

PHOTO = "photo"
Decide = TypeVar("Decide", bound=Callable[..., None])


DECISIONS: dict[str, Callable[..., None]] = {}


def decision(act: Decide) -> Decide:
    """Registers the function as the decision of its name, which is that of the move."""
    DECISIONS[act.__name__] = act
    return act


class NoReasonGiven(Exception):
    """An order is returned with at least one part and its reason."""


@dataclass(frozen=True)
class ReturnedField:
    """One part to be changed, and why: a reason of the catalogue, own words, or both."""

    field: str
    reason: ReturnReason | None
    own: Own = dataclasses.field(default_factory=dict)
    version: ReasonVersion | None = None
    told: Told = dataclasses.field(default_factory=dict)  # that version's words, filled in


def returned_field(
    order: Order, part: str, version: ReasonVersion | None, own: Own, *, now: datetime | None = None
) -> ReturnedField:
    """A part of this order with a version's present words, and own words."""
    if version is None:
        return ReturnedField(part, None, own)
    return ReturnedField(part, version.reason, own, version, texts_about(version, order, part, now or timezone.now()))


def _round(
    order: Order,
    reviewer: User,
    decision: str,
    named: Iterable[ReturnedField],
    now: datetime,
    *,
    since: datetime,
    fine: Iterable[str] = (),
    why: str = "",
    own: Own | None = None,
) -> ReviewRound:
    """Writes one round with its verdicts, kept for ever, with the value of each judged part.

    `since` is when the reviewer took the order. `fine` are the accepted parts; `why` tells colleagues why a part
    accepted before is returned now; `own` is what the applicant reads about a refusal.
    """
    last = queries.last_round(order)
    opened = ReviewRound.objects.create(
        order=order,
        number=last.number + 1 if last else 1,
        reviewer=reviewer,
        opened_at=since,
        decided_at=now,
        decision=decision,
        why=why,
        own=own or {},
    )
    _write_verdicts(opened, list(named), list(fine))
    return opened


def _write_verdicts(opened: ReviewRound, named: Sequence[ReturnedField], fine: Sequence[str]) -> None:
    """Writes a verdict for each part of a round, in the order given, with the value that was judged."""
    values = kept_values(opened.order, [*fine, *(each.field for each in named)])
    FieldVerdict.objects.bulk_create(
        FieldVerdict(round=opened, place=place, field=part, verdict=FieldVerdict.OK, value=values[part])
        for place, part in enumerate(fine, 1)
    )
    for place, each in enumerate(named, 1):
        FieldVerdict.objects.create(
            round=opened,
            place=place,
            field=each.field,
            verdict=FieldVerdict.RETURN,
            reason=each.reason,
            version=each.version,
            told=each.told,
            words=first(each.own)[:LONGEST],
            own={**each.own},
            value=values[each.field],
        )


def _take(order: Order, reviewer: User, now: datetime) -> datetime:
    """Takes the order, or keeps it; returns since when the reviewer has had it.

    While a colleague's acceptance waits for a second look, nothing else is decided.
    """
    assign_to_me(order, reviewer, now=now)
    if open_look(order):
        raise MoveNotAllowed(f"{order.reference} waits for a second look")
    return order.claimed_since or now


def _accept(order: Order, reviewer: User, move: str, fine: Iterable[str], now: datetime) -> None:
    """Goes on, or waits for a second person where the order would go to the authority and the policy requires one."""
    with transaction.atomic():
        second_look.refuse_contested(order)
        since = _take(order, reviewer, now)
        facts = queries.facts_of(order)
        if because := second_look.reasons(order, move, facts):
            _round(order, reviewer, move, (), now, since=since, fine=fine)
            second_look.ask(order, reviewer, move, because, now)
        else:
            second_look.submit(order, reviewer, move, facts, now)
            _round(order, reviewer, move, (), now, since=since, fine=fine)


@decision
def accept(order: Order, reviewer: User, *, fine: Iterable[str] = (), now: datetime | None = None) -> None:
    """Accepts answers and documents; next is the photo, or the authority if the photo is still valid."""
    _accept(order, reviewer, "accept", fine, now or timezone.now())


@decision
def send_back(
    order: Order,
    reviewer: User,
    named: list[ReturnedField],
    *,
    fine: Iterable[str] = (),
    why: str = "",
    rest_passed: bool = False,
    now: datetime | None = None,
) -> None:
    """Returns the order with exactly the parts to be changed; raises `NoReasonGiven` without any.

    `rest_passed` says that every other part was judged and accepted: the applicant reads so.
    """
    if not named:
        raise NoReasonGiven(order.reference)
    now = now or timezone.now()
    with transaction.atomic():
        since = _take(order, reviewer, now)
        opened = _round(order, reviewer, "send_back", named, now, since=since, fine=fine, why=why)
        verdicts = list(opened.verdicts.filter(verdict=FieldVerdict.RETURN).select_related("reason"))
        facts = {**queries.facts_of(order), **told_by_return(verdicts, rest_passed=rest_passed)}
        columns = {**FREED, "returns": queries.returns_of(order)}
        ORDER.apply(order, "send_back", by=REVIEWER, actor=reviewer, facts=facts, columns=columns, now=now)
        if any(each.reason and each.reason.key == UNREACHED for each in named):
            end_unreached(order, reviewer, now)


@decision
def accept_photo(order: Order, reviewer: User, *, fine: Iterable[str] = (), now: datetime | None = None) -> None:
    """Accepts the photo; the order goes to the authority."""
    _accept(order, reviewer, "accept_photo", fine, now or timezone.now())


@decision
def confirm(order: Order, second: User, *, now: datetime | None = None) -> None:
    """A second person confirms a colleague's acceptance; the order goes to the authority."""
    second_look.confirm(order, second, now or timezone.now())


@decision
def send_to_first(
    order: Order,
    second: User,
    *,
    parts: list[str],
    words: str,
    marks: dict[str, str] | None = None,
    now: datetime | None = None,
) -> None:
    """A second person returns the case to the colleague who accepted it, with the parts and why."""
    answer: second_look.Answer = {"parts": parts, "words": words, "marks": marks or {}}
    second_look.send_to_first(order, second, answer, now or timezone.now())


@decision
def refuse_photo(
    order: Order,
    reviewer: User,
    named: list[ReturnedField],
    *,
    fine: Iterable[str] = (),
    now: datetime | None = None,
) -> None:
    """Has the photo taken again; the text message gives the first reason. Raises `NoReasonGiven` without any."""
    if not named:
        raise NoReasonGiven(order.reference)
    now = now or timezone.now()
    with transaction.atomic():
        since = _take(order, reviewer, now)
        opened = _round(order, reviewer, "refuse_photo", named, now, since=since, fine=fine)
        by_part = {row.field: row for row in opened.verdicts.select_related("reason")}
        verdicts = [by_part[each.field] for each in named]
        facts: dict[str, Fact] = {"reason": short_reason(verdicts[0]), "reasons": named_parts(verdicts)}
        ORDER.apply(order, "refuse_photo", by=REVIEWER, actor=reviewer, facts=facts, columns=dict(FREED), now=now)


@decision
def refuse(order: Order, lead: User, words: str, *, own: Own | None = None, now: datetime | None = None) -> None:
    """Refuses the order for good: a lead reviewer's decision, with a reason for the applicant.

    Older callers pass `words` alone, without a language.
    """
    now, reason = now or timezone.now(), own_texts(own or {}, words)
    with transaction.atomic():
        since = _take(order, lead, now)
        _round(order, lead, "refuse", (), now, since=since, own=reason)
        facts, written = {"reason": in_messages(reason)}, all_of(reason)
        ORDER.apply(order, "refuse", by=LEAD, actor=lead, words=written, facts=facts, columns=dict(FREED), now=now)
