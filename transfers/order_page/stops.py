"""The progress of an order through review, photo, phones and authority: where it is, and when it passed each stop."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.fields.components import Panel
from icpportal.fields.types import Words
from icpportal.time_format import day_words, to_beijing
from transfers.models import Order, OrderEvent
from transfers.orders import queries, states
from transfers.orders.kinds import is_in, kind_of, state_of
from transfers.orders.rows import END, PAPERS, PHONES, PHOTO, WITH_AUTHORITY, Group, State

# each stop with its part of the order's life
STOPS: tuple[tuple[str, Words], ...] = (
    (PAPERS, _("Our review")),
    (PHOTO, pgettext_lazy("stop", "Photo")),
    (PHONES, pgettext_lazy("stop", "Phones")),
    (WITH_AUTHORITY, pgettext_lazy("who", "The authority")),
    (END, pgettext_lazy("state", "Approved")),
)
ON_ITS_WAY = (Group.IN_REVIEW, Group.PHOTO_WANTED, Group.AT_AUTHORITY, Group.APPROVED)
DONE, NOW, AHEAD = "done", "now", "todo"


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop: whether it is passed, and on which day, or by when it will be."""

    label: Words
    mark: str
    when: Words = ""

    @property
    def is_done(self) -> bool:
        return self.mark == DONE

    @property
    def is_now(self) -> bool:
        return self.mark == NOW


@dataclass(frozen=True, slots=True)
class Stops(Panel):
    """The variables of `transfers/order_page/stops.html`."""

    template: ClassVar[str] = "transfers/order_page/stops.html"
    stops: list[Stop]


def stops(order: Order, events: Iterable[OrderEvent], next_at: datetime | None) -> list[Stops]:
    """The progress of an order that is under way or finished; None while its owner must change it.

    `next_at` is the next date of the order, as in its summary.
    """
    if not kind_of(order).is_reviewed or not any(is_in(order, group) for group in ON_ITS_WAY):
        return []
    way = [(part, label) for part, label in STOPS if part != PHONES or queries.rules_of(order).phones is not None]
    here, passed = (
        _present_stop(order, [part for part, _label in way]),
        _passed_at(events, [part for part, _label in way]),
    )
    now = Stop("", NOW, _("by %(day)s") % {"day": _day(next_at)} if next_at and not _only_ours(order) else "")
    found = [Stop(_("Submitted"), DONE, _day(order.submitted_at))]
    for number, (part, label) in enumerate(way):
        if number < here:
            found.append(Stop(label, DONE, _day(passed.get(part))))
        else:
            found.append(replace(now, label=label) if number == here else Stop(label, AHEAD))
    return [Stops(found)]


def _only_ours(order: Order) -> bool:
    """Whether the next date is the day by which we submit: neither the phones nor the authority have it to keep."""
    return is_in(order, Group.BEING_SUBMITTED)


def _present_stop(order: Order, asked: list[str]) -> int:
    """The number of the present stop; one past the last when finished."""
    if is_in(order, Group.APPROVED):
        return len(asked)
    stop = _stop_of(state_of(order), asked)
    return asked.index(stop if stop in asked else WITH_AUTHORITY)


def _stop_of(state: State, asked: list[str]) -> str:
    """The stop of a state: without phone verification, submitting belongs to the authority's."""
    return WITH_AUTHORITY if state.part == PHONES and PHONES not in asked else state.part


def _passed_at(events: Iterable[OrderEvent], way: list[str]) -> dict[str, datetime]:
    """When each stop was passed: when the next part of its life last began."""
    began: dict[str, datetime] = {}
    for event in events:  # newest first
        known = (states.BY_KEY.get(key) for key in (event.to_state, event.from_state))
        after, before = (_stop_of(state, way) if state else None for state in known)
        if after is not None and before != after:
            began.setdefault(after, event.at)
    found: dict[str, datetime] = {}
    for number, part in enumerate(way):
        later = [began[each] for each in way[number + 1 :] or way[number:] if each in began]
        if later:
            found[part] = later[0]
    return found


def _day(at: datetime | None) -> str:
    return day_words(to_beijing(at).date(), weekday=False) if at is not None else ""
