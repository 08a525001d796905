"""Which instances may serve a filed website (准备备案服务器, rules of 2018-2019)."""

from collections.abc import Callable
from datetime import date

from dateutil.relativedelta import relativedelta
from django.conf import settings

from icpportal.gateways.inventory.places import place_of
from icpportal.gateways.inventory.types import Billing, Instance

SHORTEST_TERM = relativedelta(months=3)


def abroad(instance: Instance, today: date) -> bool:  # noqa: ARG001 -- every rule is asked the same way
    """Servers in Hong Kong or abroad need no filing and cannot have one."""
    return not instance.mainland


def pay_as_you_go(instance: Instance, today: date) -> bool:  # noqa: ARG001
    """Only subscriptions count."""
    return instance.billing != Billing.SUBSCRIPTION


def is_expired(instance: Instance, today: date) -> bool:
    """A code dies with its server."""
    return instance.ends_on is not None and instance.ends_on <= today


def short_term(instance: Instance, today: date) -> bool:  # noqa: ARG001
    """A subscription under three months, from its first day to its last, renewals included.

    Sources differ: a help page of 2018 refuses when less than three months remain, the table of 2019 says "3 months or
    more, renewals count", and the newest page counts the cumulative term. Counting what remains would refuse a customer
    of five years in their last quarter, and the message says "the subscription is under 3 months".
    """
    return instance.ends_on is None or instance.ends_on < instance.started_on + SHORTEST_TERM


def no_address(instance: Instance, today: date) -> bool:  # noqa: ARG001
    """The authority requires the site's address."""
    return not instance.public_ip


def only_ipv6(instance: Instance, today: date) -> bool:  # noqa: ARG001
    """The ministry's interface V3.0 carries addresses as 32-bit numbers."""
    return ":" in instance.public_ip


def unknown_product(instance: Instance, today: date) -> bool:  # noqa: ARG001
    """PROVIDER_PRODUCTS does not name the product: its access method cannot be reported and is not guessed."""
    return all(row["key"] != instance.product for row in settings.PROVIDER_PRODUCTS)


def unknown_place(instance: Instance, today: date) -> bool:  # noqa: ARG001
    """Its place is printed and reported, so it is not guessed either."""
    return not place_of(instance)


UNKNOWN_PRODUCT = "instance_product"
UNKNOWN_PLACE = "instance_place"
# what cannot be reported: the settings or the list are wrong, and the provider must fix them
UNREPORTABLE: tuple[tuple[str, Callable[[Instance, date], bool]], ...] = (
    (UNKNOWN_PRODUCT, unknown_product),
    (UNKNOWN_PLACE, unknown_place),
)
# what its owner must fix before it can be reported
ADDRESS: tuple[tuple[str, Callable[[Instance, date], bool]], ...] = (
    ("instance_no_ip", no_address),
    ("instance_ipv6", only_ipv6),
)
# the first broken rule is named: what cannot be fixed comes first, and an expired server is renewed, not extended
RULES: tuple[tuple[str, Callable[[Instance, date], bool]], ...] = (
    ("instance_region", abroad),
    ("instance_payg", pay_as_you_go),
    ("instance_expired", is_expired),
    ("instance_term", short_term),
    *ADDRESS,
)


def qualifies(instance: Instance, today: date) -> str | None:
    """The id of the first rule that the instance breaks; None when it may serve a website and can be reported."""
    return next((rule for rule, broken in (*RULES, *UNREPORTABLE) if broken(instance, today)), None)


def cannot_be_reported(instance: Instance, today: date) -> str | None:
    """The first broken rule about what a report states; checked again for a server already in an order."""
    return next((rule for rule, broken in (*ADDRESS, *UNREPORTABLE) if broken(instance, today)), None)
