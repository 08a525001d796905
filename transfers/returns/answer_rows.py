"""A step's answers as labels and values, in the reader's words: for the check page and for reviewers."""

from collections.abc import Callable

from django import forms
from django.utils.translation import gettext as _

from filings.register.regions import region
from icpportal.fields.components import SummaryRow
from icpportal.fields.fields import LastDayField
from icpportal.fields.form_types import flat_choices
from icpportal.fields.types import Json
from icpportal.privacy.masks import mask_mobile, mask_number
from transfers.models import Order
from transfers.steps.base import Step, StepForm


class AnswerRow(SummaryRow):
    """One answer, and which part of the order it is."""

    field: str


EMPTY: tuple[Json, ...] = (None, "", [])
Masks = tuple[tuple[tuple[str, ...], Callable[[str], str]], ...]  # endings of field names, and their mask
NUMBERS: Masks = (
    (("id_number",), mask_number),
    (("phone1", "phone2", "emergency"), mask_mobile),
)


def mask_of(part: str, masks: Masks = NUMBERS) -> Callable[[str], str]:
    """The mask of a part's value: for numbers of documents and phones, unless other masks are given."""
    name = part.partition(".")[2]
    return next((mask for ends, mask in masks if name.endswith(ends)), str)


def rows(order: Order, step: Step, *, drawn: StepForm | None = None, mask_numbers: bool = False) -> list[AnswerRow]:
    """One row for each answered field, in the order of the form; a row that is `drawn` already is reused."""

    def hide(name: str) -> Callable[[str], str]:
        return mask_of(f"{step.key}.{name}") if mask_numbers else str

    return [
        {"field": f"{step.key}.{name}", "label": field.label, "value": hide(name)(words(field, answer))}
        for name, field, answer in _answered(order, step, drawn)
    ]


def parts(order: Order, step: Step) -> list[str]:
    """The parts of the order that the rows of a step are, without their values."""
    return [f"{step.key}.{name}" for name, _field, _answer in _answered(order, step)]


def _answered(order: Order, step: Step, drawn: StepForm | None = None) -> list[tuple[str, forms.Field, Json]]:
    """The name, field and answer of each answered field."""
    form = drawn or step.form_class(row=order, initial={**order.answer(step.key)})
    # a prefilled value never looked at is no answer, nor is a box on a page that was never saved
    is_saved = step.key in order.answers
    prefilled = {name: value for name, value in form.initial.items() if name not in form.known and (is_saved or value)}
    answers = {**prefilled, **order.answer(step.key)}
    unasked = form.unasked_fields()
    return [
        (name, field, answers.get(name))
        for name, field in form.fields.items()
        if (answers.get(name) not in EMPTY or (is_saved and isinstance(field, LastDayField))) and name not in unasked
    ]


def words(field: forms.Field, value: Json) -> str:
    """A value for readers: the label of a choice, the name of a region, yes or no; no last day is an answer, too."""
    if isinstance(field, LastDayField) and value in EMPTY:
        return _("No end date")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    labels = dict(flat_choices(field))
    if isinstance(value, list):
        return "、".join(str(labels.get(each, each)) for each in map(str, value))
    # a form without an order does not offer counties yet
    is_offered = value in labels or (isinstance(field, forms.ChoiceField) and not labels)
    if isinstance(value, str) and len(value) == 6 and value.isdigit() and is_offered:
        place = region(value)
        return place.shown_in_full if place else value
    return str(labels.get(str(value), value))
