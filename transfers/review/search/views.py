"""The page of results: the orders found, by what, and where each one is."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from filings.provinces import PROVINCES
from icpportal.accounts.guards import account_of
from icpportal.accounts.models import User
from icpportal.audit.words import SEARCH
from icpportal.desk.pages import DeskPage, draw
from icpportal.fields.client import client_address
from icpportal.fields.language_marks import comma_list, reads_chinese
from icpportal.fields.types import Words
from icpportal.privacy.access_words import REASONS, WHAT
from icpportal.privacy.actions import note_access
from icpportal.privacy.masks import readable
from transfers.models import Order
from transfers.orders.kinds import kind_of, state_of
from transfers.orders.rows import State
from transfers.pages.order_summary import subject_words
from transfers.review.baskets.due import calendar_around
from transfers.review.baskets.rows import Reader
from transfers.review.search.box import SearchBox, box_of, may_open, may_search
from transfers.review.search.forms import SearchForm
from transfers.review.search.queries import LABELS, REFERENCE, SHOWN, Hit, Hits, find
from transfers.review.unsent_orders import is_own

ASKED = "search"  # the access log's reason for a search, usually during a phone call
REASONS[ASKED] = gettext_lazy("Search: somebody asks about an order")
LOG_ASKED = "search log"  # the same for auditors, who look for the log of somebody's orders
REASONS[LOG_ASKED] = gettext_lazy("Search: who looked at somebody's orders")
# names of searches in the access log: the sort of words that found something, never the words
SORTS: dict[str, Words] = {
    "reference": gettext_lazy("Search of orders: order number"),
    "domain": gettext_lazy("Search of orders: domain name"),
    "number": gettext_lazy("Search of orders: filing number"),
    "name": gettext_lazy("Search of orders: name"),
    "document": gettext_lazy("Search of orders: document number"),
    "phone": gettext_lazy("Search of orders: phone"),
    "nothing": gettext_lazy("Search of orders: nothing found"),
}
WHAT.update({f"search {sort}": words for sort, words in SORTS.items()})
SORT_OF = {"mobile": "phone"}  # the last word of a part's key → its sort, if they differ
SEARCHABLE = (
    gettext_lazy("Order number, with or without its hyphen"),
    gettext_lazy("Domain name or a part of it, of three letters at least: “shop” finds paper-shop.cn"),
    gettext_lazy("Filing number of the subject or the website, in full or its digits alone"),
    gettext_lazy("Company: its name from the beginning, with or without its place"),
    gettext_lazy("Subject, subject lead or website administrator: the whole name"),
    gettext_lazy("Mobile or landline of either of them, or the mobile of the account"),
    gettext_lazy("Document number of the subject or of either of them"),
)
HELD = pgettext_lazy("order", "on hold")


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """A row of the results; one without a `url` was never submitted."""

    reference: str
    url: str
    found_by: str


@dataclass(frozen=True, slots=True)
class FoundCase(FoundOrder):
    """A row for readers who may open the case."""

    domain: str
    subject: str
    kind: Words
    state: State
    basket: str
    province: str
    holder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage(DeskPage):
    """What was found; with nothing typed or nothing found, what can be searched for."""

    template: ClassVar[str] = "admin/transfers/order/search.html"

    search_box: SearchBox | None
    error: str = ""
    summary: str = ""
    cases: tuple[FoundCase, ...] = ()
    logs: tuple[FoundOrder, ...] = ()
    searchable: tuple[Words, ...] = ()


def search(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Shows the orders found by what was typed, which is in the request's body only.

    A single order found by its number opens as a case. An auditor sees only which orders there are, and links to their
    log.
    """
    if not may_search(request.user):
        raise PermissionDenied
    page = partial(
        SearchPage, title=_("Search orders"), search_box=box_of(request.user, request.POST.get(SearchForm.WORDS, ""))
    )
    if request.method != "POST":
        return draw(request, site, page(searchable=SEARCHABLE))
    form = SearchForm(request.POST)
    if not form.is_valid():
        return draw(request, site, page(error=str(form.errors[SearchForm.WORDS][0]), searchable=SEARCHABLE))
    reader, now = account_of(request), timezone.now()
    opens = may_open(reader)
    hits = find(form.cleaned_data[SearchForm.WORDS], Reader(reader, now, calendar_around(now)) if opens else None)
    if (only := _named_alone(hits, opens=opens)) is not None:
        return redirect(case_of(only) if opens else log_of(only))
    _note(reader, hits, reason=ASKED if opens else LOG_ASKED, client=client_address(request))
    cases = tuple(_case(hit) for hit in hits.found if opens)
    logs = tuple(_log(hit) for hit in hits.found if not opens)
    found = page(summary=_summary(hits), cases=cases, logs=logs, searchable=() if hits.found else SEARCHABLE)
    return draw(request, site, found)


def case_of(order: Order) -> str:
    return reverse("admin:transfers_order_case", args=[order.pk])


def log_of(order: Order) -> str:
    """The address of the auditor's log of the order."""
    return f"{reverse('admin:index')}?{urlencode({'reference': order.reference})}"


def _named_alone(hits: Hits, *, opens: bool) -> Order | None:
    """The order whose number was typed, if nothing else was found and the reader may open it."""
    if len(hits.found) != 1 or hits.found[0].parts != (REFERENCE,) or (opens and is_own(hits.found[0].order)):
        return None
    return hits.found[0].order


def _note(reader: User, hits: Hits, *, reason: str, client: str) -> None:
    """Notes one row for each sort of words that found something: which order, or how many; never the words."""
    references: dict[str, list[str]] = {}
    for hit in hits.found:
        for sort in dict.fromkeys(map(_sort, hit.parts)):
            references.setdefault(sort, []).append(hit.order.reference)
    for sort, found in (references or {"nothing": []}).items():
        which = found[0] if len(found) == 1 else f"× {len(found)}"
        note_access(actor=reader, what=f"search {sort}", reference=which, reason=reason, client=client, act=SEARCH)


def _sort(part: str) -> str:
    last = part.rpartition("_")[2]
    return SORT_OF.get(last, last)


def _summary(hits: Hits) -> str:
    number = len(hits.found)
    if not number:
        return _("No order was found. Check what you typed, or type less of it")
    if hits.is_cut:
        return _("More than %(n)s orders were found, the newest are shown: type more") % {"n": SHOWN}
    return ngettext("%(n)s order found", "%(n)s orders found", number) % {"n": number}


def _log(hit: Hit) -> FoundOrder:
    return FoundOrder(hit.order.reference, log_of(hit.order), _found_by(hit))


def _found_by(hit: Hit) -> str:
    return comma_list(LABELS[part] for part in hit.parts)


def _case(hit: Hit) -> FoundCase:
    order, own = hit.order, is_own(hit.order)
    state = state_of(order)
    province = PROVINCES.get(order.province)
    return FoundCase(
        reference=order.reference,
        url="" if own else case_of(order),
        found_by=_found_by(hit),
        domain=order.display_domain,
        subject="" if own else readable(lambda: subject_words(order)),
        kind=kind_of(order).name,
        state=state,
        basket=" · ".join(str(words) for words in (hit.basket, HELD if order.held else "") if words),
        province=province.name(chinese=reads_chinese()) if province else order.province,
        holder=_holder(order),
    )


def _holder(order: Order) -> str:
    """The colleague who holds it now."""
    is_live = order.claimed_until is not None and order.claimed_until > timezone.now()
    return str(order.reviewer) if order.reviewer and is_live else ""
