"""The forms of the case page with what the reviewer has typed so far, and what was typed and fits none of them."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from icpportal.entry.marks import reads_chinese
from transfers import queries, states
from transfers.labels import label_of, section_of
from transfers.models import Order, ReturnReason
from transfers.review import case
from transfers.review.drafts import Fields, Typed
from transfers.review.forms import CallForm, PhotoForm, RefuseForm, ReturnForm

CALL, PHOTO, REFUSE = "call", "photo", "refuse"  # what the names of their fields begin with
FORM_NAMES: dict[str, str | Promise] = {
    CALL: _("What was said"),
    PHOTO: _("Photo of the website administrator"),
    REFUSE: _("Refuse for good"),
}


def forms_of(order: Order, can: Iterable[str], typed: Typed, shown_again: dict[str, forms.Form]) -> dict[str, Any]:
    """What the page draws: each form that fits the order now, and `unused`, what no form takes."""
    found: dict[str, forms.Form] = {}
    if "send_back" in can:
        found["return_form"] = ReturnForm(parts=case.parts_of(order), initial=typed.fields)
    if order.state == states.PHOTO_REVIEW:
        ways = queries.rules_of(order).photo_ways
        found["photo_form"] = PhotoForm(prefix=PHOTO, ways=ways, initial=_own(typed.fields, PHOTO))
    if "refuse" in can:
        found["refuse_form"] = RefuseForm(prefix=REFUSE, initial=_own(typed.fields, REFUSE))
    found["call_form"] = CallForm(prefix=CALL, initial=_own(typed.fields, CALL))
    found |= shown_again
    drawn = {form.add_prefix(name) for form in found.values() for name in form.fields}
    left = {name: text for name, text in typed.fields.items() if name not in drawn}
    return {**found, "unused": _unused({**typed.earlier, **left})}


def _own(fields: Fields, prefix: str) -> Fields:
    """The fields of one form under their own names."""
    start = f"{prefix}-"
    return {name.removeprefix(start): text for name, text in fields.items() if name.startswith(start)}


def _unused(fields: Fields) -> list[dict[str, Any]]:
    """What was typed, to be read: where it stood, the reason, the words."""
    chinese = reads_chinese()
    keys = [text for name, text in fields.items() if name.endswith("reason") or name.startswith("reason.")]
    reasons = {each.key: each.text_zh if chinese else each.text_en for each in _named(keys)}
    return [
        {"label": _label(name), "text": reasons.get(text, text)}
        for name, text in sorted(fields.items())
        if text.strip() and text != "own"
    ]


def _named(keys: list[str]) -> Iterable[ReturnReason]:
    return ReturnReason.objects.filter(key__in=keys) if keys else ()


def _label(name: str) -> str:
    prefix, dash, _name = name.partition("-")
    if dash:
        return str(FORM_NAMES[prefix])
    part = name.partition(".")[2]
    return f"{section_of(part)} · {label_of(part)}"
