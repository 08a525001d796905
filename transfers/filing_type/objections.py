"""Objecting to an open order of somebody else (提交证明): what the form asks."""

from django import forms
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.models import User
from icpportal.fields.fields import PlainTextField
from transfers.models import Objection


def is_waiting(owner: User, domain: str) -> bool:
    """Whether an objection of this account about the domain lies with a reviewer."""
    return Objection.objects.filter(owner=owner, domain=domain, closed_at__isnull=True).exists()


class ObjectionForm(forms.Form):
    """Why the domain or document is yours; a reviewer reads it and calls you."""

    words = PlainTextField(
        label=_("Why this domain or document is yours"),
        help_text=_(
            "For example: who holds the domain, since when, and who to call. We will ask for documents afterwards"
        ),
        max_length=500,
        lines=True,
        widget=forms.Textarea(attrs={"rows": 5, "data-counter": "500"}),
    )
