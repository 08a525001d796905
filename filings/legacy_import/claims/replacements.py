"""Pictures of a claim that others replaced: each stays until its replacement was examined, or returns if that fails.

A picture that is held bears the moment at which its replacement was added as its own `retired_at`.
"""

from collections.abc import Iterable
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from filings.models import LegacyClaim, LegacyClaimPaper
from verification.documents.actions import retire
from verification.documents.upload_messages import reason_of
from verification.models import Document
from verification.models.documents import DocumentState

PAPERS = LegacyClaimPaper.objects.select_related("document")


def replace(claim: LegacyClaim, side: int, document: Document) -> tuple[LegacyClaimPaper, list[Document]]:
    """Puts a document in the place of the one before; also returns documents that are no longer of any use."""
    now = timezone.now()
    before = list(PAPERS.filter(claim=claim, side=side, retired_at=None))
    held = [each.pk for paper in before if not paper.document.is_ready for each in _replaced_by(paper)]
    papers = LegacyClaimPaper.objects.filter(pk__in=[*held, *(paper.pk for paper in before)])
    papers.update(retired_at=now)
    paper = LegacyClaimPaper.objects.create(claim=claim, side=side, document=document, added_at=now)
    return paper, [each.document for each in before if not each.document.is_ready]


def take_out(claim: LegacyClaim, side: int) -> list[Document]:
    """Takes a picture out and returns its document; the one that is held for it takes its place again."""
    taken = list(PAPERS.filter(claim=claim, side=side, retired_at=None))
    for paper in taken:
        _exchange(paper, _replaced_by(paper) if paper.document.is_checking else ())
    return [paper.document for paper in taken]


def end_wait(document_pk: UUID) -> None:
    """Ends the wait for a document, in the transaction that writes its result (`settings.DOCUMENT_EXAMINED`)."""
    waiting = PAPERS.filter(document=document_pk, retired_at=None).select_related("claim")
    paper = waiting.first()
    if paper is None or not _replaced_by(paper).exists():
        return
    LegacyClaim.objects.filter(pk=paper.claim_id).update(version=F("version") + 1)  # waits for others that change it
    paper = waiting.first()
    if paper is None:  # it was taken out or replaced itself
        return
    if not paper.document.is_ready:
        _exchange(paper, _replaced_by(paper))
        return
    documents = [each.document for each in _replaced_by(paper)]
    # with the locks of this transaction, it could wait for one that waits for them
    transaction.on_commit(partial(retire_unseen, paper.claim, documents), robust=True)


def replaces_held(paper: LegacyClaimPaper, papers: Iterable[LegacyClaimPaper]) -> bool:
    """Whether taking this picture out returns the one that it replaced; `papers` are all of its claim."""
    return paper.document.is_checking and any(
        each.side == paper.side and each.retired_at == paper.added_at and each.document.is_ready for each in papers
    )


def refused_since(paper: LegacyClaimPaper, papers: Iterable[LegacyClaimPaper]) -> str | Promise:
    """Why the last picture that was to replace this one was refused; "" when none was since the claim's last move."""
    since = max(paper.added_at, paper.claim.entered_at)
    later = [each for each in papers if each.side == paper.side and each.added_at > since]
    tried = max(later, key=lambda each: each.added_at, default=paper)
    return reason_of(tried.document) if tried.document.state == DocumentState.REFUSED else ""


def retire_unseen(claim: LegacyClaim, documents: Iterable[Document]) -> None:
    """Retires pictures that no reviewer can have seen; those that may have been seen stay on record."""
    sent = claim.events.filter(move="send").values_list("at", flat=True).first()
    for document in documents:
        if sent is None or document.created_at > sent:
            retire(document)


def _replaced_by(paper: LegacyClaimPaper) -> QuerySet[LegacyClaimPaper]:
    """The picture that was in place, ready, when this one was added."""
    return PAPERS.filter(
        claim=paper.claim_id, side=paper.side, retired_at=paper.added_at, document__state=DocumentState.READY
    )


def _exchange(paper: LegacyClaimPaper, returned: Iterable[LegacyClaimPaper]) -> None:
    keys = [each.pk for each in returned]
    LegacyClaimPaper.objects.filter(pk=paper.pk).update(retired_at=timezone.now())
    LegacyClaimPaper.objects.filter(pk__in=keys).update(retired_at=None)
