"""What a page about papers has to know of an order beside the papers: who agreed to be seen on them, how many came.

It is read with the order where the page asks for that (`own_order(…, along=along)`), and else when it is wanted.
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
    """What is read with the order."""
    holder = OuterRef("reference")
    return {AGREED: consents.active_along(holder), SENT: sent_along(holder)}


def along_of_photo() -> dict[str, Combinable]:
    """What is read with the order of the page of the photo: whether there is any of what most orders have not."""
    links = PhoneUpload.objects.filter(holder=OuterRef("reference"), ended_at=None)
    return {
        WAS_REFUSED: Exists(ReviewRound.objects.filter(order=OuterRef("pk"), decision="refuse_photo")),
        HAS_PLACE: Exists(PlaceChoice.objects.filter(holder=OuterRef("reference"))),
        HAS_LINK: Exists(links),
    }


def may_have(order: Order, name: str) -> bool:
    """Whether it is worth asking for; true where it was not read with the order."""
    return bool(getattr(order, name, True))


def agreed_people(order: Order) -> frozenset[str]:
    """The keys of those who have agreed to be seen on papers of this order, as they were read with it, else now."""
    if hasattr(order, AGREED):
        return consents.people_of(getattr(order, AGREED))
    return consents.active_consents(order.reference)


def documents_sent(order: Order) -> int:
    """How many pictures ever came for this order, as they were counted with it, else now."""
    known: int | None = getattr(order, SENT, None)
    return Document.objects.filter(holder=order.reference).count() if known is None else known
