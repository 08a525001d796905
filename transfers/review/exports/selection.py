"""The orders of an export: the basket and filter in the list's URL."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import override

from icpportal.accounts.models import User
from transfers.models import Order
from transfers.review.baskets.due import calendar_around
from transfers.review.baskets.forms import QueueFilter
from transfers.review.baskets.rows import Reader, basket_of

MOST = 5000  # rows in a file


@dataclass(frozen=True, slots=True)
class Selection:
    """The orders of a filter, the filter in words, and as a query for the reader and for anybody."""

    orders: QuerySet[Order]
    said: Callable[[], str]
    query: str
    settled: str

    @property
    def words(self) -> str:
        """The filter in the language of the page."""
        return self.said()


def selection(address: QueryDict, reader: User, now: datetime) -> Selection:
    """What the list shows this reader for a URL; unknown values filter nothing."""
    basket = basket_of(address.get("queue", ""))
    asked = QueueFilter(address, user=reader)
    looks = Reader(reader, now, calendar_around(now))
    orders = Order.objects.filter(basket.orders(looks)).filter(asked.orders(looks))

    def describe() -> str:
        words = QueueFilter(address, user=reader).chosen_words()  # a new form: labels are in one language
        return " · ".join(map(str, (basket.label, *words)))

    query, settled = (
        urlencode({"queue": basket.key, **chosen}, safe=",") for chosen in (asked.chosen(), asked.for_others())
    )
    return Selection(orders, describe, query, settled)


def in_languages(chosen: Selection) -> dict[str, str]:
    """The words of a filter in every language of the portal, for colleagues who read another one."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found[language] = chosen.words
    return found


def count(orders: QuerySet[Order]) -> int:
    """How many orders there are; one more than the limit when there are too many."""
    return orders.order_by()[: MOST + 1].count()


def keys_of(orders: QuerySet[Order]) -> list[str]:
    """The keys of the orders in file order; one more than the limit when there are too many."""
    return list(map(str, orders.order_by("entered_at", "pk").values_list("pk", flat=True)[: MOST + 1]))
