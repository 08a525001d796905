"""Pictures that others replaced: each stays until its replacement has been examined, and returns if that is refused."""

from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, UUIDField
from django.utils import timezone
from django.utils.functional import Promise

from icpportal.database.prepared import CompiledQuery
from transfers.models import Order, OrderDocument
from transfers.orders import queries
from transfers.proofs.papers import NONE_REPLACED
from verification.documents.actions import retire_all
from verification.documents.upload_messages import reason_of
from verification.models import Document
from verification.models.documents import DocumentState

HELD = Q(successor__retired_at=None, successor__document__state=DocumentState.CHECKING)


def _held_by(document_pk: UUID) -> QuerySet[OrderDocument]:
    waiting = OrderDocument.objects.filter(successor__document=document_pk, successor__retired_at=None)
    return waiting.filter(order=F("successor__order"))  # by the order, which has an index


WAITS = CompiledQuery(
    lambda document_pk: _held_by(document_pk).order_by().values_list("order"), document_pk=UUIDField()
)


def replace(order: Order, paper: OrderDocument, document: Document, mark: str) -> None:
    """Puts a document in the place of another, in the same row.

    One that was ready stays on record. If it counts, it is held until the new one has been examined; of several in a
    row, the last that was ready.
    """
    now = timezone.now()
    if paper.document.is_ready:
        OrderDocument.objects.create(
            order=order,
            slot=paper.slot,
            side=paper.side,
            mark=paper.mark,
            document=paper.document,
            added_at=paper.added_at,
            retired_at=now,
            successor=paper if queries.counts(order, paper) else None,
        )
    paper.document, paper.mark, paper.added_at, paper.successor = document, mark, now, None
    paper.save(update_fields=["document", "mark", "added_at", "successor"])


def end_wait(document_pk: UUID) -> None:
    """Ends the wait for a document, in the transaction that writes its result (`settings.DOCUMENT_EXAMINED`)."""
    waits = WAITS.texts(document_pk=document_pk)
    if not waits:  # a first picture replaces none
        return
    Order.objects.filter(pk=waits[0][0]).update(version=F("version") + 1)  # waits for others that change its documents
    held = _held_by(document_pk).select_related("order", "successor__document").first()
    if held is None or held.successor is None:  # another picture has taken its slot since
        return
    order, paper = held.order, held.successor
    if paper.document.is_ready:
        _held_for(paper).update(successor=None)
        # with the locks of this transaction, it could wait for one that waits for them
        transaction.on_commit(partial(retire_unused, order, paper.slot), robust=True)
    else:
        take_out(paper, puts_back=True)


def take_out(paper: OrderDocument, *, puts_back: bool = False) -> None:
    """Takes a document out of its slot; `puts_back` returns what is held for it."""
    took = OrderDocument.objects.filter(pk=paper.pk, retired_at=None).update(retired_at=timezone.now())
    if took and puts_back:
        _held_for(paper).update(retired_at=None)


def _held_for(paper: OrderDocument) -> QuerySet[OrderDocument]:
    return OrderDocument.objects.filter(order=paper.order_id, successor=paper)


def retire_unused(order: Order, slot: str) -> None:
    """Retires documents taken out of a slot that no reviewer has seen and that nothing holds; the others stay."""
    taken_out = OrderDocument.objects.filter(order=order, slot=slot, retired_at__isnull=False).values("document")
    uses = OrderDocument.objects.filter(document=OuterRef("pk"))
    was_seen = Q(order__submitted_at__gt=OuterRef("created_at"))
    is_needed = Exists(uses.filter(Q(retired_at__isnull=True) | was_seen | HELD))
    retire_all(Document.objects.filter(~is_needed, pk__in=taken_out), order.reference)


def replaces_held(paper: OrderDocument) -> bool:
    """Whether taking this picture out returns the one that it replaced."""
    may_hold = paper.document.is_checking and not getattr(paper.order, NONE_REPLACED, False)
    return may_hold and _held_for(paper).exists()


def refused_since(order: Order, paper: OrderDocument) -> str | Promise:
    """Why the picture that was to replace this one was refused; "" when none was since the order took this state."""
    tried = paper.successor if paper.successor_id else None
    if tried is None or tried.document.state != DocumentState.REFUSED or tried.added_at < order.entered_at:
        return ""
    return reason_of(tried.document)
