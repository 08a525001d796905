"""What a paper was made for: a signed sheet fits the answers it was printed from, a document the person it shows."""

import hashlib
from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from transfers.documents import statement
from transfers.models import Order, OrderDocument
from transfers.orders.people import Person, administrator, is_same_person, lead

STATEMENT = "statement"
LEAD, ADMINISTRATOR = "lead", "administrator"
# whose papers a slot holds: the first of each person needs that person's consent
PERSON_OF = {"lead_id": LEAD, "admin_id": ADMINISTRATOR, "holding_photo": ADMINISTRATOR, "residence": ADMINISTRATOR}
WHY: dict[str, str | Promise] = {
    STATEMENT: _("Your details have changed: download and sign the statement again"),
    LEAD: _("The person has changed: upload the new person's ID document"),
    ADMINISTRATOR: _("The person has changed: upload the new person's ID document"),
}
REUSED = _("It no longer matches your answers: upload the ID document of the person you entered")


def person_of(order: Order, slot: str) -> Person | None:
    """Whose paper the slot holds; `None` for a paper of the subject or the site."""
    role = PERSON_OF.get(slot)
    if role is None:
        return None
    return lead(order) if role == LEAD or is_same_person(order) else administrator(order)


def mark_of(order: Order, slot: str) -> str:
    """The mark a paper gets when it comes in now; "" where nothing can make it out of date."""
    if slot == STATEMENT:
        return statement.mark(order)
    person = person_of(order, slot)
    return person.key[:16] if person else ""


def mark_again(order: Order, slot: str) -> str:
    """The mark of a paper that is used again: it fits the person and the end of the document, as they stand now."""
    mark = mark_of(order, slot)
    return hashlib.sha256(f"{mark}\x1f{until_of(order, slot)}".encode()).hexdigest()[:16] if mark else ""


def until_of(order: Order, slot: str) -> str:
    """The end of the document of the person whose paper the slot holds, as it stands on the order."""
    page, field = ("subject", "lead_id_until")
    if PERSON_OF[slot] == ADMINISTRATOR and not is_same_person(order):
        page, field = ("administrator", "admin_id_until")
    return str(order.answer(page).get(field) or "")


def is_stale(order: Order, paper: OrderDocument) -> bool:
    """Whether the answers changed under a paper so that it no longer fits."""
    fits = mark_of(order, paper.slot)
    return bool(fits and paper.mark) and paper.mark not in (fits, _again(order, paper.slot))


def _again(order: Order, slot: str) -> str:
    return mark_again(order, slot) if slot in PERSON_OF else ""


def is_reused(order: Order, paper: OrderDocument) -> bool:
    """Whether the picture came in with another order."""
    return bool(paper.document.holder != order.reference)


def why_stale(slot: str, *, reused: bool = False) -> str | Promise:
    """What to do about a paper that no longer fits."""
    return REUSED if reused else WHY[PERSON_OF.get(slot, slot)]


def valid_papers(order: Order, papers: Iterable[OrderDocument]) -> list[OrderDocument]:
    """The papers that still fit the answers."""
    return [paper for paper in papers if not is_stale(order, paper)]
