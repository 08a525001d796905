"""Form fields of the account pages: a password and a texted code."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from icpportal.entry.fields import Labelled, NumberField

PASSWORD_MAX = 128


class PasswordField(Labelled, forms.CharField):
    """A password exactly as typed; `autocomplete` tells managers whether it is the present or a new one."""

    def __init__(self, *, autocomplete: str, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.PasswordInput(attrs={"autocomplete": autocomplete}))
        super().__init__(strip=False, max_length=PASSWORD_MAX, **kwargs)


class CodeField(NumberField):
    """A code of digits; spaces, dashes and full-width digits are forgiven."""

    widget = forms.TextInput(
        attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code input-8", "spellcheck": "false"}
    )
    lengths: tuple[int, ...] = (6,)

    def to_python(self, value: Any) -> str:
        code = super().to_python(value)
        if code and not (code.isascii() and code.isdigit() and len(code) in self.lengths):
            raise ValidationError(_("Enter the 6 digits of the code"), code="code_len")
        return code
