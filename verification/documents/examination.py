"""A worker's examination of a file in quarantine: scan it, open it in a child process, keep the result.

Safe to run twice, concurrently, and to be killed at any point: a run holds a lease, only the lease's holder writes the
result, and the sweep finds what a killed run leaves. A file that crashes the child is refused in the end and never
loops; an outage of scanner or storage costs no attempt.
"""

import hashlib
import io
import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F, UUIDField
from django.utils import timezone
from django.utils.module_loading import import_string

from icpportal.alarms import leases
from icpportal.database.prepared_updates import CompiledUpdate
from icpportal.fields.types import Column
from icpportal.gateways import storage
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.scanner.base import scanner
from verification import file_names
from verification.documents import advice
from verification.documents.deletion import clear_read
from verification.documents.sandbox.file_signatures import ENDINGS, name_of
from verification.documents.sandbox.parent import ChildCrashed, ExaminedPicture, open_picture
from verification.models.documents import Document, DocumentState
from verification.pictures.papers import Paper, paper_of, refusal

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)  # longer than scanner, child and storage together may take
SCAN_SECONDS = 30
CRASHES_MAX = 3  # crashes of the child after which the file is to blame
BEGUN_MAX = 6  # runs that never ended, the worker's own deaths included


def _taking(now: datetime | None = None) -> CompiledUpdate[Document]:
    """The UPDATE that takes a document which nobody examines."""
    free = leases.is_over("leased_until", LEASE, now=now)
    return CompiledUpdate(
        lambda pk: Document.objects.filter(free, pk=pk, state=DocumentState.CHECKING),
        {"leased_until": leases.end(LEASE, now=now), "tries": F("tries") + 1},
        pk=UUIDField(),
    )


TAKEN = _taking()
ENDED = CompiledUpdate(
    lambda pk, lease: Document.objects.filter(pk=pk, state=DocumentState.CHECKING, lease=lease),
    {"lease": None, "leased_until": None, "to_clear": True},
    pk=UUIDField(),
    lease=UUIDField(),
)

Opener = Callable[[bytes, Paper], ExaminedPicture]
Outcome = Literal["ready", "refused", "waiting", "again", "nothing"]


class Judgement(NamedTuple):
    """The result: the key of a refusal, or what the child opened."""

    refused: str = ""
    opened: ExaminedPicture = ExaminedPicture()


def examine(document_id: uuid.UUID | str, *, now: datetime | None = None, opener: Opener | None = None) -> Outcome:
    """Takes one document from checking to ready or refused; "nothing" when another run did or is doing it.

    `opener` replaces the child that opens the picture: the demo opens its own drawings only once.
    """
    document = claim(document_id, now)
    if document is None:
        return "nothing"
    now = now or timezone.now()
    try:
        return settle(document, judgement(document, opener or open_picture), now)
    except ChildCrashed as crash:
        return note_crash(document, crash, now)
    except (Retryable, OSError) as outage:
        return wait(document, outage)


def claim(document_id: uuid.UUID | str, now: datetime | None = None) -> Document | None:
    """The document with a lease for this run, by the database's clock; the attempt is counted before it begins."""
    taking = TAKEN if now is None else _taking(now)
    return taking.first({"lease": uuid.uuid4()}, pk=document_id)


def judgement(document: Document, opener: Opener) -> Judgement:
    if document.tries > BEGUN_MAX:
        return Judgement(refused="file_broken")
    try:
        content = storage.read(storage.QUARANTINE, document.quarantine_name)
    except storage.Missing:
        return Judgement(refused="upload_failed")
    if not is_clean(content):
        return Judgement(refused="file_virus")
    opened = opener(content, paper_of(document.kind, document.side))
    hard = "" if opened.refused else refusal(document.kind, **opened.facts)
    return Judgement(refused=opened.refused or hard, opened=opened)


def is_clean(content: bytes) -> bool:
    """The scanner's verdict; raises `Retryable` when there is none. A file it refuses to scan is not clean."""
    try:
        return scanner().scan(io.BytesIO(content), timeout=SCAN_SECONDS).clean
    except Refused:
        return False


def settle(document: Document, judged: Judgement, now: datetime) -> Outcome:
    """Writes the result if the lease is still ours; otherwise deletes what was stored."""
    if judged.refused:
        return "refused" if end(document, now, state=DocumentState.REFUSED, reason=judged.refused) else "nothing"
    opened = judged.opened
    found = advice.to_column(opened.findings)
    stored, preview = storage.keep_all(
        storage.DOCUMENTS,
        [(file_names.new_name(now, ENDINGS[name_of(each)]), each) for each in (opened.picture, opened.preview)],
    )
    ended = end(
        document,
        now,
        state=DocumentState.READY,
        reason="",
        advice=found,
        likeness=opened.likeness,
        size=len(opened.picture),
        width=opened.width,
        height=opened.height,
        sha256=hashlib.sha256(opened.picture).hexdigest(),
        stored_name=stored,
        preview_name=preview,
    )
    if ended:
        advice.compare(document, opened.likeness, found)
        return "ready"
    storage.drop(storage.DOCUMENTS, stored)
    storage.drop(storage.DOCUMENTS, preview)
    return "nothing"


def end(document: Document, now: datetime, **written: Column) -> bool:
    if document.lease is None:
        return False
    with transaction.atomic():
        ended = ENDED.run({**written, "decided_at": now}, pk=document.pk, lease=document.lease)
        if ended:
            examined = settings.DOCUMENT_EXAMINED
            import_string(examined.get(document.kind, examined[""]))(document.pk)
    if ended:
        logger.info("document examined", extra={"document": document.reference, "state": str(written["state"])})
        clear_read(document, str(written["state"]))
    return bool(ended)


def note_crash(document: Document, crash: ChildCrashed, now: datetime) -> Outcome:
    logger.warning(
        "child failed", extra={"document": document.reference, "because": str(crash), "tries": document.tries}
    )
    if document.tries >= CRASHES_MAX:
        return settle(document, Judgement(refused="file_broken"), now)
    release(document, lease=None, leased_until=None)
    return "again"


def wait(document: Document, outage: Exception) -> Outcome:
    """Counts no attempt while scanner or storage is down; the file stays in quarantine."""
    logger.warning("examination waits", extra={"document": document.reference, "because": type(outage).__name__})
    reason = document.reason if isinstance(outage, (storage.StorageDown, OSError)) else "scanner_wait"
    release(document, lease=None, leased_until=None, reason=reason, tries=F("tries") - 1)
    return "waiting"


def release(document: Document, **written: Column) -> None:
    Document.objects.filter(pk=document.pk, state=DocumentState.CHECKING, lease=document.lease).update(**written)
