"""The forms of the pages of service codes."""

from typing import Unpack

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.accounts.forms import AddressField
from icpportal.codes.forms import CodeField
from icpportal.fields.form_types import Files, FormOptions, Posted

HANDOVER_UNKNOWN = _("No such account: check the email")


class ApplyForm(forms.Form):
    """The server, and the slot that the page promised, so that one promise gives one code."""

    instance = forms.CharField(max_length=200, widget=forms.HiddenInput)
    slot = forms.IntegerField(min_value=1, max_value=100, widget=forms.HiddenInput)


class RevokeForm(forms.Form):
    """Empty; the button says what it does."""


class HandOverForm(forms.Form):
    """The receiving account, and the code texted to the person who hands over."""

    target_account = AddressField(
        label=_("Email of the other account"),
        help_text=_("The other account must already exist here. It can accept or decline"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    sms_code = CodeField(
        label=pgettext_lazy("one-time", "Code"),
        help_text=_("6 digits, texted to your own mobile number"),
        required=False,
        error_messages={"required": _("Enter the 6-digit code")},
    )

    def __init__(
        self, data: Posted | None = None, files: Files | None = None, *, giver: str, **options: Unpack[FormOptions]
    ) -> None:
        super().__init__(data, files, **options)
        self.giver = giver
        self.fields["sms_code"].required = "send" not in self.data

    def clean_target_account(self) -> str:
        target: str = self.cleaned_data["target_account"]
        if target == self.giver.lower():
            raise ValidationError(_("Enter another account's email"), code="handover_self")
        return target
