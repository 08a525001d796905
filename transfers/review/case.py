"""What a reviewer sees of one order: every part with its value, what stood there last time, and its documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NotRequired, TypedDict

from django import forms
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from icpportal.fields.components import Found, Panel, SummaryRow
from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.marked_text import difference, zh, zh_parts
from icpportal.privacy.masks import mask_email, mask_mobile, mask_number
from transfers.check import readiness
from transfers.documents import slots
from transfers.filing_type import facts
from transfers.models import FieldVerdict, Order, OrderDocument
from transfers.orders import queries
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.pages import stages
from transfers.proofs import servers
from transfers.returns.answer_rows import AnswerRow, rows
from transfers.returns.labels import label_of
from transfers.returns.returned_parts import replied
from transfers.returns.verdict_labels import reason_words
from transfers.review.forms import Pair, ReturnForm
from transfers.steps import STEPS
from transfers.steps.base import Step
from verification.documents.advice import found_on
from verification.photos.methods import WAYS

# a photo of the app: fetched by its code, or uploaded by hand where no system is asked
FROM = {
    True: gettext_lazy("Fetched from the app's system by this code"),
    False: gettext_lazy("Uploaded by the applicant: compare it with the app's photo of this code"),
}
CHANGED = '<span class="case-old" lang="zh-Hans">{}</span>'
# the pictures a reviewer looks at while judging a page
BESIDE = {
    "subject": ("lead_id", "subject_id", "letter"),
    "website": ("statement", "domain_cert", "approval_paper"),
    "administrator": ("admin_id", "lead_id", "statement", "holding_photo"),
}
# what reviewers compare stands in clear for them; whoever else may read a case sees it masked
MASKS = {
    f"{step}.{person}_{name}": mask
    for step, person in (("subject", "lead"), ("administrator", "admin"))
    for name, mask in (
        ("id_number", mask_number),
        ("phone1", mask_mobile),
        ("phone2", mask_mobile),
        ("emergency", mask_mobile),
        ("email", mask_email),
    )
}


class JudgedRow(AnswerRow):
    """One part as a reviewer reads it, beside what the last return said of it."""

    before: FieldVerdict | None
    shown: SafeString
    before_words: SafeString | str
    pair: Pair | None  # the fields to return it by


class Picture(TypedDict):
    """One picture of a document."""

    title: str | Promise
    side: int
    url: str  # "" while it cannot be looked at
    found: Found | None
    origin: str  # the order it was first uploaded for, where that was another one
    received: datetime


class Section(TypedDict):
    """One box of the page: rows, and the pictures to compare them with."""

    title: str | Promise
    rows: list[JudgedRow]
    pictures: list[Picture]
    replaced: NotRequired[list[Picture]]


def parts_of(order: Order) -> list[str]:
    """Every part that can be named in a return."""
    found = [row["field"] for step in _pages() for row in rows(order, step)]
    return [*found, *(f"paper.{slot.key}" for slot in _slots(order))]


def _slots(order: Order) -> list[slots.Slot]:
    """The papers of the order, and the slot in which a reviewer may ask for others."""
    return [*(slot for slot in slots.needed(order) if slot.key != slots.OTHER), slots.SLOTS[slots.OTHER]]


def _pages() -> list[Step]:
    return [step for step in STEPS if step.stage == stages.ADMINISTRATORS]


def last_verdicts(order: Order) -> dict[str, FieldVerdict]:
    """What the last return said, by part: old value and reason beside the new value."""
    return queries.open_verdicts(order)


def sections(order: Order, form: ReturnForm | None, *, in_clear: bool) -> list[Section]:
    """The pages of the order with their fields, the last return's words, and the pictures to compare with.

    `in_clear` is for those who compare numbers and contacts with the pictures.
    """
    papers = list(queries.papers_of(order))
    earlier = last_verdicts(order)
    of_server = servers.rows(order)
    found: list[Section] = [
        {
            "title": step.title,
            "rows": [_row(row, earlier, form, in_clear) for row in rows(order, step)],
            "pictures": [_picture(paper) for paper in papers if paper.slot in BESIDE.get(step.key, ())],
        }
        for step in _pages()
    ]
    paper_rows = [
        _row({"field": f"paper.{slot.key}", "label": slot.title, "value": ""}, earlier, form, in_clear)
        for slot in _slots(order)
    ]
    of_type = facts.rows(order.answer("type"), in_clear=in_clear)
    said = replied(order)
    return [
        *([_unjudged(_("Not changed, and why"), said)] if said else []),
        _unjudged(_("Filing type"), of_type),
        *([_unjudged(_("Product"), of_server)] if of_server else []),
        *found,
        {
            "title": _("Documents"),
            "rows": [row for row in paper_rows if row["pair"] or row["before"]],
            "pictures": [_picture(paper) for paper in papers],
            "replaced": _replaced(order),
        },
    ]


def _unjudged(title: str, found: Sequence[SummaryRow]) -> Section:
    """Rows that no return can name."""
    rows = [_row({**row, "field": ""}, {}, None, in_clear=True) for row in found]
    return {"title": title, "rows": rows, "pictures": []}


def _row(row: AnswerRow, earlier: dict[str, FieldVerdict], form: ReturnForm | None, in_clear: bool) -> JudgedRow:
    part = row["field"]
    before = earlier.get(part)
    shown = str if in_clear else MASKS.get(part, str)
    value, old = shown(str(row["value"])), shown(before.value) if before else ""
    return {
        **row,
        "value": value,
        "before": before,
        "shown": format_html(CHANGED, difference(old, value)) if before and value else zh(value),
        "before_words": _before_words(before) if before else "",
        "pair": form.pair(part) if form is not None else None,
    }


def _before_words(before: FieldVerdict) -> SafeString:
    """Why the last return named this part: its reason, and what the reviewer added."""
    said = [zh_parts(reason_words(before, chinese=reads_chinese()))]
    added = [zh(before.words)] if before.reason and before.words else []
    return format_html_join(" ", "{}", ((words,) for words in (*said, *added)))


def _replaced(order: Order) -> list[Picture]:
    """The pictures that the last return was about, beside those that came in their place."""
    last = queries.last_return(order)
    if last is None or last.decided_at is None:
        return []
    return [_picture(paper) for paper in queries.papers_replaced(order, last.decided_at)]


def _picture(paper: OrderDocument) -> Picture:
    document = paper.document
    return {
        "title": label_of(f"paper.{paper.slot}") if paper.slot != "photo" else label_of("photo"),
        "side": paper.side,
        "url": reverse("document", args=[document.reference]) if document.is_ready else "",
        "found": found_on(document),
        "origin": document.holder if document.holder != paper.order.reference else "",
        "received": document.created_at,
    }


@dataclass(frozen=True, slots=True)
class Photo(Panel):
    """The photo beside the document; `form` for those who judge it."""

    template: ClassVar[str] = "admin/transfers/order/photo.html"
    pictures: list[Picture]
    facts: list[dict[str, str]]
    form: forms.Form | None


def photo_panels(order: Order, form: forms.Form | None) -> list[Panel]:
    """The photo while it is in review, or while a form about it came back."""
    in_review = is_in(order, Group.PHOTO_IN_REVIEW)
    pictures = photos(order) if in_review else []
    return [Photo(pictures, photo_facts(order) if in_review else [], form)] if pictures or form else []


def photos(order: Order) -> list[Picture]:
    """The administrator's photo beside the picture of the document."""
    wanted = ("photo", "admin_id", "lead_id")
    found = [paper for paper in queries.papers_of(order) if paper.slot in wanted]
    return [_picture(paper) for paper in sorted(found, key=lambda paper: wanted.index(paper.slot))]


def photo_facts(order: Order) -> list[dict[str, str]]:
    """How the photo was taken: the way, and what that way was told."""
    said = order.answer("photo")
    place, code = said.get("place") or {}, said.get("sh_code", "")
    found = [
        (_("How it is verified"), str(WAYS[said["way"]].title) if said.get("way") in WAYS else ""),
        (_("Place"), f"{place['zh']} · {place['address']}" if place else ""),
        (_("Picture code of the Shanghai app"), code),
        (_("Where the photo is from"), FROM[bool(said.get("fetched"))] if code else ""),
    ]
    return [{"label": label, "value": str(value)} for label, value in found if value]


def hints(order: Order) -> list[readiness.Gap]:
    """What the checks would say: advice for the reviewer, never a verdict."""
    return readiness.advice(order) if is_in(order, Group.PAPERS_IN_REVIEW) else []
