"""The two lists side by side: calls to make, and objections to answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from icpportal.fields.types import Words
from transfers.models import Call, Objection
from transfers.review.baskets.counts import BasketCount
from transfers.review.baskets.rows import Reader
from transfers.review.cases.parts.part import attributes
from transfers.review.worklists.calls import CallRow, current, slice_of_calls
from transfers.review.worklists.objections import ObjectionRow, slice_of_objections

CALLS, OBJECTIONS = "admin:desk_calls", "admin:desk_objections"


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the lists."""

    label: Words
    url: str
    count: int
    is_here: bool

    @property
    def current(self) -> SafeString:
        """The HTML attribute for the list that is open."""
        return current(is_here=self.is_here)


class Row(Protocol):
    """A possible result of a call attempt, or of an objection."""

    @property
    def key(self) -> str: ...

    @property
    def label(self) -> Words: ...

    @property
    def hint(self) -> Words: ...


@dataclass(frozen=True, slots=True)
class Choosable:
    """A result to choose in a form."""

    key: str
    label: Words
    hint: Words
    checked: SafeString


def choosable(rows: Iterable[Row], chosen: str) -> list[Choosable]:
    """The results that a form offers."""
    return [Choosable(row.key, row.label, row.hint, attributes(checked=row.key == chosen)) for row in rows]


def next_page(name: str, after: str) -> str:
    """The address of the next page of a list; "" on the last one."""
    return f"{reverse(name)}?{urlencode({'after': after})}" if after else ""


@dataclass(frozen=True, slots=True)
class Work:
    """Both lists, shown beside the one item that is open."""

    calls: list[CallRow]
    objections: list[ObjectionRow]


def tabs(calls: BasketCount, objections: BasketCount, here: str) -> list[Tab]:
    """Both lists with their counts; `here` is the URL name of the open one."""
    rows = ((CALLS, _("Calls"), calls), (OBJECTIONS, _("Objections"), objections))
    return [Tab(label, reverse(name), counted.waiting, is_here=name == here) for name, label, counted in rows]


def work(reader: Reader, *, call: Call | None = None, objection: Objection | None = None) -> Work:
    """What waits, with the open item marked."""
    return Work(slice_of_calls(reader, here=call).rows, slice_of_objections(reader, here=objection).rows)
