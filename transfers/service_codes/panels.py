"""The panels of the pages of service codes; only those with content are shown."""

from dataclasses import dataclass
from typing import ClassVar

from icpportal.fields.components import Panel
from icpportal.fields.types import Words
from transfers.service_codes.rows import CodeRow, ServerRow
from verification.models import CodeHandover


@dataclass(frozen=True, slots=True)
class Offers(Panel):
    """Offers from other accounts, and those waiting for an answer."""

    template: ClassVar[str] = "transfers/service_codes/code_offers.html"
    handovers: list[CodeHandover]


@dataclass(frozen=True, slots=True)
class CodeList(Panel):
    """Codes without a server in the list."""

    template: ClassVar[str] = "transfers/service_codes/code_list.html"
    key: str
    title: Words
    rows: list[CodeRow]


@dataclass(frozen=True, slots=True)
class Servers(Panel):
    """Servers with their codes, one page of them."""

    template: ClassVar[str] = "transfers/service_codes/servers.html"
    rows: list[ServerRow]
    older_url: str
    newer_url: str


@dataclass(frozen=True, slots=True)
class NoServer(Panel):
    """What to do without a server."""

    template: ClassVar[str] = "transfers/service_codes/no_server.html"


@dataclass(frozen=True, slots=True)
class Down(Panel):
    """The server list cannot be read now."""

    template: ClassVar[str] = "transfers/service_codes/servers_down.html"


@dataclass(frozen=True, slots=True)
class HandoverPanel(Panel):
    """What one of the two accounts can do about a hand-over."""

    handover: CodeHandover


@dataclass(frozen=True, slots=True)
class Answer(HandoverPanel):
    """Accept or decline."""

    template: ClassVar[str] = "transfers/service_codes/offer_answer.html"


@dataclass(frozen=True, slots=True)
class TakeBack(HandoverPanel):
    """Take back what waits for the other account."""

    template: ClassVar[str] = "transfers/service_codes/offer_take_back.html"


@dataclass(frozen=True, slots=True)
class SeeCode(HandoverPanel):
    """The link to the code, once it is answered."""

    template: ClassVar[str] = "transfers/service_codes/offer_code.html"
