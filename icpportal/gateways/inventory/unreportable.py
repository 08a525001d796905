"""Alarms about servers with an unknown product or place, until the settings name it."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from icpportal.alarms.actions import clear, open_alarm
from icpportal.alarms.models import Alarm
from icpportal.alarms.queries import open_alarms
from icpportal.gateways.inventory.eligibility import UNKNOWN_PLACE, UNKNOWN_PRODUCT
from icpportal.gateways.inventory.places import only_province, provinces
from icpportal.gateways.inventory.types import Instance

PRODUCT, PLACE = "inventory.product", "inventory.place"
# rule → the alarm, and the server's value in it
NAMED: dict[str, tuple[str, Callable[[Instance], str]]] = {
    UNKNOWN_PRODUCT: (PRODUCT, lambda server: server.product),
    UNKNOWN_PLACE: (PLACE, lambda server: server.province or server.region),
}


def report(rule: str, server: Instance, *, reference: str) -> None:
    """Tells operations which product or place is unknown, one alarm for each; `reference` is the order that met it."""
    cause, detail = NAMED[rule]
    open_alarm(f"{cause}:{detail(server)}", reference=reference, detail=detail(server))


def clear_known(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Closes alarms about what the settings now name; returns how many."""
    over = [alarm for cause, known in KNOWN.items() for alarm in _open(cause) if known(alarm.detail)]
    return len(over) if dry_run else sum(clear(alarm.cause, now=now) for alarm in over)


def _open(cause: str) -> QuerySet[Alarm]:
    return open_alarms().filter(cause__startswith=f"{cause}:")


def _is_product(detail: str) -> bool:
    return any(row["key"] == detail for row in settings.PROVIDER_PRODUCTS)


def _is_place(detail: str) -> bool:
    return detail in provinces() or detail in settings.SERVER_PLACES or bool(only_province())


KNOWN: dict[str, Callable[[str], bool]] = {PRODUCT: _is_product, PLACE: _is_place}
