"""Calls to make, as lists draw them: counted by an index of open calls, most urgent first."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from icpportal.fields.types import Words
from icpportal.time_format import to_beijing
from transfers.calls import queries
from transfers.calls.people import called_of
from transfers.calls.queries import MISSED_MOST, may_return
from transfers.models import Call
from transfers.pages.unreadable import build_safely
from transfers.review.baskets.counts import BasketCount
from transfers.review.baskets.due import Due, day_and_clock, due_between
from transfers.review.baskets.queries import PAGE, behind, place_of
from transfers.review.baskets.rows import Reader

COUNTED, KNOWN_FOR = "desk.calls", 30  # seconds


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call of a list; names and numbers are masked."""

    url: str
    reference: str
    domain: str
    name: str
    mobile: str
    role: Words
    about: str
    tried: str
    mark: Words
    due: Due
    when: str
    asked_by: str
    is_here: bool

    @property
    def clock(self) -> str:
        """The time alone, unless the due date already begins with it."""
        return clock_beside(self.due, self.when)

    @property
    def current(self) -> SafeString:
        """The HTML attribute for the row that is open."""
        return current(is_here=self.is_here)


def current(*, is_here: bool) -> SafeString:
    """The attribute of a link to the page that is open."""
    return format_html(' aria-current="{}"', "true") if is_here else SafeString("")


def count_calls(now: datetime) -> BasketCount:
    """How many calls are open, how many are late or due today, and the next due time; a single query."""
    tonight = to_beijing(now).replace(hour=23, minute=59)
    late = Q(next_at__lt=now)
    counted = queries.open_calls().aggregate(
        waiting=Count("pk"),
        over=Count("pk", filter=late),
        today=Count("pk", filter=Q(next_at__lte=tonight) & ~late),
        first=Min("next_at"),
    )
    return BasketCount(**counted)


def calls_now() -> BasketCount:
    """The same for the head of every page and the first page: counted again after half a minute."""
    found = cache.get_or_set(COUNTED, lambda: count_calls(timezone.now()), KNOWN_FOR)
    return found or BasketCount()


@dataclass(frozen=True, slots=True)
class CallSlice:
    """One page of the list; `after` leads to the next one."""

    rows: list[CallRow]
    after: str


def slice_of_calls(reader: Reader, after: str = "", here: Call | None = None) -> CallSlice:
    """The next calls after the position `after`."""
    found = list(_with_order().filter(behind("next_at", after))[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    rows = [row_of(call, reader, here) for call in found[:PAGE]]
    return CallSlice(rows, place_of(last.next_at, last.pk) if last else "")


def _with_order() -> QuerySet[Call]:
    return queries.open_calls().select_related("order", "asked_by", "objection__owner")


def row_of(call: Call, reader: Reader, here: Call | None = None) -> CallRow:
    """A call as a row; it names nobody if the order cannot be read."""
    called = build_safely(call.order, lambda: called_of(call))
    return CallRow(
        url=reverse("admin:desk_call", args=[call.pk]),
        reference=call.order.reference,
        domain=call.order.display_domain,
        name=(called.masked_name or str(called.label)) if called else "",
        mobile=called.masked_mobile if called else "",
        role=called.label if called and called.name else "",
        about=call.about,
        tried=tried_words(call),
        mark=mark_of(call, reader.now),
        due=due_between(call.asked_at, call.next_at, reader.now, reader.known),
        when=when_words(call.next_at, reader.now),
        asked_by=str(call.asked_by),
        is_here=call == here,
    )


def tried_words(call: Call) -> str:
    """How often nobody answered."""
    if not call.missed:
        return _("not missed yet")
    facts = {"n": call.missed, "most": MISSED_MOST}
    return ngettext("missed %(n)s of %(most)s", "missed %(n)s of %(most)s", call.missed) % facts


def mark_of(call: Call, now: datetime) -> Words:
    """What is special about it: a booked time, or a deadline to answer that runs or is over."""
    if call.is_booked:
        return _("booked by the applicant")
    if may_return(call, now):
        return _("the time to answer is over")
    if call.grace_until:
        return _("told; time to answer until %(when)s") % {"when": when_words(call.grace_until, now)}
    return ""


def clock_beside(due: Due, when: str) -> str:
    """The time to show below a due date: for one that says only how late it is."""
    return "" if due.words.startswith(when) else when


def when_words(at: datetime, now: datetime) -> str:
    """Words like `15:00` for today, else `tomorrow 09:30` or the day."""
    there = to_beijing(at)
    is_today = there.date() == to_beijing(now).date()
    return f"{there:%H:%M}" if is_today else day_and_clock(at, now)
