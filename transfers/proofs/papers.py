"""What pages of documents need: the documents, who has agreed, and how many pictures were sent.

The last two are read in the order's own query where the page asks for that (`own_order(…, along=along)`), otherwise
when needed.
"""

from collections.abc import Iterable

from django.db.models import CharField, Exists, OuterRef, UUIDField
from django.db.models.expressions import Combinable

from icpportal.database.prepared import CompiledQuery
from transfers.models import Order, OrderDocument, ReviewRound
from transfers.orders.queries import papers_of
from verification import consents
from verification.documents.advice import note_together
from verification.models import PhoneUpload, PlaceChoice
from verification.models.documents import Document, sent_along

AGREED, SENT = "people_who_agreed", "documents_sent"
NONE_REPLACED = "no_document_was_replaced"  # noted where every picture that was ever sent is still there
WAS_REFUSED, HAS_PLACE, HAS_LINK = "photo_was_refused", "has_place", "has_phone_link"
LIVING = CompiledQuery(lambda order: papers_of(Order(pk=order)), order=UUIDField())
IN_SLOT = CompiledQuery(
    lambda order, slot: papers_of(Order(pk=order)).filter(slot=slot), order=UUIDField(), slot=CharField()
)


def living_papers(order: Order) -> list[OrderDocument]:
    """The rows of `papers_of`: building that query takes longer than reading them."""
    found = _with_their_order(order, LIVING.all(order=order.pk))
    own = sum(paper.document.holder == order.reference for paper in found)
    if getattr(order, SENT, None) == own:
        setattr(order, NONE_REPLACED, True)
    return found


def papers_in_slot(order: Order, slot: str) -> list[OrderDocument]:
    """Those of one slot."""
    return _with_their_order(order, IN_SLOT.all(order=order.pk, slot=slot))


def _with_their_order(order: Order, papers: Iterable[OrderDocument]) -> list[OrderDocument]:
    found = list(papers)
    for paper in found:
        paper.order = order  # or each would read it again
    note_together([paper.document for paper in found])
    return found


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
