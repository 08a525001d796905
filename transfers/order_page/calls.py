"""The call panel on an order's page: which number calls, when, and times its owner can choose."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from icpportal.accounts.guards import account_of, confirmed_required
from icpportal.fields.components import Panel
from icpportal.fields.fields import ChoiceField
from icpportal.fields.form_types import Posted, offer
from icpportal.fields.language_marks import comma_list, sign
from icpportal.fields.types import Words
from icpportal.time_format import day_words, long_words, to_beijing
from transfers.calls import actions, queries
from transfers.calls.people import called_of
from transfers.calls.slots import free_slots, times_for
from transfers.models import Call, Order
from transfers.orders.kinds import ALL
from transfers.pages.dates import AHEAD, calendar_for
from transfers.pages.permissions import own_order

NONE_CHOSEN = gettext_lazy("Nothing was changed: choose one of the times")
RINGS_LATE = gettext_lazy(
    "We were due to call at %(when)s and have not yet: we will call %(mobile)s from %(numbers)s as soon as we can. "
    "You can choose another time."
)
NONE_IN_TIME = gettext_lazy("No time is left to choose before the deadline of the order.")
TIME_OVER = gettext_lazy(
    "We rang and reached nobody, and the time to answer is over. We may return the order so that you can correct the "
    "number. Until then you can still choose a time."
)


class SlotForm(forms.Form):
    """A time for the call."""

    slot = ChoiceField(label=gettext_lazy("Time, Beijing time"), widget=forms.RadioSelect).called(gettext_lazy("time"))

    def __init__(
        self, data: Posted | None = None, *, times: list[datetime], chosen: datetime | None = None, key: str = "id"
    ) -> None:
        """`key` distinguishes the fields of several calls on one page."""
        super().__init__(data, initial={"slot": chosen.isoformat() if chosen else ""}, auto_id=f"{key}_%s")
        offer(self, "slot", [(at.isoformat(), _time_words(at)) for at in times])

    def at(self) -> datetime:
        """The chosen time; raises `CallRefused` where none is chosen, or one that is offered no more."""
        if self.is_valid():
            return datetime.fromisoformat(self.cleaned_data["slot"])
        raise actions.CallRefused(actions.FULL_OR_OVER if self["slot"].value() else NONE_CHOSEN)


@dataclass(frozen=True, slots=True)
class CallBooking(Panel):
    """A pending call with the times to choose from."""

    template: ClassVar[str] = "transfers/order_page/call_booking.html"
    key: str
    title: Words
    lines: list[Words]
    form: SlotForm
    can_choose: bool
    button: Words
    url: str


def bookings(order: Order) -> list[CallBooking]:
    """The pending calls to this order's people; queried only if its history notes a call."""
    asked = not order.is_ended and queries.is_called(order.events.all())
    open_calls = queries.open_now(order) if asked else []
    now = timezone.now()
    today = to_beijing(now).date()
    times = free_slots(now, known=calendar_for(order, today, today + AHEAD)) if open_calls else []
    return [_booking(order, call, times, now) for call in open_calls]


def _booking(order: Order, call: Call, times: list[datetime], now: datetime) -> CallBooking:
    numbers = comma_list(settings.PROVIDER_CALLER_NUMBERS)
    facts = {"mobile": called_of(call).masked_mobile, "numbers": numbers, "when": long_words(call.next_at)}
    is_late = call.next_at <= now
    chosen = call.next_at if call.is_booked and not is_late else None
    rings = RINGS_LATE if is_late else _("%(when)s: we will call %(mobile)s from %(numbers)s.")
    offered = times_for(call, times, now)
    return CallBooking(
        key=str(call.pk),
        title=_("We call you at the time you chose") if call.is_booked else _("We want to call you"),
        lines=[str(rings) % facts, *_missed_call_lines(call, now), *([] if offered else [NONE_IN_TIME])],
        form=SlotForm(times=offered, chosen=chosen, key=f"call-{call.pk}"),
        can_choose=bool(offered),
        button=_("Change the time") if call.is_booked else _("Choose this time"),
        url=reverse("call-slot", args=[order.reference]),
    )


def _missed_call_lines(call: Call, now: datetime) -> list[Words]:
    """What follows from missed calls, and when; nothing follows from one alone."""
    if call.grace_until is None:
        return []
    if queries.may_return(call, now):
        return [TIME_OVER]
    until = {"when": long_words(call.grace_until)}
    return [
        _("We rang and reached nobody. Choose a time by %(when)s: nothing is decided because of it before that.")
        % until
    ]


def _time_words(at: datetime) -> str:
    local = to_beijing(at)
    return sign(" ").join((day_words(local.date()), f"{local:%H:%M}"))


@confirmed_required
@require_POST
def book(request: HttpRequest, reference: str) -> HttpResponse:
    """Books a time for the owner, or another one."""
    order = own_order(request, reference, kinds=ALL)
    known = {str(call.pk): call for call in queries.open_of(order)}
    call = known.get(request.POST.get("call", ""))
    if call is None:
        messages.info(request, _("This call is over: there is nothing to choose any more"))
        return redirect(order)
    now = timezone.now()
    form = SlotForm(request.POST, times=times_for(call, free_slots(now), now))
    try:
        actions.book(call, form.at(), account_of(request))
    except actions.CallRefused as refused:
        messages.error(request, str(refused.words))
        return redirect(order)  # to its top, where the message is: the times are further down
    messages.success(request, _("We call you at the time you chose"))
    return redirect(order)
