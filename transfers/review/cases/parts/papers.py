"""The pictures of a case: all of them in the strip, those to compare a part with, and the findings on them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from icpportal.desk import viewer
from icpportal.fields.components import PictureFindings
from icpportal.time_format import day_words, to_beijing
from transfers.documents.slots import PHOTO
from transfers.models import OrderDocument, ReviewRound
from transfers.returns.labels import label_of
from transfers.review.cases.parts.rounds import Rounds, papers_judged_before
from verification.documents.advice import checks_failed, found_on

# which document a part is compared with: prefix of its name → slots, the best first
BESIDE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("paper.", ()),
    ("subject.lead_", ("lead_id", "subject_id")),
    ("subject.is_legal_rep", ("subject_id", "letter", "lead_id")),
    ("subject.", ("subject_id", "lead_id", "letter")),
    ("website.approval_", ("approval_paper", "statement")),
    ("website.home_url", ("domain_cert", "registrant_proof", "statement")),
    ("website.", ("statement", "domain_cert")),
    ("administrator.", ("admin_id", "lead_id", "statement")),
    ("type.domain", ("domain_cert", "statement")),
    ("type.", ("subject_id", "lead_id")),
)
# the documents shown beside a section's fields
OF_SECTION = {
    "type": ("subject_id", "lead_id", "domain_cert"),
    "subject": ("lead_id", "subject_id", "letter"),
    "website": ("statement", "domain_cert", "approval_paper"),
    "administrator": ("admin_id", "lead_id", "statement", "holding_photo"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture(viewer.Paper):
    """One picture of a document."""

    slot: str
    side: int
    found: PictureFindings | None
    origin: str  # the order it was uploaded for, if another one
    received: datetime
    failed: frozenset[str] | None = None  # the automatic checks it failed; None where not checked


@dataclass(frozen=True, slots=True)
class Papers(viewer.Papers):
    """All pictures of a case."""

    now: list[Picture] = field(default_factory=list)
    replaced: list[Picture] = field(default_factory=list)  # judged in an earlier round, latest first
    changed: frozenset[str] = frozenset()  # the slots of what was replaced since the last return

    def beside(self, part: str) -> str:
        """The key of the picture that a part is compared with; "" where there is none."""
        prefix, slots = next(((start, names) for start, names in BESIDE if part.startswith(start)), ("", ()))
        wanted = (part.removeprefix(prefix),) if prefix == "paper." else slots
        return next(
            (picture.key for slot in wanted for picture in self.now if picture.slot == slot and picture.url), ""
        )

    def of(self, slots: Iterable[str]) -> list[Picture]:
        """The pictures of these slots."""
        return [picture for slot in slots for picture in self.now if picture.slot == slot]


def papers_of(rounds: Rounds) -> Papers:
    """The pictures that count now, and those judged earlier and replaced."""
    earlier = [(paper, found) for paper, found in papers_judged_before(rounds) if _is_ready(paper)]
    earlier.sort(key=lambda pair: -pair[1].number)
    living = [paper for paper in rounds.papers if paper.retired_at is None]
    last = rounds.last_return
    before: dict[tuple[str, int], str] = {}
    for paper, found in earlier:
        before.setdefault((paper.slot, paper.side), _old_key(paper, found))
    return Papers(
        [_picture(paper, before=before.get((paper.slot, paper.side), "")) for paper in living],
        [_picture(paper, judged_in=found) for paper, found in earlier],
        frozenset(paper.slot for paper, found in earlier if last and found.number >= last.number),
    )


def _is_ready(paper: OrderDocument) -> bool:
    return bool(paper.document.is_ready)


def _old_key(paper: OrderDocument, found: ReviewRound) -> str:
    return f"old-{found.number}-{paper.slot}-{paper.side}"


def _judged_words(found: ReviewRound) -> str:
    """`Round 1, Tue 24 Nov`."""
    at = day_words(to_beijing(found.decided_at).date()) if found.decided_at else ""
    return _("Round %(n)s, %(date)s") % {"n": found.number, "date": at}


def _picture(paper: OrderDocument, *, judged_in: ReviewRound | None = None, before: str = "") -> Picture:
    document = paper.document
    title = label_of(PHOTO if paper.slot == PHOTO else f"paper.{paper.slot}")
    return Picture(
        key=_old_key(paper, judged_in) if judged_in else f"{paper.slot}-{paper.side}",
        name=f"{title} {paper.side}",
        slot=paper.slot,
        side=paper.side,
        url=reverse("document", args=[document.reference]) if document.is_ready else "",
        found=found_on(document),
        origin=document.holder if document.holder != paper.order.reference else "",
        received=document.created_at,
        judged=_judged_words(judged_in) if judged_in else "",
        before=before,
        failed=checks_failed(document) if document.is_ready else None,
    )
