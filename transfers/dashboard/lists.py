"""The lists of My filings: one for each tab, with its filter; both are in the URL."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import DateTimeField, Exists, IntegerField, Model, OuterRef, Q, QuerySet, Subquery, UUIDField
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filings.models import Website
from filings.queries import websites_of
from icpportal.accounts.models import User
from icpportal.database.prepared import CompiledQuery
from icpportal.fields.components import Tab
from icpportal.fields.domains import searched_domain
from icpportal.fields.text import normalise_number, read_search, searched_number
from icpportal.fields.types import Words
from transfers.dashboard.queries import Owner, ended_of, turn_of, urgent_of, with_authority, with_us
from transfers.models import Order
from transfers.orders.kinds import known_key
from transfers.pages import keyset
from transfers.rights.models import Closure

Row = TypeVar("Row", bound=Model)
REFERENCE_PART = re.compile("[0-9A-Za-z]{5,8}")  # part of a reference, longer than half of it


SIZE = 50


def _compiled(build: Callable[[UUID, datetime], QuerySet[Row, Any]]) -> CompiledQuery[Row]:
    return CompiledQuery(build, owner=UUIDField(), now=DateTimeField())


@dataclass(frozen=True)
class OrderList:
    """One list of orders: its tab, its rows and their order; `is_turn` where the reader must act.

    `is_open` where its rows change with the time. People open these all the time, so that their query is compiled once.
    """

    key: str
    label: Words
    rows: Callable[[Owner, datetime], QuerySet[Order]]
    order: Sequence[str] = keyset.NEWEST_FIRST
    is_turn: bool = False
    is_open: bool = True

    @cached_property
    def first_rows(self) -> CompiledQuery[Order]:
        """The rows of the first page without a filter, and one more."""
        return _compiled(lambda owner, now: keyset.with_next(self.rows(owner, now), self.order, size=SIZE))

    def page(self, user: User, asked: "ListRequest", now: datetime) -> keyset.Page[Order]:
        """One page of the list, filtered as asked."""
        if self.is_open and not asked.is_filtered and not asked.after:
            return keyset.page_of(self.first_rows.all(owner=user.pk, now=now), size=SIZE)
        rows = orders_found(self.rows(user, now), asked)
        return keyset.page(rows, self.order, keyset.mark_of(rows, "reference", asked.after), size=SIZE)


TURN = OrderList("turn", _("Your turn"), turn_of, ("runs_out", "entered_at", "pk"), is_turn=True)
OURS = OrderList("ours", _("With us"), with_us)
AT_AUTHORITY = OrderList("authority", pgettext_lazy("tab", "Authority"), with_authority)
CLOSED = OrderList("closed", _("Closed"), ended_of, is_open=False)
ORDER_LISTS = (TURN, OURS, AT_AUTHORITY, CLOSED)
MOST_URGENT = _compiled(lambda owner, now: urgent_of(owner, now).order_by(*TURN.order)[:1])
SITES, SITES_LABEL, SITES_ORDER = "sites", _("On file"), ("-since", "-pk")
CLOSING = "closing"  # whether the account waits to be closed, counted in the same query
COUNTED = (*(each.key for each in ORDER_LISTS), SITES, CLOSING)
KEYS = (TURN.key, OURS.key, AT_AUTHORITY.key, SITES, CLOSED.key)


@dataclass(frozen=True, slots=True)
class ListRequest:
    """What the URL asks for: a tab, words, a kind of order, and the row after which a page begins.

    Without a tab, the one last looked at if it has rows, else the first that has.
    """

    tab: str
    looked_at: str
    words: str
    kind: str
    after: str

    def url(self, **changed: str) -> str:
        """The URL with the same filter and these changes."""
        asked = {"tab": self.tab, "q": self.words, "kind": self.kind} | changed
        return f"{reverse('dashboard')}?{urlencode({name: value for name, value in asked.items() if value})}"

    def shown_tab(self, counts: Mapping[str, int]) -> str:
        """The tab to show."""
        order = (self.looked_at, *KEYS) if self.looked_at else KEYS
        return self.tab or next((key for key in order if counts[key]), self.looked_at or TURN.key)

    @property
    def is_filtered(self) -> bool:
        return bool(self.words or self.kind)


def asked_of(query: QueryDict) -> ListRequest:
    """Reads the URL; invalid values are ignored."""
    return ListRequest(
        tab=tab if (tab := query.get("tab", "")) in KEYS else "",
        looked_at=tab if (tab := query.get("at", "")) in KEYS else "",
        words=read_search(query.get("q", "")),
        kind=known_key(query.get("kind", "")),
        after=query.get("after", ""),
    )


def orders_found(rows: QuerySet[Order], asked: ListRequest) -> QuerySet[Order]:
    """The orders of this kind whose domain, reference or filing number contains the words.

    Names are sealed in an order's answers; they find what is on file, and the orders that belong to it.
    """
    if asked.words:
        number = searched_number(asked.words)
        by_number = Q(site_number__icontains=number) | Q(subject_number__icontains=number)
        by_text = Q(domain__icontains=searched_domain(asked.words)) | Q(reference__icontains=_reference(asked.words))
        named = Website.objects.filter(pk=OuterRef("website"), name__icontains=asked.words)
        # no join: for each list it would take PostgreSQL three times as long to plan the statement
        rows = rows.filter(by_text | by_number | Q(Exists(named)))
    return rows.filter(kind=asked.kind) if asked.kind else rows


def sites_found(user: User, asked: ListRequest) -> QuerySet[Website]:
    """The websites on file whose domain, name or number contains the words; the kind of order is ignored."""
    rows = websites_of(user)
    if asked.words:
        by_text = Q(name__icontains=asked.words) | Q(site_number__icontains=searched_number(asked.words))
        rows = rows.filter(Q(domain__icontains=searched_domain(asked.words)) | by_text)
    return rows


class _CountSubquery(Subquery):
    """Counts the rows of a query."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def lengths(user: User, asked: ListRequest, now: datetime) -> dict[str, int]:
    """The length of each of the user's lists, and 1 for `CLOSING` if the account waits to be closed, in one query."""
    if not asked.is_filtered:
        return dict(zip(COUNTED, LENGTHS.texts(owner=user.pk, now=now)[0], strict=True))
    orders = {each.key: orders_found(each.rows(user, now), asked) for each in ORDER_LISTS}
    return dict(zip(COUNTED, _counts(user.pk, {**orders, SITES: sites_found(user, asked)}).get(), strict=True))


def _counts(owner: UUID, lists: Mapping[str, QuerySet[Order] | QuerySet[Website]]) -> QuerySet[User, tuple[int, ...]]:
    found = {**lists, CLOSING: Closure.objects.filter(user=owner)}
    counted = {f"in_{key}": _CountSubquery(found[key].order_by().values("pk")) for key in COUNTED}
    return User.objects.filter(pk=owner).annotate(**counted).values_list(*counted)


LENGTHS = _compiled(
    lambda owner, now: _counts(
        owner, {**{each.key: each.rows(owner, now) for each in ORDER_LISTS}, SITES: websites_of(owner)}
    )
)


def _reference(words: str) -> str:
    """The reference in its stored form: t7q4 m2kx and T7Q4M2 find T7Q4-M2KX."""
    letters = normalise_number(words)
    return f"{letters[:4]}-{letters[4:]}" if REFERENCE_PART.fullmatch(letters) else words


def tabs(counts: dict[str, int], asked: ListRequest, here: str) -> list[Tab]:
    """All tabs with the length of their lists."""
    labels = {each.key: each.label for each in ORDER_LISTS} | {SITES: SITES_LABEL}
    return [Tab(labels[key], counts[key], asked.url(tab=key), key == here) for key in KEYS]
