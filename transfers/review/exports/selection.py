"""Which orders a list is of: the basket and its filter, taken from the address of the queue."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict

from icpportal.accounts.models import User
from transfers.models import Order
from transfers.review.baskets.due import calendar_around
from transfers.review.baskets.forms import QueueFilter
from transfers.review.baskets.rows import Reader, basket_of

MOST = 5000  # rows of a file


@dataclass(frozen=True, slots=True)
class Selection:
    """The orders of a filter, the filter in words, and as it stands in an address."""

    orders: QuerySet[Order]
    words: str
    query: str


def selection(address: QueryDict, reader: User, now: datetime) -> Selection:
    """What the queue shows this reader for an address; what is not understood narrows nothing."""
    basket = basket_of(address.get("queue", ""))
    asked = QueueFilter(address, user=reader)
    looks = Reader(reader, now, calendar_around(now))
    orders = Order.objects.filter(basket.orders(looks)).filter(asked.orders(looks))
    words = " · ".join(map(str, (basket.label, *asked.chosen_words())))
    return Selection(orders, words, urlencode({"queue": basket.key, **asked.chosen()}))


def count(orders: QuerySet[Order]) -> int:
    """How many they are; one more than the most stands for all that are too many."""
    return orders.order_by()[: MOST + 1].count()
