"""The rounds of an order with their verdicts, read once for a page."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import Prefetch, QuerySet, UUIDField

from icpportal.approvals.models import ApprovalRequest
from icpportal.database.prepared import CompiledQuery
from transfers.documents.slots import PHOTO
from transfers.models import FieldVerdict, Order, OrderDocument, ReviewRound
from transfers.orders import queries
from transfers.second_look.queries import last_sent_back
from verification.documents.advice import note_together


@dataclass(frozen=True)
class Rounds:
    """All rounds of one order, newest first, each with its verdicts."""

    order: Order
    rows: list[ReviewRound]

    @property
    def next_number(self) -> int:
        """The number of the round being judged."""
        return self.rows[0].number + 1 if self.rows else 1

    @property
    def returns(self) -> int:
        """How often the order was returned by a reviewer."""
        return sum(queries.is_return(row) for row in self.rows)

    @cached_property
    def last_return(self) -> ReviewRound | None:
        """The last round that returned the order."""
        return next((row for row in self.rows if queries.is_return(row)), None)

    @cached_property
    def last_judged(self) -> ReviewRound | None:
        """The last round in which some answer or document was accepted."""
        return next((row for row in self.rows if _has_fine(row)), None)

    @cached_property
    def papers(self) -> list[OrderDocument]:
        """The documents that count now, and after a round those that counted before, latest of a side first."""
        found = (PAPERS if self.rows else CURRENT_PAPERS).all(order=self.order.pk)
        for paper in found:
            paper.order = self.order
        note_together([paper.document for paper in found])
        return found

    @property
    def accepted(self) -> ReviewRound | None:
        """The last round, if it accepted an order that is still with us, for a second look or returned by one."""
        last = self.rows[0] if self.rows else None
        is_return = last and any(each.verdict == FieldVerdict.RETURN for each in last.verdicts.all())
        return None if is_return else last

    @cached_property
    def sent_back(self) -> ApprovalRequest | None:
        """The second look that has returned the accepted order."""
        return last_sent_back(self.order) if self.accepted else None

    @property
    def returned(self) -> dict[str, FieldVerdict]:
        """What the last return named, by part."""
        rows = self.last_return.verdicts.all() if self.last_return else ()
        return {row.field: row for row in rows if row.verdict == FieldVerdict.RETURN}


def _papers(order: UUID) -> QuerySet[OrderDocument]:
    return OrderDocument.objects.filter(order=order).select_related("document").order_by("slot", "side", "-added_at")


PAPERS = CompiledQuery(_papers, order=UUIDField())
CURRENT_PAPERS = CompiledQuery(lambda order: _papers(order).filter(retired_at=None), order=UUIDField())


def _has_fine(row: ReviewRound) -> bool:
    return any(each.verdict == FieldVerdict.OK and not is_of_photo(each.field) for each in row.verdicts.all())


def is_of_photo(part: str) -> bool:
    """Whether it is the photo, or one of its rules."""
    return part.partition(".")[0] == PHOTO


def rounds_of(order: Order) -> Rounds:
    """The rounds, in two queries."""
    verdicts = Prefetch("verdicts", FieldVerdict.objects.select_related("reason", "round"))
    return Rounds(order, list(order.rounds.select_related("reviewer").prefetch_related(verdicts).order_by("-number")))


def papers_judged_before(judged: Rounds) -> list[tuple[OrderDocument, ReviewRound]]:
    """Documents that counted when a round was decided and no longer do, each with its last round."""
    moments = [(found.decided_at, found) for found in judged.rows if found.decided_at]
    found = []
    for paper in judged.papers if moments else ():
        if paper.retired_at is None:
            continue
        stood = [(at, each) for at, each in moments if paper.added_at <= at < paper.retired_at]
        if stood:
            found.append((paper, max(stood, key=lambda pair: pair[0])[1]))
    return found
