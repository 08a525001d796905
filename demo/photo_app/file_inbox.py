"""The photos of the demo's app: one drawn picture per code, under `VAR_DIR/photo-app`."""

import hashlib
import io
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageDraw

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 6
SHOWN = 10
SIZE = (900, 1200)
WALL, SKIN, HAIR, TOP, CARD, INK = "#dfe3e0", "#e2b998", "#33302c", "#3d6b4f", "#f4f1e8", "#1b2a33"


@dataclass(frozen=True)
class StoredPhoto:
    """One photo in the list: its code, the end of the mobile, when it was taken."""

    code: str
    tail: str
    at: datetime


def folder() -> Path:
    """The folder of the photos."""
    return Path(settings.VAR_DIR) / "photo-app"


def put(mobile: str, *, code: str = "", size: tuple[int, int] = SIZE) -> str:
    """Takes a photo with the app on this mobile; returns its picture code."""
    code = code or "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = place / f".{os.getpid()}-{code}"
    draft.write_bytes(draw(code, size))
    draft.replace(place / f"{_digest(mobile)}.{code}.{mobile[-4:]}.jpg")
    return code


def find(code: str, mobile: str) -> bytes | None:
    """The photo with this code, if this mobile took it. Raises `OSError`."""
    path = folder() / f"{_digest(mobile)}.{code}.{mobile[-4:]}.jpg"
    return path.read_bytes() if code.isalnum() and path.is_file() else None


def latest() -> list[StoredPhoto]:
    """The last photos, newest first."""
    files = sorted(folder().glob("[!.]*.jpg"), key=lambda path: path.stat().st_mtime_ns, reverse=True)[:SHOWN]
    return [_read_photo(path) for path in files]


def _read_photo(path: Path) -> StoredPhoto:
    _digest_of_mobile, code, tail = path.stem.split(".")
    return StoredPhoto(code, tail, datetime.fromtimestamp(path.stat().st_mtime, UTC))


def _digest(mobile: str) -> str:
    return hashlib.sha256(mobile.encode()).hexdigest()[:32]


def draw(code: str, size: tuple[int, int] = SIZE) -> bytes:
    """A drawn person, nobody real, who holds a card, with the code on it."""
    picture = Image.new("RGB", SIZE, WALL)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((300, 140, 600, 520), fill=HAIR)
    pen.rounded_rectangle((400, 520, 500, 680), 40, fill=SKIN)
    pen.ellipse((325, 200, 575, 560), fill=SKIN)
    pen.rounded_rectangle((170, 640, 730, 1300), 140, fill=TOP)
    for eye in (395, 480):
        pen.ellipse((eye, 350, eye + 26, 376), fill=INK)
    pen.arc((400, 400, 500, 480), 20, 160, fill=INK, width=7)
    pen.rounded_rectangle((250, 800, 650, 1050), 24, fill=CARD, outline=INK, width=4)
    pen.text((285, 835), "SAMPLE - INVENTED", fill=INK, font_size=32)
    pen.text((285, 920), code, fill=INK, font_size=72)
    out = io.BytesIO()
    picture.resize(size).save(out, "JPEG", quality=88)
    return out.getvalue()
