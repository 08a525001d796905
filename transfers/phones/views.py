"""Step 7, phone verification (短信核验): who must still verify, by when, and what to do when no text arrives."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from icpportal.accounts.guards import confirmed_required
from icpportal.fields.components import Link, Notice, TimeBar
from icpportal.fields.types import Words
from transfers.models import Order
from transfers.orders import actions, queries
from transfers.orders.expiry import is_over, over_words
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.pages import stages
from transfers.pages.frame import PageInOrder, frame, render_page
from transfers.pages.permissions import own_order
from transfers.pages.rules_summary import RulesBrief, Site, brief_of, moved_to, site
from transfers.phones import windows as phone_windows
from transfers.phones.status import CodeStatus, PhoneCard, cards


@dataclass(frozen=True, slots=True)
class PhoneRow:
    """A person's card, and whether they may state that they have entered the code."""

    card: PhoneCard
    known: CodeStatus
    warnings: list[str]
    may_state: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PhonesPage(PageInOrder):
    """Step 7: who must still verify, by when, and where the code is entered."""

    template: ClassVar[str] = "transfers/phones/phones.html"
    notices: list[Notice]
    deadline_label: Words  # empty once nothing is left to verify
    bar: TimeBar | None
    cards_title: Words
    rows: list[PhoneRow]
    waits_for_both: bool
    is_open: bool
    is_told: bool  # the authority tells who has verified: no statement is needed
    brief: RulesBrief
    codes_site: Site
    moved_to: Site | None
    back_url: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LostPage(PageInOrder):
    """What to do when the phone on file can no longer be used."""

    template: ClassVar[str] = "transfers/phones/phones_lost.html"
    notices: list[Notice]
    back_url: str
    advises: bool  # the number matters now: the phones wait, or they were not verified
    came_back: bool
    needs_review: bool  # something has expired: the order cannot be resubmitted unchanged


@confirmed_required
def phones(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows guide and progress; takes a statement ("I have entered my code") only where the authority tells nothing."""
    order = own_order(request, reference, says_over=True)
    rules = queries.rules_of(order)
    if rules.phones is None:
        return redirect(order)
    if request.method == "POST":
        _state(request, order)
        return redirect("phones", order.reference)
    phone_windows.record_look(order)
    is_open = is_in(order, Group.PHONES_OPEN) and not is_over(order)
    rows, over, now = _rows(order, is_open=is_open), over_words(order), timezone.now()
    page = PhonesPage(
        frame=frame(order, stages.PHONES),
        notices=_notices(order, over, is_open=is_open),
        deadline_label=_("Finish by this time, or the order is returned") if is_open and not over else "",
        bar=_bar(order, now) if is_open else None,
        cards_title=_("Who still has to verify") if is_open else _("Who has verified"),
        rows=rows,
        waits_for_both=is_open and len(rows) > 1,
        is_open=is_open,
        is_told=is_open and phone_windows.is_told(order),
        brief=brief_of(order),
        codes_site=site(rules.codes_entered_at),
        moved_to=moved_to(rules.codes_entered_at),
        back_url=order.get_absolute_url(),
        now=now,
    )
    return render_page(request, page)


def _rows(order: Order, *, is_open: bool) -> list[PhoneRow]:
    """One row for each person; a statement counts only where the authority tells nothing."""
    found, is_told = cards(order), phone_windows.is_told(order)
    return [
        PhoneRow(
            card=card,
            known=card.known(is_open=is_open),
            warnings=card.warnings(is_told=is_told) if is_open else [],
            may_state=is_open and not is_told and not card.check.confirmed_at,
        )
        for card in found
    ]


def _bar(order: Order, now: datetime) -> TimeBar | None:
    if order.due_at is None:
        return None
    whole, passed = order.due_at - order.entered_at, now - order.entered_at
    percent = round(100 * passed / whole) if whole else 100
    return TimeBar(min(100, max(0, percent)), _("Texts sent"), _("Order returned"))


def _notices(order: Order, over: str, *, is_open: bool) -> list[Notice]:
    if over:
        return [Notice("problem", _("Time is up"), (over,))]
    if is_open:
        return []
    return [_nothing_to_verify(order)]


def _nothing_to_verify(order: Order) -> Notice:
    return Notice("info", _("Nothing to verify now"), link=Link(_("See the order"), order.get_absolute_url()))


def _state(request: HttpRequest, order: Order) -> None:
    if phone_windows.is_told(order):
        return  # this authority tells who has verified: a statement would only confuse
    actions.state_phone(order, request.POST.get("role", ""), stated="undo" not in request.POST)


@confirmed_required
@require_safe
def number_lost(request: HttpRequest, reference: str) -> HttpResponse:
    """Explains what to do when the phone on file can no longer be used."""
    order = own_order(request, reference)
    came_back = is_in(order, Group.LAPSED)
    advises = came_back or is_in(order, Group.PHONES_OPEN)
    page = LostPage(
        frame=frame(order, stages.PHONES),
        notices=[] if advises else [_nothing_to_verify(order)],
        back_url=order.get_absolute_url(),
        advises=advises,
        came_back=came_back,
        needs_review=not queries.can_be_sent_unchanged(order),
    )
    return render_page(request, page)
