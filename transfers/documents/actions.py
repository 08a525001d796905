"""Puts documents into the slots of an order and takes them out."""

from collections.abc import Callable

from django.db import transaction
from django.db.models import CharField, F, QuerySet, UUIDField
from django.utils import timezone

from icpportal.accounts.models import User
from icpportal.database.prepared import insert_whole
from icpportal.database.prepared_updates import CompiledUpdate
from icpportal.lifecycle import APPLICANT
from transfers.documents.replacements import replace, retire_unused, take_out
from transfers.documents.reuse import Earlier
from transfers.documents.validity import PERSON_OF, mark_again, mark_of
from transfers.models import Order, OrderDocument
from transfers.orders.machine import note
from transfers.proofs.papers import documents_sent, papers_in_slot
from verification.documents.actions import Upload, begin, quarantine, retire, retire_all
from verification.documents.rotation import turned_upload
from verification.models import Document


class OrderChanged(Exception):
    """The order has left the state in which its documents may be changed."""


class PictureReplaced(Exception):
    """The slot no longer holds the picture that was looked at: another window, or a phone, has sent or removed one."""


def upload(
    order: Order,
    *,
    slot: str,
    side: int = 1,
    file: Upload,
    kind: str = "",
    mark: str = "",
    may: Callable[[], bool] = lambda: True,
    seen: str = "",
) -> OrderDocument:
    """Takes a file into a slot; the earlier one is held until this one has been examined.

    `may` is checked last, inside the transaction; `mark` is used where the slot makes none of its own; `seen` is the
    reference of the one picture that it may replace. Raises `UploadRefused`, `OrderChanged` or `PictureReplaced`, and
    then nothing has changed. Of two concurrent uploads, the later one stays.
    """
    document = quarantine(
        kind=kind or slot,
        side=side,
        upload=file,
        holder=order.reference,
        account=str(order.owner_id),
        sent=documents_sent(order),
    )
    try:
        with transaction.atomic():
            _change(order)
            if not may():
                raise OrderChanged(order.reference)
            paper, replaced = _put_into_slot(order, slot, side, document, mark=mark, seen=seen)
    except (OrderChanged, PictureReplaced):
        insert_whole([document])
        retire(document)
        raise
    if replaced is not None and not replaced.is_ready:  # nobody has seen it
        retire_all(Document.objects.filter(pk=replaced.pk), order.reference)
    return paper


def _put_into_slot(
    order: Order, slot: str, side: int, document: Document, *, mark: str, seen: str
) -> tuple[OrderDocument, Document | None]:
    """Begins the document and puts it into its slot; also returns the document that was there."""
    paper = _current(order, slot, side, seen)
    if paper is None and seen:
        raise PictureReplaced(order.reference)
    begin(document)
    mark = mark or mark_of(order, slot)
    if paper is None:
        new = OrderDocument(order=order, slot=slot, side=side, mark=mark, document=document)
        insert_whole([new])
        return new, None
    replaced = paper.document
    replace(order, paper, document, mark)
    return paper, replaced


def turn(order: Order, *, slot: str, side: int = 1, seen: str = "") -> OrderDocument | None:
    """Turns a slot's picture a quarter to the right and has it examined again; returns None where none is ready.

    `seen` is the reference of the picture that was looked at. Raises `UploadRefused`, `OrderChanged` or
    `PictureReplaced`, and then nothing has changed.
    """
    paper = _current(order, slot, side, seen)
    if paper is None or not paper.document.is_ready:
        return None
    return upload(
        order,
        slot=slot,
        side=side,
        file=turned_upload(paper.document),
        kind=paper.document.kind,
        mark=paper.mark,  # turning does not make an outdated document valid
        seen=paper.document.reference,
    )


def use_again(order: Order, earlier: Earlier, *, slot: str, actor: User) -> None:
    """Puts an earlier order's document into a slot of this one, all its sides, and retires what was there.

    Raises `OrderChanged`. Idempotent.
    """
    with transaction.atomic():
        _change(order)
        living = _living(order, slot)
        if set(living.values_list("document", flat=True)) == {paper.document_id for paper in earlier.papers}:
            return
        took = living.update(retired_at=timezone.now())
        mark = mark_again(order, slot) if slot in PERSON_OF else mark_of(order, slot)
        OrderDocument.objects.bulk_create(
            OrderDocument(order=order, slot=slot, side=paper.side, mark=mark, document=paper.document)
            for paper in earlier.papers
        )
        note(order, "use_again", by=APPLICANT, actor=actor, words=earlier.origin)
    if took:
        retire_unused(order, slot)


def remove(order: Order, *, slot: str, side: int = 1, seen: str = "") -> bool:
    """Takes the document out of a slot; what it replaced returns if the document has not been examined yet.

    `seen` is the reference of the picture that was looked at. Returns False when the slot was empty. Raises
    `OrderChanged` or `PictureReplaced`, and then nothing has changed.
    """
    with transaction.atomic():
        _change(order)
        paper = _current(order, slot, side, seen)
        if paper is None:
            return False
        take_out(paper, puts_back=paper.document.is_checking)
    retire_unused(order, slot)
    return True


def _change(order: Order) -> None:
    """Counts up the order's version, so that anyone submitting it at this moment has to read it again."""
    if UNMOVED.run(order.columns_when_changed(), pk=order.pk, state=order.state) != 1:
        raise OrderChanged(order.reference)


UNMOVED = CompiledUpdate(
    lambda pk, state: Order.objects.filter(pk=pk, state=state),
    {"version": F("version") + 1},
    pk=UUIDField(),
    state=CharField(),
)


def _living(order: Order, slot: str) -> QuerySet[OrderDocument]:
    return OrderDocument.objects.filter(order=order, slot=slot, retired_at__isnull=True)


def _current(order: Order, slot: str, side: int, seen: str = "") -> OrderDocument | None:
    paper = next((each for each in papers_in_slot(order, slot) if each.side == side), None)
    if paper is not None and seen not in ("", paper.document.reference):
        raise PictureReplaced(order.reference)
    return paper
