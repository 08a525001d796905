"""Types for building forms: posted data, choices, known values, options of every form."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Self, TypedDict
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.forms.utils import ErrorList
from django.utils.choices import BaseChoiceIterator, normalize_choices
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise

from icpportal.fields.types import Words

if TYPE_CHECKING:
    from django.core.validators import _ValidatorCallable
    from django.utils.functional import _StrOrPromise

Posted = Mapping[str, str] | MultiValueDict[str, str]
Files = MultiValueDict[str, UploadedFile]
FieldValue = str | int | date | UUID | list[str] | models.Model | None  # a box's value is an int to Python
Initial = dict[str, FieldValue] | dict[str, str] | dict[str, int]
Choice = tuple[str, str | Promise]
Choices = Iterable[Choice | tuple[str, Iterable[Choice]]]  # an entry, or a named group of entries
Offered = Choices | type[models.Choices] | Callable[[], Choices]


class FieldOptions(TypedDict, total=False):
    """Options of any field."""

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
    """Options shared by both kinds of forms."""

    auto_id: bool | str
    prefix: str | None
    initial: Initial | None
    error_class: type[ErrorList]
    label_suffix: str | None
    empty_permitted: bool
    use_required_attribute: bool | None


class ModelFormOptions(AnyFormOptions, total=False):
    """Options of any form about a row."""

    instance: models.Model | None


class FormOptions(AnyFormOptions, total=False):
    """Options of any form; an own `__init__` passes them on."""

    field_order: Iterable[str] | None


class FixedChoices(BaseChoiceIterator):
    """Choices that nobody changes, so that the copy of a field in each form need not copy them."""

    def __init__(self, choices: Choices) -> None:
        self.choices = tuple(choices)

    def __iter__(self) -> Iterator[Choice | tuple[str, Iterable[Choice]]]:
        return iter(self.choices)

    def __len__(self) -> int:
        return len(self.choices)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self


def fixed(choices: Offered) -> Offered:
    """The choices in Django's form, to be shared by all copies of a field; a function is still asked each time."""
    found = normalize_choices(choices)
    return FixedChoices(found) if isinstance(found, list | tuple) else found


def choice_field(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """The field with this name, which must be a choice."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} offers no choices")
    return field


def offer(form: forms.BaseForm, name: str, choices: Choices) -> None:
    """Sets the choices of a field."""
    choice_field(form, name).choices = FixedChoices(choices)


def flat_choices(field: forms.Field) -> list[Choice]:
    """The choices of a field, groups flattened; empty if it is not a choice."""
    choices: Choices = normalize_choices(field.choices) if isinstance(field, forms.ChoiceField) else []
    found: list[Choice] = []
    for key, label in choices:
        found += [(key, label)] if isinstance(label, str | Promise) else label
    return found


@dataclass(frozen=True, slots=True)
class KnownValue:
    """A known value and its source as the field shows it: "From your account"."""

    value: FieldValue
    source: Words


class KnowingForm(forms.Form):
    """A form that fills in known values; stored or typed ones take precedence."""

    known: Mapping[str, KnownValue] = {}
    widths: ClassVar[Mapping[str, str]] = {}  # CSS classes of fields that are narrower than a row

    def fill_in(self, known: Mapping[str, KnownValue]) -> None:
        """Fills in the values of existing fields."""
        self.known = {name: each for name, each in known.items() if name in self.fields and each.value}
        self.initial = {**{name: each.value for name, each in self.known.items()}, **self.initial}

    def source_of(self, name: str) -> Words:
        """The source of the shown value; "" once it was changed, or when there is none."""
        known = self.known.get(name)
        if known is None or self.fields[name].disabled:
            return ""
        shown = self[name].value()
        return known.source if _plain(shown) == _plain(self.fields[name].prepare_value(known.value)) else ""


def _plain(value: FieldValue | Promise) -> list[str]:
    """A value as the page sends it."""
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
