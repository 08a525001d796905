"""What a form is made from, as types: what was sent, what its fields offer, what is known, and every form's options."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar, TypedDict
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.forms.utils import ErrorList
from django.utils.choices import normalize_choices
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise

from icpportal.fields.types import Words

if TYPE_CHECKING:
    from django.core.validators import _ValidatorCallable
    from django.utils.functional import _StrOrPromise

Posted = Mapping[str, str] | MultiValueDict[str, str]
Files = MultiValueDict[str, UploadedFile]
FieldValue = str | int | date | UUID | list[str] | models.Model | None  # a tick is an int to Python
Initial = dict[str, FieldValue] | dict[str, str] | dict[str, int]
Choice = tuple[str, str | Promise]
Choices = Iterable[Choice | tuple[str, Iterable[Choice]]]  # an entry, or a group of them under its name


class FieldOptions(TypedDict, total=False):
    """What any field may be given as well."""

    error_messages: "Mapping[str, _StrOrPromise] | None"
    required: bool
    widget: forms.Widget | type[forms.Widget] | None
    label: "_StrOrPromise | None"
    initial: FieldValue
    help_text: "_StrOrPromise"
    show_hidden_initial: bool
    validators: "Iterable[_ValidatorCallable]"
    localize: bool
    disabled: bool
    label_suffix: str | None


class AnyFormOptions(TypedDict, total=False):
    """What both kinds of forms may be given as well."""

    auto_id: bool | str
    prefix: str | None
    initial: Initial | None
    error_class: type[ErrorList]
    label_suffix: str | None
    empty_permitted: bool
    use_required_attribute: bool | None


class ModelFormOptions(AnyFormOptions, total=False):
    """What any form about a row may be given as well."""

    instance: models.Model | None


class FormOptions(AnyFormOptions, total=False):
    """What any form may be given as well; a form of its own `__init__` hands it on."""

    field_order: Iterable[str] | None


def choice_field(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """The field of this name, of which it is known that it is a choice."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} offers no choices")
    return field


def offer(form: forms.BaseForm, name: str, choices: Choices) -> None:
    """Sets what a choice of the form offers."""
    choice_field(form, name).choices = choices


def offered(field: forms.Field) -> list[Choice]:
    """What a field offers, the groups of a select one after the other; nothing where it is no choice."""
    choices: Choices = normalize_choices(field.choices) if isinstance(field, forms.ChoiceField) else []
    found: list[Choice] = []
    for key, label in choices:
        found += [(key, label)] if isinstance(label, str | Promise) else label
    return found


@dataclass(frozen=True, slots=True)
class Known:
    """A value and where it comes from, as the field says it: "From your account"."""

    value: FieldValue
    source: Words


class KnowingForm(forms.Form):
    """A form that fills in what is known; what was kept or typed before stands above it."""

    known: Mapping[str, Known] = {}
    widths: ClassVar[Mapping[str, str]] = {}  # the class of a field that takes less than the whole row

    def fill_in(self, known: Mapping[str, Known]) -> None:
        """Puts the values into the fields there are."""
        self.known = {name: each for name, each in known.items() if name in self.fields and each.value}
        self.initial = {**{name: each.value for name, each in self.known.items()}, **self.initial}

    def source_of(self, name: str) -> Words:
        """Where the shown value of a field comes from; "" once it is another value, or was nobody's to tell."""
        known = self.known.get(name)
        if known is None or self.fields[name].disabled:
            return ""
        shown = self[name].value()
        return known.source if _plain(shown) == _plain(self.fields[name].prepare_value(known.value)) else ""


def _plain(value: FieldValue | Promise) -> list[str]:
    """A value as the page sends it."""
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
