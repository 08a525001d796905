"""What the applicant can do with an order now, from the lifecycle; what opens a page and what posts."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from icpportal.fields.components import LINK, PRIMARY, SECONDARY, Action
from icpportal.lifecycle import APPLICANT
from icpportal.paths import path
from transfers.models import Order
from transfers.notifications.texted_mobiles import number_differs, read_phones
from transfers.orders import actions, queries
from transfers.orders.expiry import is_over
from transfers.orders.kinds import is_in, state_of
from transfers.orders.machine import ORDER
from transfers.orders.rows import Button, Group, Move, State
from transfers.pages import stages

FIRST_UNANSWERED = "first_unanswered"  # instead of a URL name: where a draft continues


def buttons(order: Order) -> list[Action]:
    """The actions of an order's page, the next one first."""
    found: list[Action] = []
    state = state_of(order)
    if state.page and not is_over(order):
        found.append(Action(state.button, page_url(order, state), PRIMARY))
    elif is_in(order, Group.LAPSED) and number_differs(order):  # resubmitted unchanged, it would lapse again
        found.append(Action(_("See how to change the number"), path("phones-lost", order.reference), PRIMARY))
    for move, button in available(order):
        # moves that end an order are not buttons here: a link leads to the page that asks first
        kind = PRIMARY if button.is_primary and not found else LINK if button.asks_first else SECONDARY
        url = path("order-move", order.reference, move.name)
        found.append(Action(button.label, url, kind, post=not button.asks_first))
    if actions.can_start_again(order):
        url = path("order-move", order.reference, "start_again")
        found.append(Action(_("Start again with these answers"), url, PRIMARY, post=True))
    return found


def read_for(orders: Iterable[Order]) -> None:
    """Reads at once what `buttons` asks about each of these orders."""
    read_phones([order for order in orders if is_in(order, Group.LAPSED)])


def available(order: Order) -> list[tuple[Move, Button]]:
    """The moves with a button that are open to the applicant now."""
    open_now = ORDER.available(order, APPLICANT, queries.facts_of(order))
    return [(move, move.button) for move in open_now if isinstance(move, Move) and move.button is not None]


def page_url(order: Order, state: State) -> str:
    """The page where this state's work is done; the order's own page where there is none."""
    if not state.page:
        return order.get_absolute_url()
    if state.page == FIRST_UNANSWERED:
        return stages.first_unanswered(order).url(order)
    return path(state.page, order.reference)
