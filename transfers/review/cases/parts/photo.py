"""The photo of the website administrator beside the document, and how it was taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from icpportal.fields.components import Panel
from transfers.documents.slots import PHOTO
from transfers.models import Order
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.review.cases.parts.papers import Papers, Picture
from transfers.review.cases.parts.photo_rules import RuleLine, rule_lines
from transfers.review.cases.parts.rounds import is_of_photo
from transfers.review.cases.parts.verdicts import Verdict
from transfers.review.reasons.queries import Held
from transfers.second_look.queries import open_look
from verification.photos.methods import WAYS

# a photo by the app: fetched by its code, or uploaded where its system is not asked
FROM = {
    True: gettext_lazy("Fetched from the app's system by this code"),
    False: gettext_lazy("Uploaded by the applicant: compare it with the app's photo of this code"),
}
WANTED = ("photo", "admin_id", "lead_id")


@dataclass(frozen=True, slots=True)
class Photo(Panel):
    """The photo beside the document; `form` for those who judge it."""

    template: ClassVar[str] = "admin/transfers/case/photo.html"
    pictures: list[Picture]
    facts: list[dict[str, str]]
    form: forms.Form | None
    rules: list[RuleLine]
    is_judged: bool


def photo_panels(
    order: Order, papers: Papers, form: forms.Form | None, verdicts: Mapping[str, Verdict], reasons: Held
) -> list[Panel]:
    """The photo while it is in review, or while a refused form about it is shown; with rules and reasons."""
    in_review = is_in(order, Group.PHOTO_IN_REVIEW)
    pictures = papers.of(WANTED) if in_review else []
    if not pictures and not form:
        return []
    failed = next((picture.failed for picture in pictures if picture.slot == PHOTO), None)
    of_photo = {part: each for part, each in verdicts.items() if is_of_photo(part)}
    rules = rule_lines(reasons, of_photo, failed)
    # a second person marks rules; only the first reviewer asks for a new photo
    is_judged = form is not None and open_look(order) is None
    return [Photo(pictures, photo_facts(order) if in_review else [], form, rules, is_judged)]


def photo_facts(order: Order) -> list[dict[str, str]]:
    """How the photo was taken: the method, and what was typed for it."""
    answers = order.answer("photo")
    place, code = answers.get("place") or {}, answers.get("sh_code", "")
    found = [
        (_("How it is verified"), str(WAYS[answers["way"]].title) if answers.get("way") in WAYS else ""),
        (_("Place"), f"{place['zh']} · {place['address']}" if place else ""),
        (_("Picture code of the Shanghai app"), code),
        (_("Where the photo is from"), FROM[bool(answers.get("fetched"))] if code else ""),
    ]
    return [{"label": label, "value": str(value)} for label, value in found if value]
