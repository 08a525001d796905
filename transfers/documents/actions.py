"""Puts documents into the slots of an order and takes them out."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from icpportal.accounts.models import User
from icpportal.lifecycle import APPLICANT
from transfers.documents.reuse import Earlier
from transfers.documents.validity import PERSON_OF, mark_again, mark_of
from transfers.models import Order, OrderDocument
from transfers.orders.machine import note
from transfers.proofs.papers import documents_sent
from verification.documents.actions import Upload, receive, retire, retire_all
from verification.documents.rotation import turned_upload
from verification.models import Document


class OrderChanged(Exception):
    """The order has left the state in which its documents may be changed."""


def upload(
    order: Order,
    *,
    slot: str,
    side: int = 1,
    file: Upload,
    kind: str = "",
    mark: str = "",
    may: Callable[[], bool] = lambda: True,
) -> OrderDocument:
    """Takes a file into a slot and retires the earlier one.

    `may` is checked last, inside the transaction; `mark` is used where the slot makes none of its own. Raises
    `UploadRefused` or `OrderChanged`, and then nothing has changed. Of two concurrent uploads, the later one stays.
    """
    document = receive(
        kind=kind or slot,
        side=side,
        upload=file,
        holder=order.reference,
        account=str(order.owner_id),
        sent=documents_sent(order),
    )
    now = timezone.now()
    try:
        with transaction.atomic():
            _hold(order)
            if not may():
                raise OrderChanged(order.reference)
            took = _take_out(order, slot, side, now)
            paper = OrderDocument.objects.create(
                order=order, slot=slot, side=side, mark=mark or mark_of(order, slot), document=document
            )
    except OrderChanged:
        retire(document)
        raise
    if took:
        _retire_unused(order, slot, now)
    return paper


def turn(order: Order, *, slot: str, side: int = 1) -> OrderDocument | None:
    """Turns a slot's picture a quarter to the right and has it examined again; returns None where none is ready.

    Raises `UploadRefused` or `OrderChanged`, and then nothing has changed.
    """
    living = OrderDocument.objects.filter(order=order, slot=slot, side=side, retired_at__isnull=True)
    paper = living.select_related("document").first()
    if paper is None or not paper.document.is_ready:
        return None
    return upload(
        order,
        slot=slot,
        side=side,
        file=turned_upload(paper.document),
        kind=paper.document.kind,
        mark=paper.mark,  # turning does not make an outdated document valid
        may=living.filter(pk=paper.pk).exists,  # must not replace one that came in since
    )


def use_again(order: Order, earlier: Earlier, *, slot: str, actor: User) -> None:
    """Puts an earlier order's document into a slot of this one, all its sides, and retires what was there.

    Raises `OrderChanged`. Idempotent.
    """
    now = timezone.now()
    with transaction.atomic():
        _hold(order)
        current = OrderDocument.objects.filter(order=order, slot=slot, retired_at__isnull=True)
        if set(current.values_list("document", flat=True)) == {paper.document_id for paper in earlier.papers}:
            return
        took = _take_out(order, slot, None, now)
        mark = mark_again(order, slot) if slot in PERSON_OF else mark_of(order, slot)
        OrderDocument.objects.bulk_create(
            OrderDocument(order=order, slot=slot, side=paper.side, mark=mark, document=paper.document)
            for paper in earlier.papers
        )
        note(order, "use_again", by=APPLICANT, actor=actor, words=earlier.origin)
    if took:
        _retire_unused(order, slot, now)


def remove(order: Order, *, slot: str, side: int = 1) -> bool:
    """Takes the document out of a slot; returns False when the slot was empty. Raises `OrderChanged`."""
    now = timezone.now()
    with transaction.atomic():
        _hold(order)
        took = _take_out(order, slot, side, now)
    if took:
        _retire_unused(order, slot, now)
    return took


def _hold(order: Order) -> None:
    """Counts up the order's version, so that anyone submitting it at this moment has to read it again."""
    unmoved = Order.objects.filter(pk=order.pk, state=order.state)
    if unmoved.update(version=F("version") + 1, **order.columns_when_changed()) != 1:
        raise OrderChanged(order.reference)


def _take_out(order: Order, slot: str, side: int | None, now: datetime) -> bool:
    """Retires what is in one side of a slot, or in all; returns False when nothing was."""
    papers = OrderDocument.objects.filter(order=order, slot=slot, retired_at__isnull=True)
    return bool((papers if side is None else papers.filter(side=side)).update(retired_at=now))


def _retire_unused(order: Order, slot: str, now: datetime) -> None:
    """Retires documents just taken out that no reviewer has seen; the others stay on record."""
    taken_out = OrderDocument.objects.filter(order=order, slot=slot, retired_at=now).values("document")
    uses = OrderDocument.objects.filter(document=OuterRef("pk"))
    is_needed = Exists(uses.filter(Q(retired_at__isnull=True) | Q(order__submitted_at__gt=OuterRef("created_at"))))
    retire_all(Document.objects.filter(~is_needed, pk__in=taken_out), order.reference)
