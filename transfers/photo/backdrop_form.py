"""The postal address of a backdrop (填写邮寄地址): recipient and address in mainland China, for the courier alone."""

from typing import Unpack

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from filings.checks.addresses import DOOR
from filings.register.regions import region
from icpportal.fields.fields import ChoiceField, MobileField, PlainTextField
from icpportal.fields.form_types import Files, FormOptions, Initial, Posted
from icpportal.fields.language_marks import has_han
from transfers.filing_type.forms import offer_places, place_select
from transfers.models import Order
from transfers.steps.checked_form import chinese
from verification.backdrops.actions import Address
from verification.models import Backdrop

MAINLAND_ONLY = _("We post to mainland China only: enter an address there, in Chinese")


class AddressForm(forms.Form):
    """Recipient and address; its selects hold mainland provinces only."""

    recipient = PlainTextField(label=_("Recipient"), max_length=30, help_text=_("Who signs for it"), widget=chinese())
    recipient_mobile = MobileField(
        label=_("Recipient's mobile"),
        help_text=_("The courier will call"),
        error_messages={"required": _("Enter the recipient's mobile")},
    )
    region_province = ChoiceField(label=_("Province"), widget=place_select("region_city"))
    region_city = ChoiceField(label=_("City"), widget=place_select("region_county", lang="zh-Hans"))
    region_county = ChoiceField(label=_("County or district"), widget=place_select(lang="zh-Hans"))
    ship_address = PlainTextField(
        label=_("Street address"), max_length=120, help_text=_("To the door number"), widget=chinese()
    )
    company = PlainTextField(label=_("Company"), max_length=60, required=False, widget=chinese())
    ship_consent = forms.BooleanField(
        label=_("Share these details with the courier"),
        help_text=_("Only to deliver the backdrop"),
        error_messages={"required": _("Tick the box to agree, so that we can post it")},
    )

    def __init__(self, data: Posted | None = None, files: Files | None = None, **options: Unpack[FormOptions]) -> None:
        super().__init__(data, files, **options)
        self.offer_again()

    def offer_again(self) -> None:
        """Fills the selects below what is chosen."""
        offer_places(self)

    def clean_ship_address(self) -> str:
        typed = str(self.cleaned_data["ship_address"])
        if not has_han(typed):
            raise ValidationError(MAINLAND_ONLY, code="ship_abroad")
        if not DOOR.search(typed):
            raise ValidationError(_("Add the door number so that the parcel can be delivered"), code="ship_door")
        return typed

    @property
    def address(self) -> Address:
        """The address for the courier."""
        typed = self.cleaned_data
        place = region(typed["region_county"])
        return Address(
            recipient=typed["recipient"],
            mobile=typed["recipient_mobile"],
            region=typed["region_county"],
            region_name=place.full_name if place else "",
            address=typed["ship_address"],
            company=typed["company"],
        )


def first_guess(order: Order) -> Initial:
    """The mailing address of the filing, to be checked."""
    subject = order.answer("subject")
    return {
        "region": subject.get("post_region") or order.answer("type").get("region"),
        "ship_address": subject.get("post_address", ""),
    }


def as_typed(backdrop: Backdrop) -> Initial:
    """A request's address, to be changed."""
    return {
        "recipient": backdrop.recipient,
        "recipient_mobile": backdrop.mobile,
        "region": backdrop.region,
        "ship_address": backdrop.address,
        "company": backdrop.company,
    }
