"""My filings (我的备案): what is your turn, what we work on, what is on file."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from filings.queries import live_accesses, websites_of
from icpportal.accounts.access import confirmed_required
from transfers import duties, queries, states
from transfers.another import doors
from transfers.buttons import buttons
from transfers.models import Duty, Order
from transfers.sentences import mark, sentence_of
from transfers.stages import KIND_NAMES

PAGE = 20


@confirmed_required
@require_GET
def dashboard(request: HttpRequest) -> HttpResponse:
    """At most one act an order; nothing else in colour."""
    todo = [_duty(duty) for duty in duties.open_duties(request.user)[:PAGE]]
    rows = [_row(order) for order in queries.orders_of(request.user)[:PAGE]]
    open_rows = [row for row in rows if not row["order"].is_ended]
    context = {
        "duties": todo,
        "your_turn": _your_turn(open_rows),
        "ours": [row for row in open_rows if row["order"].state not in states.APPLICANTS_TURN],
        "ended": [row for row in rows if row["order"].is_ended],
        "websites": websites_of(request.user)[:PAGE],
        "doors": doors(request.user),
        "now": timezone.now(),
    }
    return render(request, "transfers/dashboard.html", context)


def _your_turn(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The orders that wait for their owner, each with its next act."""
    yours = sorted((row for row in rows if row["order"].state in states.APPLICANTS_TURN), key=_urgency)
    return [{**row, "act": next(iter(buttons(row["order"])), None)} for row in yours]


@confirmed_required
@require_POST
def tick_duty(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner says that a duty is done; a stranger's is not there."""
    duty = get_object_or_404(Duty, pk=pk, order__owner=request.user)
    duties.tick(duty, done="undo" not in request.POST)
    return redirect("dashboard")


def _duty(duty: Duty) -> dict[str, Any]:
    rule = duties.RULES[duty.key]
    return {"duty": duty, "title": rule.title, "source": rule.source, "is_late": duty.due_on < timezone.localdate()}


def _urgency(row: dict[str, Any]) -> tuple[bool, datetime]:
    """What runs out first stands first; what waits without a deadline follows, the longest first."""
    order = row["order"]
    return order.due_at is None, order.due_at or order.entered_at


def _row(order: Order) -> dict[str, Any]:
    return {
        "order": order,
        "kind": KIND_NAMES[order.kind],
        "state": mark(order),
        "turn": sentence_of(order).turn,
    }


@confirmed_required
@require_GET
def filing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One website of one's own and its accesses."""
    website = get_object_or_404(websites_of(request.user), pk=pk)
    door = next((each for each in doors(request.user) if each.subject.pk == website.subject_id), None)
    context = {"website": website, "accesses": live_accesses().filter(website=website), "door": door}
    return render(request, "transfers/filing.html", context)
