"""The places of servers (服务器放置地): the provider's provinces, and the province of a server."""

from collections.abc import Iterable, Mapping
from ipaddress import ip_network

from django.conf import settings

from icpportal.fields.types import Json
from icpportal.gateways.inventory.types import Instance

# the 31 mainland provinces of GB/T 2260: a filed website must be in one of them
PROVINCES = (
    *("11", "12", "13", "14", "15", "21", "22", "23"),
    *("31", "32", "33", "34", "35", "36", "37"),
    *("41", "42", "43", "44", "45", "46"),
    *("50", "51", "52", "53", "54"),
    *("61", "62", "63", "64", "65"),
)
EXAMPLE = "for example SERVER_PROVINCE=64 (Ningxia), or SERVER_PROVINCE=11,64 where they stand in several"


def codes_of(text: str) -> tuple[str, ...]:
    """`11, 64` as its codes, each once."""
    return tuple(dict.fromkeys(filter(None, map(str.strip, text.split(",")))))


def faults(province: str, places: Json) -> list[str]:
    """Errors in SERVER_PROVINCE and SERVER_PLACES, one sentence each; with any, the portal does not start."""
    known = codes_of(province)
    if not known:
        return [
            "Set the SERVER_PROVINCE environment variable to the province where your servers stand, "
            f"in two digits of GB/T 2260: {EXAMPLE}."
        ]
    wrong = [code for code in known if code not in PROVINCES]
    if wrong:
        return [f"SERVER_PROVINCE: {', '.join(wrong)} is no province in two digits of GB/T 2260: {EXAMPLE}."]
    if not isinstance(places, Mapping):
        return ['SERVER_PLACES is not a JSON object of your regions and their provinces: {"cn-beijing": "11"}.']
    astray = [str(region) for region, code in places.items() if code not in known]
    return [f"SERVER_PLACES: the province of {', '.join(astray)} is not in SERVER_PROVINCE."] if astray else []


def network_faults(networks: Iterable[str]) -> list[str]:
    """An error for PROVIDER_NETWORKS that are none, with which pages of cancellations would fail."""
    try:
        for network in networks:
            ip_network(network, strict=False)
    except ValueError:
        return ["PROVIDER_NETWORKS cannot be read: it is networks such as 192.0.2.0/24, separated by commas."]
    return []


def provinces() -> tuple[str, ...]:
    """The provinces of this provider's servers."""
    return codes_of(settings.SERVER_PROVINCE)


def only_province() -> str:
    """The only province of all servers; "" if there are several."""
    known = provinces()
    return known[0] if len(known) == 1 else ""


def place_of(instance: Instance) -> str:
    """The province of this server: the list's, else its region's, else the only one; "" when unknown.

    A province that is not the provider's counts as unknown: either the settings or the list are wrong.
    """
    province = instance.province or settings.SERVER_PLACES.get(instance.region, "")
    if province:
        return province if province in provinces() else ""
    return only_province()
