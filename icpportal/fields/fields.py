"""Form fields that accept what people type, and whose errors say what to do."""

from collections.abc import Callable
from datetime import date
from typing import Self, Unpack

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from icpportal.fields import domains, emails, phones
from icpportal.fields.form_types import FieldOptions, FieldValue, Offered, fixed
from icpportal.fields.text import (
    normalise_number,
    plain_label,
    read_day,
    refuse_hidden,
    regular_name,
    strip_copied,
    strip_outer,
)
from icpportal.fields.types import Words


class Labelled(forms.Field):
    """A field whose errors name it: "Enter the name of the subject".

    If the label is not a noun, `called` gives one, or `error_messages` replaces the sentences.
    """

    required_code = "required"
    required_words = gettext_lazy("Enter the %(label)s")
    noun: Words = ""

    def called(self, noun: Words) -> Self:
        """Sets the name used in errors, where the label is no noun: "What is unclear" does not fit "Enter the …"."""
        self.noun = noun
        return self

    @property
    def plain_label(self) -> str:
        """The label, or the name set by `called`, for use in a sentence."""
        return str(self.noun) or plain_label(self.label)

    def wanting(self) -> ValidationError:
        """The error for a missing answer, or one that was not offered."""
        words = self.error_messages["required"]
        if words is forms.Field.default_error_messages["required"]:
            words = self.required_words
        return ValidationError(words, code=self.required_code, params={"label": self.plain_label})

    def validate(self, value: FieldValue) -> None:
        if self.required and value in self.empty_values:
            raise self.wanting()
        super().validate(value)


def name_missing(field: forms.Field) -> None:
    """Has one of Django's own fields say what to enter or choose when it is empty, as ours do by themselves."""
    words = field.error_messages.get("required")
    if words is forms.Field.default_error_messages["required"]:
        chosen = isinstance(field, (forms.ChoiceField, forms.ModelChoiceField))
        sentence = (ChoiceField if chosen else Labelled).required_words
        field.error_messages["required"] = str(sentence) % {"label": plain_label(field.label)}


class ChoiceField(Labelled, forms.ChoiceField):
    """One choice; a missing or unknown one gives "Choose the …"."""

    required_code = "choose"
    required_words = gettext_lazy("Choose the %(label)s")

    def __init__(self, *, choices: Offered = (), **options: Unpack[FieldOptions]) -> None:
        super().__init__(choices=fixed(choices), **options)

    def validate(self, value: FieldValue) -> None:
        if value and not self.valid_value(value):
            raise self.wanting()
        super().validate(value)


class MultipleChoiceField(Labelled, forms.MultipleChoiceField):
    """Several choices; none or an unknown one gives "Choose the …"."""

    required_code = "choose"
    required_words = gettext_lazy("Choose the %(label)s")

    def __init__(self, *, choices: Offered = (), **options: Unpack[FieldOptions]) -> None:
        super().__init__(choices=fixed(choices), **options)

    def validate(self, value: FieldValue) -> None:
        if isinstance(value, list) and not all(self.valid_value(one) for one in value):
            raise self.wanting()
        super().validate(value)


class PlainTextField(Labelled, forms.CharField):
    """A text kept as typed, rare characters included, without outer white space; invisible characters are refused.

    With `lines=True` it may have several lines. The page sets no `maxlength`: a silently truncated name is worse than a
    refused one.
    """

    outer = staticmethod(strip_outer)

    def __init__(self, *, max_length: int, lines: bool = False, **options: Unpack[FieldOptions]) -> None:
        self.lines = lines
        self.longest = max_length
        if lines:
            options.setdefault("widget", forms.Textarea)
        super().__init__(strip=False, **options)

    def to_python(self, value: str | None) -> str:
        text = self.outer(super().to_python(value) or "")
        if self.lines:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        refuse_hidden(text, self.plain_label, lines=self.lines)
        if len(text) > self.longest:
            raise ValidationError(
                _("Shorten the %(label)s to %(max)s characters"),
                code="too_long",
                params={"label": self.plain_label, "max": self.longest},
            )
        return text


class PersonNameField(PlainTextField):
    """A person's name; spaces between Chinese characters and other dots than that of documents are normalised."""

    def to_python(self, value: str | None) -> str:
        return regular_name(super().to_python(value))


class NumberField(PlainTextField):
    """A number or code; full-width digits, spaces and dashes are normalised."""

    outer = staticmethod(strip_copied)

    def __init__(self, *, max_length: int = 64, **options: Unpack[FieldOptions]) -> None:
        super().__init__(max_length=max_length, **options)

    def to_python(self, value: str | None) -> str:
        return normalise_number(super().to_python(value))


class LastDayField(Labelled, forms.DateField):
    """The expiry date of a document, in any notation; None for a document without expiry."""

    endless = frozenset(("长期", "长期有效", "永久", "永久有效"))  # as on documents

    def to_python(self, value: str | date | None) -> date | None:
        if not isinstance(value, str):
            return super().to_python(value)
        text = "".join(value.split())
        if not text or text in self.endless:
            return None
        day = read_day(text)
        if day is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class _ReadField(PlainTextField):
    """A field normalised by one function, which raises when it cannot."""

    read: Callable[[str], str]
    outer = staticmethod(strip_copied)

    def __init__(self, *, max_length: int = 254, **options: Unpack[FieldOptions]) -> None:
        super().__init__(max_length=max_length, **options)

    def to_python(self, value: str | None) -> str:
        text = super().to_python(value)
        return type(self).read(text) if text else text


class MobileField(_ReadField):
    """A mainland mobile, normalised to eleven digits."""

    read = staticmethod(phones.mobile)
    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel-national"})


class PhoneField(_ReadField):
    """A mainland mobile or landline, the latter normalised to "086-0951-5550100"."""

    read = staticmethod(phones.phone)
    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})


class EmailField(_ReadField):
    """An email address."""

    read = staticmethod(emails.email)
    widget = forms.EmailInput(attrs={"autocomplete": "email"})


class DomainField(_ReadField):
    """The registrable domain in lower case and ASCII; shown again in Chinese if it is Chinese."""

    read = staticmethod(domains.registrable)
    widget = forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"})

    def __init__(self, *, max_length: int = 2048, **options: Unpack[FieldOptions]) -> None:
        super().__init__(max_length=max_length, **options)  # a whole URL may be pasted

    def prepare_value(self, value: FieldValue) -> FieldValue:
        return domains.display_domain(value) if isinstance(value, str) else value
