"""My filings (我的备案): what is your turn, what we work on, what is on file."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from filings.queries import live_accesses, websites_of
from icpportal.accounts.access import confirmed_required
from transfers import duties, queries, states
from transfers.buttons import buttons
from transfers.by_key import page
from transfers.cannot_read import shown
from transfers.duty_rows import duty_rows
from transfers.filed_rows import blocks
from transfers.footer_code import footer_code
from transfers.models import Duty, Order
from transfers.next_dates import next_dates
from transfers.sentences import mark
from transfers.stages import KIND_NAMES
from transfers.views.access import its_end

# each list: its rows, what names one of them in the address, and their order
LISTS: dict[str, tuple[Callable[[Any], QuerySet[Any]], str, Sequence[str]]] = {
    "turn": (queries.turn_of, "reference", ("runs_out", "entered_at", "pk")),
    "ours": (queries.others_turn, "reference", ("-created_at", "-pk")),
    "sites": (websites_of, "pk", ("-since", "-pk")),
    "closed": (
        lambda user: queries.orders_of(user).filter(state__in=states.ENDED),
        "reference",
        ("-created_at", "-pk"),
    ),
}


@confirmed_required
@require_GET
def dashboard(request: HttpRequest) -> HttpResponse:
    """At most one act an order; nothing else in colour. Each list has pages of its own, read by key."""
    lists = {name: _list(request, name) for name in LISTS}
    turn, ours, sites, closed = (lists[name]["rows"] for name in LISTS)
    dates = next_dates([*turn, *ours])
    todo = duty_rows(duties.open_duties(request.user))
    context = {
        "lists": lists,
        "your_turn": [_row(order, dates, lambda order: next(iter(buttons(order)), None)) for order in turn],
        "duties": todo,
        "ours": [_row(order, dates) for order in ours],
        "blocks": blocks(request.user, sites),
        "is_elsewhere": not sites,
        "closed": [_row(order, {}) for order in closed],
        "is_empty": not any((turn, ours, sites, closed)),
        "now": timezone.now(),
    }
    return render(request, "transfers/dashboard.html", context)


def _list(request: HttpRequest, name: str) -> dict[str, Any]:
    """One page of a list and the addresses of its neighbours; a mark that is not the reader's own begins anew."""
    rows_of, key, order = LISTS[name]
    rows = rows_of(request.user)
    found = page(rows, order, _mark(rows, key, request.GET.get(name, "")))
    here = reverse("dashboard")
    return {
        "rows": found.rows,
        "older_url": f"{here}?{name}={getattr(found.rows[-1], key)}#{name}" if found.has_more else "",
        "newer_url": f"{here}#{name}" if found.is_later else "",
    }


def _mark(rows: QuerySet[Any], key: str, value: str) -> Any:
    try:
        return rows.filter(**{key: value}).first() if value else None
    except (ValueError, ValidationError):  # no such key can be
        return None


@confirmed_required
@require_POST
def tick_duty(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner says that a duty is done, or takes that back; a stranger's is not there."""
    duty = get_object_or_404(Duty.objects.select_related("order"), pk=pk, order__owner=request.user)
    done = "undo" not in request.POST
    duties.tick(duty, done=done)
    if done:
        messages.success(request, _("Ticked off. The page of the order takes it back, should it have been a mistake"))
    return redirect(duty.order if "order" in request.POST else "dashboard")


def _row(order: Order, dates: dict[Any, Any], act: Callable[[Order], Any] = lambda _order: None) -> dict[str, Any]:
    """One order in a list; of one that cannot be read its reference, and that we know."""
    label, moment = dates.get(order.pk, ("", None))

    def row() -> dict[str, Any]:
        order.answer("type")  # a list that does not need the answers says so as well
        return {
            "order": order,
            "kind": KIND_NAMES[order.kind],
            "state": mark(order),
            "date_label": label,
            "date": moment,
            "act": act(order),
        }

    return shown(order, row) or {"order": order, "cannot_read": True}


@confirmed_required
@require_GET
def filing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One website of one's own, its subject and accesses, what its foot must show, and what is left to do."""
    website = websites_of(request.user).filter(pk=pk).first()
    if website is None:
        return redirect(its_end(request.user, pk))
    (filed,) = blocks(request.user, [website])
    context = {
        "website": website,
        "filed": filed,
        "site": filed.sites[0],
        "door": filed.door,
        "accesses": live_accesses().filter(website=website),
        "footer_code": footer_code(website.site_number) if website.site_number else "",
        "duties": duty_rows(duties.of_website(request.user, website)),
        "now": timezone.now(),
    }
    return render(request, "transfers/filing.html", context)
