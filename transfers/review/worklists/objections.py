"""Objections to answer, as lists draw them: counted by an index of open ones, oldest first."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from icpportal.fields.domains import display_domain
from icpportal.fields.types import Words
from icpportal.privacy.masks import mask_email, mask_mobile
from icpportal.workdays.calendar import end_of_answer
from transfers.models import Objection
from transfers.objections.queries import open_objections
from transfers.orders.kinds import state_of
from transfers.review.baskets.counts import BasketCount
from transfers.review.baskets.due import Due, calendar_around, due_between, over_before, today_before
from transfers.review.baskets.queries import PAGE, behind, place_of
from transfers.review.baskets.rows import Reader
from transfers.review.worklists.calls import KNOWN_FOR, clock_beside, current, when_words

LONGEST = 60  # characters shown of an objection's text
COUNTED = "desk.objections"


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """One objection of a list; the person who objects is masked."""

    url: str
    reference: str
    domain: str
    said: str
    who: str
    state: Words
    due: Due
    when: str
    is_here: bool

    @property
    def clock(self) -> str:
        """The time alone, unless the due date already begins with it."""
        return clock_beside(self.due, self.when)

    @property
    def current(self) -> SafeString:
        """The HTML attribute for the row that is open."""
        return current(is_here=self.is_here)


def count_objections(now: datetime) -> BasketCount:
    """How many wait, how many are late or due today, and when the first is due; a single query."""
    known = calendar_around(now)
    late = Q(created_at__lt=over_before(now, known))
    counted = open_objections().aggregate(
        waiting=Count("pk"),
        over=Count("pk", filter=late),
        today=Count("pk", filter=Q(created_at__lt=today_before(now, known)) & ~late),
        first=Min("created_at"),
    )
    first = end_of_answer(counted["first"], known=known) if counted["first"] else None
    return BasketCount(**{**counted, "first": first})


def objections_now() -> BasketCount:
    """The same for the head of every page and the first page: counted again after half a minute."""
    found = cache.get_or_set(COUNTED, lambda: count_objections(timezone.now()), KNOWN_FOR)
    return found or BasketCount()


@dataclass(frozen=True, slots=True)
class ObjectionSlice:
    """One page of the list; `after` leads to the next one."""

    rows: list[ObjectionRow]
    after: str


def slice_of_objections(reader: Reader, after: str = "", here: Objection | None = None) -> ObjectionSlice:
    """The oldest ones after the position `after`."""
    waiting = open_objections().select_related("owner", "order").filter(behind("created_at", after))
    found = list(waiting[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    rows = [row_of(objection, reader, here) for objection in found[:PAGE]]
    return ObjectionSlice(rows, place_of(last.created_at, last.pk) if last else "")


def row_of(objection: Objection, reader: Reader, here: Objection | None = None) -> ObjectionRow:
    """An objection as a row."""
    at = end_of_answer(objection.created_at, known=reader.known)
    order, owner = objection.order, objection.owner
    words = objection.words
    return ObjectionRow(
        url=reverse("admin:desk_objection", args=[objection.pk]),
        reference=order.reference if order else "–",
        domain=display_domain(objection.domain),
        said=f"{words[:LONGEST]}…" if len(words) > LONGEST else words,
        who=mask_mobile(owner.mobile) if owner.mobile else mask_email(owner.email),
        state=state_of(order).label if order else "",
        due=due_between(objection.created_at, at, reader.now, reader.known),
        when=when_words(at, reader.now),
        is_here=objection == here,
    )
