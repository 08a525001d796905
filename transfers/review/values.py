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
    """`subject.lead_name` → what stands there now, in words; nothing for a paper."""
    return _values(order, (part,))[part]


def kept_values(order: Order, parts: Iterable[str]) -> dict[str, str]:
    """The same of many parts in one language: what a worker kept is compared with what a reader of English judges."""
    with translation.override(settings.LANGUAGE_CODE):
        return _values(order, parts)


def _values(order: Order, parts: Iterable[str]) -> dict[str, str]:
    """Of each page one form is made, which takes a millisecond: parts are many, pages are few."""
    forms: dict[str, StepForm] = {}
    said: dict[str, str] = {}
    for part in parts:
        step, _dot, name = part.partition(".")
        if step in FORMS and step not in forms:
            forms[step] = FORMS[step](row=order)
        field = forms[step].fields.get(name) if step in forms else None
        said[part] = words(field, order.answer(step).get(name, "")) if field is not None else ""
    return said
