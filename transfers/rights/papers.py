"""Deleting the pictures of an order: the files with their keys; the rows stay as the record of what there was."""

from datetime import datetime

from transfers.models import Order, OrderDocument
from verification.documents.actions import retire
from verification.models import Document


def erase_papers(order: Order, *, now: datetime | None = None) -> int:
    """Delete every picture that came in for this order and stands in no other one; how many."""
    elsewhere = OrderDocument.objects.exclude(order=order).values("document")
    theirs = Document.objects.filter(holder=order.reference).exclude(pk__in=elsewhere)
    return sum(retire(document, now=now) for document in theirs)
