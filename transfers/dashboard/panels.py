"""The panels of My filings, from top to bottom; only those with content are shown."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from icpportal.fields.components import Action, Panel
from icpportal.fields.types import Words
from transfers.dashboard.rows import Block
from transfers.models import Order
from transfers.orders.rows import State


@dataclass(frozen=True, slots=True)
class OrderRow(Panel):
    """One order in a list, with its website's name where it has one; `act` where it is the reader's turn."""

    template: ClassVar[str] = "transfers/dashboard/order_row.html"
    order: Order
    kind: Words
    name: str
    state: State
    date_label: Words
    date: datetime | None
    act: Action | None


@dataclass(frozen=True, slots=True)
class UnreadOrder(Panel):
    """An order that cannot be read: its reference, and that operations know."""

    template: ClassVar[str] = "transfers/dashboard/order_unread.html"
    order: Order


@dataclass(frozen=True, slots=True)
class Pages(Panel):
    """The neighbours of one page of a list."""

    older_url: str
    newer_url: str


@dataclass(frozen=True, slots=True)
class Orders(Pages):
    """One page of a list of orders."""

    template: ClassVar[str] = "transfers/dashboard/orders.html"
    title: Words
    rows: list[OrderRow | UnreadOrder]


@dataclass(frozen=True, slots=True)
class Sites(Pages):
    """One page of what is on file, one block for each subject."""

    template: ClassVar[str] = "transfers/dashboard/sites.html"
    title: Words
    rows: list[Block]


@dataclass(frozen=True, slots=True)
class Nothing(Panel):
    """An empty list: why, and a tab or filter that has rows."""

    template: ClassVar[str] = "transfers/dashboard/nothing.html"
    sentence: Words
    link_label: Words = ""
    link_url: str = ""


@dataclass(frozen=True, slots=True)
class Urgent(Panel):
    """The order that runs out first, and its next action."""

    template: ClassVar[str] = "transfers/dashboard/urgent.html"
    order: Order
    date_label: Words
    act: Action
    now: datetime


@dataclass(frozen=True, slots=True)
class Way:
    """One way to begin, and when to choose it."""

    label: Words
    sentence: Words
    url: Words


TRANSFER = Way(
    _("Transfer a filing"),
    _("Your website is on file with another provider and now runs on one of our servers."),
    reverse_lazy("verify-type"),
)
ANOTHER = Way(
    _("Transfer another ICP filing"),
    _("Your website belongs to a subject already on file here. The subject's details are reused."),
    reverse_lazy("another"),
)
IMPORT = Way(
    _("Import from the old platform"),
    _("Your filing was made on the old platform: take it over with the old account."),
    reverse_lazy("import"),
)
WAYS = (TRANSFER, ANOTHER, IMPORT)


@dataclass(frozen=True, slots=True)
class NothingYet(Panel):
    """The ways to begin, for an account that has no order and no filing."""

    template: ClassVar[str] = "transfers/dashboard/nothing_yet.html"
    ways: tuple[Way, ...] = WAYS
