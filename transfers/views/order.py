"""The page of an order: whose turn, until when, what can be done, what happened."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from icpportal.accounts.access import confirmed_required
from icpportal.entry.marks import reads_chinese
from icpportal.lifecycle import APPLICANT
from icpportal.moments import long_words
from icpportal.privacy.masks import mask_mobile
from icpportal.workdays.calendar import end_of_answer
from transfers import as_filed, authority_words, duties, phone_windows, queries, review_time, stages, states
from transfers.buttons import buttons
from transfers.calendar_file import deadline_ics
from transfers.cannot_read import cannot_read, shown
from transfers.duty_rows import duty_rows
from transfers.firing import ORDER
from transfers.footer_code import footer_code
from transfers.judging import is_over, over_words
from transfers.models import Order
from transfers.next_dates import DEADLINES
from transfers.not_now import not_now
from transfers.people import lead
from transfers.phone_cards import cards
from transfers.returned_parts import returned_parts, unsettled
from transfers.rules_shown import brief_of
from transfers.sentences import AUTHORITY, WE, YOU, mark, sentence_of
from transfers.slips import slip
from transfers.telling import kept_until
from transfers.timeline import by_stage, timeline
from transfers.views import backdrop
from transfers.views.access import own_order

TURNS = {YOU: _("Your turn"), WE: _("Our turn"), AUTHORITY: _("The authority's turn")}
ANSWERED_BY_US = (states.SUBMITTED, states.PHOTO_REVIEW, states.HANDING_OVER)


def sentence(order: Order, to_change: int) -> str:
    """The state's sentence with its dates and words filled in."""
    if over := over_words(order):
        return over
    if order.state == states.RETURNED and not to_change:
        return str(NOTHING_LEFT % {"due": long_words(due_of(order))})
    for holds, words in OTHERWISE.get(order.state, ()):
        if holds(order):
            return str(words)
    return sentence_of(order).words % {
        "due": long_words(due_of(order)),
        "n": to_change,
        "number": order.site_number,
        "reason": _reason(order),
    }


NOTHING_LEFT = _("Nothing is left to change. Check it and send it again by %(due)s, or the order is closed")


def _reason(order: Order) -> str:
    """As our lead reviewer wrote it; of the authority's answer, what it means: its words stand below."""
    said = authority_words.authority_words(order, chinese=reads_chinese())
    is_ours = order.kind != states.CANCELLATION or said is None
    if order.state == states.REFUSED and is_ours:
        return queries.refusal_words(order)
    return said.advice if said else authority_words.advice(order, "")["zh" if reads_chinese() else "en"]


def _cannot_go_as_it_is(order: Order) -> bool:
    return not ORDER.can(order, "resubmit", APPLICANT, queries.facts_of(order))


def _takes_long(order: Order) -> bool:
    return review_time.takes_long(order, timezone.now())


def _is_held(order: Order) -> bool:
    return order.held


# a state's usual sentence would be wrong: when, and what is said instead
OTHERWISE = {
    states.HANDING_OVER: (
        (_is_held, _("The hand-over waits until we have put it right. There is nothing to do")),
        (
            queries.waits_for_answer,
            _(
                "The authority has not answered your earlier submission yet and takes no second one before that. "
                "If it approves, this order is approved. If it returns it, we submit again. There is nothing to do"
            ),
        ),
        (
            queries.waits_for_id,
            _(
                "The authority has not told us its number of this access yet. "
                "The request goes out by itself as soon as it has. There is nothing to do"
            ),
        ),
    ),
    states.AUTHORITY_REVIEW: (
        (
            queries.waits_for_other_decision,
            _(
                "The authority decides about something else of this filing first; what that is stands below. "
                "This goes again by itself, once a day, for as long as a review takes. "
                "If the other request is yours, you can withdraw it where you made it, and this goes sooner"
            ),
        ),
        (
            _takes_long,
            _(
                "The authority takes longer than usual. We see that and ask it. "
                "There is nothing to do; we tell you the result"
            ),
        ),
    ),
    states.LAPSED: (
        (
            _cannot_go_as_it_is,
            _("The phones were not confirmed in time. Something has run out since: mend it, then send it again"),
        ),
    ),
}


def due_of(order: Order) -> Any:
    """The date the sentence speaks of: the order's deadline, our answer, or how long a closed one is kept."""
    if order.due_at is not None:
        return order.due_at
    if order.state in ANSWERED_BY_US:
        return end_of_answer(order.entered_at)
    if order.state in states.KEPT:  # from before it had a date: the next sweep gives it one
        return timezone.now() + getattr(settings, states.KEPT[order.state])
    return kept_until(order, timezone.now())


@confirmed_required
@require_GET
def order_page(request: HttpRequest, reference: str) -> HttpResponse:
    """Everything about one order of one's own; it keeps working after the end."""
    order = own_order(request, reference, kinds=states.KINDS, says_over=True)
    phone_windows.looked(order)
    return shown(order, lambda: _page(request, order)) or cannot_read(request, order)


def _page(request: HttpRequest, order: Order) -> HttpResponse:
    parts = returned_parts(order, mask=True)
    order.answer("type")  # a state that does not show the answers says so as well
    extra = None if is_over(order) else EXTRAS.get(order.state)
    events, older = by_stage(order, timeline(order, chinese=reads_chinese()))
    context = {
        "order": order,
        "state": mark(order),
        "turn": TURNS.get(_turn(order), ""),
        "sentence": sentence(order, len(unsettled(parts))),
        "verdicts": [] if is_over(order) else parts,
        "buttons": buttons(order),
        "not_now": not_now(order),
        "deadline": _deadline(order),
        "chase": order.state in ANSWERED_BY_US and not order.held,
        "events": events,
        "older": older,
        "stepper": stages.stepper(order),
        "slip": slip(order),
        **brief_of(order),
        "now": timezone.now(),
        **(extra(order) if extra else {}),
    }
    return render(request, "transfers/order.html", context)


def _turn(order: Order) -> str:
    if is_over(order):
        return WE
    return AUTHORITY if queries.waits_for_answer(order) else sentence_of(order).turn


def _deadline(order: Order) -> dict[str, Any] | None:
    """The flag of a deadline that its owner has to meet, with its calendar file."""
    if order.due_at is None or is_over(order):
        return None
    return {"at": order.due_at, "label": DEADLINES[order.state]}


def _call(order: Order) -> dict[str, Any]:
    """Which number of theirs we call, and from which of ours."""
    numbers = ("、" if reads_chinese() else ", ").join(settings.PROVIDER_CALLER_NUMBERS)
    return {"call": {"mobile": mask_mobile(lead(order).mobile), "numbers": numbers}}


def _with_us(order: Order) -> dict[str, Any]:
    """While we review, the backdrop travels."""
    return {**_call(order), **backdrop.shown(order)}


def _result(order: Order) -> dict[str, Any]:
    """The line for the foot of the home page, ready to copy, and where the authority's record differs."""
    return {
        "result": {"snippet": footer_code(order.site_number), "number": order.site_number, "since": order.entered_at},
        "as_filed": as_filed.rows(order),
        "duties": duty_rows(duties.of_order(order)),
    }


def _said(order: Order) -> dict[str, Any]:
    """What the authority answered, beside what it means."""
    return {"said": authority_words.authority_words(order, chinese=reads_chinese())}


def _with_authority(order: Order) -> dict[str, Any]:
    """What a report that was put off waits for."""
    return _said(order) if queries.waits_for_other_decision(order) else {}


def _refused(order: Order) -> dict[str, Any]:
    """A transfer is refused by our lead reviewer; a cancellation by the authority."""
    return _said(order) if order.kind == states.CANCELLATION else {}


def _lapsed(order: Order) -> dict[str, Any]:
    asks = queries.rules_of(order).asks_password
    return {"cards": cards(order), "password_gone": asks and not order.password_kept}


def _cancelled(order: Order) -> dict[str, Any]:
    """What ended, what stays, and what to do at the new provider."""
    facts = {"at": order.entered_at, "number": order.site_number, "domain": order.domain}
    return {"cancelled": facts, **_said(order)}


EXTRAS: dict[str, Callable[[Order], dict[str, Any]]] = {
    states.SUBMITTED: _with_us,
    states.PHOTO_DUE: backdrop.shown,
    states.PHOTO_REVIEW: _with_us,
    states.APPROVED: _result,
    states.AUTHORITY_REVIEW: _with_authority,
    states.AUTHORITY_RETURNED: _said,
    states.REFUSED: _refused,
    states.LAPSED: _lapsed,
    states.CANCELLED: _cancelled,
}


@confirmed_required
@require_GET
def deadline_file(request: HttpRequest, reference: str) -> HttpResponse:
    """The deadline as a calendar file, as long as there is one."""
    order = own_order(request, reference, kinds=states.KINDS, says_over=True)
    if order.due_at is None or is_over(order):
        raise Http404
    return HttpResponse(
        deadline_ics(order),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{order.reference}.ics"'},
    )
