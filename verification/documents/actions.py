"""What is done to documents: take one in, examine it, retire it."""

from datetime import datetime
from functools import partial
from typing import NamedTuple, Protocol

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from icpportal.outbox.nudge import nudge
from verification.documents import names, pixels, storing
from verification.documents.clearing import clear
from verification.documents.examination import examine
from verification.documents.messages import SENTENCES, UploadRefused
from verification.documents.signatures import ACCEPTED, name_of
from verification.models.documents import Document, DocumentState
from verification.photos.checks import refusal

__all__ = ["examine", "receive", "retire"]

TASK = "icpportal.tasks.examine_document"
PHOTO = "photo"  # this kind must also stand the photo checks
# Below this a paper's words cannot be read: 400 × 300 is an identity card at some 120 dots per inch.
LONG_SIDE, SHORT_SIDE = 400, 300
STRIP = 10  # so many times longer than wide, little is left of a picture once it is reduced for the authority
MEGABYTE = 1024 * 1024
LIVING = (DocumentState.CHECKING, DocumentState.READY, DocumentState.REFUSED)


class Upload(Protocol):
    """As much of Django's `UploadedFile` as is read here; the type it declares is not."""

    name: str | None
    size: int | None

    def read(self, num_bytes: int = ..., /) -> bytes: ...


class Judged(NamedTuple):
    """A file that may go into quarantine."""

    content: bytes
    width: int
    height: int


def receive(*, kind: str, upload: Upload, holder: str, now: datetime | None = None) -> Document:
    """Take a file into quarantine and have it examined; raises `UploadRefused`.

    Judges what a request can judge in milliseconds: length, signature, size in the header. Writes to the storage, so
    call it outside of a transaction.
    """
    now = now or timezone.now()
    judged = judge(kind, upload)
    try:
        kept_as = storing.keep(storing.QUARANTINE, names.stored(now), judged.content)
    except storing.StorageDown as down:
        raise UploadRefused("upload_failed") from down
    document = Document.objects.create(
        kind=kind,
        holder=holder,
        display_name=names.shown(upload.name or ""),
        size=len(judged.content),
        width=judged.width,
        height=judged.height,
        quarantine_name=kept_as,
        created_at=now,
    )
    nudge(TASK, str(document.pk))
    return document


def judge(kind: str, upload: Upload) -> Judged:
    """What a request can say about a file without decoding it; raises `UploadRefused`."""
    content = bounded(upload)
    name = name_of(content)
    if name not in ACCEPTED:
        raise refused_type(name)
    try:
        width, height = pixels.size_of(content, name)
    except pixels.Unreadable as unreadable:
        raise UploadRefused("file_broken") from unreadable
    if width * height > settings.UPLOAD_MAX_PIXELS:
        raise UploadRefused("file_pixels")
    if small := too_small(kind, width, height):
        raise UploadRefused(small)
    return Judged(content, width, height)


def bounded(upload: Upload) -> bytes:
    """All bytes, when there are some and not too many. What the browser says about the length is not believed."""
    most = settings.UPLOAD_MAX_BYTES
    content = upload.read(most + 1) if (upload.size or 0) <= most else b""
    if len(content) > most or (upload.size or 0) > most:
        raise UploadRefused("file_big", params={"max": most // MEGABYTE})
    if not content:
        raise UploadRefused("file_empty")
    return content


def refused_type(name: str) -> UploadRefused:
    """Says what the file is, where we know it."""
    return (
        UploadRefused("file_type", SENTENCES["file_type_named"], {"found": name})
        if name
        else UploadRefused("file_type")
    )


def too_small(kind: str, width: int, height: int) -> str:
    """The key of the message for a picture that is too small or too narrow for its kind, "" for none."""
    short, long = sorted((width, height))
    if short < SHORT_SIDE or long < LONG_SIDE:
        return "file_small"
    if long > STRIP * short:
        return "file_strip"
    return refusal({"width": width, "height": height}) if kind == PHOTO else ""


def retire(document: Document, *, now: datetime | None = None) -> bool:
    """Nobody needs this document any more: its files go, its row stays. False when it was retired before."""
    now = now or timezone.now()
    living = Document.objects.filter(pk=document.pk, state__in=LIVING)
    if not living.update(state=DocumentState.RETIRED, retired_at=now, lease=None, to_clear=True):
        return False
    transaction.on_commit(partial(clear, document.pk), robust=True)
    return True
