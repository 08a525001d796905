"""The documents in a copy: which there are, their folders and file names."""

import logging
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from filings.models import LegacyClaimPaper
from icpportal.accounts.models import User
from icpportal.alarms import rows
from icpportal.fields.types import Words
from icpportal.privacy.crypto import Unreadable
from transfers.documents import slots
from transfers.models import OrderDocument
from transfers.returns.labels import label_of
from transfers.rights.exports.records import Entry, Record, moment
from verification.documents import file_access
from verification.models import Document

logger = logging.getLogger(__name__)

FORBIDDEN = re.compile(r'[\x00-\x1f\\/:*?"<>|]+')  # not allowed in file names on some system
FOLDER = "papers"


@dataclass
class Paper:
    """A picture that the person sent."""

    document: Document
    folder: str  # the order's number, or the domain of a claim
    slot: str
    side: int
    title: Words
    added_at: datetime
    replaced_at: datetime | None
    path: str  # path within the copy; "" when it no longer exists

    def content(self) -> bytes | None:
        """The picture; None when it is gone or cannot be opened, and then the copy says so."""
        try:
            with file_access.open_ready(self.document) as source:
                return source.read()
        except file_access.NotReady:
            logger.info("paper is not here any more", extra={"document": self.document.reference})
        except Unreadable as problem:
            rows.tell("rights.papers", self.document.pk, problem, reference=self.document.reference)
        self.path = ""
        return None

    def record(self) -> Record:
        """What the copy says about it."""
        return Record(
            self.title,
            [
                Entry("slot", "", self.slot),
                Entry("side", "", self.side),
                Entry("file", _("File"), self.path or None, self.path or _("Not here any more")),
                moment("added_at", _("Uploaded"), self.added_at),
                moment("replaced_at", _("Replaced"), self.replaced_at),
            ],
        )


def of_account(user: User) -> list[Paper]:
    """Every picture in the account's orders and claims, including replaced ones that still exist."""
    of_orders = OrderDocument.objects.filter(order__owner=user).select_related("order", "document")
    of_claims = LegacyClaimPaper.objects.filter(claim__owner=user).select_related("claim__record", "document")
    seen: Counter[str] = Counter()
    found = [
        _paper(
            paper.document,
            paper.order.reference,
            paper.slot,
            paper.side,
            _title(paper.slot, paper.side),
            paper.added_at,
            paper.retired_at,
            seen,
        )
        for paper in of_orders.order_by("order__created_at", "added_at", "pk")
    ]
    return found + [
        _paper(
            paper.document,
            paper.claim.record.domain,
            "claim",
            paper.side,
            f"{_('Claim')} {paper.side}",
            paper.added_at,
            paper.retired_at,
            seen,
        )
        for paper in of_claims.order_by("claim__pk", "added_at", "pk")
    ]


def _title(slot: str, side: int) -> str:
    """`Subject lead's document, back`."""
    row = slots.SLOTS.get(slot)
    title = str(label_of(f"paper.{slot}"))
    name = str(row.sides[side - 1]) if row and side <= len(row.sides) else ""
    return f"{title} {name}".strip()


def _paper(
    document: Document,
    folder: str,
    slot: str,
    side: int,
    title: str,
    added_at: datetime,
    replaced_at: datetime | None,
    seen: Counter[str],
) -> Paper:
    stem = f"{FOLDER}/{folder}/{FORBIDDEN.sub(' ', title).strip()}"
    path = ""
    if document.is_ready:
        seen[stem] += 1
        ending = file_access.ending_of(document.stored_name)
        path = f"{stem}{ending}" if seen[stem] == 1 else f"{stem} ({seen[stem]}){ending}"
    return Paper(document, folder, slot, side, title, added_at, replaced_at, path)
