"""Turns a ready picture a quarter to the right: it is uploaded again and examined again."""

import struct
import zlib

from django.core.files.base import ContentFile

from icpportal.gateways import storage
from verification.documents.actions import Upload
from verification.documents.file_access import NotReady, open_ready
from verification.documents.sandbox.file_signatures import PNG, name_of
from verification.documents.upload_messages import UploadRefused
from verification.models.documents import Document

START = b"\xff\xd8"  # start of every JPEG
PNG_HEAD = 33  # bytes up to the end of the chunk that every PNG begins with
A_QUARTER_RIGHT = 6  # Exif 2.32, 4.6.4 A: orientation


def turned_upload(document: Document) -> Upload:
    """The stored picture with an Exif note of its new orientation; raises `UploadRefused` when it is unreadable.

    Nothing is decoded here: the examination turns the pixels.
    """
    try:
        with open_ready(document, on_page=True) as source:
            content = source.read()
    except storage.StorageDown as down:
        raise UploadRefused("storage_down") from down
    except NotReady as gone:
        raise UploadRefused("upload_failed") from gone
    return ContentFile(_with_note(content), name=document.display_name)


def _with_note(content: bytes) -> bytes:
    """The picture with an Exif note of its new orientation, where its format has room for one."""
    note = _note(A_QUARTER_RIGHT)
    if name_of(content) == PNG:
        checksum = struct.pack(">I", zlib.crc32(b"eXIf" + note))
        return content[:PNG_HEAD] + struct.pack(">I", len(note)) + b"eXIf" + note + checksum + content[PNG_HEAD:]
    segment = b"Exif\x00\x00" + note
    return START + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + content.removeprefix(START)


def _note(orientation: int) -> bytes:
    """Exif with one entry."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"MM\x00\x2a" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
