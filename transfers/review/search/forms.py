"""The form of the search box at the head of the desk."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from icpportal.fields.fields import PlainTextField

LONGEST = 120


class SearchForm(forms.Form):
    """Words that a person gave to find an order by."""

    WORDS: ClassVar[str] = "find"

    find = PlainTextField(
        label=_("Search orders"),
        max_length=LONGEST,
        error_messages={"required": _("Enter what the order is to be found by")},
    ).called(_("text"))
