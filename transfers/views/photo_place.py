"""A designated place for the photo: chosen from the list, its slip to print, its address by text."""

from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from icpportal.accounts.access import confirmed_required
from icpportal.moments import day_words, short_words, to_beijing
from icpportal.privacy.masks import mask_mobile, mask_name
from transfers import photo_places as places
from transfers import queries, states
from transfers.models import Order
from transfers.people import administrator
from transfers.photo_ways import PLACE
from transfers.photo_ways import rules as photo_rules
from transfers.slips import subject_words
from transfers.views.access import own_order
from verification import photo_places
from verification.models import PhotoPlace, PlaceChoice


class Section(NamedTuple):
    """What the photo page needs of the places: the ways that are open, the list, the choice."""

    order: Order
    ways: tuple[str, ...]
    listed: list[PhotoPlace]
    choice: PlaceChoice | None
    form: places.PlaceForm | None

    @property
    def place(self) -> PhotoPlace | None:
        """Where the applicant goes, or went."""
        return self.choice.place if self.choice else None

    def context(self) -> dict[str, Any]:
        """What `transfers/photo_place.html` draws."""
        place = self.place
        return {
            "is_place_way": places.is_way(self.order),
            "place_form": self.form,
            "place": places.shown(place) if place else None,
            "place_closed": place is not None and not place.active,
            "places_here": any(each.province == self.order.province for each in self.listed),
            "places_elsewhere": bool(self.listed),
            "own_mobile": mask_mobile(self.order.owner.mobile) if self.order.owner.mobile else "",
        }


def section(order: Order, form: places.PlaceForm | None = None) -> Section:
    """The places of this order's photo; without any in the list, it is no way."""
    ways = queries.rules_of(order).photo_ways
    if PLACE not in ways:
        return Section(order, ways, [], None, None)
    listed, choice = photo_places.listed(order.province), photo_places.choice_of(order.reference)
    if not listed and choice is None:
        ways = tuple(way for way in ways if way != PLACE)
    chosen = {"place": choice.place_id} if choice else {}
    return Section(order, ways, listed, choice, form or places.PlaceForm(initial=chosen, places=listed))


@confirmed_required
@require_POST
def choose(request: HttpRequest, reference: str) -> HttpResponse:
    """The last choice counts; a place that closed meanwhile is no choice."""
    order = own_order(request, reference)
    if order.state != states.PHOTO_DUE or not places.is_way(order):
        return redirect(order)
    form = places.PlaceForm(request.POST, places=photo_places.listed(order.province))
    if not form.is_valid():
        messages.error(request, _("Choose one of the places in the list"))
        return redirect("photo", order.reference)
    places.choose(order, form.chosen)
    return redirect(_place(order))


@confirmed_required
@require_GET
def appointment(request: HttpRequest, reference: str) -> HttpResponse:
    """The slip to print and take along: which order, where, what to bring, the rules."""
    order = own_order(request, reference)
    choice = photo_places.choice_of(order.reference)
    if order.state != states.PHOTO_DUE or choice is None:
        return redirect(order)
    context = {
        "order": order,
        "place": places.shown(choice.place),
        "place_closed": not choice.place.active,
        "name": mask_name(administrator(order).name),
        "subject": subject_words(order),
        "photo_rules": photo_rules((PLACE,)),
        "chosen_on": day_words(to_beijing(choice.chosen_at).date()),
        "hotline": settings.PROVIDER_HOTLINE,
        "back_url": _place(order),
    }
    return render(request, "transfers/photo_slip.html", context)


@confirmed_required
@require_POST
def text_address(request: HttpRequest, reference: str) -> HttpResponse:
    """To the account's own mobile, a few times at most."""
    order = own_order(request, reference)
    choice = photo_places.choice_of(order.reference)
    if order.state != states.PHOTO_DUE or choice is None or not choice.place.active or not order.owner.mobile:
        return redirect(order)
    taken = photo_places.text_address(choice)
    if taken.ok:
        messages.success(
            request, _("The address is on its way to %(mobile)s") % {"mobile": mask_mobile(order.owner.mobile)}
        )
    elif taken.until is not None:
        messages.info(request, _("It was sent already. Again after %(time)s") % {"time": short_words(taken.until)})
    return redirect("photo", order.reference)  # its top, where this is said


def _place(order: Order) -> str:
    return reverse("photo", args=[order.reference]) + "#place"
