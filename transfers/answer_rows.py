"""A step's answers as label and value, in the reader's words: for the check page and for reviewers."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from filings.regions import region
from transfers.steps.base import Step


def rows(order: Any, step: Step) -> list[dict[str, Any]]:
    """One row a field that was answered, in the order of the form."""
    form = step.form_class(row=order)
    answers = {**form.initial, **order.answer(step.key)}
    return [
        {"field": f"{step.key}.{name}", "label": field.label, "value": words(field, answers.get(name))}
        for name, field in form.fields.items()
        if answers.get(name) not in (None, "", [])
    ]


def words(field: forms.Field, value: Any) -> str:
    """A value as people read it: the label of a choice, the name of a region, yes or no."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    labels = dict(_flat(getattr(field, "choices", ())))
    if isinstance(value, list):
        return "、".join(str(labels.get(each, each)) for each in value)
    if isinstance(value, str) and len(value) == 6 and value.isdigit() and value in labels:
        place = region(value)
        return place.full_name if place else value
    return str(labels.get(value, value))


def _flat(choices: Any) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, label in choices:
        if isinstance(label, list | tuple):
            found += _flat(label)
        elif not isinstance(label, Mapping):
            found.append((key, label))
    return found
