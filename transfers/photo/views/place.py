"""A designated place for the photo: choice from the list, slip to print, address by text."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from icpportal.accounts.guards import confirmed_required
from icpportal.fields.components import Notice, Panel
from icpportal.fields.types import Words
from icpportal.privacy.masks import mask_mobile, mask_name
from icpportal.time_format import day_words, short_words, to_beijing
from transfers.models import Order
from transfers.orders import queries
from transfers.orders.kinds import is_in
from transfers.orders.people import administrator
from transfers.orders.rows import Group
from transfers.pages.frame import Page, render_page
from transfers.pages.order_summary import subject_words
from transfers.pages.permissions import own_order
from transfers.photo import places
from transfers.photo.actions import choose_way
from transfers.proofs import papers
from verification.models import PhotoPlace, PlaceChoice
from verification.photos import places as photo_places
from verification.photos.methods import PLACE
from verification.photos.methods import rules as photo_rules

CLOSED = gettext_lazy("This place no longer takes photos")
CLOSED_ADVICE = gettext_lazy("Choose another place or another way. You can still submit a photo taken there.")


@dataclass(frozen=True, slots=True)
class PlacePanel(Panel):
    """The variables of `transfers/photo/photo_place.html`: the list of places, and the chosen one."""

    template: ClassVar[str] = "transfers/photo/photo_place.html"
    form: places.PlaceForm | None
    place: places.PlaceShown | None
    is_closed: bool
    some_here: bool
    some_elsewhere: bool
    own_mobile: str

    @property
    def button(self) -> str:
        """The label of the list's button."""
        return _("Choose this place instead") if self.place else _("Choose this place")

    @property
    def button_class(self) -> str:
        """Primary before a place is chosen: then it is the next action."""
        return "button button-secondary" if self.place else "button"

    @property
    def chosen(self) -> list[places.PlaceShown]:
        """The chosen place; None before a choice, or when it has closed."""
        return [self.place] if self.place and not self.is_closed else []

    @property
    def notices(self) -> list[Notice]:
        """That the chosen place has closed, or that this province has none."""
        call = _("Call %(phone)s if you need one.") % {"phone": settings.PROVIDER_HOTLINE}
        none_here = Notice(
            "info", _("No designated place in this province at the moment"), (f"{call} {self.other_ways}",)
        )
        return [
            *([Notice("turn", CLOSED, (self.place["name"], CLOSED_ADVICE))] if self.place and self.is_closed else []),
            *([] if self.some_here else [none_here]),
        ]

    @property
    def other_ways(self) -> str:
        """The other methods where this province has no place."""
        if self.some_elsewhere:
            return _("You can also choose a place in another province, or another way.")
        return _("You can use the other ways.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentPage(Page):
    """The slip to print and take along."""

    template: ClassVar[str] = "transfers/photo/photo_slip.html"
    order: Order
    place: places.PlaceShown
    notices: list[Notice]
    name: str
    subject: str
    photo_rules: list[Words]
    chosen_on: str
    hotline: str
    back_url: str


class Section(NamedTuple):
    """What the photo page needs of places: the open methods, the list, the choice."""

    order: Order
    ways: tuple[str, ...]
    listed: list[PhotoPlace]
    choice: PlaceChoice | None
    form: places.PlaceForm | None

    @property
    def place(self) -> PhotoPlace | None:
        """The place where the applicant goes, or went."""
        return self.choice.place if self.choice else None

    def panels(self) -> list[PlacePanel]:
        """The part of the photo page about places; None where they are no method."""
        if not places.is_way(self.order):
            return []
        place = self.place
        panel = PlacePanel(
            form=self.form,
            place=places.place_details(place) if place else None,
            is_closed=place is not None and not place.active,
            some_here=any(each.province == self.order.province for each in self.listed),
            some_elsewhere=bool(self.listed),
            own_mobile=mask_mobile(self.order.owner.mobile) if self.order.owner.mobile else "",
        )
        return [panel]


def section(order: Order, form: places.PlaceForm | None = None) -> Section:
    """The places for this order's photo; an empty list closes the method."""
    ways = queries.rules_of(order).photo_ways
    if PLACE not in ways:
        return Section(order, ways, [], None, None)
    listed = photo_places.open_places(order.province)
    choice = photo_places.choice_of(order.reference) if papers.may_have(order, papers.HAS_PLACE) else None
    if not listed and choice is None:
        ways = tuple(way for way in ways if way != PLACE)
    chosen = {"place": choice.place_id} if choice else {}
    return Section(order, ways, listed, choice, form or places.PlaceForm(initial=chosen, places=listed))


@confirmed_required
@require_POST
def choose(request: HttpRequest, reference: str) -> HttpResponse:
    """Records the choice; the last one counts, and a place that closed in the meantime is refused."""
    order = own_order(request, reference)
    if not is_in(order, Group.PHOTO_WANTED) or not places.is_way(order):
        return redirect(order)
    form = places.PlaceForm(request.POST, places=photo_places.open_places(order.province))
    if not form.is_valid():
        messages.error(request, _("Choose one of the places in the list"))
        return redirect("photo", order.reference)
    if places.choose(order, form.chosen):
        choose_way(order, PLACE)
    return redirect(_place(order))


@confirmed_required
@require_safe
def appointment(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows the slip to print and take along: which order, where, what to bring, the rules."""
    order = own_order(request, reference)
    choice = photo_places.choice_of(order.reference)
    if not is_in(order, Group.PHOTO_WANTED) or choice is None:
        return redirect(order)
    page = AppointmentPage(
        order=order,
        place=places.place_details(choice.place),
        notices=[] if choice.place.active else [Notice("problem", CLOSED, (CLOSED_ADVICE,))],
        name=mask_name(administrator(order).name),
        subject=subject_words(order),
        photo_rules=photo_rules((PLACE,)),
        chosen_on=day_words(to_beijing(choice.chosen_at).date()),
        hotline=settings.PROVIDER_HOTLINE,
        back_url=_place(order),
    )
    return render_page(request, page)


@confirmed_required
@require_POST
def text_address(request: HttpRequest, reference: str) -> HttpResponse:
    """Texts the address to the account's own mobile, a few times at most."""
    order = own_order(request, reference)
    choice = photo_places.choice_of(order.reference)
    if not is_in(order, Group.PHOTO_WANTED) or choice is None or not choice.place.active or not order.owner.mobile:
        return redirect(order)
    result = photo_places.text_address(choice)
    if result.ok:
        messages.success(
            request, _("The address is on its way to %(mobile)s") % {"mobile": mask_mobile(order.owner.mobile)}
        )
    elif result.until is not None:
        messages.info(
            request, _("Already sent. You can send it again after %(time)s") % {"time": short_words(result.until)}
        )
    return redirect("photo", order.reference)  # to the top of the page, where the message is


def _place(order: Order) -> str:
    return reverse("photo", args=[order.reference]) + "#place"
