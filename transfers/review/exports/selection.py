"""Which orders a list is of: the filter of the queue, taken from its address."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.provinces import PROVINCES
from icpportal.accounts.models import User
from icpportal.fields.types import Words
from transfers.models import Order
from transfers.orders import states
from transfers.orders.kinds import queues
from transfers.orders.rows import Group
from transfers.review.figures.charts.returns import province_name

MOST = 5000  # rows of a file
MINE = "mine"
LISTS: dict[str, tuple[Words, dict[str, str | bool]]] = {
    **{state.queue: (state.queue_label or state.label, {"state": state.key}) for state in queues()},
    "held": (gettext_lazy("On hold: the provider's fault"), {"held": True}),
    "all": (gettext_lazy("All orders"), {}),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """The orders of a filter, the filter in words, and as it stands in an address."""

    orders: QuerySet[Order]
    words: str
    query: str


def selection(address: QueryDict, reader: User, now: datetime) -> Selection:
    """What the queue shows this reader for an address; what is not understood narrows nothing."""
    asked = address.get("queue", "")
    tab = asked if asked in LISTS or asked == MINE else ""
    province = address.get("province", "")
    province = province if province in PROVINCES else ""
    orders = Order.objects.filter(_of_tab(tab, reader, now), **({"province": province} if province else {}))
    words = [_tab_words(tab), province_name(province) if province else _("all provinces")]
    kept = {name: value for name, value in (("queue", tab), ("province", province)) if value}
    return Selection(orders, " · ".join(words), urlencode(kept))


def count(orders: QuerySet[Order]) -> int:
    """How many they are; one more than the most stands for all that are too many."""
    return orders.order_by()[: MOST + 1].count()


def _of_tab(tab: str, reader: User, now: datetime) -> Q:
    if tab == MINE:
        return Q(reviewer=reader, claimed_until__gt=now)
    if tab:
        return Q(**LISTS[tab][1])
    return Q(state__in=states.keys(Group.IN_REVIEW))


def _tab_words(tab: str) -> str:
    if tab == MINE:
        return _("Mine")
    return str(LISTS[tab][0]) if tab else _("Waiting for us")
