"""The document slots of an order: which there are, in which state each is, and what the page shows of it."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filings.certificate_numbers import age_on, birth_date, id_province
from filings.provinces import Province
from filings.provinces.papers import PaperFacts, paper_slots
from transfers import queries
from transfers.models import OrderDocument
from transfers.people import administrator, is_same_person, lead

FRONT, BACK = _("front"), _("back")


@dataclass(frozen=True)
class Slot:
    """What a slot is called, how many sides or pages it has, and what a good picture shows."""

    key: str
    title: str | Promise
    hint: str | Promise
    sides: tuple[str | Promise, ...] = ("",)
    drawing: str = "papers"
    needed: int = 1  # how many of its sides must be there


SLOTS: dict[str, Slot] = {
    slot.key: slot
    for slot in (
        Slot(
            "lead_id",
            _("Subject lead's document"),
            _("Original, flat, four corners, no glare"),
            (FRONT, BACK),
            "id-front",
            2,
        ),
        Slot(
            "admin_id",
            _("Website administrator's document"),
            _("Original, flat, four corners, no glare"),
            (FRONT, BACK),
            "id-front",
            2,
        ),
        Slot("subject_id", _("Subject's document"), _("Licence, original or duplicate, readable"), drawing="licence"),
        Slot(
            "statement",
            _("Authenticity statement"),
            _("Signed by the administrator, sealed by the unit"),
            (_("page 1"), _("page 2"), _("page 3")),
            "statement",
        ),
        Slot("letter", _("Letter of authority"), _("Signed by the legal representative, sealed")),
        Slot("domain_cert", _("Domain certificate"), _("Get it from your domain's registrar")),
        Slot("holding_photo", _("Photo holding the document"), _("Face and document both clear"), drawing="photo"),
        Slot("approval_paper", _("Prior approval"), _("The paper with the number you entered")),
        Slot("residence", _("Residence permit"), _("Of the province where you file"), (FRONT, BACK), needed=1),
        Slot("commitment", _("Letter of commitment"), _("Download, sign, upload")),
        Slot(
            "registrant_proof", _("Proof of the domain's registrant"), _("The registrant and the subject on one paper")
        ),
        Slot("other", _("Other papers"), _("What this province or our reviewer asks for")),
    )
}


class NoFile:
    """A form sent without a file."""

    name = ""
    size = 0

    def read(self, num_bytes: int = -1, /) -> bytes:
        return b""


class UploadForm(forms.Form):
    """One picture."""

    file = forms.FileField(
        label=_("Choose file or take a photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/heic,image/heif,image/webp"}),
    )

    def __init__(self, *args: Any, key: str = "", **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"id_{key}_%s" if key else "id_%s", **kwargs)


def paper_facts(order: Any) -> PaperFacts:
    """What the list of papers depends on."""
    answers, website = order.answer("type"), order.answer("website")
    leader, admin = lead(order), administrator(order)
    return PaperFacts(
        nature=answers.get("nature", ""),
        same_person=is_same_person(order),
        is_legal_rep=order.answer("subject").get("is_legal_rep") != "no",
        approvals=tuple(website.get("approval_types") or ()) if website.get("needs_approval") == "yes" else (),
        lead_id_region=_region(leader),
        admin_id_region=_region(admin),
        lead_age=_age(order, leader),
        admin_age=_age(order, admin),
    )


def _region(person: Any) -> str | None:
    return id_province(person.id_type, person.id_number) if person.id_number else None


def _age(order: Any, person: Any) -> int | None:
    born = birth_date(person.id_type, person.id_number) if person.id_number else None
    return age_on(born, order.created_at.date()) if born else None


def needed(order: Any) -> list[Slot]:
    """The slots this order must fill, in the order of the page."""
    return [SLOTS[key] for key in paper_slots(queries.rules_of(order), paper_facts(order))]


def papers_to_have(rules: Province, nature: str, *, same_person: bool) -> list[Slot]:
    """The list the start page prints before anything is known."""
    return [SLOTS[key] for key in paper_slots(rules, PaperFacts(nature=nature, same_person=same_person))]


def missing(slots: list[Slot], papers: list[OrderDocument]) -> list[Slot]:
    """The slots that lack a ready picture."""
    ready: dict[str, int] = {}
    for paper in papers:
        ready[paper.slot] = ready.get(paper.slot, 0) + paper.document.is_ready
    return [slot for slot in slots if ready.get(slot.key, 0) < slot.needed]


def waiting(papers: list[OrderDocument]) -> bool:
    """Whether a picture is still being checked."""
    return any(paper.document.is_checking for paper in papers)


def drawn(
    order: Any, slot: Slot, side: int, paper: OrderDocument | None, *, is_open: bool = True, reason: str = ""
) -> dict[str, Any]:
    """What `partials/slot.html` draws of one side of a slot."""
    page = reverse("slot", args=[order.reference, slot.key])
    word = slot.sides[side - 1]
    shown = _shown(paper, reason)
    shown.update(
        key=f"{slot.key}-{side}",
        title=f"{slot.title} · {word}" if word else slot.title,
        hint=slot.hint,
        drawing="id-back" if slot.drawing == "id-front" and side == 2 else slot.drawing,
        poll_url=reverse("slot-fragment", args=[order.reference, slot.key, side]),
        refresh_url=page,
    )
    if is_open:
        shown.update(form=UploadForm(key=f"{slot.key}_{side}"), form_url=f"{page}?side={side}")
    if is_open and paper is not None:
        shown["actions"] = [
            {
                "label": _("Remove"),
                "url": f"{page}?side={side}",
                "post": True,
                "name": "remove",
                "value": "1",
                "kind": "link",
            }
        ]
    return shown


def photo_slot(paper: OrderDocument | None, *, url: str, reason: str = "") -> dict[str, Any]:
    """The same for the photo step."""
    return {
        **_shown(paper, reason),
        "key": "photo",
        "title": _("Photo"),
        "hint": _("Upper body, centred, clothes of the season"),
        "drawing": "photo",
        "refresh_url": url,
        "form": UploadForm(key="photo"),
        "form_url": url,
    }


def _shown(paper: OrderDocument | None, reason: str) -> dict[str, Any]:
    if reason or paper is None:
        return {"state": "again" if reason else "empty", "reason": reason}
    document = paper.document
    shown = {"state": document.state, "reason": document.reason_text}
    if document.is_ready:
        url = reverse("document", args=[document.reference])
        advice = " ".join(str(text) for text in document.advice_texts)
        shown.update(preview_url=f"{url}?preview=1", facts=f"{document.width} × {document.height}", reason=advice)
    return shown
