"""The server of an order: product, place and address, as printed on the statement and reported."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from filings.register.regions import region
from icpportal.fields.components import SummaryRow
from icpportal.gateways.inventory.places import only_province, place_of, provinces
from icpportal.gateways.inventory.types import Instance
from icpportal.gateways.miit.codes.table_numbers import method_name, method_shown
from transfers.models import Order
from verification.models import ServiceCode

ANSWER = "server"  # the order's answer that keeps it
LOOKED_UP = "_product_of_code"


@dataclass(frozen=True)
class Server:
    """What is known of the server of an order; "" where unknown."""

    ip: str
    name: str
    product: str
    place: str  # two digits of GB/T 2260

    @property
    def access_method(self) -> str:
        """The access method (接入方式) as filed, in Chinese."""
        return method_name(self.product)

    @property
    def place_name(self) -> str:
        """The province where it stands (服务器放置地), as filed."""
        found = region(self.place)
        return found.name if found else ""


def as_answer(instance: Instance) -> dict[str, str]:
    """What an order keeps of the picked server, or of the server of the typed code."""
    return {"ip": instance.public_ip, "name": instance.name, "product": instance.product, "place": place_of(instance)}


def server_of(order: Order) -> Server:
    """The server as the order has it.

    An order from before the product was stored takes that of its service code, which was issued for the server's. The
    applicant's own choice counts only where no code is on record.
    """
    answers = order.answer(ANSWER)
    product = answers.get("product") or _product_of_code(order) or said_product(order)
    return Server(answers.get("ip", ""), answers.get("name", ""), product, _place(order, answers))


def is_placed(order: Order) -> bool:
    """Whether the place of this order's server is known."""
    return bool(_place(order, order.answer(ANSWER)))


def _place(order: Order, kept: dict[str, str]) -> str:
    """The place stored with the server, which is the printed one; else the only one there is.

    While the order can be changed, a place that is no longer the provider's counts as unknown, and the server is asked
    for again.
    """
    place = kept.get("place", "")
    if not place:
        return only_province()
    return "" if order.is_editable and place not in provinces() else place


def said_product(order: Order) -> str:
    """The product that the applicant chose; before it was checked, it could be wrong."""
    return str(order.answer("service_code").get("product_type", ""))


def _product_of_code(order: Order) -> str:
    """Queried once for each order object, because a page needs it for every document."""
    known = getattr(order, LOOKED_UP, None)
    if known is None or known[0] != order.service_code:
        row = ServiceCode.objects.filter(pk=order.service_code).first() if order.service_code else None
        known = (order.service_code, row.product if row else "")
        setattr(order, LOOKED_UP, known)
    return str(known[1])


def rows(order: Order) -> list[SummaryRow]:
    """What is printed and reported of the server, for the check page and reviewers; empty before it is verified."""
    server = server_of(order)
    if not server.ip:
        return []
    found = region(server.place)
    return [
        {"label": _("Server"), "value": server.name or order.instance},
        {"label": _("Product type"), "value": product_name(server.product)},
        {"label": _("Access method"), "value": method_shown(server.product)},
        {"label": _("Server location"), "value": found.shown_in_full if found else ""},
        {"label": _("Public IP"), "value": server.ip},
    ]


def product_name(key: str) -> str:
    """The product's name in the reader's language."""
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    return next((row[language] for row in settings.PROVIDER_PRODUCTS if row["key"] == key), key)
