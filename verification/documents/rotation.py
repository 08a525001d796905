"""Turns a ready picture a quarter to the right: it is uploaded again and examined again."""

import struct
import zlib

from icpportal.gateways import storage
from verification.documents.actions import OwnPicture
from verification.documents.file_access import NotReady, open_ready
from verification.documents.sandbox.dimensions import size_of
from verification.documents.sandbox.file_signatures import JPEG, PNG, WEBP, name_of
from verification.documents.upload_messages import UploadRefused
from verification.models.documents import Document

START = b"\xff\xd8"  # start of every JPEG
PNG_HEAD = 33  # bytes up to the end of the chunk that every PNG begins with
HAS_EXIF = 0x08  # of the flags of VP8X
A_QUARTER_RIGHT = 6  # Exif 2.32, 4.6.4 A: orientation


def turned_upload(document: Document) -> OwnPicture:
    """The stored picture with an Exif note of its new orientation; raises `UploadRefused` when it is unreadable.

    It is unreadable too when it is none of the formats that are stored, as after a disk has lost its beginning.

    Nothing is decoded here: the examination turns the pixels.
    """
    try:
        with open_ready(document, on_page=True) as source:
            content = source.read()
    except storage.StorageDown as down:
        raise UploadRefused("storage_down") from down
    except NotReady as gone:
        raise UploadRefused("upload_failed") from gone
    return OwnPicture(_with_note(content), name=document.display_name)


def _with_note(content: bytes) -> bytes:
    """The picture with an Exif note of its new orientation, where its format has room for one."""
    write = WITH_NOTE.get(name_of(content))
    if write is None:
        raise UploadRefused("file_broken")
    return write(content, _note(A_QUARTER_RIGHT))


def _jpeg_with(content: bytes, note: bytes) -> bytes:
    segment = b"Exif\x00\x00" + note
    return START + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + content.removeprefix(START)


def _png_with(content: bytes, note: bytes) -> bytes:
    chunk = b"eXIf" + note
    whole = struct.pack(">I", len(note)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return content[:PNG_HEAD] + whole + content[PNG_HEAD:]


def _webp_with(content: bytes, note: bytes) -> bytes:
    """One of ours has only pixels: a header that announces the note comes before them, and the note behind."""
    width, height = (struct.pack("<I", pixels - 1)[:3] for pixels in size_of(content, WEBP))
    head = b"VP8X" + struct.pack("<II", 10, HAS_EXIF) + width + height
    body = b"WEBP" + head + content[12:] + b"EXIF" + struct.pack("<I", len(note)) + note
    return b"RIFF" + struct.pack("<I", len(body)) + body


WITH_NOTE = {JPEG: _jpeg_with, PNG: _png_with, WEBP: _webp_with}


def _note(orientation: int) -> bytes:
    """Exif with one entry."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"MM\x00\x2a" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
