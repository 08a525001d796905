"""What pages of documents need besides the documents: who has agreed, and how many pictures were sent.

It is read in the order's own query where the page asks for that (`own_order(…, along=along)`), otherwise when needed.
"""

from django.db.models import Exists, OuterRef
from django.db.models.expressions import Combinable

from transfers.models import Order, ReviewRound
from verification import consents
from verification.models import PhoneUpload, PlaceChoice
from verification.models.documents import Document, sent_along

AGREED, SENT = "people_who_agreed", "documents_sent"
WAS_REFUSED, HAS_PLACE, HAS_LINK = "photo_was_refused", "has_place", "has_phone_link"


def along() -> dict[str, Combinable]:
    """The annotations for `own_order`."""
    holder = OuterRef("reference")
    return {AGREED: consents.active_along(holder), SENT: sent_along(holder)}


def along_of_photo() -> dict[str, Combinable]:
    """The annotations for the photo's page: whether there is any of what most orders lack."""
    links = PhoneUpload.objects.filter(holder=OuterRef("reference"), ended_at=None)
    return {
        WAS_REFUSED: Exists(ReviewRound.objects.filter(order=OuterRef("pk"), decision="refuse_photo")),
        HAS_PLACE: Exists(PlaceChoice.objects.filter(holder=OuterRef("reference"))),
        HAS_LINK: Exists(links),
    }


def may_have(order: Order, name: str) -> bool:
    """Whether a query is worth making; true where it was not read with the order."""
    return bool(getattr(order, name, True))


def agreed_people(order: Order) -> frozenset[str]:
    """The keys of people who have agreed to the use of their documents, as read with the order or now."""
    if hasattr(order, AGREED):
        return consents.people_of(getattr(order, AGREED))
    return consents.active_consents(order.reference)


def documents_sent(order: Order) -> int:
    """How many pictures were ever sent for this order, as counted with the order or now."""
    known: int | None = getattr(order, SENT, None)
    return Document.objects.filter(holder=order.reference).count() if known is None else known
