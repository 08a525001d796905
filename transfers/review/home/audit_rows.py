"""The log as an auditor reads it: who looked at what, and what staff did; never what stood there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

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
class Wanted:
    """Which rows: of one reference as it was typed, one person, one sort, between two moments."""

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

    def about(self, name: str) -> Q:
        """The condition on its reference; those of orders are found in small letters as well."""
        return Q(**{f"{name}__in": {self.reference, self.reference.upper()}}) if self.reference else Q()


def rows(wanted: Wanted) -> tuple[list[LogRow], datetime | None]:
    """The newest rows that were asked for, and from where on there are earlier ones."""
    found = sorted((row for source in _sources(wanted) for row in source(wanted)), key=lambda row: row.at, reverse=True)
    if len(found) <= MOST:
        return found, None
    edge = found[MOST - 1].at  # what happened in the same moment stays together, or the next page would leave it out
    return [row for row in found if row.at >= edge], edge


def _sources(wanted: Wanted) -> list[Callable[[Wanted], Iterator[LogRow]]]:
    looks = [_looks] if wanted.sort != ACTS else []
    return [*looks, *([_moves, _requests] if wanted.sort not in (LOOKS, FLAGGED) else [])]


def _looks(wanted: Wanted) -> Iterator[LogRow]:
    found = AccessNote.objects.filter(wanted.within("at", "actor") & wanted.about("reference"))
    found = found.filter(without_holding()) if wanted.sort == FLAGGED else found
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


def _moves(wanted: Wanted) -> Iterator[LogRow]:
    """What staff did to orders."""
    of_staff = Q(by__in=(REVIEWER, LEAD, OPERATIONS), actor__isnull=False)
    found = OrderEvent.objects.filter(of_staff & wanted.within("at", "actor") & wanted.about("order__reference"))
    named = found.order_by("-at", "-pk").select_related("actor", "order")
    for event in named.only("at", "move", "actor", "order__reference")[: MOST + 1]:
        row = row_of(event.move)
        yield LogRow(event.at, _name(event.actor), event.order.reference, row.said if row else event.move)


def _requests(wanted: Wanted) -> Iterator[LogRow]:
    """What was asked of a second person, and what the answer was; without the words."""
    people = Q(asked_by=wanted.who) | Q(answered_by=wanted.who) if wanted.who else Q()
    found = ApprovalRequest.objects.filter(people & wanted.about("reference"))
    before = found.filter(asked_at__lt=wanted.before) if wanted.before else found
    for request in before.select_related("asked_by", "answered_by").order_by("-asked_at")[: MOST + 1]:
        for said in said_of(request):
            if (wanted.since is None or said.at >= wanted.since) and (wanted.before is None or said.at < wanted.before):
                yield LogRow(said.at, said.who, request.reference, said.what)


def _name(actor: User | None) -> str:
    return str(actor) if actor else _("The system")
