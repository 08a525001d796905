"""My filings (我的备案): what needs the reader, what we are working on, what is on file."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST, require_safe

from filings.models import Access, Website
from filings.queries import live_accesses, websites_of
from icpportal.accounts.guards import account_of, confirmed_required
from icpportal.accounts.models import User
from icpportal.fields.components import LINK, PRIMARY, Action, Link, Notice, Panel, Tab
from icpportal.fields.text import LONGEST_SEARCH
from icpportal.fields.types import Words
from transfers.dashboard.lists import (
    AT_AUTHORITY,
    CLOSED,
    CLOSING,
    MOST_URGENT,
    ORDER_LISTS,
    SITES,
    SITES_LABEL,
    SITES_ORDER,
    SIZE,
    ListRequest,
    OrderList,
    asked_of,
    lengths,
    sites_found,
    tabs,
)
from transfers.dashboard.panels import WAYS, Nothing, NothingYet, OrderRow, Orders, Sites, UnreadOrder, Urgent, Way
from transfers.dashboard.queries import choose_by
from transfers.dashboard.rows import Block, Site, blocks
from transfers.duties import actions as duties
from transfers.duties.rows import Duties, duty_panels
from transfers.filing_type.transfer_another import SubjectOption
from transfers.footer import actions as footers
from transfers.footer.panels import Footer, footer_of
from transfers.models import Duty, Order
from transfers.orders import queries
from transfers.orders.kinds import KINDS, kind_of, state_of
from transfers.pages import keyset
from transfers.pages.buttons import buttons, read_for
from transfers.pages.dates import next_dates
from transfers.pages.frame import Page, render_page
from transfers.pages.permissions import redirect_of_ended
from transfers.pages.unreadable import build_safely


class FilterForm(forms.Form):
    """The filter of the lists; it is sent by GET."""

    in_address = True

    q = forms.CharField(
        label=gettext_lazy("Domain, order or filing number"),
        required=False,
        widget=forms.SearchInput(attrs={"maxlength": LONGEST_SEARCH}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of order"),
        required=False,
        choices=lambda: [("", _("All kinds")), *((each.key, each.name) for each in KINDS)],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardPage(Page):
    """What runs out first, then one list: the reader's turn, ours, the authority's, on file, or over."""

    template: ClassVar[str] = "transfers/dashboard/dashboard.html"
    notices: list[Notice]
    panels: list[Panel]
    urgent: Urgent | None
    duties: list[Duties]
    tabs: list[Tab]
    ways: tuple[Way, ...]
    form: FilterForm
    tab: str
    clear_url: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingPage(Page):
    """One's own website: its subject and accesses, its footer, and what is left to do."""

    template: ClassVar[str] = "transfers/dashboard/filing.html"
    website: Website
    site: Site
    facts: list[tuple[Words, str]]
    actions: list[Action]
    door: SubjectOption
    accesses: QuerySet[Access]
    footer: Footer | None
    panels: list[Duties]
    now: datetime


@confirmed_required
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Shows one list at a time, the reader's turn first, below the order that runs out first."""
    user, asked, now = account_of(request), asked_of(request.GET), timezone.now()
    counts = lengths(user, asked, now)
    is_closing = bool(counts.pop(CLOSING))
    is_empty = not any(counts.values()) and not asked.is_filtered
    here = asked.shown_tab(counts)
    found = (
        _sites(user, asked)
        if here == SITES
        else _orders(user, next(each for each in ORDER_LISTS if each.key == here), asked, now)
    )
    page = DashboardPage(
        notices=[_closing(counts, asked)] if is_closing else [],
        panels=[NothingYet()] if is_empty else [found or _nothing(asked, counts, here)],
        urgent=_urgent(user, now),
        duties=duty_panels(duties.nearest_of(user)),
        tabs=[] if is_empty else tabs(counts, asked, here),
        ways=() if is_empty else WAYS,
        form=FilterForm(initial={"q": asked.words, "kind": asked.kind}),
        tab=here,
        clear_url=asked.url(q="", kind="", tab=here) if asked.is_filtered else "",
        now=now,
    )
    return render_page(request, page)


def _closing(counts: dict[str, int], asked: ListRequest) -> Notice:
    """That the account waits to be closed, with a link to the orders that it waits for."""
    lines: list[Words] = [_("We do so as soon as that is possible.")]
    if counts[AT_AUTHORITY.key]:
        label = _("Orders on which the authority decides first")
        lines.append(format_html('<a href="{}">{}</a>', asked.url(q="", kind="", tab=AT_AUTHORITY.key), label))
    keep = Link(_("Keep the account"), reverse("data-close"))
    return Notice("info", _("You asked us to close the account"), tuple(lines), keep)


def _orders(user: User, chosen: OrderList, asked: ListRequest, now: datetime) -> Orders | None:
    """A page of one list of orders; None when it is empty."""
    found = chosen.page(user, asked, now)
    dates = {} if chosen is CLOSED else next_dates(found.rows)
    if chosen.is_turn:
        read_for(found.rows)
    shown_rows = [_row(order, dates, is_turn=chosen.is_turn) for order in found.rows]
    older = asked.url(tab=chosen.key, after=found.rows[-1].reference) if found.has_more else ""
    newer = asked.url(tab=chosen.key) if found.is_later else ""
    return Orders(older, newer, chosen.label, shown_rows) if shown_rows else None


def _sites(user: User, asked: ListRequest) -> Sites | None:
    """A page of what is on file; None when it is empty."""
    rows = sites_found(user, asked)
    found = keyset.page(rows, SITES_ORDER, keyset.mark_of(rows, "pk", asked.after), size=SIZE)
    older = asked.url(tab=SITES, after=str(found.rows[-1].pk)) if found.has_more else ""
    newer = asked.url(tab=SITES) if found.is_later else ""
    return Sites(older, newer, SITES_LABEL, blocks(user, found.rows)) if found.rows else None


def _nothing(asked: ListRequest, counts: dict[str, int], here: str) -> Nothing:
    """Why a list is empty, and where there are rows."""
    full = next((tab for tab in tabs(counts, asked, here) if tab.count), None)
    if asked.is_filtered and full is None:
        return Nothing(_("Nothing matches what you look for."), _("Show all"), asked.url(q="", kind="", tab=here))
    sentence = _("Nothing in this list matches. See:") if asked.is_filtered else _("Nothing here just now.")
    return Nothing(sentence, full.label if full else "", full.url if full else "")


def _urgent(user: User, now: datetime) -> Urgent | None:
    """What runs out first of what the reader must do."""
    order = MOST_URGENT.first(owner=user.pk, now=now)
    if order is None:
        return None

    def build() -> Urgent | None:
        act = next(iter(buttons(order)), None)
        label, _moment = next_dates([order]).get(order.pk, ("", None))
        return Urgent(order, label, replace(act, kind=PRIMARY), now) if act else None

    return build_safely(order, build)


@confirmed_required
@require_POST
def tick_duty(request: HttpRequest, pk: int) -> HttpResponse:
    """Marks the owner's duty as done, or takes that back; 404 for anyone else's."""
    duty = get_object_or_404(Duty.objects.select_related("order"), pk=pk, order__owner=account_of(request))
    done = "undo" not in request.POST
    duties.mark_done(duty, done=done)
    if done:
        messages.success(request, _("Marked as done. If that was a mistake, undo it on the order page"))
    return redirect(duty.order if "order" in request.POST else "dashboard")


@confirmed_required
@require_POST
def check_footer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Has a worker read the home page of the owner's website; 404 for anyone else's."""
    website = get_object_or_404(websites_of(account_of(request)), pk=pk)
    if not footers.ask(website):
        messages.info(request, _("The page was read a moment ago. Ask again in two minutes"))
    order = queries.of_websites(account_of(request), [website]).filter(reference=request.POST.get("order", "")).first()
    where = order.get_absolute_url() if order else reverse("filing", args=[website.pk])
    return redirect(f"{where}#footer")


def _row(order: Order, dates: dict[UUID, tuple[Words, datetime]], *, is_turn: bool = False) -> OrderRow | UnreadOrder:
    """One order in a list; with its next action when it is the reader's turn."""
    label, moment = _date(order, dates)

    def row() -> OrderRow:
        name = order.answer("website").get("site_name", "")  # also raises when unreadable
        act = next(iter(_acts(order)), None) if is_turn else None
        act = replace(act, kind=LINK, about=act.about or order.display_domain) if act else None
        return OrderRow(order, kind_of(order).name, name, state_of(order), label, moment, act)

    return build_safely(order, row) or UnreadOrder(order)


def _date(order: Order, dates: dict[UUID, tuple[Words, datetime]]) -> tuple[Words, datetime | None]:
    """The next date of an order: until when a time for our call can be chosen, or that of its state."""
    until = choose_by(order)
    if until is None:
        return dates.get(order.pk, ("", None))
    return (_("Choose a time by"), until) if timezone.now() < until else ("", None)


def _acts(order: Order) -> list[Action]:
    """What the reader can do with an order of the list, the next thing first."""
    choose = Action(_("Choose a time"), order.get_absolute_url())
    return [choose] if choose_by(order) else buttons(order)


@confirmed_required
@require_safe
def filing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Shows one's own website: its subject and accesses, its footer, and what is left to do."""
    website = websites_of(account_of(request)).filter(pk=pk).first()
    if website is None:
        return redirect(redirect_of_ended(account_of(request), pk))
    (filed,) = blocks(account_of(request), [website])
    (site,) = filed.sites
    page = FilingPage(
        website=website,
        site=site,
        facts=_facts(filed, site),
        actions=[replace(action, about="") for action in site.actions],
        door=filed.door,
        accesses=live_accesses().filter(website=website),
        footer=footer_of(website, website.site_number) if website.site_number else None,
        panels=duty_panels(duties.of_website(account_of(request), website)),
        now=timezone.now(),
    )
    return render_page(request, page)


def _facts(filed: Block, site: Site) -> list[tuple[Words, str]]:
    """The known values of the filing, with their labels."""
    website = site.website
    found = [
        (_("Website number"), website.site_number),
        *([(_("Website name"), website.name)] if website.name else []),
        *([(_("Website administrator"), site.administrator)] if site.administrator else []),
        (pgettext("filing", "Subject"), filed.name),
        (_("Subject number"), website.subject.subject_number),
        (pgettext("subject", "Nature"), filed.nature),
        *([(_("Subject lead"), filed.lead)] if filed.lead else []),
    ]
    return list[tuple[Words, str]](found)
