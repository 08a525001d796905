"""The forms of a cancellation: the consequences are understood, and which filed mobile gets the code."""

from typing import Unpack

from django import forms
from django.utils.translation import gettext_lazy

from icpportal.fields.fields import ChoiceField
from icpportal.fields.form_types import Files, FormOptions, Posted, offer
from icpportal.privacy.masks import mask_mobile, mask_name
from transfers.cancellation.actions import FiledMobile
from transfers.orders.people import ROLES


class UnderstoodForm(forms.Form):
    """One box to tick; a second one when no other provider is known."""

    understood = forms.BooleanField(
        label=gettext_lazy("I understand what this does"),
        error_messages={"required": gettext_lazy("Tick the box to show that you understand, then continue")},
    )
    alone = forms.BooleanField(
        label=gettext_lazy("I understand that this website has no other known provider"),
        error_messages={"required": gettext_lazy("Tick the box to confirm, then continue")},
    )

    def __init__(
        self, data: Posted | None = None, files: Files | None = None, *, is_last: bool, **options: Unpack[FormOptions]
    ) -> None:
        super().__init__(data, files, **options)
        if not is_last:
            del self.fields["alone"]


class SendCodeForm(forms.Form):
    """Which of the filed mobiles gets the code; asked when there are two."""

    to = ChoiceField(label=gettext_lazy("The code goes to"), widget=forms.RadioSelect).called(
        gettext_lazy("mobile that gets the code")
    )

    def __init__(
        self,
        data: Posted | None = None,
        files: Files | None = None,
        *,
        mobiles: list[FiledMobile],
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, files, **options)
        offer(self, "to", [(each.role, f"{ROLES[each.role]} · {mobile_label(each)}") for each in mobiles])
        self.initial.setdefault("to", mobiles[0].role)


def mobile_label(filed: FiledMobile) -> str:
    """A filed mobile as its page may show it."""
    return f"{mask_name(filed.name)} · {mask_mobile(filed.mobile)}"
