"""Erases from ended orders what must not be kept any longer: first the documents, then the answers.

The order, its states and dates stay: how many orders there were, and what was done about them.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from icpportal.alarms import portions, rows
from icpportal.gateways.miit.types import report_key
from icpportal.privacy import holds
from icpportal.privacy.fields import seal_value
from transfers.models import (
    Call,
    CallAttempt,
    ColleagueNote,
    Decision,
    FieldVerdict,
    Objection,
    Order,
    OrderDocument,
    ParkedAnswer,
    ReviewDraft,
    SearchKey,
    TypeCheck,
)
from transfers.orders import states
from transfers.orders.history import plain_words
from transfers.orders.rows import Group
from verification.backdrops import actions as backdrops
from verification.documents.actions import retire
from verification.models import Backdrop, Consent, Document, PhoneUpload, PlaceChoice
from verification.phones import consent_links, proofs

PORTION = 500  # orders in one run


def papers(*, filed: bool, after: timedelta, now: datetime | None = None, dry_run: bool = False) -> int:
    """Deletes the pictures of orders that ended so long ago, carried out (`filed`) or not; returns how many orders."""
    old = _ended_orders(filed=filed, before=(now or timezone.now()) - after).filter(papers_erased_at=None)
    return _run_over("erase_papers", old, lambda order: erase_papers(order, now=now), dry_run=dry_run)


def details(*, filed: bool, after: timedelta, now: datetime | None = None, dry_run: bool = False) -> int:
    """Deletes the answers of such orders, texts about them and remaining pictures; returns how many orders."""
    old = _ended_orders(filed=filed, before=(now or timezone.now()) - after).filter(erased_at=None)
    return _run_over("erase_details", old, lambda order: erase(order, now=now), dry_run=dry_run)


def consents(*, after: timedelta, now: datetime | None = None, dry_run: bool = False) -> int:
    """Deletes the proof of consents to orders that ended so long ago; returns how many."""
    over = _orders_at_end(filed=True) | _orders_at_end(filed=False)
    over = over.filter(reference=OuterRef("holder"), entered_at__lt=(now or timezone.now()) - after)
    return portions.delete(Consent.objects.filter(Exists(over)).exclude(holds.on_hold("holder")), dry_run=dry_run)


def objections(*, after: timedelta, now: datetime | None = None, dry_run: bool = False) -> int:
    """Deletes the texts of objections answered so long ago that belong to no order; returns how many."""
    unerased = Objection.objects.annotate(lying=Cast("words", TextField())).exclude(lying="")
    old = unerased.filter(order=None, closed_at__lt=(now or timezone.now()) - after)
    return old.count() if dry_run else old.update(words="", answers="")


def erase_papers(order: Order, *, now: datetime | None = None) -> bool:
    """Deletes the pictures with their keys, except those that another order still uses; their rows stay.

    A picture uploaded for one order may be used in a later one: it is deleted with the last of them.
    """
    now = now or timezone.now()
    others = OrderDocument.objects.exclude(order=order).filter(order__papers_erased_at=None, retired_at=None)
    of_order = Q(holder=order.reference) | Q(pk__in=OrderDocument.objects.filter(order=order).values("document"))
    with transaction.atomic():
        for document in Document.objects.filter(of_order).exclude(pk__in=others.values("document")):
            retire(document, now=now)
        return bool(Order.objects.filter(pk=order.pk, papers_erased_at=None).update(papers_erased_at=now))


def erase(order: Order, *, now: datetime | None = None) -> bool:
    """Deletes everything personal; the order, its states, reasons and dates stay. Returns False when already done."""
    now = now or timezone.now()
    with transaction.atomic():
        erase_papers(order, now=now)
        erase_contacts(order)
        _erase_words(order)
        order.answers = {}
        emptied = {"came_back": "", "advice": "", "password_digest": "", "password_kept": False, "authority_words": ""}
        left = Order.objects.filter(pk=order.pk, erased_at=None)
        return bool(left.update(answers=seal_value(order, "answers"), erased_at=now, **emptied))


def erase_contacts(order: Order) -> None:
    """Deletes what was kept to reach people, which is not part of the record."""
    holder = order.reference
    proofs.forget(holder)
    consent_links.forget(holder)
    PhoneUpload.objects.filter(holder=holder).delete()
    PlaceChoice.objects.filter(holder=holder).delete()
    backdrops.erase(Backdrop.objects.filter(holder=holder))


def erase_notes(order: Order) -> None:
    """Deletes what colleagues wrote for each other, or drafted: not part of the review's record."""
    ReviewDraft.objects.filter(order=order).delete()
    ColleagueNote.objects.filter(order=order).update(words="", answer="")


def _erase_words(order: Order) -> None:
    """Deletes what applicants, reviewers and the authority wrote; notes that are keys of ours stay."""
    erase_notes(order)
    for model in (SearchKey, TypeCheck):
        model._default_manager.filter(order=order).delete()
    order.events.update(words="")
    plain_words(order.events.all()).update(note="")
    order.phone_checks.update(mobile_masked="")
    keys = [report_key(order.reference, number) for number in range(1, order.report + 1)]
    ParkedAnswer.objects.filter(report_key__in=keys, closed_at__isnull=False).update(words="")
    order.rounds.update(why="", own={})
    Document.objects.filter(holder=order.reference).update(display_name="")
    FieldVerdict.objects.filter(round__order=order).update(value="", words="", own={}, told={})
    CallAttempt.objects.filter(call__order=order).update(note="")
    Call.objects.filter(order=order).update(about="")
    Objection.objects.filter(order=order).update(words="")
    _empty(Objection.objects.filter(order=order), "answers")
    _empty(Decision.objects.filter(order=order), "said")


def _empty(found: QuerySet[Objection] | QuerySet[Decision], column: str) -> None:
    """Empties a sealed object row by row: each is bound to its row."""
    for row in found:
        setattr(row, column, {})
        found.filter(pk=row.pk).update(**{column: seal_value(row, column)})


def _ended_orders(*, filed: bool, before: datetime) -> QuerySet[Order]:
    """Orders that ended before this moment and are not held, oldest first."""
    return (
        _orders_at_end(filed=filed)
        .filter(entered_at__lt=before)
        .exclude(holds.on_hold("reference"))
        .order_by("entered_at")
    )


def _orders_at_end(*, filed: bool) -> QuerySet[Order]:
    arrived, ended = states.keys(Group.ARRIVED), states.keys(Group.ENDED)
    return Order.objects.filter(state__in=arrived if filed else [key for key in ended if key not in arrived])


def _run_over(job: str, old: QuerySet[Order], act: Callable[[Order], bool], *, dry_run: bool) -> int:
    """Runs over orders; one that fails is set aside and does not stop the others."""
    if dry_run:
        return old.count()
    return len(rows.each(job, old, act, reference="reference", at_most=PORTION).done)
