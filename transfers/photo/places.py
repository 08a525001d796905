"""Designated places on a page of an order: the list by province and the chosen one, both in words."""

from itertools import groupby
from typing import TypedDict, Unpack

from django import forms
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from filings.provinces import province
from icpportal.fields.fields import ChoiceField
from icpportal.fields.form_types import Files, FormOptions, Posted, offer
from icpportal.fields.language_marks import reads_chinese
from transfers.models import Order
from transfers.orders import queries
from transfers.orders.kinds import in_group
from transfers.orders.rows import Group
from verification.models import PhotoPlace, PlaceChoice
from verification.photos import places as photo_places
from verification.photos.methods import PLACE


class PlaceForm(forms.Form):
    """One of the open places, the order's own province first."""

    place = ChoiceField(label=_("Place"), help_text=_("Bring the document and the statement"))

    def __init__(
        self,
        data: Posted | None = None,
        files: Files | None = None,
        *,
        places: list[PhotoPlace],
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, files, **options)
        self.places = {str(place.pk): place for place in places}
        offer(self, "place", [("", _("Choose…")), *_groups(places)])

    @property
    def chosen(self) -> PhotoPlace:
        """The choice of a valid form."""
        return self.places[self.cleaned_data["place"]]


def _groups(places: list[PhotoPlace]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The choices of a select, grouped by province."""
    word = "zh" if reads_chinese() else "en"
    return [
        (_province(code), [(str(place.pk), getattr(place, f"name_{word}")) for place in of_province])
        for code, of_province in groupby(places, key=lambda place: place.province)
    ]


def _province(code: str) -> str:
    rules = province(code)
    return rules.short_zh if reads_chinese() else rules.name_en


def is_way(order: Order) -> bool:
    """Whether the order's rules allow the photo at a designated place."""
    return PLACE in queries.rules_of(order).photo_ways


class PlaceShown(TypedDict):
    """A place in the reader's language."""

    name: str
    address: str
    hours: str
    phone: str
    to_show: str  # the Chinese address, for readers of English


def place_details(place: PhotoPlace) -> PlaceShown:
    """A place in the reader's language, with the Chinese address to show on the way."""
    chinese = reads_chinese()
    return {
        "name": place.name_zh if chinese else place.name_en,
        "address": place.address_zh if chinese else place.address_en,
        "hours": place.hours_zh if chinese else place.hours_en,
        "phone": place.phone,
        "to_show": "" if chinese else f"{place.name_zh} {place.address_zh}",
    }


def as_sent(place: PhotoPlace) -> dict[str, str]:
    """What the order keeps of the place where the photo was taken, whatever happens to the list."""
    return {"zh": place.name_zh, "en": place.name_en, "address": place.address_zh}


def choose(order: Order, place: PhotoPlace) -> PlaceChoice | None:
    """Records that its photo is taken there; the last choice counts. Does nothing once the photo is sent."""
    url = settings.PUBLIC_BASE_URL.rstrip("/") + reverse("photo", args=[order.reference])
    words = {"ref": order.reference, "domain": order.domain, "url": url}
    with transaction.atomic():  # a concurrent send waits, and then ends this choice
        waits = Order.objects.select_for_update(of=("self",)).filter(in_group(Group.PHOTO_WANTED), pk=order.pk)
        if waits.first() is None:
            return None
        return photo_places.choose(order.reference, place, owner=order.owner, words=words)
