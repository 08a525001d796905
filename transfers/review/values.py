"""The value of a part of an order as a reviewer and the applicant read it."""

from collections.abc import Iterable

from django.conf import settings
from django.utils import translation

from transfers.models import Order
from transfers.returns.answer_rows import words
from transfers.steps import STEPS
from transfers.steps.base import StepForm

FORMS = {step.key: step.form_class for step in STEPS}


def value_of(order: Order, part: str) -> str:
    """The current value of a part such as `subject.lead_name`, in words; "" for a paper."""
    return _values(order, (part,))[part]


def kept_values(order: Order, parts: Iterable[str]) -> dict[str, str]:
    """The values of many parts, always in one language.

    What a worker stored is later compared with what a reader of English reviews.
    """
    with translation.override(settings.LANGUAGE_CODE):
        return _values(order, parts)


def _values(order: Order, parts: Iterable[str]) -> dict[str, str]:
    """Makes one form for each page, which takes a millisecond: parts are many, pages are few."""
    forms: dict[str, StepForm] = {}
    values: dict[str, str] = {}
    for part in parts:
        step, _dot, name = part.partition(".")
        if step in FORMS and step not in forms:
            forms[step] = FORMS[step](row=order)
        field = forms[step].fields.get(name) if step in forms else None
        values[part] = words(field, order.answer(step).get(name, "")) if field is not None else ""
    return values
