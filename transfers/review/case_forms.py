"""The forms of the case page with what the reviewer has typed so far, and what was typed and fits none of them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, TypedDict

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from icpportal.fields.components import Panel
from icpportal.fields.language_marks import reads_chinese
from transfers.models import Order, ReturnReason
from transfers.orders import queries
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.returns.labels import label_of, section_of
from transfers.review import case
from transfers.review.drafts import Fields, Typed
from transfers.review.forms import CallForm, PhotoForm, RefuseForm, ReturnForm

CALL, PHOTO, REFUSE = "call", "photo", "refuse"  # what the names of their fields begin with
FORM_NAMES: dict[str, str | Promise] = {
    CALL: _("What was said"),
    PHOTO: _("Photo of the website administrator"),
    REFUSE: _("Refuse permanently"),
}


class UnusedText(TypedDict):
    """Something that was typed and fits no form of the page."""

    label: str
    text: str


def forms_of(
    order: Order, can: Collection[str], typed: Typed, shown_again: dict[str, forms.Form], *, may_refuse: bool
) -> dict[str, forms.Form | list[UnusedText]]:
    """What the page draws: each form that fits the order now, and `unused`, what no form takes."""
    found: dict[str, forms.Form] = {}
    if can and is_in(order, Group.PAPERS_IN_REVIEW):
        found["return_form"] = ReturnForm(parts=case.parts_of(order), initial=typed.fields)
    if is_in(order, Group.PHOTO_IN_REVIEW):
        ways = queries.rules_of(order).photo_ways
        found["photo_form"] = PhotoForm(prefix=PHOTO, ways=ways, initial=_own(typed.fields, PHOTO))
    if may_refuse and is_in(order, Group.IN_REVIEW):
        found["refuse_form"] = RefuseForm(prefix=REFUSE, initial=_own(typed.fields, REFUSE))
    found["call_form"] = CallForm(prefix=CALL, initial=_own(typed.fields, CALL))
    found |= shown_again
    drawn = {form.add_prefix(name) for form in found.values() for name in form.fields}
    left = {name: text for name, text in typed.fields.items() if name not in drawn}
    return {**found, "unused": _unused({**typed.earlier, **left})}


@dataclass(frozen=True, slots=True)
class Decision(Panel):
    """The papers are accepted or returned."""

    template: ClassVar[str] = "admin/transfers/order/decision.html"


@dataclass(frozen=True, slots=True)
class Call(Panel):
    """A call about the order."""

    template: ClassVar[str] = "admin/transfers/order/calls.html"
    form: forms.Form


@dataclass(frozen=True, slots=True)
class Refusal(Panel):
    """The order is refused for good."""

    template: ClassVar[str] = "admin/transfers/order/refusal.html"
    form: forms.Form


def panels_of(drawn: Mapping[str, forms.Form | list[UnusedText]]) -> list[Panel]:
    """What a reviewer may do at the foot of the page."""
    calling, refusing = drawn.get("call_form"), drawn.get("refuse_form")
    return [
        *([Decision()] if "return_form" in drawn else []),
        *([Call(calling)] if isinstance(calling, CallForm) else []),
        *([Refusal(refusing)] if isinstance(refusing, RefuseForm) else []),
    ]


def _own(fields: Fields, prefix: str) -> Fields:
    """The fields of one form under their own names."""
    start = f"{prefix}-"
    return {name.removeprefix(start): text for name, text in fields.items() if name.startswith(start)}


def _unused(fields: Fields) -> list[UnusedText]:
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
