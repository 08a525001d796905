"""Actions on a call: request, booking by the applicant, attempt, end. None of them moves an order."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from icpportal.accounts.models import User
from icpportal.database.turns import take_turn
from icpportal.fields.types import Columns
from icpportal.lifecycle import APPLICANT, REVIEWER
from icpportal.time_format import to_beijing
from icpportal.workdays.calendar import end_of_answer
from transfers.calls.outcomes import ANSWERED, ORDER_ENDED, RETURNED, Outcome, outcome_of, result_words
from transfers.calls.people import called_of
from transfers.calls.queries import APART, GRACE_WORKDAYS, MISSED_MOST, PLANNED, open_calls, open_of
from transfers.calls.slots import free_slots, soonest, times_for
from transfers.models import Call, CallAttempt, Objection, Order
from transfers.notifications.messages import notify_recipients
from transfers.orders.machine import note

TURN = 7_304_112_952  # of booking
FULL_OR_OVER = gettext_lazy("This time is full or over: choose another one")


class CallRefused(Exception):
    """The action no longer fits the call; `words` says why."""

    def __init__(self, words: str | Promise) -> None:
        super().__init__(str(words))
        self.words = words


def ask(
    order: Order,
    asker: User,
    *,
    role: str,
    about: str,
    part: str = "",
    objection: Objection | None = None,
    now: datetime | None = None,
) -> Call:
    """Requests a call to somebody of this order; the applicant is told and may choose a time. Raises `CallRefused`.

    With an `objection`, the person who objects is called, and the applicant is not told.
    """
    now = now or timezone.now()
    _refuse_own(order, asker)
    try:
        with transaction.atomic():
            _refuse_ended(order, objection)
            call = Call.objects.create(
                order=order,
                objection=objection,
                role=role,
                part=part,
                about=about,
                asked_by=asker,
                asked_at=now,
                next_at=soonest(now),
            )
            if objection is None:
                event = note(order, PLANNED, by=REVIEWER, actor=asker, at=now)
                _tell(call, PLANNED, event.pk, call.next_at, now)
    except IntegrityError as taken:
        raise CallRefused(gettext_lazy("A call to this person is open already: see Calls")) from taken
    return call


def _refuse_ended(order: Order, objection: Objection | None) -> None:
    """Refuses what has ended by now; until the call is written, nobody can end it."""
    order.refresh_from_db(fields=["state"], from_queryset=Order.objects.select_for_update(of=("self",)))
    if order.is_ended:
        raise CallRefused(gettext_lazy("This order has ended: there is nobody to call"))
    if objection and not Objection.objects.select_for_update().filter(pk=objection.pk, closed_at=None).exists():
        raise CallRefused(gettext_lazy("This objection is closed: there is nothing to call about"))


def book(call: Call, at: datetime, owner: User, *, now: datetime | None = None) -> None:
    """Books a time for the applicant, which answers a notice: attempts are counted from zero. Raises `CallRefused`."""
    now = now or timezone.now()
    with transaction.atomic():
        take_turn(TURN)  # until it is booked, nobody else fills the time
        if at <= now or at not in times_for(call, free_slots(now), now):
            raise CallRefused(FULL_OR_OVER)
        _change(call, call.version, {"next_at": at, "is_booked": True, "missed": 0, "grace_until": None})
        note(call.order, "call_booked", by=APPLICANT, actor=owner, at=now)


def attempt(
    call: Call,
    caller: User,
    outcome: Outcome,
    *,
    seen: int,
    words: str = "",
    next_at: datetime | None = None,
    now: datetime | None = None,
) -> None:
    """Records an attempt; `seen` is the version of the call on the caller's page. Raises `CallRefused`.

    After the second missed one the applicant is told and gets a grace period; nothing follows by itself. Reaching the
    person clears the missed ones.
    """
    now = now or timezone.now()
    _refuse_own(call.order, caller)
    missed = call.missed + _counts(call, now) if outcome.is_missed else 0
    is_told = call.objection_id is None
    tells = is_told and call.grace_until is None and outcome.is_missed and (missed >= MISSED_MOST or outcome.tells)
    grace_until = call.grace_until if outcome.is_missed else None
    grace = end_of_answer(now, GRACE_WORKDAYS) if tells else grace_until
    ended: Columns = {"ended_at": now, "ended_by": caller, "result": outcome.key}
    columns: Columns = {"missed": missed, "is_booked": False, "next_at": next_at or soonest(now), "grace_until": grace}
    with transaction.atomic():
        _change(call, seen, {**columns, **(ended if outcome.ends else {})})
        CallAttempt.objects.create(call=call, at=now, by=caller, outcome=outcome.key, note=words)
        if is_told:
            fact = "call_missed" if outcome.is_missed else "call"
            event = note(call.order, fact, by=REVIEWER, actor=caller, at=now)
        if tells and grace:
            _tell(call, "call_missed", event.pk, grace, now)


def _refuse_own(order: Order, user: User) -> None:
    if order.owner_id == user.pk:
        raise CallRefused(gettext_lazy("You cannot review an order of your own"))


def _counts(call: Call, now: datetime) -> bool:
    """Whether a missed attempt counts: not within an hour of the previous one."""
    last = call.attempts.last()
    return last is None or last.at <= now - APART or not outcome_of(last.outcome).is_missed


def drop(call: Call, by: User, result: str, *, seen: int, now: datetime | None = None) -> None:
    """Ends a call that is no longer needed. Raises `CallRefused`."""
    _refuse_own(call.order, by)
    _change(call, seen, {"ended_at": now or timezone.now(), "ended_by": by, "result": result})


def end_unreached(order: Order, by: User, now: datetime) -> None:
    """Ends the calls of an order that was returned because nobody was reached."""
    _end(open_of(order), RETURNED, now, by)


def end_answered(objection: Objection, by: User | None, now: datetime) -> None:
    """Ends the calls about an objection that has been answered."""
    _end(open_calls().filter(objection=objection), ANSWERED, now, by)


def end_all(ended: Mapping[UUID, datetime]) -> None:
    """Ends the calls of these ended orders (their keys)."""
    concerned = ended if len(ended) == 1 else set(open_of(*ended).order_by().values_list("order", flat=True))
    for order in concerned:
        _end(open_of(order), ORDER_ENDED, ended[order], None)


def _end(calls: QuerySet[Call], result: str, now: datetime, by: User | None) -> None:
    calls.order_by().update(ended_at=now, ended_by=by, result=result, version=F("version") + 1)


def _change(call: Call, seen: int, columns: Columns) -> None:
    """Makes one conditional update; the second of two people reads who was first."""
    rows = Call.objects.filter(pk=call.pk, version=seen, ended_at=None)
    if rows.update(**columns, version=F("version") + 1) != 1:
        raise CallRefused(_moved_words(call))
    call.refresh_from_db()


def _moved_words(call: Call) -> str | Promise:
    call.refresh_from_db()
    last = call.attempts.select_related("by").last()
    if call.ended_at and call.ended_by:
        facts = {"name": str(call.ended_by), "time": f"{to_beijing(call.ended_at):%H:%M}"}
        return _("%(name)s ended this call at %(time)s: %(result)s") % {**facts, "result": result_words(call.result)}
    if call.ended_at:
        return result_words(call.result)
    if call.is_booked:
        return gettext_lazy("The applicant has chosen a time since. What you typed is still here")
    if last is None:
        return gettext_lazy("The call has changed. What you typed is still here")
    facts = {"name": str(last.by), "time": f"{to_beijing(last.at):%H:%M}"}
    return _("%(name)s tried at %(time)s. What you typed is still here") % facts


def _tell(call: Call, template: str, event: int, due: datetime, now: datetime) -> None:
    mobile = called_of(call).masked_mobile
    notify_recipients(call.order, template, event_id=event, facts={"due": due, "mobile": mobile}, now=now)
