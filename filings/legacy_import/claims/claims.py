"""Claiming what no password can prove: found by who files it and its domain, proved with papers, decided by a reviewer.

A record that is older than accounts (认领) goes into the register when its claim is accepted. For a record that an old
account holds it is the account that is proved (重置): its owner imports from it without the forgotten password.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from filings.actions import record_import
from filings.legacy_import import comparison
from filings.legacy_import.lifecycle import CLAIM
from filings.models import LegacyClaim, LegacyClaimEvent, LegacyClaimPaper, LegacyRecord
from filings.models import legacy_states as states
from filings.register.blind_keys import subject_key
from icpportal.accounts.models import User
from icpportal.desk.own_words import Own, all_of, in_messages, kept
from icpportal.fields.types import Fact
from icpportal.lifecycle import APPLICANT, REVIEWER, MoveNotAllowed
from icpportal.privacy.fields import sealed
from verification.documents.actions import Upload, receive, retire
from verification.models import Document

SIDES = 4
CHANGEABLE = (states.OPEN, states.DECLINED)


class RecordGone(Exception):
    """The record was imported or claimed by somebody else since."""


class OwnClaim(Exception):
    """Nobody decides about a claim of their own."""


def find(*, id_type: str, id_number: str, name: str, domain: str, reset: bool = False) -> LegacyRecord | None:
    """The record that all four describe, if it is one to claim, or with `reset` one that an old account holds.

    Nobody learns which of them did not fit.
    """
    record = LegacyRecord.objects.filter(
        subject_key=subject_key(id_type, id_number), domain=domain, imported_at__isnull=True
    ).first()
    if record is None or record.name != name or is_reset(record) != reset:
        return None
    return record


def is_reset(record: LegacyRecord) -> bool:
    """Whether it is the account of this record that is asked for: it would be imported, not claimed."""
    return not comparison.is_to_claim(record)


def begin(owner: User, record: LegacyRecord, *, now: datetime | None = None) -> LegacyClaim:
    """The owner's claim of this record; the same one when it was begun before."""
    moment = now or timezone.now()
    claim, created = LegacyClaim.objects.get_or_create(
        owner=owner, record=record, defaults={"created_at": moment, "entered_at": moment}
    )
    if created:
        LegacyClaimEvent.objects.create(
            claim=claim, move="begin", from_state="", to_state=claim.state, by=APPLICANT, actor=owner, at=moment
        )
    return claim


def papers_of(claim: LegacyClaim) -> QuerySet[LegacyClaimPaper]:
    """The pictures that count."""
    return claim.papers.filter(retired_at__isnull=True).select_related("document").order_by("side")


def is_open(claim: LegacyClaim) -> bool:
    """Whether the applicant may change it."""
    return claim.state in CHANGEABLE


def upload(claim: LegacyClaim, *, side: int, file: Upload) -> LegacyClaimPaper:
    """Take a picture; the one that was there retires. Raises `UploadRefused` or `MoveNotAllowed`."""
    document = receive(kind="claim_proof", upload=file, holder=claim.reference, account=str(claim.owner_id))
    try:
        with transaction.atomic():
            _hold(claim)
            earlier = _taken_out(claim, side)
            paper = LegacyClaimPaper.objects.create(claim=claim, side=side, document=document)
    except MoveNotAllowed:
        retire(document)
        raise
    _retire_unseen(claim, earlier)
    return paper


def remove(claim: LegacyClaim, *, side: int) -> None:
    """Take a picture out again. Raises `MoveNotAllowed` when the claim was sent."""
    with transaction.atomic():
        _hold(claim)
        earlier = _taken_out(claim, side)
    _retire_unseen(claim, earlier)


def _hold(claim: LegacyClaim) -> None:
    """Count a change of the claim: who is sending it at this moment has to look again."""
    standing = LegacyClaim.objects.filter(pk=claim.pk, state__in=CHANGEABLE)
    if standing.update(version=F("version") + 1) != 1:
        raise MoveNotAllowed(f"papers of {claim.state}")
    claim.version += 1  # the caller knows of its own change


def _taken_out(claim: LegacyClaim, side: int) -> list[Document]:
    papers = list(papers_of(claim).filter(side=side))
    LegacyClaimPaper.objects.filter(pk__in=[paper.pk for paper in papers]).update(retired_at=timezone.now())
    return [paper.document for paper in papers]


def _retire_unseen(claim: LegacyClaim, documents: list[Document]) -> None:
    """A picture that a reviewer may have seen stays for the record; one that was only tried goes."""
    sent = claim.events.filter(move="send").values_list("at", flat=True).first()
    for document in documents:
        if sent is None or document.created_at > sent:
            retire(document)


def facts_of(claim: LegacyClaim) -> dict[str, Fact]:
    """What the guard of `send` reads."""
    papers = list(papers_of(claim))
    ready = bool(papers) and all(paper.document.is_ready for paper in papers)
    return {"papers_ready": ready, "reset": is_reset(claim.record)}


def send(claim: LegacyClaim, words: str, *, now: datetime | None = None) -> None:
    """Hand the claim to a reviewer. Raises `MoveNotAllowed`, also when its papers changed since it was read."""
    claim.words = words
    columns = {"words": sealed(claim, "words")}
    CLAIM.apply(claim, "send", by=APPLICANT, actor=claim.owner, facts=facts_of(claim), columns=columns, now=now)


def is_own(claim: LegacyClaim, reviewer: User) -> bool:
    """Whether it is this reviewer who claims."""
    return claim.owner_id == reviewer.pk


def refuse_own(claim: LegacyClaim, reviewer: User) -> None:
    """Raise `OwnClaim` when it is this reviewer who claims."""
    if is_own(claim, reviewer):
        raise OwnClaim(claim.reference)


def accept(claim: LegacyClaim, reviewer: User, *, now: datetime | None = None) -> None:
    """The record is theirs: it goes into the register at once. Or the account is: then its import is open to them.

    The account is that of the record as read with the claim; it stays on the claim whatever a newer dump says. Raises
    `OwnClaim`, `MoveNotAllowed` when the claim has moved, `RecordGone` when the record has, `OnFileInOtherAccount` and
    `UnderOtherDocument` when the register stands against it; then nothing changed.
    """
    refuse_own(claim, reviewer)
    moment = now or timezone.now()
    with transaction.atomic():
        record = claim.record
        facts = {"reset": is_reset(record)}
        columns = {"account_id": record.account_id if facts["reset"] else None}
        CLAIM.apply(claim, "accept", by=REVIEWER, actor=reviewer, facts=facts, columns=columns, now=moment)
        if facts["reset"]:
            return
        if not LegacyRecord.objects.filter(pk=record.pk, imported_at__isnull=True).update(imported_at=moment):
            raise RecordGone(str(claim))
        record_import(key=f"import:{record.pk}", owner=claim.owner, record=record, now=moment)


def decline(claim: LegacyClaim, reviewer: User, own: Own, *, now: datetime | None = None) -> None:
    """Not proved; the applicant reads why. Raises `OwnClaim` or `MoveNotAllowed`."""
    refuse_own(claim, reviewer)
    words = all_of(own)
    claim.answer, claim.own_answer = words, {**own}
    columns = {name: sealed(claim, name) for name in ("answer", "own_answer")}
    facts = {"reason": in_messages(own)}
    CLAIM.apply(claim, "decline", by=REVIEWER, actor=reviewer, words=words, facts=facts, columns=columns, now=now)


def answer_of(claim: LegacyClaim) -> Own:
    """Why it was declined, by language."""
    return kept(claim.own_answer or {}, claim.answer)
