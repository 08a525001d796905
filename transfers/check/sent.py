"""The page after submitting: what follows and when, who may call, and the receipt."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from icpportal.accounts.guards import account_of, confirmed_required
from icpportal.accounts.models import User
from icpportal.fields.components import Action, StateMark
from icpportal.fields.language_marks import comma_list
from icpportal.fields.types import Words
from icpportal.outbox import preferences
from icpportal.outbox.texts import catalogue
from icpportal.privacy.masks import mask_email, mask_mobile, mask_name
from icpportal.time_format import day_words, to_beijing
from transfers.check.receipt import receipt_of
from transfers.durations.figures import figure
from transfers.durations.spans import AUTHORITY
from transfers.models import Order
from transfers.notifications.calendar_file import answer_ics
from transfers.notifications.topics import RECEIVED
from transfers.orders import history, queries
from transfers.orders.kinds import is_in, state_of
from transfers.orders.moves import SUBMIT
from transfers.orders.people import administrator, lead
from transfers.orders.rows import Group
from transfers.pages.buttons import buttons
from transfers.pages.dates import next_date
from transfers.pages.frame import PageInOrder, frame, render_page
from transfers.pages.permissions import own_order
from transfers.pages.rules_summary import brief_of
from verification.photos.methods import BACKDROP

# by whether email and text message are not sent
CONFIRMED: dict[tuple[bool, ...], Words] = {
    (False, False): gettext_lazy("We confirm it to %(email)s and by text to %(mobile)s."),
    (False, True): gettext_lazy("We confirm it to %(email)s."),
    (True, False): gettext_lazy("We confirm it by text to %(mobile)s."),
    (True, True): "",
}


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing that follows: when, what, and its tint for whose turn it is."""

    tone: str
    when: Words
    title: Words
    text: Words
    action: Action | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPage(PageInOrder):
    """Confirms that we have the order; until our review begins, also what follows and how to withdraw."""

    template: ClassVar[str] = "transfers/check/sent.html"
    at: datetime
    answer_at: datetime | None
    told: Words  # where the confirmation goes, while we have not answered yet
    state: StateMark
    steps: list[NextStep]
    takes_back: Action | None


@confirmed_required
@require_safe
def sent_page(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows the page at any later time too: then it says where the order is now."""
    order, at = _sent_order(request, reference)
    is_waiting, answer_at = is_in(order, Group.PAPERS_IN_REVIEW), _answer_at(order)
    page = SentPage(
        frame=frame(order),
        at=at,
        answer_at=answer_at,
        told=_told(order, account_of(request)) if is_waiting else "",
        state=_mark(order),
        steps=_steps(order, answer_at) if is_waiting else [],
        takes_back=next(iter(buttons(order)), None) if is_waiting else None,
    )
    return render_page(request, page)


@confirmed_required
@require_safe
def receipt_pdf(request: HttpRequest, reference: str) -> HttpResponse:
    """Serves the receipt to the order's owner."""
    order, _at = _sent_order(request, reference)
    return HttpResponse(
        receipt_of(order),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="receipt-{order.reference}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )


@confirmed_required
@require_safe
def answer_file(request: HttpRequest, reference: str) -> HttpResponse:
    """The day by which we answer as a calendar file, while there is one."""
    order, _at = _sent_order(request, reference)
    answer_at = _answer_at(order)
    if answer_at is None:
        raise Http404
    return HttpResponse(
        answer_ics(order, answer_at),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{order.reference}.ics"'},
    )


def _told(order: Order, user: User) -> str:
    """Where the reader gets the confirmation; "" if they have switched it off."""
    off = preferences.muted_pairs(user)
    by_email, by_text = ((RECEIVED, channel) not in off for channel in preferences.CHOSEN)
    facts = {"email": mask_email(user.email), "mobile": mask_mobile(user.mobile)}
    return str(CONFIRMED[not by_email, not (by_text and _is_texted(order))]) % facts


def _is_texted(order: Order) -> bool:
    """Whether the confirmation of this submission exists as a text message: that of changes is only mailed."""
    return catalogue.has(history.told_with(order) or SUBMIT.notify, "sms")


def _answer_at(order: Order) -> datetime | None:
    """When we answer, unless that has passed: the order's page says that we are late."""
    date = next_date(order) if is_in(order, Group.PAPERS_IN_REVIEW) else None
    return date[1] if date and date[1] > timezone.now() else None


def _sent_order(request: HttpRequest, reference: str) -> tuple[Order, datetime]:
    order = own_order(request, reference, says_over=True)
    if order.submitted_at is None:
        raise Http404
    return order, order.submitted_at


def _mark(order: Order) -> StateMark:
    state = state_of(order)
    return {"key": state.key, "label": state.label, "tone": state.tone, "icon": state.icon}


def _steps(order: Order, answer_at: datetime | None) -> list[NextStep]:
    return [_review(order, answer_at), *_photo(order), *_phones(order), _authority(order)]


def _review(order: Order, answer_at: datetime | None) -> NextStep:
    when = _("by %(day)s") % {"day": day_words(to_beijing(answer_at).date())} if answer_at else ""
    numbers = settings.PROVIDER_CALLER_NUMBERS
    text = ngettext(
        "If something is unclear, we call %(mobile)s from %(numbers)s on working days, %(hours)s Beijing time. "
        "Save the number.",
        "If something is unclear, we call %(mobile)s from %(numbers)s on working days, %(hours)s Beijing time. "
        "Save the numbers.",
        len(numbers),
    )
    facts = {
        "mobile": mask_mobile(lead(order).mobile),
        "numbers": comma_list(numbers),
        "hours": settings.PROVIDER_HOURS,
    }
    return NextStep("blue", when, _("We review"), text % facts)


def _photo(order: Order) -> list[NextStep]:
    """None when the photo of this person was accepted in this order already."""
    person = administrator(order)
    if order.photo_accepted_for and order.photo_accepted_for == person.key:
        return []
    by_backdrop = BACKDROP in queries.rules_of(order).photo_ways
    text = (
        _(
            "In front of our backdrop, or in another way that the province allows. "
            "Ask for a backdrop now: it comes by post."
        )
        if by_backdrop
        else _("As the rules of the province ask. We tell you when.")
    )
    address = Action(_("Ask for a backdrop"), reverse("backdrop", args=[order.reference])) if by_backdrop else None
    title = _("%(name)s is photographed") % {"name": mask_name(person.name)}
    return [NextStep("amber", _("then you"), title, text, address)]


def _phones(order: Order) -> list[NextStep]:
    phones, roles = queries.rules_of(order).phones, queries.phone_roles(order)
    if phones is None:
        return []
    title = _("Both phones are verified") if len(roles) > 1 else _("The phone is verified")
    text = _("The ministry texts a code to the number on the filing. We tell you when.")
    return [NextStep("amber", _("within %(n)s h") % {"n": phones.hours}, title, text)]


def _authority(order: Order) -> NextStep:
    low, high = queries.rules_of(order).review_days
    when = _("%(low)s–%(high)s working days") % {"low": low, "high": high}
    title = _("The authority of %(province)s decides") % {"province": brief_of(order).province}
    known = figure(AUTHORITY, order.province)
    if known is None:
        return NextStep("violet", when, title, _("You do not need to do anything"))
    text = _("Last 90 days: half of all orders within %(half)s working days, four in five within %(most)s.")
    return NextStep("violet", when, title, text % {"half": known.half, "most": known.most})
