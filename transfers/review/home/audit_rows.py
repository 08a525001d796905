"""The log as an auditor reads it: who looked at what, and what staff did; never what stood there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from icpportal.accounts.models import User
from icpportal.approvals.models import ApprovalRequest
from icpportal.approvals.words import said_of
from icpportal.fields.types import Words
from icpportal.lifecycle import LEAD, OPERATIONS, REVIEWER
from icpportal.privacy.access_words import WHAT, reason_words
from icpportal.privacy.models import AccessNote
from transfers.models import OrderEvent
from transfers.orders.history import row_of
from transfers.review.purposes import without_holding

MOST = 50
LOOKS, FLAGGED, ACTS = "looks", "flagged", "acts"
SORTS: dict[str, str | Promise] = {
    "": pgettext_lazy("of the log", "Everything"),
    LOOKS: pgettext_lazy("of the log", "Looks"),
    FLAGGED: pgettext_lazy("of the log", "Looks without holding the case"),
    ACTS: pgettext_lazy("of the log", "Acts"),
}


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row: a look with how often and until when, or an act."""

    at: datetime
    who: str
    reference: str
    what: Words
    why: Words = ""
    times: int = 0
    last_at: datetime | None = None
    client: str = ""  # where from, where that is known
    is_flagged: bool = False  # a look at a case that somebody else had, or nobody


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows: of one reference, one person, one sort, between two moments."""

    reference: str = ""
    who: User | None = None
    sort: str = ""
    since: datetime | None = None
    before: datetime | None = None

    def within(self, name: str, who: str) -> Q:
        """The condition on a table, by the names of its columns for the moment and the person."""
        found = Q(**{f"{name}__gte": self.since}) if self.since else Q()
        found &= Q(**{f"{name}__lt": self.before}) if self.before else Q()
        return found & (Q(**{who: self.who}) if self.who else Q())


def rows(asked: Asked) -> tuple[list[LogRow], datetime | None]:
    """The newest rows that were asked for, and from where on there are earlier ones."""
    found = sorted((row for source in _sources(asked) for row in source(asked)), key=lambda row: row.at, reverse=True)
    return found[:MOST], found[MOST - 1].at if len(found) > MOST else None


def _sources(asked: Asked) -> list[Callable[[Asked], Iterator[LogRow]]]:
    looks = [_looks] if asked.sort != ACTS else []
    return [*looks, *([_moves, _requests] if asked.sort not in (LOOKS, FLAGGED) else [])]


def _looks(asked: Asked) -> Iterator[LogRow]:
    found = AccessNote.objects.filter(asked.within("at", "actor"))
    found = found.filter(reference=asked.reference) if asked.reference else found
    found = found.filter(without_holding()) if asked.sort == FLAGGED else found
    flagged = found.annotate(flagged=Q(without_holding())).select_related("actor")
    for note in flagged.order_by("-at", "-pk")[: MOST + 1]:
        yield LogRow(
            at=note.at,
            who=_name(note.actor),
            reference=note.reference,
            what=WHAT.get(note.what, note.what),
            why=reason_words(note.reason),
            times=note.times,
            last_at=note.last_at,
            client=note.client,
            is_flagged=note.flagged,
        )


def _moves(asked: Asked) -> Iterator[LogRow]:
    """What staff did to orders."""
    of_staff = Q(by__in=(REVIEWER, LEAD, OPERATIONS), actor__isnull=False)
    found = OrderEvent.objects.filter(of_staff & asked.within("at", "actor"))
    found = found.filter(order__reference=asked.reference) if asked.reference else found
    named = found.order_by("-at", "-pk").select_related("actor", "order")
    for event in named.only("at", "move", "actor", "order__reference")[: MOST + 1]:
        row = row_of(event.move)
        yield LogRow(event.at, _name(event.actor), event.order.reference, row.said if row else event.move)


def _requests(asked: Asked) -> Iterator[LogRow]:
    """What was asked of a second person, and what the answer was; without the words."""
    people = Q(asked_by=asked.who) | Q(answered_by=asked.who) if asked.who else Q()
    found = ApprovalRequest.objects.filter(people & (Q(reference=asked.reference) if asked.reference else Q()))
    before = found.filter(asked_at__lt=asked.before) if asked.before else found
    people_of = before.select_related("asked_by", "answered_by").order_by("-asked_at")
    for request in islice(people_of, MOST + 1):
        for said in said_of(request):
            if (asked.since is None or said.at >= asked.since) and (asked.before is None or said.at < asked.before):
                yield LogRow(said.at, said.who, request.reference, said.what)


def _name(actor: User | None) -> str:
    return str(actor) if actor else _("The system")
