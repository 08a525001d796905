"""The form for a one-time code, wherever the code was sent."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from icpportal.fields.fields import NumberField
from icpportal.fields.types import Words


class CodeField(NumberField):
    """A numeric code; spaces, dashes and full-width digits are accepted."""

    widget = forms.TextInput(
        attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code input-8", "spellcheck": "false"}
    )
    lengths: tuple[int, ...] = (6,)
    wrong_length: Words = _("Enter the 6-digit code")

    def to_python(self, value: str | None) -> str:
        code = super().to_python(value)
        if code and not (code.isascii() and code.isdigit() and len(code) in self.lengths):
            raise ValidationError(str(self.wrong_length), code="code_len")
        return code


class OneTimeCodeForm(forms.Form):
    """One texted or emailed code."""

    code = CodeField(label=_("Verification code"), help_text=_("6 digits"))
