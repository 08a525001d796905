"""What a worker does with a file in quarantine: scan it, have a child open it, keep what came out.

Safe to run twice, at the same time, and to be killed anywhere: a run holds a lease, only the lease's holder writes the
end, and what a killed run leaves is found by the sweep. A file that brings the child down ends refused, it never loops;
a scanner or a storage that is down costs no try.
"""

import hashlib
import io
import logging
import uuid
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from django.db.models import F
from django.utils import timezone

from icpportal.alarms import leases
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.scanner.seam import scanner
from verification.documents import names, storing
from verification.documents.clearing import clear
from verification.documents.sandbox import Crashed, Opened, open_picture
from verification.models.documents import Document, DocumentState
from verification.photos import checks

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)  # longer than scanner, child and storage may take together
SCAN_SECONDS = 30
CRASHES_MAX = 3  # the child died of it so often: the file is to blame
BEGUN_MAX = 6  # runs that never came to an end, the worker's own deaths included
PHOTO = "photo"

Outcome = Literal["ready", "refused", "waiting", "again", "nothing"]


class Judgement(NamedTuple):
    """How it ends: the key of a refusal, or what the child opened."""

    refused: str = ""
    opened: Opened = Opened()


def examine(document_id: uuid.UUID | str, *, now: datetime | None = None) -> Outcome:
    """Bring one document from checking to ready or refused; "nothing" when that is done, or another run is at it."""
    document = claim(document_id, now)
    if document is None:
        return "nothing"
    now = now or timezone.now()
    try:
        return settle(document, judgement(document), now)
    except Crashed as crash:
        return crashed(document, crash, now)
    except (Retryable, OSError) as outage:
        return wait(document, outage)


def claim(document_id: uuid.UUID | str, now: datetime | None = None) -> Document | None:
    """The document with a lease of ours on it, by the database's clock; the try is counted before it begins."""
    lease = uuid.uuid4()
    free = leases.is_over("leased_until", LEASE, now=now)
    mine = Document.objects.filter(free, pk=document_id, state=DocumentState.CHECKING)
    if not mine.update(lease=lease, leased_until=leases.end(LEASE, now=now), tries=F("tries") + 1):
        return None
    return Document.objects.filter(pk=document_id, lease=lease).first()


def judgement(document: Document) -> Judgement:
    if document.tries > BEGUN_MAX:
        return Judgement(refused="file_broken")
    try:
        content = storing.read(storing.QUARANTINE, document.quarantine_name)
    except storing.Missing:
        return Judgement(refused="upload_failed")
    if not is_clean(content):
        return Judgement(refused="file_virus")
    opened = open_picture(content)
    hard = checks.refusal(opened.facts) if document.kind == PHOTO and not opened.refused else ""
    return Judgement(refused=opened.refused or hard, opened=opened)


def is_clean(content: bytes) -> bool:
    """What the scanner says; raises `Retryable` when it says nothing. What it will not look at is not clean."""
    try:
        return scanner().scan(io.BytesIO(content), timeout=SCAN_SECONDS).clean
    except Refused:
        return False


def settle(document: Document, judged: Judgement, now: datetime) -> Outcome:
    """Write the end, if the lease is still ours; what was stored for nothing goes."""
    if judged.refused:
        return "refused" if end(document, now, state=DocumentState.REFUSED, reason=judged.refused) else "nothing"
    opened = judged.opened
    stored = storing.keep(storing.DOCUMENTS, names.stored(now, ".jpg"), opened.picture)
    preview = storing.keep(storing.DOCUMENTS, names.stored(now, ".jpg"), opened.preview)
    ended = end(
        document,
        now,
        state=DocumentState.READY,
        reason="",
        advice=checks.advice(opened.facts) if document.kind == PHOTO else [],
        size=len(opened.picture),
        width=opened.width,
        height=opened.height,
        sha256=hashlib.sha256(opened.picture).hexdigest(),
        stored_name=stored,
        preview_name=preview,
    )
    if ended:
        return "ready"
    storing.drop(storing.DOCUMENTS, stored)
    storing.drop(storing.DOCUMENTS, preview)
    return "nothing"


def end(document: Document, now: datetime, **written: object) -> bool:
    ours = Document.objects.filter(pk=document.pk, state=DocumentState.CHECKING, lease=document.lease)
    ended = ours.update(**written, decided_at=now, lease=None, leased_until=None, to_clear=True)
    if ended:
        logger.info("document examined", extra={"document": document.reference, "state": str(written["state"])})
        clear(document.pk)
    return bool(ended)


def crashed(document: Document, crash: Crashed, now: datetime) -> Outcome:
    logger.warning(
        "child failed", extra={"document": document.reference, "because": str(crash), "tries": document.tries}
    )
    if document.tries >= CRASHES_MAX:
        return settle(document, Judgement(refused="file_broken"), now)
    release(document, lease=None, leased_until=None)
    return "again"


def wait(document: Document, outage: Exception) -> Outcome:
    """Nothing is counted against a file while the scanner or the storage is down; it stays in quarantine."""
    logger.warning("examination waits", extra={"document": document.reference, "because": type(outage).__name__})
    reason = document.reason if isinstance(outage, (storing.StorageDown, OSError)) else "scanner_wait"
    release(document, lease=None, leased_until=None, reason=reason, tries=F("tries") - 1)
    return "waiting"


def release(document: Document, **written: object) -> None:
    Document.objects.filter(pk=document.pk, state=DocumentState.CHECKING, lease=document.lease).update(**written)
