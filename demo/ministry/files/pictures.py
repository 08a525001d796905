"""The attachments of a report, checked as by a strict ministry: purpose, format, size, and whether they open."""

import base64
import binascii
import hashlib
import io
import threading
import warnings

from PIL import Image

from demo.ministry.files.parser import Attachment

FORMATS = {1: "JPEG", 2: "PNG"}  # Fjwjgs
STATEMENT = 1
SUBJECT, SITE = 1, 2
OWNERS = {1: (SUBJECT, SITE), 2: (SUBJECT,), 3: (SUBJECT,), 4: (SITE,), 5: (SITE,)}  # Fjyt → Ssdxlx
LARGEST_STATEMENT, LARGEST_OTHER = 153_600, 102_400  # characters of base64
REMEMBERED = 512

_seen: dict[str, bool] = {}  # a rehearsal sends the same picture with many reports
_lock = threading.Lock()


def fits(attachment: Attachment) -> bool:
    """Whether it is within its limit and a picture of the stated format."""
    largest = LARGEST_STATEMENT if attachment.purpose == STATEMENT else LARGEST_OTHER
    if len(attachment.content) > largest:
        return False
    key = f"{attachment.format}:{hashlib.sha256(attachment.content.encode()).hexdigest()}"
    with _lock:
        known = _seen.get(key)
    if known is not None:
        return known
    opens = _opens(attachment)
    with _lock:
        if len(_seen) >= REMEMBERED:
            _seen.clear()
        _seen[key] = opens
    return opens


def _opens(attachment: Attachment) -> bool:
    expected = FORMATS.get(attachment.format, "")
    try:
        data = base64.b64decode("".join(attachment.content.split()), validate=True)
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=[expected]) as image:
                image.load()
    except (binascii.Error, OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError):
        return False
    return True


def content(attachment: Attachment) -> tuple[bytes, str]:
    """The bytes and their media type, for the desk."""
    kind = FORMATS.get(attachment.format, "")
    try:
        data = base64.b64decode("".join(attachment.content.split()))
    except binascii.Error:
        data = b""
    return data, f"image/{kind.lower()}" if kind else "application/octet-stream"
