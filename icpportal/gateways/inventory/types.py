"""What the provider's server list tells about one instance."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Billing(StrEnum):
    """How an instance is paid for."""

    SUBSCRIPTION = "subscription"
    PAYG = "payg"


@dataclass(frozen=True)
class Instance:
    """A server of the provider's that a website can run on."""

    id: str
    name: str
    product: str  # a key of settings.PROVIDER_PRODUCTS
    region: str  # the provider's own name of the place
    mainland: bool
    billing: str  # "subscription" or "payg"
    started_on: date
    ends_on: date | None  # the day it expires: on that day it is over; None for pay-as-you-go
    public_ip: str  # "" without one
    province: str = ""  # two digits of GB/T 2260, where the list says it
    codes_max: int = 5  # service codes it may have in all its life
