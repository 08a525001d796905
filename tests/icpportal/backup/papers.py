"""A document sealed in the storage, as an upload leaves it."""

import hashlib

from icpportal.gateways import storage
from tests.transfers.builders import picture
from transfers.models import Order, OrderDocument
from verification.models import Document

PICTURE = picture()
FROM = hashlib.sha256(PICTURE).hexdigest()


def make_sealed_document(order: Order, day: str = "20261129") -> Document:
    """The statement of an order."""
    name = storage.keep("documents", f"{day}/{order.reference}.jpg", PICTURE)
    document = Document.objects.create(
        kind="statement", holder=order.reference, state="ready", size=1000, width=900, height=700, stored_name=name
    )
    OrderDocument.objects.create(order=order, slot="statement", side=1, document=document)
    return document
