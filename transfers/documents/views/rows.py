"""The rows of the hub: one for each document, with its state in words and what to do next."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from icpportal.fields.components import LINK, PRIMARY, SECONDARY, Action, DocumentRow, Thumbnail
from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.types import Words
from icpportal.paths import path
from icpportal.privacy.masks import mask_name
from transfers.check.readiness import Gap
from transfers.documents import drawn_slots, slots
from transfers.documents.samples import right_sample
from transfers.documents.slots import Slot
from transfers.documents.validity import ADMINISTRATOR, LEAD, is_reused, is_stale, person_of, why_stale
from transfers.models import Order, OrderDocument
from transfers.orders.people import BOTH, ROLES, administrator, is_individual, is_same_person, lead
from transfers.steps import consent
from verification.documents.advice import found_on
from verification.documents.forms import UploadForm
from verification.documents.upload_messages import reason_of

STAYS = pgettext_lazy("paper", "Stays as it is")  # the return did not name it
SIGN = gettext_lazy("Print it and sign with a black pen, in regular script")
SIGN_AND_SEAL = gettext_lazy("Print it, sign with a black pen, in regular script, and add the organisation's seal")
# whose document a slot takes; all others belong to this filing
WHOSE = {
    "lead_id": LEAD,
    "admin_id": ADMINISTRATOR,
    "holding_photo": ADMINISTRATOR,
    "residence": ADMINISTRATOR,
    consent.LETTER: ADMINISTRATOR,
    "subject_id": "subject",
}
FILING = "filing"


@dataclass(frozen=True, slots=True)
class HubGroup:
    """The documents of one person, of the subject, or of this filing."""

    title: Words
    name: str
    rows: list[DocumentRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """The data by which all rows are judged."""

    order: Order
    papers: list[OrderDocument]
    gaps: dict[str, Gap]
    is_open: Callable[[Slot], bool]
    standing: set[str]  # slots whose document was returned
    given: frozenset[str]

    def of(self, slot: Slot) -> list[OrderDocument]:
        """The documents of a slot, by side."""
        return sorted((paper for paper in self.papers if paper.slot == slot.key), key=lambda paper: paper.side)

    def takes_pictures(self, slot: Slot) -> bool:
        """Whether a picture may be uploaded: the slot is open and the person agreed."""
        person = person_of(self.order, slot.key)
        return self.is_open(slot) and (person is None or person.key in self.given)


def row_of(looked: Looked, slot: Slot, *, is_first: bool) -> DocumentRow:
    """The row of a document; `is_first` when no row before it lacks anything."""
    order, mine = looked.order, looked.of(slot)
    slot = slots.slot_for_subject(slot, is_individual=is_individual(order))
    state = _state(looked, slot, mine)
    is_ready = f"paper.{slot.key}" not in looked.gaps
    url = path("slot", order.reference, slot.key) if looked.is_open(slot) else ""
    side = _next_side(order, slot, mine)
    takes = not is_ready and state != "checking" and looked.takes_pictures(slot)
    return DocumentRow(
        key=slot.key,
        title=slot.title,
        url=url,
        thumbnails=_thumbnails(slot, mine),
        sides=_join(slot.sides[: slot.needed]) if slot.needed > 1 else "",
        state=state,
        label=STAYS if is_ready and not url else "",
        words=_words(looked, slot, mine, state),
        items=slots.required_items(order, slot) if slot.key == slots.OTHER else [],
        is_ready=is_ready,
        to_sign=to_sign(order) if slot.key == slots.STATEMENT else "",
        action=_action(slot, state, url, is_first=is_first) if url else None,
        form=UploadForm(key=f"{slot.key}_{side}") if takes else None,
        form_url=f"{url}?side={side}",
        hub_url=path("documents", order.reference),
        statement_url=path("statement", order.reference),
        slot_id=f"slot-{slot.key}-{side}",
    )


def to_sign(order: Order) -> Words:
    """How the printed statement is signed, in the words for its subject."""
    return SIGN if is_individual(order) else SIGN_AND_SEAL


def groups_of(order: Order, rows: list[DocumentRow]) -> list[HubGroup]:
    """The rows grouped by lead, administrator, subject and this filing."""
    lead_role = ROLES[BOTH] if is_same_person(order) else ROLES["subject_lead"]
    owners: dict[str, tuple[Words, str]] = {
        LEAD: (lead_role, mask_name(lead(order).name)),
        ADMINISTRATOR: (ROLES["administrator"], mask_name(administrator(order).name)),
        "subject": (_("The subject"), str(order.answer("type").get("name", ""))),
        FILING: (_("This filing"), order.display_domain),
    }
    if is_same_person(order):
        owners[ADMINISTRATOR] = owners[LEAD]
    found: dict[tuple[Words, str], list[DocumentRow]] = {}
    for row in rows:
        found.setdefault(owners[WHOSE.get(row.key, FILING)], []).append(row)
    return [HubGroup(title, name, mine) for (title, name), mine in found.items()]


def _state(looked: Looked, slot: Slot, mine: list[OrderDocument]) -> str:
    """The key of the slot's state."""
    order = looked.order
    if f"paper.{slot.key}" not in looked.gaps:
        if any(found_on(paper.document) for paper in mine):
            return "look"
        return "reused" if any(is_reused(order, paper) for paper in mine) else "ready"
    if _lacks_another(order, mine):
        return "again"
    if slots.waiting(mine):
        return "checking"
    return "replace" if slot.key in looked.standing and mine else "empty"


def is_waiting(order: Order, papers: Iterable[OrderDocument], key: str) -> bool:
    """Whether the row of this slot would still say that its pictures are examined."""
    mine = [paper for paper in papers if paper.slot == key]
    return slots.waiting(mine) and not _lacks_another(order, mine)


def _lacks_another(order: Order, mine: list[OrderDocument]) -> bool:
    return any(paper.document.state == "refused" or is_stale(order, paper) for paper in mine)


def _words(looked: Looked, slot: Slot, mine: list[OrderDocument], state: str) -> Words:
    """What is wrong and what to do about it, or what a good picture shows."""
    order = looked.order
    if state == "again":
        return _first(_trouble(order, slot, paper) for paper in mine)
    if tried := _first(_kept_words(order, slot, paper) for paper in mine):
        return tried
    if state == "look":
        return _first(_advice(slot, paper) for paper in mine) if looked.is_open(slot) else ""
    if state == "checking":
        return _first(reason_of(paper.document) for paper in mine)
    if state == "empty":
        return _still_needed(looked, slot, mine)
    return ""


def _first(found: Iterable[Words]) -> Words:
    return next((words for words in found if words), "")


def _side(slot: Slot, paper: OrderDocument, words: Words) -> str:
    """The text, which may have a colon of its own, with the side it is about where there are several."""
    side = slot.sides[paper.side - 1]
    return f"{capfirst(str(side))} · {words}" if side else str(words)


def _advice(slot: Slot, paper: OrderDocument) -> Words:
    found = found_on(paper.document)
    if found is None:
        return ""
    mark = found.marks[0]
    words = _("%(found)s. %(remedy)s.") % {"found": mark.words, "remedy": mark.remedy} if mark.remedy else mark.words
    return _side(slot, paper, words)


def _trouble(order: Order, slot: Slot, paper: OrderDocument) -> Words:
    if is_stale(order, paper):
        return why_stale(slot.key, reused=is_reused(order, paper))
    return _side(slot, paper, reason_of(paper.document)) if paper.document.state == "refused" else ""


def _kept_words(order: Order, slot: Slot, paper: OrderDocument) -> Words:
    words = drawn_slots.kept_after(order, paper)
    return _side(slot, paper, words) if words else ""


def _still_needed(looked: Looked, slot: Slot, mine: list[OrderDocument]) -> Words:
    ready = {paper.side for paper in mine if paper.document.is_ready}
    lacking = [side for number, side in enumerate(slot.sides[: slot.needed], 1) if number not in ready]
    if ready and lacking:
        return _("Still needed: %(sides)s") % {"sides": _join(lacking)}
    if ready:  # all pictures are here, but the person has not agreed
        return looked.gaps[f"paper.{slot.key}"].words
    return slot.hint


def _join(sides: Iterable[Words]) -> str:
    return ("、" if reads_chinese() else ", ").join(str(side) for side in sides)


def _next_side(order: Order, slot: Slot, mine: list[OrderDocument]) -> int:
    """The first side without an acceptable picture."""
    good = {paper.side for paper in mine if paper.document.is_ready and not is_stale(order, paper)}
    return next((side for side in range(1, slot.needed + 1) if side not in good), 1)


def _thumbnails(slot: Slot, mine: list[OrderDocument]) -> list[Thumbnail]:
    """The required sides and those that are there."""
    by_side = {paper.side: paper.document for paper in mine}
    found = []
    for side in range(1, max([slot.needed, *by_side]) + 1):
        document = by_side.get(side)
        shown = document is not None and document.is_ready
        url = f"{path('document', document.reference)}?preview=1" if document and shown else ""
        found.append(Thumbnail(right_sample(slot.drawing, side), url))
    return found


ACTIONS = {"ready": gettext_lazy("View"), "reused": gettext_lazy("View"), "checking": gettext_lazy("View")}
AGAIN = {"again": gettext_lazy("Upload again"), "replace": gettext_lazy("Replace"), "look": gettext_lazy("Take again")}


def _action(slot: Slot, state: str, url: str, *, is_first: bool) -> Action:
    if state in ACTIONS:
        return Action(ACTIONS[state], url, LINK, about=str(slot.title))
    label = AGAIN.get(state, gettext_lazy("Upload"))
    kind = PRIMARY if is_first and state != "look" else SECONDARY
    return Action(label, url, kind, about=str(slot.title))
