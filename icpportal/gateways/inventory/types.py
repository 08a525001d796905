"""The data of the provider's server list about one instance."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Billing(StrEnum):
    """How an instance is paid for."""

    SUBSCRIPTION = "subscription"
    PAYG = "payg"


@dataclass(frozen=True)
class Instance:
    """A server of the provider that a website can run on."""

    id: str
    name: str
    product: str  # a key of settings.PROVIDER_PRODUCTS
    region: str  # the provider's name for the place
    mainland: bool
    billing: str  # "subscription" or "payg"
    started_on: date
    ends_on: date | None  # the day on which it expires and is over; None for pay-as-you-go
    public_ip: str  # "" without one
    province: str = ""  # two digits of GB/T 2260, if the list has it
    codes_max: int = 5  # how many service codes it may ever have
