"""Which accepted orders need a second look before they go to the authority: by risk, province or lot."""

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
# risks by their names in the settings; lists of the desk can be filtered by the same ones
RISKS: dict[str, Callable[[Order], bool]] = {
    "findings": lambda order: bool(order.findings),
    "returned": lambda order: queries.returns_of(order) > 0,  # from its rounds: a guard trusts no copied column
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
    """Why this order needs a second look without a draw; empty when it does not."""
    if not approvals.is_needed():
        return []
    found = [key for key in settings.SECOND_LOOK_RISKS if RISKS[key](order)]
    return [*found, PROVINCE] if order.province in settings.SECOND_LOOK_PROVINCES else found


def may_be_drawn() -> bool:
    """Whether any accepted order may need a second look."""
    return approvals.is_needed() and settings.SECOND_LOOK_PERCENT > 0


def is_drawn(order: Order, number: int) -> bool:
    """Whether this order is drawn when it is accepted in this round.

    The same for every process, and unpredictable without the portal's secret key.
    """
    digest = salted_hmac("transfers.second_look", f"{order.pk}:{number}", algorithm="sha256").digest()
    return int.from_bytes(digest[:8]) < settings.SECOND_LOOK_PERCENT / 100 * 2**64


def lacks() -> Iterator[str]:
    """What is wrong in the settings, for the system check."""
    if not 0 <= settings.SECOND_LOOK_PERCENT <= 100:
        yield f"SECOND_LOOK_PERCENT: {settings.SECOND_LOOK_PERCENT:g} is not between 0 and 100"
    yield from (f"SECOND_LOOK_RISKS: no risk {key}" for key in settings.SECOND_LOOK_RISKS if key not in RISKS)
    provinces = settings.SECOND_LOOK_PROVINCES
    yield from (f"SECOND_LOOK_PROVINCES: no province {key}" for key in provinces if key not in PROVINCES)
