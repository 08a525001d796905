"""Which slots of an order take a picture now, how many sides they show, and whose consent they wait for."""

from collections.abc import Callable

from transfers.check import readiness
from transfers.documents import slots
from transfers.documents.validity import person_of
from transfers.models import Order, OrderDocument
from transfers.proofs.papers import agreed_people, living_papers
from transfers.steps.editable_parts import is_open, open_parts


def open_test(order: Order, papers: list[OrderDocument], gaps: set[str]) -> Callable[[slots.Slot], bool]:
    """Tests whether a slot may be changed: it was named in a return, lacks something, or was changed since."""
    parts = open_parts(order)
    fresh = {paper.slot for paper in papers if paper.added_at >= order.entered_at}
    return lambda slot: is_open(parts, f"paper.{slot.key}") or f"paper.{slot.key}" in gaps or slot.key in fresh


def open_slots(order: Order) -> list[slots.Slot]:
    """The slots that this order must fill and that may be changed now."""
    papers = living_papers(order)
    needed = slots.needed_slots(order)
    gaps = {gap.part for gap in readiness.paper_gaps(order, papers, needed)}
    is_open_slot = open_test(order, papers, gaps)
    return [slot for slot in needed if is_open_slot(slot)]


def sides_shown(slot: slots.Slot, papers: dict[tuple[str, int], OrderDocument]) -> list[int]:
    """The sides that must be there, those that are, and one more."""
    filled = max((side for key, side in papers if key == slot.key), default=0)
    return [side for side in range(1, len(slot.sides) + 1) if side <= max(slot.needed, filled + 1)]


def needs_consent(order: Order, slot: slots.Slot, given: frozenset[str] | None = None) -> bool:
    """Whether the person of the document has not agreed yet; pass `given` if it is known who has."""
    person = person_of(order, slot.key)
    if person is None:
        return False
    return person.key not in (agreed_people(order) if given is None else given)
