"""The document slots of an order: which there are, in which state each is, and what the page shows of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from filings.certificate_numbers import age_on, birth_date, id_province
from filings.provinces import Province, answers
from filings.provinces.papers import PaperFacts, other_papers, paper_slots
from filings.queries import websites_of
from icpportal.moments import day_words, to_beijing
from transfers import paper_marks, queries, states
from transfers.models import OrderDocument
from transfers.people import administrator, is_same_person, lead
from transfers.steps.website import HOLDER_PERSON

BY_PHONE = "phone"  # the applicant sends the papers with the authority's or our phone app
STATEMENT, OTHER, PHOTO = "statement", "other", "photo"
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
        Slot("commitment", _("Letter of commitment"), _("Download the form from the authority's site, sign, upload")),
        Slot(
            "registrant_proof", _("Proof of the domain's registrant"), _("The registrant and the subject on one paper")
        ),
        Slot(
            OTHER,
            _("Other papers"),
            _("What this province or our reviewer asks for"),
            tuple(format_lazy(_("paper {n}"), n=n) for n in range(1, 6)),
        ),
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
    kind, website = order.answer("type"), order.answer("website")
    leader, admin = lead(order), administrator(order)
    on_file = _sites_with_this(order)
    return PaperFacts(
        by_app=order.answer("documents").get("way") == BY_PHONE,
        holder_is_person=website.get("domain_holder") == HOLDER_PERSON,
        # one website, one domain: what is filed here for the subject, and this one
        domains_of_subject=on_file,
        sites_of_subject=on_file,
        nature=kind.get("nature", ""),
        same_person=is_same_person(order),
        is_legal_rep=order.answer("subject").get("is_legal_rep") != "no",
        approvals=tuple(website.get("approval_types") or ()) if website.get("needs_approval") == "yes" else (),
        lead_id_region=_region(leader),
        admin_id_region=_region(admin),
        lead_age=_age(order, leader),
        admin_age=_age(order, admin),
    )


def _sites_with_this(order: Any) -> int:
    """How many websites the subject has with us once this one is here; asked only where a paper depends on it."""
    rules = queries.rules_of(order)
    certificate = rules.domain_certificate
    asked = {*rules.commitment, *(paper.when for paper in rules.extra_papers)}
    if "individual_many_sites" not in asked and not (certificate and certificate.from_of_subject > 1):
        return 1
    others = websites_of(order.owner).filter(subject__subject_key=order.subject_key).exclude(domain=order.domain)
    return others.count() + 1


def _region(person: Any) -> str | None:
    return id_province(person.id_type, person.id_number) if person.id_number else None


def _age(order: Any, person: Any) -> int | None:
    born = birth_date(person.id_type, person.id_number) if person.id_number else None
    return age_on(born, order.created_at.date()) if born else None


def needed(order: Any) -> list[Slot]:
    """The slots this order must fill, in the order of the page; `other` also when our reviewer asked for it."""
    keys = paper_slots(queries.rules_of(order), paper_facts(order))
    asked = order.state == states.RETURNED and f"paper.{OTHER}" in queries.open_verdicts(order)
    return [slot for slot in SLOTS.values() if slot.key in keys or (asked and slot.key == OTHER)]


def wanted(order: Any, slot: Slot) -> list[str | Promise]:
    """What this province asks for in a slot, item by item; empty where the slot's own hint says it all."""
    rules = queries.rules_of(order)
    if slot.key == OTHER:
        return [answers.PAPERS[key] for key in other_papers(rules, paper_facts(order))]
    if slot.key == STATEMENT:
        return [answers.EXTRA[extra] for extra in rules.statement_extras(order.answer("type").get("nature", ""))]
    return []


def papers_to_have(rules: Province, nature: str, *, same_person: bool) -> list[Slot]:
    """The list the start page prints before anything is known."""
    return [SLOTS[key] for key in paper_slots(rules, PaperFacts(nature=nature, same_person=same_person))]


def missing(slots: list[Slot], papers: Iterable[OrderDocument]) -> list[Slot]:
    """The slots that lack a ready picture; hand in the papers that still fit the answers."""
    ready: dict[str, int] = {}
    for paper in papers:
        ready[paper.slot] = ready.get(paper.slot, 0) + paper.document.is_ready
    return [slot for slot in slots if ready.get(slot.key, 0) < slot.needed]


def waiting(papers: list[OrderDocument]) -> bool:
    """Whether a picture is still being checked."""
    return any(paper.document.is_checking for paper in papers)


def drawn(
    order: Any,
    slot: Slot,
    side: int,
    paper: OrderDocument | None,
    *,
    is_open: bool = True,
    reason: str = "",
    to_replace: bool = False,
) -> dict[str, Any]:
    """What `partials/slot.html` draws of one side of a slot; `to_replace` when its paper came back."""
    page = reverse("slot", args=[order.reference, slot.key])
    word = slot.sides[side - 1]
    stale: str | Promise = ""
    if paper is not None and paper_marks.is_stale(order, paper):
        stale = paper_marks.why_stale(slot.key, reused=paper_marks.is_reused(order, paper))
    shown = _shown(paper, reason or str(stale))
    shown.update(_used_again(order, paper) if shown["state"] == "ready" else {})
    if to_replace and shown["state"] in ("ready", "reused"):
        shown |= {"state": "replace", "label": ""}
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


def _used_again(order: Any, paper: OrderDocument | None) -> dict[str, Any]:
    """What a ready picture of an earlier order says of itself."""
    if paper is None or not paper_marks.is_reused(order, paper):
        return {}
    date = day_words(to_beijing(paper.document.created_at).date(), weekday=False)
    return {"state": "reused", "label": _("Using the upload of %(date)s") % {"date": date}}


def photo_slot(order: Any, paper: OrderDocument | None, *, reason: str = "") -> dict[str, Any]:
    """The same for the photo step."""
    url = reverse("photo", args=[order.reference])
    return {
        **_shown(paper, reason),
        "key": "photo",
        "title": _("Photo"),
        "hint": _("Upper body, centred, clothes of the season"),
        "drawing": "photo",
        "poll_url": reverse("slot-fragment", args=[order.reference, "photo", 1]),
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
