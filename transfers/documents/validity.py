"""What a document was made for: a signed sheet must match its answers, a document the person it shows."""

import hashlib
from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from transfers.documents import statement
from transfers.models import Order, OrderDocument
from transfers.orders.people import Person, administrator, is_same_person, lead
from transfers.steps import consent

STATEMENT = "statement"
LEAD, ADMINISTRATOR = "lead", "administrator"
# whose documents a slot holds: the first of each person needs that person's consent
PERSON_OF = {"lead_id": LEAD, "admin_id": ADMINISTRATOR, "holding_photo": ADMINISTRATOR, "residence": ADMINISTRATOR}
WHY: dict[str, str | Promise] = {
    STATEMENT: _("Your details have changed: download and sign the statement again"),
    LEAD: _("The person has changed: upload the new person's ID document"),
    ADMINISTRATOR: _("The person has changed: upload the new person's ID document"),
    consent.LETTER: _("The person has changed: upload the form that the new person signed"),
}
REUSED = _("It no longer matches your answers: upload the ID document of the person you entered")


def person_of(order: Order, slot: str) -> Person | None:
    """The person whose document the slot holds; `None` for one of the subject or the site."""
    role = PERSON_OF.get(slot)
    if role is None:
        return None
    return lead(order) if role == LEAD or is_same_person(order) else administrator(order)


def mark_of(order: Order, slot: str) -> str:
    """The mark that a document gets when it is uploaded now; "" where nothing can outdate it."""
    if slot == STATEMENT:
        return statement.mark(order)
    if slot == consent.LETTER:
        return consent.letter_mark(order)
    person = person_of(order, slot)
    return person.key[:16] if person else ""


def mark_again(order: Order, slot: str) -> str:
    """The mark of a document that is used again: it matches the person and the expiry date of this order."""
    mark = mark_of(order, slot)
    return hashlib.sha256(f"{mark}\x1f{until_of(order, slot)}".encode()).hexdigest()[:16] if mark else ""


def until_of(order: Order, slot: str) -> str:
    """The expiry date of the document of the slot's person, as typed on the order."""
    page, field = ("subject", "lead_id_until")
    if PERSON_OF[slot] == ADMINISTRATOR and not is_same_person(order):
        page, field = ("administrator", "admin_id_until")
    return str(order.answer(page).get(field) or "")


def is_stale(order: Order, paper: OrderDocument) -> bool:
    """Whether the answers changed so that the document no longer matches."""
    fits = mark_of(order, paper.slot)
    if not (fits and paper.mark) or paper.mark == fits:
        return False
    return paper.slot not in PERSON_OF or paper.mark != mark_again(order, paper.slot)


def is_reused(order: Order, paper: OrderDocument) -> bool:
    """Whether the picture was uploaded for another order."""
    return bool(paper.document.holder != order.reference)


def why_stale(slot: str, *, reused: bool = False) -> str | Promise:
    """What to do about a document that no longer matches."""
    return REUSED if reused else WHY[PERSON_OF.get(slot, slot)]


def valid_papers(order: Order, papers: Iterable[OrderDocument]) -> list[OrderDocument]:
    """The documents that still match the answers."""
    return [paper for paper in papers if not is_stale(order, paper)]
