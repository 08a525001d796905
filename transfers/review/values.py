"""The value of a part of an order as a reviewer and the applicant read it."""

from django.conf import settings
from django.utils import translation

from transfers.models import Order
from transfers.returns.answer_rows import words
from transfers.steps import STEPS

FORMS = {step.key: step.form_class for step in STEPS}


def value_of(order: Order, part: str) -> str:
    """`subject.lead_name` → what stands there now, in words; nothing for a paper."""
    step, _dot, name = part.partition(".")
    form_class = FORMS.get(step)
    if form_class is None:
        return ""
    form = form_class(row=order)
    field = form.fields.get(name)
    return words(field, order.answer(step).get(name, "")) if field is not None else ""


def kept_value(order: Order, part: str) -> str:
    """The same in one language: what a worker kept is compared with what a reader of English judges."""
    with translation.override(settings.LANGUAGE_CODE):
        return value_of(order, part)
