"""The page of an order: whose turn, until when, what can be done, what happened."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from filings.queries import websites_of
from icpportal.accounts.guards import confirmed_required
from icpportal.fields.components import PRIMARY, Action, Panel
from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.types import Words
from transfers.calls import queries as calls
from transfers.cancellation.end_of_access import EndOfAccess
from transfers.models import Order
from transfers.notifications.calendar_file import deadline_ics
from transfers.order_page.panels import Buttons, Chase, NotNow, WaysOut, deadline, erased_panel, panels_of
from transfers.order_page.sentence import Facts, opening
from transfers.order_page.stops import stops
from transfers.order_page.timeline import TimelineRow, by_stage, timeline
from transfers.orders import queries
from transfers.orders.expiry import is_over
from transfers.orders.kinds import ALL, is_in, kind_of, state_of
from transfers.orders.rows import AUTHORITY, WE, YOU, Group, State
from transfers.pages.buttons import buttons
from transfers.pages.frame import PageInOrder, frame, render_page
from transfers.pages.permissions import own_order
from transfers.pages.rules_summary import RulesBrief, brief_of
from transfers.pages.unreadable import build_safely, cannot_read
from transfers.phones import windows as phone_windows
from transfers.returns.returned_parts import ReturnedPart, returned_parts, unsettled_parts

TURNS = {YOU: _("Your turn"), WE: _("Our turn"), AUTHORITY: _("Waiting for the authority")}


@confirmed_required
@require_safe
def order_page(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows one's own order; the page keeps working after its end."""
    order = own_order(request, reference, kinds=ALL, says_over=True)
    phone_windows.record_look(order)
    return build_safely(order, lambda: _page(request, order)) or cannot_read(request, order)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage(PageInOrder):
    """Everything about one order."""

    template: ClassVar[str] = "transfers/order_page/order.html"
    state: State
    turn: Words
    shows_steps: bool  # the wizard's stepper, while the order is not under way
    heading: str
    sentence: str
    events: list[TimelineRow]
    older: list[TimelineRow]
    now: datetime
    brief: RulesBrief | None
    panels: list[Panel]
    notes: list[Panel]  # below what happened
    back_url: str
    back_label: Words


def _page(request: HttpRequest, order: Order) -> HttpResponse:
    parts = returned_parts(order, mask=True)
    order.answer("type")  # raises when unreadable, also in states that show no answers
    state = state_of(order)
    prefetch_related_objects([order], "events")
    events, older = by_stage(order, timeline(order, chinese=reads_chinese(), for_owner=True))
    facts = Facts(order, len(unsettled_parts(parts)))
    end = facts.end if is_in(order, Group.APPROVED) else None
    acts, around = [*buttons(order), *_way_back(order, end)], frame(order)
    on_its_way = [] if is_over(order) else stops(order, order.events.all(), around.slip.next_at)
    panels = _panels(order, parts, acts, end)
    head = opening(order, facts)
    page = OrderPage(
        frame=around,
        state=state,
        turn=TURNS.get(_turn(order), ""),
        shows_steps=not on_its_way,
        heading=head.heading,
        sentence=head.sentence,
        events=events,
        older=older,
        now=timezone.now(),
        brief=brief_of(order) if kind_of(order).is_reviewed else None,
        panels=[*panels, *on_its_way] if is_in(order, Group.APPROVED) else [*on_its_way, *panels],
        notes=_notes(order, state, acts),
        back_url=reverse("dashboard"),
        back_label=_("My filings"),
    )
    return render_page(request, page)


def _panels(order: Order, parts: list[ReturnedPart], acts: list[Action], end: EndOfAccess | None) -> list[Panel]:
    """The deadline, the panels of this state, and what can be done now."""
    over, erased = is_over(order), erased_panel(order)
    next_acts = [act for act in acts if not _is_way_out(act) and not (parts and act.kind == PRIMARY)]
    return [
        *([erased] if erased is not None else []),
        *([deadline(order.due_at)] if order.due_at is not None and not over else []),
        *([] if over else panels_of(order, parts, end)),
        *([Buttons(next_acts)] if next_acts else []),
    ]


def _notes(order: Order, state: State, acts: list[Action]) -> list[Panel]:
    """How to end it, what cannot be done now, and whom to call when we take too long."""
    ways_out = [act for act in acts if _is_way_out(act)]
    return [
        *([WaysOut(ways_out)] if ways_out else []),
        *([NotNow(state.unavailable)] if state.unavailable and not is_over(order) else []),
        *([Chase()] if is_in(order, Group.ANSWERED_BY_US) and not order.held else []),
    ]


def _way_back(order: Order, end: EndOfAccess | None) -> list[Action]:
    """From a cancellation that ended nothing to the website that stays with us, from what has ended to its end."""
    if end is not None:
        cancelled = end.cancellation
        return [Action(_("See the cancellation"), cancelled.get_absolute_url(), PRIMARY)] if cancelled else []
    if order.website_id is None or not (kind_of(order).ends_access and order.is_ended):
        return []
    stays = websites_of(order.owner).filter(pk=order.website_id).exists()
    return [Action(_("See the filing"), reverse("filing", args=[order.website_id]), PRIMARY)] if stays else []


def _is_way_out(act: Action) -> bool:
    """Whether it ends the order and asks first: not shown as a button beside the next action."""
    return act.kind != PRIMARY and not act.post


def _turn(order: Order) -> str:
    if is_over(order):
        return WE
    if calls.waits_for_choice(order):
        return YOU
    return AUTHORITY if queries.waits_for_answer(order) else state_of(order).turn


@confirmed_required
@require_safe
def deadline_file(request: HttpRequest, reference: str) -> HttpResponse:
    """Serves the deadline as a calendar file, while there is one."""
    order = own_order(request, reference, kinds=ALL, says_over=True)
    if order.due_at is None or is_over(order):
        raise Http404
    return HttpResponse(
        deadline_ics(order),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{order.reference}.ics"'},
    )
