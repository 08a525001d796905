"""Recognises a file's format by its first bytes alone; the type that the browser declares is ignored."""

import re
from collections.abc import Callable

JPEG, PNG, WEBP, HEIC = "JPEG", "PNG", "WebP", "HEIC"
ACCEPTED = frozenset({JPEG, PNG, WEBP, HEIC})
ENDINGS = {JPEG: ".jpg", PNG: ".png", WEBP: ".webp"}  # of what we store
STORED = frozenset(ENDINGS)
HEAD = 4096

# ISO 14496-12 brands. `mif1` and `msf1` say "some picture": the compatible brands say which.
HEVC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
AVIF_BRANDS = frozenset({b"avif", b"avis"})
PICTURE_BRANDS = frozenset({b"mif1", b"msf1"})

STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF8", "GIF"),
    (b"%PDF", "PDF"),
    (b"%!PS", "EPS"),
    (b"\xc5\xd0\xd3\xc6", "EPS"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"BM", "BMP"),
    (b"8BPS", "PSD"),
    (b"SIMPLE  =", "FITS"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\xff\x0a", "JPEG XL"),
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"\xd0\xcf\x11\xe0", "DOC"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
)
MARKUP = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*|<!doctype[^>]*>\s*)*<(svg|html|script)\b", re.I | re.S
)
MARKUP_NAMES = {b"svg": "SVG", b"html": "HTML", b"script": "HTML"}


def by_start(head: bytes) -> str:
    return next((name for start, name in STARTS if head.startswith(start)), "")


def by_riff(head: bytes) -> str:
    if head[:4] != b"RIFF":
        return ""
    return WEBP if head[8:12] == b"WEBP" else "RIFF"


def by_brand(head: bytes) -> str:
    if head[4:8] != b"ftyp":
        return ""
    length = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, length - 3, 4))}
    if head[8:12] in HEVC_BRANDS | PICTURE_BRANDS and brands & HEVC_BRANDS:
        return HEIC
    return "AVIF" if brands & AVIF_BRANDS else "MP4"


def by_markup(head: bytes) -> str:
    found = MARKUP.match(head)
    return MARKUP_NAMES[found[1].lower()] if found else ""


WAYS: tuple[Callable[[bytes], str], ...] = (by_start, by_riff, by_brand, by_markup)


def name_of(content: bytes) -> str:
    """The name of the format, "" when it is unknown. Only names in `ACCEPTED` are processed further."""
    head = content[:HEAD]
    return next((name for way in WAYS if (name := way(head))), "")
