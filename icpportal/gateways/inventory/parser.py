"""Parses instances from a server list; anything unexpected is `Retryable`, never a guess."""

import ipaddress
from collections.abc import Mapping
from datetime import date

from icpportal.fields.types import Json, JsonObject
from icpportal.gateways.errors import Retryable
from icpportal.gateways.inventory.types import Billing, Instance


def instances_of(raw: Json) -> list[Instance]:
    """A list of instances."""
    if not isinstance(raw, list):
        raise Retryable("the server list is not a list")
    return [instance_of(row) for row in raw]


def instance_of(raw: Json) -> Instance:
    """One instance."""
    if not isinstance(raw, Mapping):
        raise Retryable("an instance is not an object")
    billing = _word(raw, "billing")
    if billing not in list(Billing):
        raise Retryable("an instance has an unknown billing")
    return Instance(
        id=_word(raw, "id", needed=True),
        name=_word(raw, "name"),
        product=_word(raw, "product", needed=True),
        region=_word(raw, "region"),
        mainland=_switch(raw, "mainland"),
        billing=billing,
        started_on=_day(raw, "started_on"),
        ends_on=None if billing == Billing.PAYG and not raw.get("ends_on") else _day(raw, "ends_on"),
        public_ip=_address(raw),
        province=_word(raw, "province") if raw.get("province") is not None else "",
        codes_max=_count(raw, "codes_max", default=5),
    )


def _word(raw: JsonObject, name: str, *, needed: bool = False) -> str:
    value = raw.get(name, "")
    if not isinstance(value, str) or len(value) > 200 or (needed and not value):
        raise Retryable(f"an instance has no readable {name}")
    return value


def _switch(raw: JsonObject, name: str) -> bool:
    value = raw.get(name)
    if not isinstance(value, bool):
        raise Retryable(f"an instance has no readable {name}")
    return value


def _day(raw: JsonObject, name: str) -> date:
    try:
        return date.fromisoformat(_word(raw, name, needed=True))
    except ValueError as problem:
        raise Retryable(f"an instance has no readable {name}") from problem


def _count(raw: JsonObject, name: str, *, default: int) -> int:
    value = raw.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 100:
        raise Retryable(f"an instance has no readable {name}")
    return value


def _address(raw: JsonObject) -> str:
    text = _word(raw, "public_ip")
    if not text:
        return ""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError as problem:
        raise Retryable("an instance has no readable public_ip") from problem
