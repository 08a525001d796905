"""The dimensions that a picture's header announces: decodes nothing, uses no library.

The child that decodes compares them with the real ones.
"""

import struct
from collections.abc import Callable, Iterator
from itertools import islice

from verification.documents.sandbox.file_signatures import HEIC, JPEG, PNG, WEBP

Size = tuple[int, int]
# Start-of-frame markers carry the size; C4, C8 and CC are tables, not frames (ITU T.81 B.1.1.3).
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Markers without a length: a fill byte is stepped over, the others have no body.
STEPS = {0xFF: 1, 0x01: 2, **dict.fromkeys(range(0xD0, 0xD9), 2)}
SCAN = 0xDA
SEGMENTS_MAX = 2000  # a genuine photo has about twenty; a file of eight million fill bytes must not take a second
BOXES_MAX = 2000
HEIC_PATH = (b"meta", b"iprp", b"ipco")
VERSION_AND_FLAGS = 4


class Unreadable(Exception):
    """The header does not tell the dimensions."""


def of_jpeg(content: bytes) -> Size:
    at = 2
    for _ in range(SEGMENTS_MAX):
        marker = content[at + 1] if content[at : at + 1] == b"\xff" and at + 4 <= len(content) else SCAN
        if marker == SCAN:
            break
        if marker in FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return width, height
        at += STEPS.get(marker) or 2 + max(2, int.from_bytes(content[at + 2 : at + 4], "big"))
    raise Unreadable(JPEG)


def of_png(content: bytes) -> Size:
    if content[12:16] != b"IHDR":
        raise Unreadable(PNG)
    return struct.unpack_from(">II", content, 16)


def of_vp8(chunk: bytes) -> Size:
    if chunk[3:6] != b"\x9d\x01\x2a":
        raise Unreadable(WEBP)
    width, height = struct.unpack_from("<HH", chunk, 6)
    return width & 0x3FFF, height & 0x3FFF


def of_vp8l(chunk: bytes) -> Size:
    if chunk[:1] != b"\x2f":
        raise Unreadable(WEBP)
    (bits,) = struct.unpack_from("<I", chunk, 1)
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def of_vp8x(chunk: bytes) -> Size:
    if len(chunk) < 10:
        raise Unreadable(WEBP)
    return int.from_bytes(chunk[4:7], "little") + 1, int.from_bytes(chunk[7:10], "little") + 1


WEBP_CHUNKS: dict[bytes, Callable[[bytes], Size]] = {b"VP8 ": of_vp8, b"VP8L": of_vp8l, b"VP8X": of_vp8x}


def of_webp(content: bytes) -> Size:
    read = WEBP_CHUNKS.get(content[12:16])
    if read is None:
        raise Unreadable(WEBP)
    return read(content[20:40])


def boxes(content: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Type, start and end of what each box between two positions holds (ISO 14496-12)."""
    while start + 8 <= end:
        length, name = struct.unpack_from(">I4s", content, start)
        body = start + 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", content, body)
            body += 8
        stop = end if length == 0 else start + length
        if stop < body or stop > end:
            raise Unreadable(HEIC)
        yield name, body, stop
        start = stop


def extents(content: bytes, start: int, end: int, path: tuple[bytes, ...] = HEIC_PATH) -> Iterator[Size]:
    """Every `ispe` (spatial extent) at the end of `path`: the tiles' and the whole picture's."""
    for name, body, stop in islice(boxes(content, start, end), BOXES_MAX):
        if path and name == path[0]:
            yield from extents(content, body + (VERSION_AND_FLAGS if name == b"meta" else 0), stop, path[1:])
        if not path and name == b"ispe":
            yield struct.unpack_from(">II", content, body + VERSION_AND_FLAGS)


def of_heic(content: bytes) -> Size:
    return max(extents(content, 0, len(content)), key=lambda size: size[0] * size[1], default=(0, 0))


READERS: dict[str, Callable[[bytes], Size]] = {JPEG: of_jpeg, PNG: of_png, WEBP: of_webp, HEIC: of_heic}


def size_of(content: bytes, name: str) -> Size:
    """Width and height that a picture of format `name` announces; raises `Unreadable`."""
    try:
        width, height = READERS[name](content)
    except struct.error as cut_short:
        raise Unreadable(name) from cut_short
    if not (width and height):
        raise Unreadable(name)
    return width, height
