"""Pictures for tests, all drawn here: no real papers."""

import io
import struct
import zlib
from functools import cache
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

FIXTURES = Path(__file__).parents[2] / "fixtures"
PAPER, INK, CORNER = (236, 233, 224), (40, 40, 40), (200, 30, 30)
ORIENTATION, GPS = 0x0112, 0x8825
QUALITY: dict[str, dict[str, object]] = {"JPEG": {"quality": 90}}
ZLIB = b"\x78\xda"  # the first bytes of what zlib packs as small as it can
AT_ONCE = 100


def card(width: int = 1200, height: int = 900) -> Image.Image:
    """An invented card; its red corner is top left when it is upright."""
    picture = Image.new("RGB", (width, height), PAPER)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((width // 4, height // 4, width // 2, height // 2), fill=INK)
    pen.rectangle((0, 0, width // 8, height // 8), fill=CORNER)
    return picture


def encode(picture: Image.Image, kind: str, **how: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, **how)
    return target.getvalue()


@cache
def plain(kind: str, width: int, height: int) -> bytes:
    """A card as most tests upload it: hundreds of times the same."""
    return encode(card(width, height), kind, **QUALITY.get(kind, {}))


def jpeg(width: int = 1200, height: int = 900, **how: object) -> bytes:
    return encode(card(width, height), "JPEG", **QUALITY["JPEG"], **how) if how else plain("JPEG", width, height)


def png(width: int = 1200, height: int = 900, **how: object) -> bytes:
    return encode(card(width, height), "PNG", **how) if how else plain("PNG", width, height)


def webp(width: int = 1200, height: int = 900, **how: object) -> bytes:
    return encode(card(width, height), "WEBP", **how) if how else plain("WEBP", width, height)


def heic() -> bytes:
    """1200×900, stored rotated, with an invented place in its EXIF."""
    return (FIXTURES / "turned.heic").read_bytes()


def avif() -> bytes:
    return (FIXTURES / "card.avif").read_bytes()


def exif(orientation: int = 1) -> Image.Exif:
    """A place (invented), a camera and an orientation."""
    data = Image.Exif()
    data[ORIENTATION] = orientation
    data[0x010F] = "Invented Camera"
    data[GPS] = {1: "N", 2: (38.0, 29.0, 0.0), 3: "E", 4: (106.0, 13.0, 0.0)}
    return data


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(
    packed: bytes, size: tuple[int, int], bits: int, colour: int, *, interlaced: int = 0, key: bytes = b""
) -> bytes:
    """A PNG with these rows, each after its filter; `key` is its transparent colour. All its chunks are whole."""
    head = struct.pack(">IIBBBBB", *size, bits, colour, 0, 0, interlaced)
    seen = chunk(b"tRNS", key) if key else b""
    body = zlib.compress(packed)
    parts = (body[: len(body) // 2], body[len(body) // 2 :])
    drawn = b"".join(chunk(b"IDAT", part) for part in parts)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + seen + drawn + chunk(b"IEND", b"")


def png_claiming(width: int, height: int, rows: int | None = None) -> bytes:
    """A grey PNG of a few kilobytes with as many pixels as it claims, or `rows` of them: a decompression bomb."""
    packed = pack_alike(b"\x00" * (width + 1), height if rows is None else rows)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def pack_alike(row: bytes, rows: int) -> bytes:
    """Packs rows that are all the same, as zlib does: a hundred of them once, and their packed bytes are repeated."""
    often, left = divmod(rows, AT_ONCE)
    hundred, last = row * AT_ONCE, row * left
    squeeze = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    packed = squeeze.compress(hundred) + squeeze.flush(zlib.Z_FULL_FLUSH)
    end = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    check = zlib.adler32(b"")
    for _ in range(often):
        check = zlib.adler32(hundred, check)
    check = zlib.adler32(last, check)
    return ZLIB + packed * often + end.compress(last) + end.flush() + struct.pack(">I", check)


def upload(content: bytes, name: str = "card.jpg", declared: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=declared)


def open_image(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def is_near(colour: tuple[int, ...], wanted: tuple[int, int, int], by: int = 12) -> bool:
    return all(abs(one - other) <= by for one, other in zip(colour, wanted, strict=True))
