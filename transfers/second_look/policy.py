"""Which accepted orders a second person looks at before they go to the authority: by risk, by province, or drawn."""

from collections.abc import Callable, Iterator

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from filings.provinces import PROVINCES
from icpportal.approvals import actions as approvals
from icpportal.fields.types import Words
from transfers.models import Order
from transfers.orders import queries

DRAWN, PROVINCE, AGAIN = "drawn", "province", "again"
# what makes an order a risk, by the words of the settings; the same that a list of the desk can be narrowed to
RISKS: dict[str, Callable[[Order], bool]] = {
    "findings": lambda order: bool(order.findings),
    "returned": lambda order: queries.returns_of(order) > 0,  # by its rounds: a guard trusts no copy
    "objection": lambda order: queries.objections_to(order).exists(),
}
WORDS: dict[str, Words] = {
    "findings": _("the checks found something"),
    "returned": _("it was returned before"),
    "objection": _("somebody objects to it"),
    PROVINCE: _("every order of this province is looked at twice"),
    DRAWN: _("it was drawn by lot"),
    AGAIN: _("a second person was asked before"),
}


def certain(order: Order) -> list[str]:
    """Why a second person looks at this order before any lot is drawn; nothing where none does."""
    if not approvals.is_needed():
        return []
    found = [key for key in settings.SECOND_LOOK_RISKS if RISKS[key](order)]
    return [*found, PROVINCE] if order.province in settings.SECOND_LOOK_PROVINCES else found


def may_be_drawn() -> bool:
    """Whether any accepted order may need a second look."""
    return approvals.is_needed() and settings.SECOND_LOOK_PERCENT > 0


def is_drawn(order: Order, number: int) -> bool:
    """Whether this order is among the share, when it is accepted in this round.

    The same for every process that asks, and known to nobody who has not the portal's secret key.
    """
    digest = salted_hmac("transfers.second_look", f"{order.pk}:{number}", algorithm="sha256").digest()
    return int.from_bytes(digest[:8]) < settings.SECOND_LOOK_PERCENT / 100 * 2**64


def lacks() -> Iterator[str]:
    """What is wrong in the settings, for the check at the start."""
    if not 0 <= settings.SECOND_LOOK_PERCENT <= 100:
        yield f"SECOND_LOOK_PERCENT: {settings.SECOND_LOOK_PERCENT:g} is not between 0 and 100"
    yield from (f"SECOND_LOOK_RISKS: no risk {key}" for key in settings.SECOND_LOOK_RISKS if key not in RISKS)
    provinces = settings.SECOND_LOOK_PROVINCES
    yield from (f"SECOND_LOOK_PROVINCES: no province {key}" for key in provinces if key not in PROVINCES)
