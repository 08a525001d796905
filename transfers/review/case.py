"""What a reviewer sees of one order: every part with its value, what stood there last time, and its documents."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from icpportal.entry.marks import reads_chinese
from icpportal.privacy.masks import mask_email, mask_mobile, mask_number
from transfers import asking_type, queries, readiness, servers, slots, stages, states
from transfers.answer_rows import rows
from transfers.labels import label_of
from transfers.models import FieldVerdict, Order
from transfers.photo_ways import WAYS
from transfers.returned_parts import replied
from transfers.review.forms import ReturnForm
from transfers.steps import STEPS
from transfers.verdict_words import reason_words

# a photo of the app: fetched by its code, or uploaded by hand where no system is asked
FROM = {
    True: gettext_lazy("Fetched from the app's system by this code"),
    False: gettext_lazy("Uploaded by the applicant: compare it with the app's photo of this code"),
}
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


def parts_of(order: Order) -> list[str]:
    """Every part that can be named in a return."""
    found = [row["field"] for step in _pages() for row in rows(order, step)]
    return [*found, *(f"paper.{slot.key}" for slot in _slots(order))]


def _slots(order: Order) -> list[slots.Slot]:
    """The papers of the order, and the slot in which a reviewer may ask for others."""
    return [*(slot for slot in slots.needed(order) if slot.key != slots.OTHER), slots.SLOTS[slots.OTHER]]


def _pages() -> list[Any]:
    return [step for step in STEPS if step.stage == stages.ADMINISTRATORS]


def last_verdicts(order: Order) -> dict[str, FieldVerdict]:
    """What the last return said, by part: old value and reason beside the new value."""
    return queries.open_verdicts(order)


def sections(order: Order, form: ReturnForm | None, *, in_clear: bool) -> list[dict[str, Any]]:
    """The pages of the order with their fields, the last return's words, and the pictures to compare with.

    `in_clear` is for those who compare numbers and contacts with the pictures.
    """
    papers = list(queries.papers_of(order))
    earlier = last_verdicts(order)
    of_server = servers.rows(order)
    found = [
        {
            "title": step.title,
            "rows": [_row(row, earlier, form, in_clear) for row in rows(order, step)],
            "pictures": [_picture(paper) for paper in papers if paper.slot in BESIDE[step.key]],
        }
        for step in _pages()
    ]
    paper_rows = [
        _row({"field": f"paper.{slot.key}", "label": slot.title, "value": ""}, earlier, form, in_clear)
        for slot in _slots(order)
    ]
    of_type = asking_type.rows(order.answer("type"), in_clear=in_clear)
    said = replied(order)
    return [
        *([{"title": _("Not changed, and why"), "rows": _unjudged(said), "pictures": []}] if said else []),
        {"title": _("Filing type"), "rows": _unjudged(of_type), "pictures": []},
        *([{"title": _("Product"), "rows": _unjudged(of_server), "pictures": []}] if of_server else []),
        *found,
        {
            "title": _("Documents"),
            "rows": [row for row in paper_rows if row["pair"] or row["before"]],
            "pictures": [_picture(paper) for paper in papers],
            "replaced": _replaced(order),
        },
    ]


def _unjudged(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows that no return can name."""
    return [_row({"field": "", **row}, {}, None, in_clear=True) for row in found]


def _row(
    row: dict[str, Any], earlier: dict[str, FieldVerdict], form: ReturnForm | None, in_clear: bool
) -> dict[str, Any]:
    part = row["field"]
    before = earlier.get(part)
    shown = str if in_clear else MASKS.get(part, str)
    asked = form is not None and f"reason.{part}" in form.fields
    return {
        **row,
        "value": shown(row["value"]),
        "before": before,
        "old": shown(before.value) if before else "",
        "before_words": reason_words(before, chinese=reads_chinese()) if before else "",
        "pair": form.pair(part) if asked else None,
    }


def _replaced(order: Order) -> list[dict[str, Any]]:
    """The pictures that the last return was about, beside those that came in their place."""
    last = queries.last_return(order)
    return [_picture(paper) for paper in queries.papers_replaced(order, last.decided_at)] if last else []


def _picture(paper: Any) -> dict[str, Any]:
    document = paper.document
    return {
        "title": label_of(f"paper.{paper.slot}") if paper.slot != "photo" else label_of("photo"),
        "side": paper.side,
        "url": reverse("document", args=[document.reference]) if document.is_ready else "",
        "advice": document.advice_texts,
        "origin": document.holder if document.holder != paper.order.reference else "",
        "received": document.created_at,
    }


def photos(order: Order) -> list[dict[str, Any]]:
    """The administrator's photo beside the picture of the document."""
    wanted = ("photo", "admin_id", "lead_id")
    found = [paper for paper in queries.papers_of(order) if paper.slot in wanted]
    return [_picture(paper) for paper in sorted(found, key=lambda paper: wanted.index(paper.slot))]


def photo_facts(order: Order) -> list[dict[str, str]]:
    """How the photo was taken: the way, and what that way was told."""
    said = order.answer("photo")
    place, code = said.get("place") or {}, said.get("sh_code", "")
    found = [
        (_("Way"), str(WAYS[said["way"]].title) if said.get("way") in WAYS else ""),
        (_("Place"), f"{place['zh']} · {place['address']}" if place else ""),
        (_("Picture code of the Shanghai app"), code),
        (_("Where the photo is from"), FROM[bool(said.get("fetched"))] if code else ""),
    ]
    return [{"label": label, "value": str(value)} for label, value in found if value]


def hints(order: Order) -> list[Any]:
    """What the checks would say: advice for the reviewer, never a verdict."""
    return readiness.advice(order) if order.state == states.SUBMITTED else []
