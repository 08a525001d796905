"""The columns of an exported list, one row each, with personal values masked."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from icpportal.desk.sheets import Cell
from icpportal.fields.types import Words
from icpportal.privacy.masks import mask_email, mask_mobile, readable
from icpportal.time_format import to_beijing
from transfers.models import Order
from transfers.orders.kinds import kind_of, state_of
from transfers.pages.order_summary import subject_words
from transfers.pages.unreadable import build_safely
from transfers.review.figures.charts.returns import province_name
from transfers.review.unsent_orders import is_own


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, and an order's value."""

    name: Words
    cell: Callable[[Order], Cell]


def _moment(at: datetime | None) -> str:
    """In a form that spreadsheets sort, in Beijing time."""
    return f"{to_beijing(at):%Y-%m-%d %H:%M}" if at else ""


def _of_owner(said: Callable[[Order], str]) -> Callable[[Order], Cell]:
    """Values that tell whose the order is, where readable; empty for an order that was never submitted."""
    return lambda order: "" if is_own(order) else readable(lambda: said(order))


def _reviewer(order: Order) -> str:
    return order.reviewer.get_short_name() if order.reviewer else ""


COLUMNS = (
    Column(_("Order"), lambda order: order.reference),
    Column(_("State"), lambda order: str(state_of(order).label)),
    Column(_("Type"), lambda order: str(kind_of(order).name)),
    Column(_("Province"), lambda order: province_name(order.province)),
    Column(_("Domain name"), lambda order: order.display_domain),
    Column(_("Website number"), lambda order: order.site_number),
    Column(_("Subject"), _of_owner(subject_words)),
    Column(_("Account"), _of_owner(lambda order: mask_email(order.owner.email))),
    Column(_("Mobile of the account"), _of_owner(lambda order: mask_mobile(order.owner.mobile))),
    Column(pgettext_lazy("order", "Submitted at"), lambda order: _moment(order.submitted_at)),
    Column(_("Waiting since"), lambda order: _moment(order.entered_at)),
    Column(_("Handled by"), _reviewer),
    Column(_("Submissions to the authority"), lambda order: order.report),
)


def head() -> list[Cell]:
    """The headings in the reader's language."""
    return [str(column.name) for column in COLUMNS]


def rows(orders: Iterable[Order]) -> Iterator[list[Cell]]:
    """One row for each order; for an unreadable one, its number and that."""
    for order in orders:
        yield build_safely(order, lambda: [column.cell(order) for column in COLUMNS]) or [  # noqa: B023 -- at once
            order.reference,
            gettext("cannot be read"),
        ]
