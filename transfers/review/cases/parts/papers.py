"""The pictures of a case: all of them in the strip, those that a part is compared with, and what was found on them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from icpportal.fields.components import Found
from icpportal.fields.types import Words
from transfers.documents.slots import PHOTO
from transfers.models import Order, OrderDocument, ReviewRound
from transfers.orders import queries
from transfers.returns.labels import label_of
from verification.documents.advice import checks_failed, found_on

# which paper a part is compared with: how its name begins, and the slots to look for, the best first
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
# what a section's papers are where they stand beside its fields
OF_SECTION = {
    "type": ("subject_id", "lead_id", "domain_cert"),
    "subject": ("lead_id", "subject_id", "letter"),
    "website": ("statement", "domain_cert", "approval_paper"),
    "administrator": ("admin_id", "lead_id", "statement", "holding_photo"),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a document."""

    key: str  # in the page
    slot: str
    title: Words
    side: int
    url: str  # "" while it cannot be looked at
    found: Found | None
    origin: str  # the order it was first uploaded for, where that was another one
    received: datetime
    is_replaced: bool = False
    failed: frozenset[str] | None = None  # the automatic checks it did not pass; None where nothing was checked

    @property
    def name(self) -> str:
        """What it is called in the strip."""
        return f"{self.title} {self.side}"

    @property
    def caption(self) -> str:
        """Its name where it stands beside others; one that was replaced says so."""
        return f"{_('Before the return')} · {self.name}" if self.is_replaced else self.name


@dataclass(frozen=True, slots=True)
class Papers:
    """All pictures of a case."""

    now: list[Picture] = field(default_factory=list)
    replaced: list[Picture] = field(default_factory=list)

    def beside(self, part: str) -> str:
        """The key of the picture that a part is compared with; nothing where there is none."""
        prefix, slots = next(((start, names) for start, names in BESIDE if part.startswith(start)), ("", ()))
        wanted = (part.removeprefix(prefix),) if prefix == "paper." else slots
        return next(
            (picture.key for slot in wanted for picture in self.now if picture.slot == slot and picture.url), ""
        )

    def of(self, slots: Iterable[str]) -> list[Picture]:
        """The pictures of these slots."""
        return [picture for slot in slots for picture in self.now if picture.slot == slot]


def papers_of(order: Order, last: ReviewRound | None = None) -> Papers:
    """The pictures as they count now, and those that the last return was about."""
    earlier = queries.papers_replaced(order, last.decided_at) if last and last.decided_at else ()
    now = [_picture(paper) for paper in queries.papers_of(order)]
    return Papers(now, [_picture(paper, is_replaced=True) for paper in earlier])


def _picture(paper: OrderDocument, *, is_replaced: bool = False) -> Picture:
    document = paper.document
    return Picture(
        key=f"{'old-' if is_replaced else ''}{paper.slot}-{paper.side}",
        slot=paper.slot,
        title=label_of(f"paper.{paper.slot}") if paper.slot != PHOTO else label_of(PHOTO),
        side=paper.side,
        url=reverse("document", args=[document.reference]) if document.is_ready else "",
        found=found_on(document),
        origin=document.holder if document.holder != paper.order.reference else "",
        received=document.created_at,
        is_replaced=is_replaced,
        failed=checks_failed(document) if document.is_ready else None,
    )
