"""What is left to do after an approval: domain, footer of the home page, duties; each with its own tick."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from icpportal.fields.components import Panel
from icpportal.fields.types import Words
from transfers.duties import actions as duties
from transfers.duties.rows import DoneDuty, DutyRow, duty_rows
from transfers.footer.panels import Footer, footer_of
from transfers.models import Order
from transfers.order_page.on_file import address_of, website_of
from transfers.proofs.servers import ANSWER


@dataclass(frozen=True, slots=True)
class ToDo(Panel):
    """One thing to do; `is_now` is the first one left, which has the primary button."""

    title: Words
    is_done: bool
    is_now: bool
    number: int

    @property
    def mark(self) -> str:
        """Its class in the list."""
        return "is-done" if self.is_done else "is-turn" if self.is_now else ""


@dataclass(frozen=True, slots=True)
class PointDomain(ToDo):
    """Point the domain to our server: `ip` where known, `points_to` as of the last lookup."""

    template: ClassVar[str] = "transfers/order_page/to_do_domain.html"
    domain: str
    ip: str
    points_to: str


@dataclass(frozen=True, slots=True)
class ShowNumber(ToDo):
    """Show the number in the footer of the home page."""

    template: ClassVar[str] = "transfers/order_page/to_do_footer.html"
    footer: Footer


@dataclass(frozen=True, slots=True)
class DoDuty(ToDo):
    """A duty with a date."""

    template: ClassVar[str] = "transfers/order_page/to_do_duty.html"
    row: DutyRow


def to_do(order: Order) -> list[ToDo]:
    """Everything to do, in the recommended order."""
    ip = address_of(order) or order.answer(ANSWER).get("ip", "")
    footer = footer_of(website_of(order), order.site_number)
    is_here = bool(ip) and ip in footer.points_to.split(", ")
    shows = footer.outcome is not None and footer.outcome.is_well
    rows = duty_rows(duties.of_order(order))
    done = [is_here, shows, *(isinstance(row, DoneDuty) for row in rows)]
    now = done.index(False) if False in done else -1
    return [
        PointDomain(
            _("Point the domain at our server"), is_here, now == 0, 1, order.display_domain, ip, footer.points_to
        ),
        ShowNumber(_("Show the number at the foot of the home page"), shows, now == 1, 2, footer),
        *(DoDuty(row.title, done[n], now == n, n + 1, row) for n, row in enumerate(rows, start=2)),
    ]
