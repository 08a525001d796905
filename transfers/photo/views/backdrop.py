"""A backdrop by post, from the documents step on: request with an address, track it, confirm its arrival."""

from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from icpportal.accounts.guards import account_of, confirmed_required
from icpportal.drafts.pages import say
from icpportal.fields.components import PRIMARY, Action, Notice, Panel, StateMark
from icpportal.fields.types import Words
from icpportal.lifecycle import APPLICANT, MoveNotAllowed
from icpportal.time_format import day_words, to_beijing
from transfers.models import Order
from transfers.orders import queries
from transfers.orders.kinds import is_in, state_of
from transfers.orders.rows import Group
from transfers.pages import stages
from transfers.pages.frame import PageInOrder, frame, render_page
from transfers.pages.permissions import own_order
from transfers.phone_upload import queries as phone_upload
from transfers.photo.backdrop_form import AddressForm, as_typed, first_guess
from verification.backdrops import actions
from verification.backdrops.state_labels import mark, words_of
from verification.models import Backdrop
from verification.models.backdrop_states import DELIVERED, ON_THE_WAY, POSTED, REQUESTED

BACKDROP_WAY = "backdrop"
BUTTONS = (
    Action(gettext_lazy("It has arrived"), "", PRIMARY, post=True, name="do", value="arrive"),
    Action(gettext_lazy("Cancel the request"), "", post=True, name="do", value="call_off"),
)
FREE = gettext_lazy("Free of charge, yours to keep")
IN_TIME = gettext_lazy("Mainland China only. Ask for it now, so that it arrives while we review.")
WHERE = gettext_lazy("Mainland China only.")
AT_HAND = gettext_lazy("You have one from an earlier order and can use it.")
NOW = gettext_lazy(
    "The website administrator is photographed in front of our backdrop. "
    "We post it free of charge within mainland China."
)
AGAIN = gettext_lazy(
    "If the photo has to be taken again, the website administrator can stand in front of our backdrop. "
    "We post it free of charge within mainland China."
)
AFTER_REVIEW = gettext_lazy(
    "After our review, the website administrator is photographed in front of our backdrop. "
    "We post it free of charge within mainland China. Ask for it now, so that it arrives while we review."
)
ON_ITS_WAY = gettext_lazy("One is on its way (%(tracking)s). You do not need to ask again")
OUT_OF_STOCK = gettext_lazy("Out of stock until %(expected)s: wait, or go to a designated place")
MOVES = {"arrive": actions.mark_delivered, "call_off": actions.cancel}


def is_offered(order: Order) -> bool:
    """Whether this order's photo may be taken in front of our backdrop, and has not been yet."""
    reached = "administrator" in order.answers
    return reached and is_in(order, Group.BACKDROP_OFFERED) and BACKDROP_WAY in queries.rules_of(order).photo_ways


@dataclass(frozen=True, slots=True)
class BackdropSent(Panel):
    """The state of a requested backdrop."""

    template: ClassVar[str] = "transfers/photo/backdrop_sent.html"
    backdrop: Backdrop
    state: StateMark
    words: Words


@dataclass(frozen=True, slots=True)
class BackdropOffer(Panel):
    """How to request a backdrop, and why."""

    template: ClassVar[str] = "transfers/photo/backdrop_offer.html"
    invitation: Words  # why to request one


def offers(order: Order) -> list[Panel]:
    """A step's panel about the backdrop; None where none is offered."""
    if not is_offered(order):
        return []
    found, has_one = actions.current(order.reference, order.owner)
    if found is not None:
        return [BackdropSent(found, mark(found.state), _words(order, found))]
    return [BackdropOffer(AT_HAND if has_one else _invitation(order))]


def _invitation(order: Order) -> Words:
    """Why to request a backdrop, before the photo, when it is due, and while we look at it."""
    if not is_in(order, Group.PHOTO_STEP):
        return AFTER_REVIEW
    return NOW if is_in(order, Group.PHOTO_WANTED) else AGAIN


def _words(order: Order, found: Backdrop) -> Words:
    return words_of(found, photo_is_due=is_in(order, Group.PHOTO_WANTED))


@confirmed_required
def backdrop(request: HttpRequest, reference: str) -> HttpResponse:
    """Takes the address once and changes it until posting; no second backdrop is sent while one is under way."""
    order = own_order(request, reference)
    found = actions.newest(order.reference)
    if not is_offered(order) and found is None:
        raise Http404
    if found is not None and request.POST.get("do") in MOVES:
        return _make_move(request, order, found)
    may_type = is_offered(order) and (found is None or found.state == REQUESTED or "again" in request.GET)
    form = _form(request, order, found) if may_type else None
    if form is not None and form.is_bound and form.is_valid():
        _save_address(request, order, found, form)
        return redirect("backdrop", order.reference)
    return render_page(request, _page(order, found, form))


def _form(request: HttpRequest, order: Order, found: Backdrop | None) -> AddressForm:
    living = found is not None and found.state in ON_THE_WAY
    initial = as_typed(found) if found is not None and living else first_guess(order)
    if "show_places" in request.POST:
        say(request, "places", value=True)
        return AddressForm(initial=initial)
    return AddressForm(request.POST if request.method == "POST" else None, initial=initial)


def _save_address(request: HttpRequest, order: Order, found: Backdrop | None, form: AddressForm) -> None:
    words = {
        "ref": order.reference,
        "domain": order.domain,
        "url": settings.PUBLIC_BASE_URL + reverse("backdrop", args=[order.reference]),
    }
    if found is None or found.state != REQUESTED:
        found = actions.ask(holder=order.reference, owner=order.owner, to=form.address, words=words)
    if not actions.change_address(found, form.address, actor=account_of(request)):
        messages.error(request, _("It has already been posted to the previous address"))


def _make_move(request: HttpRequest, order: Order, found: Backdrop) -> HttpResponse:
    with suppress(MoveNotAllowed):  # pressed twice, or posted in the meantime: the page shows its state
        MOVES[request.POST["do"]](found, actor=account_of(request))
    is_there = is_offered(order) or actions.newest(order.reference) is not None
    return redirect("backdrop", order.reference) if is_there else redirect(order)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackdropNow(Panel):
    """Its state, and what its owner can do about it."""

    template: ClassVar[str] = "transfers/photo/backdrop_now.html"
    backdrop: Backdrop
    state: StateMark
    sentence: Words
    moves: list[Action]
    on_its_way: str
    may_ask_again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressAsked(Panel):
    """The address, for the first time or changed."""

    template: ClassVar[str] = "transfers/photo/backdrop_address.html"
    lead: Words
    button: Words
    notices: list[Notice]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackdropPage(PageInOrder):
    """The state of the backdrop, what its owner can do, and the address."""

    template: ClassVar[str] = "transfers/photo/backdrop.html"
    panels: list[Panel]
    form: AddressForm | None
    back_url: str


def _moves(found: Backdrop) -> list[Action]:
    """What its owner can do now."""
    open_now = {row.name for row in actions.BACKDROP.available(found, APPLICANT)}
    return [button for button in BUTTONS if button.value in open_now]


def _notices(order: Order, found: Backdrop | None, expected: str) -> list[Notice]:
    """What to know before requesting: that it is free, and when there will be some again."""
    return [
        *([Notice("info", FREE, (WHERE if is_in(order, Group.PHOTO_STEP) else IN_TIME,))] if found is None else []),
        *(
            [Notice("turn", _("Out of stock at the moment"), (OUT_OF_STOCK % {"expected": expected},))]
            if expected
            else []
        ),
    ]


def _now(order: Order, found: Backdrop, *, is_typed: bool) -> BackdropNow:
    return BackdropNow(
        backdrop=found,
        state=mark(found.state),
        sentence=_words(order, found),
        moves=_moves(found),
        on_its_way=ON_ITS_WAY % {"tracking": found.tracking} if found.state == POSTED else "",
        may_ask_again=found.state == DELIVERED and not is_typed,
    )


def _address_asked(order: Order, found: Backdrop | None) -> AddressAsked:
    is_requested = found is not None and found.state == REQUESTED
    stock = actions.stock() if found is None else None
    late = stock.expected_on if stock is not None and stock.count == 0 else None
    late = late if late and late > to_beijing(timezone.now()).date() else None  # a day that is over tells nothing
    return AddressAsked(
        lead=_("Change the address") if is_requested else _("Enter your address"),
        button=_("Change the address") if is_requested else _("Submit the request"),
        notices=_notices(order, found, day_words(late) if late else ""),
    )


def _page(order: Order, found: Backdrop | None, form: AddressForm | None) -> BackdropPage:
    return BackdropPage(
        frame=frame(order, state_of(order).stage or stages.DOCUMENTS),
        panels=[
            *([_now(order, found, is_typed=form is not None)] if found is not None else []),
            *([_address_asked(order, found)] if form is not None else []),
        ],
        form=form,
        back_url=phone_upload.step_url(order),
    )
