"""Step 7, confirm the phones (短信核验): who still has to, until when, and what to do if no text comes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from icpportal.accounts.access import confirmed_required
from transfers import actions, phone_windows, queries, stages, states
from transfers.judging import is_over, over_words
from transfers.models import Order
from transfers.phone_cards import cards
from transfers.rules_shown import brief_of, moved_to, site
from transfers.slips import slip
from transfers.views.access import own_order


@confirmed_required
def phones(request: HttpRequest, reference: str) -> HttpResponse:
    """Guide and count; a statement ("I have entered my code") is taken only where the authority tells nothing."""
    order = own_order(request, reference, says_over=True)
    rules = queries.rules_of(order)
    if rules.phones is None:
        return redirect(order)
    if request.method == "POST":
        _state(request, order)
        return redirect("phones", order.reference)
    phone_windows.looked(order)
    found = cards(order)
    context = {
        "order": order,
        "cards": found,
        "waiting": [card for card in found if not card["check"].is_done],
        "told": any(card["check"].mobile_masked for card in found),
        "is_open": order.state == states.PHONE_DUE and not is_over(order),
        "over_words": over_words(order),
        **brief_of(order),
        "codes_site": site(rules.codes_entered_at),
        "moved_to": moved_to(rules.codes_entered_at),
        "stepper": stages.stepper(order, stages.PHONES),
        "slip": slip(order),
        "back_url": order.get_absolute_url(),
        "now": timezone.now(),
    }
    return render(request, "transfers/phones.html", context)


def _state(request: HttpRequest, order: Order) -> None:
    if order.phone_checks.filter(report=order.report).exclude(mobile_masked="").exists():
        return  # this authority tells: its word counts, a statement would only confuse
    actions.state_phone(order, request.POST.get("role", ""), stated="undo" not in request.POST)


@confirmed_required
@require_GET
def lost(request: HttpRequest, reference: str) -> HttpResponse:
    """What to do when the phone on file is out of use."""
    order = own_order(request, reference)
    context = {
        "order": order,
        "stepper": stages.stepper(order, stages.PHONES),
        "slip": slip(order),
        "back_url": order.get_absolute_url(),
    }
    return render(request, "transfers/phones_lost.html", context)
