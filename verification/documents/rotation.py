"""A picture that is ready, turned a quarter to the right: it comes in again and is examined again."""

import struct

from django.core.files.base import ContentFile

from verification.documents import storage
from verification.documents.actions import Upload
from verification.documents.file_access import NotReady, open_ready
from verification.documents.upload_messages import UploadRefused
from verification.models.documents import Document

START = b"\xff\xd8"  # of every JPEG
A_QUARTER_RIGHT = 6  # Exif 2.32, 4.6.4 A: orientation


def turned(document: Document) -> Upload:
    """The stored picture with a note that it lies on its side; raises `UploadRefused` when it cannot be read.

    Nothing is decoded here: who opens the picture turns it.
    """
    try:
        with open_ready(document) as source:
            content = source.read()
    except (NotReady, storage.StorageDown) as gone:
        raise UploadRefused("upload_failed") from gone
    return ContentFile(START + _note(A_QUARTER_RIGHT) + content.removeprefix(START), name=document.display_name)


def _note(orientation: int) -> bytes:
    """An Exif segment of one entry."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    body = b"Exif\x00\x00" + b"MM\x00\x2a" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
