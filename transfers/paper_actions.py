"""Putting a document into a slot of an order, and taking it out again."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from transfers.models import Order, OrderDocument
from verification.documents.actions import receive, retire
from verification.models import Document


def upload(order: Order, *, slot: str, side: int = 1, file: Any, kind: str = "") -> OrderDocument:
    """Take a file into a slot; the one that was there retires. Raises `UploadRefused`, and then nothing changed."""
    document = receive(kind=kind or slot, upload=file, holder=order.reference)
    with transaction.atomic():
        earlier = _taken_out(order, slot, side)
        paper = OrderDocument.objects.create(order=order, slot=slot, side=side, document=document)
    _retire_unused(earlier)
    return paper


def remove(order: Order, *, slot: str, side: int = 1) -> bool:
    """Take the document out of a slot; False when the slot was empty."""
    with transaction.atomic():
        earlier = _taken_out(order, slot, side)
    _retire_unused(earlier)
    return bool(earlier)


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
