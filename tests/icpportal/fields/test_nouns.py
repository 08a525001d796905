"""Sentences call a field by a noun: nobody reads "Enter the what is unclear"."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.utils.translation import override

from icpportal.fields.fields import ChoiceField, Labelled
from transfers.review.objections.forms import CallForm

NO_NOUN = re.compile(r"(what|who|whom|whose|how|why|is|does|do|in|the|search|valid|confirm)\b|.*[?:]", re.IGNORECASE)


def all_forms(form: type[forms.BaseForm] = forms.BaseForm) -> Iterator[type[Any]]:
    for one in form.__subclasses__():
        yield one
        yield from all_forms(one)


def says_it_itself(field: Labelled) -> bool:
    """Whether it has a sentence of its own, and no other sentence names it."""
    own = str(field.error_messages["required"]) != str(forms.Field.default_error_messages["required"])
    return own and isinstance(field, ChoiceField)


def test_every_sentence_about_a_field_names_it_by_a_noun() -> None:
    fields = {
        (form.__module__, form.__name__, name): field
        for form in all_forms()
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, Labelled) and not form.__module__.startswith("tests.")
    }
    assert len(fields) > 100
    with override("en"):
        wrong = {
            ".".join(key): field.plain_label
            for key, field in fields.items()
            if NO_NOUN.match(field.plain_label) and not says_it_itself(field)
        }
    assert wrong == {}


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Enter the point that is unclear"), ("zh-hans", "请填写需核实的事项")]
)
def test_a_field_whose_label_is_a_clause_is_called_by_its_noun(language: str, said: str) -> None:
    with override(language):
        form = CallForm({"to": "", "about": ""}, people=[("lead", "Lead")])
        assert [*form.errors["about"].as_data()][0].message % {"label": form.fields["about"].plain_label} == said
