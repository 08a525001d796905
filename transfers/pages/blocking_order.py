"""The order that blocks a new one: reason and available actions."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from icpportal.fields.components import Action
from transfers.models import Order
from transfers.orders.expiry import is_over
from transfers.orders.kinds import is_in, state_of
from transfers.orders.rows import Group
from transfers.pages.buttons import available, page_url


def words(order: Order) -> str:
    """Why nothing else can begin now; names the blocking order."""
    order.answer("type")  # raises when unreadable: such an order cannot be finished either
    state = state_of(order)
    return str((state.blocks_over if is_over(order) else state.blocks) % {"ref": order.reference})


def alternatives(order: Order) -> list[Action]:
    """Finish the order, or withdraw it, as its state allows."""
    if is_over(order):
        return [look(order)]
    finish = _("Continue the order") if is_in(order, Group.OWNER_ACTS) else _("Open the order")
    found = [Action(finish, page_url(order, state_of(order)))]
    for move, button in available(order):
        if button.on_other_pages:
            url = reverse("order-move", args=[order.reference, move.name])
            found.append(Action(button.on_other_pages, url))
    return found


def look(order: Order) -> Action:
    """The action that opens its page."""
    return Action(_("Open the order"), order.get_absolute_url())
