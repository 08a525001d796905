"""Claims of what no password can prove: found by filer and domain, proved with documents, decided by a reviewer.

A record older than accounts (认领) goes into the register when its claim is accepted. For a record that an old account
holds, the account itself is proved (重置): its owner then imports from it without the forgotten password.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from filings.actions import record_import
from filings.equality import is_same_text
from filings.legacy_import import comparison
from filings.legacy_import.claims import replacements
from filings.legacy_import.lifecycle import CLAIM
from filings.models import LegacyClaim, LegacyClaimEvent, LegacyClaimPaper, LegacyRecord
from filings.models import legacy_states as states
from filings.register.blind_keys import subject_key
from icpportal.accounts.models import User
from icpportal.approvals import actions as approvals
from icpportal.approvals.models import CLAIM as APPROVAL
from icpportal.desk.own_words import Own, all_of, in_messages, own_texts
from icpportal.fields.types import Fact
from icpportal.lifecycle import APPLICANT, REVIEWER, MoveNotAllowed
from icpportal.outbox.texts.earlier_versions import SUBMIT_AGAIN
from icpportal.privacy.fields import seal_value
from verification.documents import actions as documents

SIDES = 4
# what the message about a declined claim ends with, instead of `SUBMIT_AGAIN`
ELSEWHERE = _("Another account was given this filing. If it is yours, call us.")
CHANGEABLE = (states.OPEN, states.DECLINED)


class RecordGone(Exception):
    """Somebody else has imported or claimed the record in the meantime."""


class PictureReplaced(Exception):
    """The picture is not the one that was looked at: another window has sent a newer one."""


class OwnClaim(Exception):
    """Raised when a reviewer decides about a claim of their own."""


def find(*, id_type: str, id_number: str, name: str, domain: str, reset: bool = False) -> LegacyRecord | None:
    """Returns the record that matches all four, if it can be claimed; with `reset`, one that an old account holds.

    The caller does not learn which of them was wrong.
    """
    record = LegacyRecord.objects.filter(
        subject_key=subject_key(id_type, id_number), domain=domain, imported_at__isnull=True
    ).first()
    if record is None or not is_same_text(record.name, name) or is_reset(record) != reset:
        return None
    return record


def is_reset(record: LegacyRecord) -> bool:
    """Whether the claim is for the record's account, which is imported, not for the record."""
    return not comparison.is_to_claim(record)


def workdays_promised(record: LegacyRecord) -> int:
    """Within how many working days a claim of this record is answered."""
    return states.RESET_ANSWERED if is_reset(record) else states.CLAIM_ANSWERED


def begin(owner: User, record: LegacyRecord, *, now: datetime | None = None) -> LegacyClaim:
    """Returns the owner's claim of this record, a new one unless there is one already."""
    moment = now or timezone.now()
    with transaction.atomic():
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
    return claim.state in CHANGEABLE and not is_gone(claim)


def is_gone(claim: LegacyClaim) -> bool:
    """Whether somebody else was given the record, so that this claim of it can no longer be accepted."""
    is_undecided = claim.state != states.ACCEPTED
    return is_undecided and claim.record.imported_at is not None and not is_reset(claim.record)


def refuse_gone(claim: LegacyClaim) -> None:
    """Raises `RecordGone` when somebody else was given the record."""
    if is_gone(claim):
        raise RecordGone(str(claim))


def upload(claim: LegacyClaim, *, side: int, file: documents.Upload) -> LegacyClaimPaper:
    """Takes a picture, which replaces the one before once it was examined. Raises `UploadRefused`, `MoveNotAllowed`."""
    document = documents.quarantine(
        kind="claim_proof", upload=file, holder=claim.reference, account=str(claim.owner_id)
    )
    try:
        with transaction.atomic():
            _hold(claim)
            documents.begin(document)
            paper, unused = replacements.replace(claim, side, document)
    except MoveNotAllowed:
        document.save(force_insert=True)
        documents.retire(document)
        raise
    replacements.retire_unseen(claim, unused)
    return paper


def remove(claim: LegacyClaim, *, side: int, seen: str) -> None:
    """Removes the picture with this reference; the one that it replaced returns if it was not examined yet.

    Raises `MoveNotAllowed` when the claim was already sent, and `PictureReplaced`.
    """
    with transaction.atomic():
        _hold(claim)
        if papers_of(claim).filter(side=side).exclude(document__reference=seen).exists():
            raise PictureReplaced(claim.reference)
        taken = replacements.take_out(claim, side)
    replacements.retire_unseen(claim, taken)


def _hold(claim: LegacyClaim) -> None:
    """Counts up the claim's version, so that anyone sending it at this moment has to read it again."""
    open_claims = LegacyClaim.objects.filter(pk=claim.pk, state__in=CHANGEABLE)
    if open_claims.update(version=F("version") + 1) != 1:
        raise MoveNotAllowed(f"papers of {claim.state}")
    claim.version += 1  # the caller has made this change itself


def facts_of(claim: LegacyClaim, words: str) -> dict[str, Fact]:
    """The facts that the guard of `send` reads, with the words that are about to be sent."""
    papers = list(papers_of(claim))
    ready = bool(papers) and all(paper.document.is_ready for paper in papers)
    changed = has_new_pictures(claim) or bool(words and words != claim.words)
    return {"papers_ready": ready, "changed": changed, "reset": is_reset(claim.record)}


def has_new_pictures(claim: LegacyClaim) -> bool:
    """Whether a picture was added, replaced or removed since the claim entered its state."""
    since = claim.entered_at
    added = Q(added_at__gt=since, retired_at=None)
    return claim.papers.filter(added | Q(added_at__lte=since, retired_at__gt=since)).exists()


def send(claim: LegacyClaim, words: str, *, now: datetime | None = None) -> None:
    """Sends the claim to a reviewer.

    Raises `MoveNotAllowed` also when its papers changed since it was read, and when it was declined as it is.
    """
    facts = facts_of(claim, words)
    claim.words = words
    columns = {"words": seal_value(claim, "words")}
    CLAIM.apply(claim, "send", by=APPLICANT, actor=claim.owner, facts=facts, columns=columns, now=now)


def withdraw(claim: LegacyClaim, *, now: datetime | None = None) -> None:
    """Takes a sent claim from the reviewers; it is its owner's again. Raises `MoveNotAllowed` once it is decided.

    Ends the request of a reviewer to accept it.
    """
    with transaction.atomic():
        CLAIM.apply(claim, "withdraw", by=APPLICANT, actor=claim.owner, facts={}, now=now)
        approvals.forget(APPROVAL, claim.pk, now=now)


def rivals(claim: LegacyClaim) -> QuerySet[LegacyClaim]:
    """Waiting and accepted claims of other accounts for the same record or old account; the oldest first."""
    same = Q(record=claim.record_id)
    if is_reset(claim.record):
        same |= Q(record__account=claim.record.account_id)
    others = LegacyClaim.objects.filter(same, state__in=(states.SENT, states.ACCEPTED)).exclude(owner=claim.owner_id)
    return others.select_related("owner").order_by("entered_at", "pk")


def is_own(claim: LegacyClaim, reviewer: User) -> bool:
    """Whether this reviewer is the claimant."""
    return claim.owner_id == reviewer.pk


def refuse_own(claim: LegacyClaim, reviewer: User) -> None:
    """Raises `OwnClaim` when this reviewer is the claimant."""
    if is_own(claim, reviewer):
        raise OwnClaim(claim.reference)


def accept(claim: LegacyClaim, reviewer: User, *, now: datetime | None = None) -> None:
    """Accepts a claim: the record goes into the register, or the import of the account opens to the claimant.

    The account is that of the record as read with the claim, whatever a newer dump says. Raises `OwnClaim`;
    `MoveNotAllowed` when the claim has moved; `RecordGone` when the record has; `OnFileInOtherAccount` and
    `UnderOtherDocument` when the register contradicts it. Nothing is changed then.
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
    """Declines the claim with a reason that the applicant reads. Raises `OwnClaim` or `MoveNotAllowed`."""
    refuse_own(claim, reviewer)
    words = all_of(own)
    claim.answer, claim.own_answer = words, {**own}
    columns = {name: seal_value(claim, name) for name in ("answer", "own_answer")}
    facts: dict[str, Fact] = {"reason": in_messages(own), "what_next": ELSEWHERE if is_gone(claim) else SUBMIT_AGAIN}
    CLAIM.apply(claim, "decline", by=REVIEWER, actor=reviewer, words=words, facts=facts, columns=columns, now=now)


def answer_of(claim: LegacyClaim) -> Own:
    """Why it was declined, by language."""
    return own_texts(claim.own_answer or {}, claim.answer)
