"""Putting a document into a slot of an order, and taking it out again."""

from collections.abc import Callable

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from icpportal.accounts.models import User
from icpportal.lifecycle import APPLICANT
from transfers.documents.reuse import Earlier
from transfers.documents.validity import PERSON_OF, mark_again, mark_of
from transfers.models import Order, OrderDocument
from transfers.orders.machine import note
from verification.documents.actions import Upload, receive, retire
from verification.documents.rotation import turned
from verification.models import Document

MOST_SIDES = 5  # no slot has more


class OrderChanged(Exception):
    """The order has left the state in which its papers may be changed."""


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
    """Take a file into a slot; the one that was there retires. `may` is asked at the last moment, in the transaction;
    `mark` counts where the slot makes none of its own.

    Raises `UploadRefused` or `OrderChanged`, and then nothing changed. Two uploads at one moment leave one living
    paper: the later one.
    """
    document = receive(kind=kind or slot, side=side, upload=file, holder=order.reference, account=str(order.owner_id))
    try:
        with transaction.atomic():
            _hold(order)
            if not may():
                raise OrderChanged(order.reference)
            earlier = _taken_out(order, slot, side)
            paper = OrderDocument.objects.create(
                order=order, slot=slot, side=side, mark=mark or mark_of(order, slot), document=document
            )
    except OrderChanged:
        retire(document)
        raise
    _retire_unused(earlier)
    return paper


def turn(order: Order, *, slot: str, side: int = 1) -> OrderDocument | None:
    """Turn the picture of a slot a quarter to the right and have it examined again; None where none is ready.

    Raises `UploadRefused` or `OrderChanged`, and then nothing changed.
    """
    living = OrderDocument.objects.filter(order=order, slot=slot, side=side, retired_at__isnull=True)
    paper = living.select_related("document").first()
    if paper is None or not paper.document.is_ready:
        return None
    return upload(
        order,
        slot=slot,
        side=side,
        file=turned(paper.document),
        kind=paper.document.kind,
        mark=paper.mark,  # what no longer fits does not fit for being turned
        may=living.filter(pk=paper.pk).exists,  # not over one that has come in since
    )


def use_again(order: Order, earlier: Earlier, *, slot: str, actor: User) -> None:
    """Let the paper of an earlier order stand in a slot of this one, all its sides; what was there retires.

    Raises `OrderChanged`. A second press finds it there and changes nothing.
    """
    with transaction.atomic():
        _hold(order)
        standing = OrderDocument.objects.filter(order=order, slot=slot, retired_at__isnull=True)
        if set(standing.values_list("document", flat=True)) == {paper.document_id for paper in earlier.papers}:
            return
        out = [each for side in range(1, MOST_SIDES + 1) for each in _taken_out(order, slot, side)]
        mark = mark_again(order, slot) if slot in PERSON_OF else mark_of(order, slot)
        OrderDocument.objects.bulk_create(
            OrderDocument(order=order, slot=slot, side=paper.side, mark=mark, document=paper.document)
            for paper in earlier.papers
        )
        note(order, "use_again", by=APPLICANT, actor=actor, words=earlier.origin)
    _retire_unused(out)


def remove(order: Order, *, slot: str, side: int = 1) -> bool:
    """Take the document out of a slot; False when the slot was empty. Raises `OrderChanged`."""
    with transaction.atomic():
        _hold(order)
        earlier = _taken_out(order, slot, side)
    _retire_unused(earlier)
    return bool(earlier)


def _hold(order: Order) -> None:
    """Count a change of the order: the one who is sending it at this moment has to look again."""
    standing = Order.objects.filter(pk=order.pk, state=order.state)
    if standing.update(version=F("version") + 1, **order.columns_when_changed()) != 1:
        raise OrderChanged(order.reference)


def _taken_out(order: Order, slot: str, side: int) -> list[Document]:
    papers = OrderDocument.objects.select_related("document").filter(
        order=order, slot=slot, side=side, retired_at__isnull=True
    )
    documents = [paper.document for paper in papers]
    papers.update(retired_at=timezone.now())
    return documents


def _retire_unused(documents: list[Document]) -> None:
    """A paper that a reviewer has seen stays for the record; one that was only tried goes."""
    for document in documents:
        used = OrderDocument.objects.filter(document=document, retired_at__isnull=True)
        if not used.exists() and not _was_sent(document):
            retire(document)


def _was_sent(document: Document) -> bool:
    return OrderDocument.objects.filter(document=document, order__submitted_at__gt=document.created_at).exists()
