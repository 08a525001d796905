"""Taking out of orders that are over what nobody may keep any longer: their papers, then what was entered.

The order, its states and the moments stay: how many orders there were, and what was done about them.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from icpportal.alarms import rows
from icpportal.privacy import holds
from icpportal.privacy.fields import sealed
from transfers.models import (
    Call,
    CallAttempt,
    ColleagueNote,
    Decision,
    FieldVerdict,
    Objection,
    Order,
    OrderEvent,
    ReviewDraft,
    ReviewRound,
    SearchKey,
    TypeCheck,
)
from transfers.orders import states
from transfers.orders.rows import Group
from verification.documents.actions import LIVING, retire
from verification.models import ConsentRequest, Document, PhoneProof

PORTION = 500  # orders of one run


def papers(*, filed: bool, after: timedelta, now: datetime | None = None, dry_run: bool = False) -> int:
    """Delete the pictures of orders that ended so long ago, carried out (`filed`) or not; how many orders."""
    old = _over(filed=filed, before=(now or timezone.now()) - after).filter(papers_erased_at=None)
    return _each("erase_papers", old, lambda order: erase_papers(order, now=now), dry_run=dry_run)


def details(*, filed: bool, after: timedelta, now: datetime | None = None, dry_run: bool = False) -> int:
    """Delete what was entered in such orders and written about them, with pictures that are left; how many orders."""
    old = _over(filed=filed, before=(now or timezone.now()) - after).filter(erased_at=None)
    return _each("erase_details", old, lambda order: erase(order, now=now), dry_run=dry_run)


def erase_papers(order: Order, *, now: datetime | None = None) -> bool:
    """The pictures go, with their keys; the rows that say there were some stay."""
    now = now or timezone.now()
    with transaction.atomic():
        for document in Document.objects.filter(holder=order.reference, state__in=LIVING):
            retire(document, now=now)
        return bool(Order.objects.filter(pk=order.pk, papers_erased_at=None).update(papers_erased_at=now))


def erase(order: Order, *, now: datetime | None = None) -> bool:
    """Everything personal goes; the order, its states, reasons and moments stay. False when that was done before."""
    now = now or timezone.now()
    with transaction.atomic():
        erase_papers(order, now=now)
        for model in (ReviewDraft, SearchKey, TypeCheck):
            model._default_manager.filter(order=order).delete()
        for held_by in (PhoneProof, ConsentRequest):
            held_by._default_manager.filter(holder=order.reference).delete()
        OrderEvent.objects.filter(order=order).exclude(note="").update(note="")
        ColleagueNote.objects.filter(order=order).update(words="", answer="")
        CallAttempt.objects.filter(call__order=order).update(note="")
        Call.objects.filter(order=order).update(about="")
        Objection.objects.filter(order=order).update(words="")
        _empty(Objection.objects.filter(order=order), "answers")
        FieldVerdict.objects.filter(round__order=order).update(value="", words="", own={})
        ReviewRound.objects.filter(order=order).update(why="", own={})
        _empty(Decision.objects.filter(order=order), "said")
        order.answers = {}
        emptied = {"came_back": "", "advice": "", "password_digest": "", "password_kept": False, "authority_words": ""}
        left = Order.objects.filter(pk=order.pk, erased_at=None)
        return bool(left.update(answers=sealed(order, "answers"), erased_at=now, **emptied))


def _empty(found: QuerySet[Objection] | QuerySet[Decision], column: str) -> None:
    """A sealed object is emptied row by row: each is bound to its own."""
    for row in found:
        setattr(row, column, {})
        found.filter(pk=row.pk).update(**{column: sealed(row, column)})


def _over(*, filed: bool, before: datetime) -> QuerySet[Order]:
    """Orders that ended before this moment and that no hold keeps, the oldest first."""
    arrived, ended = states.keys(Group.ARRIVED), states.keys(Group.ENDED)
    wanted = Q(state__in=arrived) if filed else Q(state__in=[key for key in ended if key not in arrived])
    found = Order.objects.filter(wanted, entered_at__lt=before)
    return found.exclude(holds.held("reference")).order_by("entered_at")


def _each(job: str, old: QuerySet[Order], act: Callable[[Order], bool], *, dry_run: bool) -> int:
    """One that breaks is set aside and stops no other."""
    if dry_run:
        return old.count()
    return len(rows.each(job, old, act, reference="reference", at_most=PORTION).done)
