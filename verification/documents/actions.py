"""Actions on documents: receive, retire."""

from datetime import datetime
from functools import partial
from itertools import chain
from typing import NamedTuple, Protocol

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from icpportal.database.prepared import insert_whole
from icpportal.gateways import storage
from icpportal.outbox.wake import wake_worker
from icpportal.time_format import long_words
from verification import attempts, file_names
from verification.documents.deletion import clear
from verification.documents.examination import examine
from verification.documents.sandbox import animations, dimensions
from verification.documents.sandbox.file_signatures import ACCEPTED, name_of
from verification.documents.sandbox.parent import OUTPUT
from verification.documents.upload_messages import SENTENCES, UploadRefused
from verification.models.documents import Document, DocumentState
from verification.pictures.papers import refusal

__all__ = ["examine", "receive", "retire"]

TASK, CLEAR = "icpportal.tasks.examine_document", "icpportal.tasks.clear_documents"
MEGABYTE = 1024 * 1024
LIVING = (DocumentState.CHECKING, DocumentState.READY, DocumentState.REFUSED)


class Upload(Protocol):
    """The part of Django's `UploadedFile` that is read here; its declared type is ignored."""

    @property
    def name(self) -> str | None: ...
    @property
    def size(self) -> int | None: ...
    def read(self, num_bytes: int = ..., /) -> bytes: ...


class OwnPicture(ContentFile):
    """A picture that we stored and now examine again: it may be a little larger than what came."""


class CheckedUpload(NamedTuple):
    """A file that may go into quarantine."""

    content: bytes
    width: int
    height: int


def receive(
    *, kind: str, upload: Upload, holder: str, account: str = "", side: int = 1, now: datetime | None = None
) -> Document:
    """Takes a file into quarantine and has it examined; raises `UploadRefused`. Call it outside a transaction."""
    document = quarantine(kind=kind, upload=upload, holder=holder, account=account, side=side, now=now)
    begin(document)
    return document


def quarantine(
    *,
    kind: str,
    upload: Upload,
    holder: str,
    account: str = "",
    side: int = 1,
    sent: int | None = None,
    now: datetime | None = None,
) -> Document:
    """Takes a file into quarantine, for a document that is not saved yet; raises `UploadRefused`.

    First counts it against the daily limits of holder and account, then checks what takes a request only milliseconds:
    length, signature, size in the header. It does not count when the storage cannot take it. `sent` is how many files
    the holder ever had, where that is known. Writes to the storage, so call it outside a transaction.
    """
    now = now or timezone.now()
    sent = Document.objects.filter(holder=holder).count() if sent is None else sent
    if sent >= settings.UPLOADS_ORDER:
        raise UploadRefused("uploads_all", params={"max": settings.UPLOADS_ORDER})
    count(holder, account, upload.size or 0, now)
    judged = check(kind, upload)
    try:
        kept_as = storage.keep_on_page(storage.QUARANTINE, file_names.new_name(now), judged.content)
    except storage.StorageDown as down:
        refund(holder, account, upload.size or 0)
        raise UploadRefused("storage_down") from down
    return Document(
        kind=kind,
        side=side,
        holder=holder,
        display_name=file_names.display_name(upload.name or ""),
        size=len(judged.content),
        width=judged.width,
        height=judged.height,
        quarantine_name=kept_as,
        created_at=now,
    )


def begin(document: Document) -> None:
    """Saves a document and has it examined: in the transaction that puts it to use, so that its use is known then."""
    insert_whole([document])
    wake_worker(TASK, str(document.pk))


def count(holder: str, account: str, size: int, now: datetime) -> None:
    """Counts a file and its kilobytes against the daily limits; raises `UploadRefused`, and then counts nothing."""
    limits, costs = _limits(holder, account), _costs(size)
    if attempts.consume_all([*chain(*limits.values())], costs=costs * len(limits), now=now).ok:
        return
    with transaction.atomic():  # the limit that was reached
        for whose, keys in limits.items():
            allowed = attempts.consume_all(keys, costs=costs, now=now)
            if allowed.until:
                raise UploadRefused(f"uploads_{whose}", params={"time": long_words(allowed.until)})


def refund(holder: str, account: str, size: int) -> None:
    """Undoes one `count`."""
    limits = _limits(holder, account)
    attempts.refund_all([*chain(*limits.values())], costs=_costs(size) * len(limits))


def _limits(holder: str, account: str) -> dict[str, list[attempts.Key]]:
    """The daily limits of files and of kilobytes, by whose they are."""
    return {
        whose: [(f"uploads_{whose}", key), (f"upload_kilobytes_{whose}", key)]
        for whose, key in (("order", holder), ("account", account))
        if key
    }


def _costs(size: int) -> list[int]:
    """What one file uses of each: a file, and its kilobytes."""
    return [1, 1 + min(size, settings.UPLOAD_MAX_BYTES) // 1024]


def check(kind: str, upload: Upload) -> CheckedUpload:
    """Checks a file without decoding it; raises `UploadRefused`."""
    content = read_bounded(upload)
    name = name_of(content)
    if name not in ACCEPTED:
        raise refused_type(name)
    if animations.moves(content, name):
        raise UploadRefused("file_moves")
    try:
        width, height = dimensions.size_of(content, name)
    except dimensions.Unreadable as unreadable:
        raise UploadRefused("file_broken") from unreadable
    if width * height > settings.UPLOAD_MAX_PIXELS:
        raise UploadRefused("file_pixels")
    if small := refusal(kind, width, height):
        raise UploadRefused(small)
    return CheckedUpload(content, width, height)


def read_bounded(upload: Upload) -> bytes:
    """All bytes of a file that is neither empty nor too long; the length that the browser declares is ignored."""
    most = OUTPUT if isinstance(upload, OwnPicture) else settings.UPLOAD_MAX_BYTES
    content = upload.read(most + 1) if (upload.size or 0) <= most else b""
    if len(content) > most or (upload.size or 0) > most:
        raise UploadRefused("file_big", params={"max": most // MEGABYTE})
    if not content:
        raise UploadRefused("file_empty")
    return content


def refused_type(name: str) -> UploadRefused:
    """The refusal, which names the file's type where it is known."""
    return (
        UploadRefused("file_type", SENTENCES["file_type_named"], {"found": name})
        if name
        else UploadRefused("file_type")
    )


def retire(document: Document, *, now: datetime | None = None) -> bool:
    """Deletes the document's files and keeps its row; returns False when it was retired before."""
    if not _retire(Document.objects.filter(pk=document.pk), now or timezone.now()):
        return False
    transaction.on_commit(partial(clear, document.pk), robust=True)
    return True


def retire_all(documents: QuerySet[Document], holder: str, *, now: datetime | None = None) -> int:
    """Retires several documents of one holder in one statement; a worker deletes the files. Returns how many."""
    retired = _retire(documents, now or timezone.now())
    if retired:
        wake_worker(CLEAR, holder)
    return retired


def _retire(documents: QuerySet[Document], now: datetime) -> int:
    living = documents.filter(state__in=LIVING)
    return living.update(state=DocumentState.RETIRED, retired_at=now, lease=None, to_clear=True)
