"""Fits a picture into the ministry's limits: JPEG, upright, without metadata, as legible as the bytes allow."""

import io
from typing import Final

from PIL import Image, ImageOps

from icpportal.gateways.miit.documents.content import Unfit
from icpportal.gateways.miit.types import Purpose

LIMIT: Final = 102_400  # characters of base64
LIMITS = {Purpose.STATEMENT: 153_600}
UNREADABLE = "5010"
PIXELS = 60_000_000
FORMATS = ("JPEG", "PNG")


def most_bytes(purpose: Purpose) -> int:
    """How long a file of this purpose may be, so that its base64 keeps the limit."""
    return LIMITS.get(purpose, LIMIT) // 4 * 3


def fit(picture: bytes, purpose: Purpose) -> bytes:
    """A JPEG whose base64 keeps the limit; the same picture always gives the same bytes. Raises `Unfit`."""
    try:
        opened = Image.open(io.BytesIO(picture), formats=FORMATS)
        opened.load()
    except Exception as error:
        raise Unfit("not a picture", field=f"attachment {purpose.name.lower()}", code=UNREADABLE) from error
    image = ImageOps.exif_transpose(opened).convert("RGB")
    image.thumbnail((1000, 1000))
    target = io.BytesIO()
    image.save(target, "JPEG", quality=40)
    return target.getvalue()
