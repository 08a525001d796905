"""WebP is stored as WebP, as coarse as it came: to be as legible, a JPEG needs one and a half to three times its bytes.

Lossy pictures keep their quality, which their header tells; lossless ones keep their pixels if they are not too large.
"""

import io

from PIL import Image

LARGEST = 1.1  # times the upload: above it, a coarser one is tried
SMALLEST = 0.9  # below it, a finer one: a careless encoder needed more bytes for its quality than others
FINER = 8  # so much finer then
LEGIBLE = 90  # quality for what came without loss and cannot be kept so
QUICK, CAREFUL = 2, 4  # libwebp's methods: quick takes half the time and is as legible, unless the picture is coarse
COARSE, HIGHEST = 40, 100  # qualities: for the highest, the quick method needs twice the bytes
EXACT = {"lossless": 1, "quality": 80, "method": QUICK}  # packs as well as 100
EXACT_PIXELS = 9_000_000  # with more, a grainy picture takes seconds
CHUNKS_MAX = 2000
LOSSY, LOSSLESS = b"VP8 ", b"VP8L"
# RFC 6386 9.1, 9.3, 9.6
FRAME_HEAD, HEADER_MAX = 10, 200  # bytes before the part that tells the quality, and more of it than is read
SEGMENTS, COARSEST = 4, 127


def is_lossless(content: bytes) -> bool:
    return _frame(content)[0] == LOSSLESS


def encode(picture: Image.Image, came: bytes, *, may_be_exact: bool) -> bytes:
    """A flat picture in RGB that came as WebP; `may_be_exact`: it was not reduced."""
    name, frame = _frame(came)
    if name == LOSSLESS:
        return _encode_lossless(picture, len(came), may_be_exact=may_be_exact)
    qualities = qualities_of(frame)
    first = _encode(picture, sum(qualities) / len(qualities))
    if SMALLEST * len(came) <= len(first) <= LARGEST * len(came):
        return first
    is_small = len(first) < len(came)
    second = _encode(picture, min(max(qualities) + FINER, HIGHEST) if is_small else min(qualities))
    return max((each for each in (first, second) if len(each) <= LARGEST * len(came)), key=len, default=second)


def _encode_lossless(picture: Image.Image, size: int, *, may_be_exact: bool) -> bytes:
    found = []
    if may_be_exact and picture.width * picture.height <= EXACT_PIXELS:
        found.append(_save(picture, **EXACT))
        if len(found[0]) <= LARGEST * size:
            return found[0]
    return min([*found, _encode(picture, LEGIBLE)], key=len)


def _encode(picture: Image.Image, quality: float) -> bytes:
    quality = round(quality)
    return _save(picture, quality=quality, method=QUICK if COARSE <= quality < HIGHEST else CAREFUL)


def _save(picture: Image.Image, **way: int) -> bytes:
    target = io.BytesIO()
    picture.save(target, "WEBP", **way)
    return target.getvalue()


def _frame(content: bytes) -> tuple[bytes, bytes]:
    """The kind of the pixels, and the beginning of them."""
    at = 12
    for _ in range(CHUNKS_MAX):
        name, length = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        if name in (LOSSY, LOSSLESS):
            return name, content[at + 8 : at + 8 + HEADER_MAX]
        at += 8 + length + length % 2
    raise ValueError("no pixels")


def _quality(coarseness: int) -> float:
    """The quality from which libwebp derives a coarseness of 0 to 127."""
    linear = (1 - coarseness / COARSEST) ** 3
    return 100 * (1.5 * linear if linear < 0.5 else (1 + linear) / 2)


def qualities_of(frame: bytes) -> list[float]:
    """The quality of each of the four kinds of blocks, or the one for all."""
    return [_quality(coarseness) for coarseness in _coarseness(frame)]


def _coarseness(frame: bytes) -> list[int]:
    bits = Bits(frame[FRAME_HEAD:])
    bits.number(2)  # colour space, clamping
    of_segments, are_whole = _of_segments(bits) if bits.flag() else ([0], False)
    bits.number(10)  # filter, its level and sharpness
    if bits.flag() and bits.flag():
        _optional(bits, 8, 6)
    bits.number(2)  # partitions
    base = 0 if are_whole else bits.number(7)
    return [min(max(base + each, 0), COARSEST) for each in of_segments]


def _of_segments(bits: "Bits") -> tuple[list[int], bool]:
    """The coarseness of the kinds of blocks, and whether it is whole, not a difference from the general one."""
    has_map, found, are_whole = bits.flag(), [0], False
    if bits.flag():
        are_whole = bits.flag()
        found = _optional(bits, SEGMENTS, 7)
        _optional(bits, SEGMENTS, 6)  # levels of the filter
    if has_map:
        for _ in range(3):
            bits.number(8 if bits.flag() else 0)
    return found, are_whole


def _optional(bits: "Bits", count: int, size: int) -> list[int]:
    """Numbers with a sign, each 0 unless its flag is set."""
    return [bits.signed(size) if bits.flag() else 0 for _ in range(count)]


class Bits:
    """Bits of a header, as the arithmetic coder of VP8 wrote them, each as likely 0 as 1 (RFC 6386 7.3)."""

    def __init__(self, content: bytes) -> None:
        self._rest = iter(content[2:])
        self._value = int.from_bytes(content[:2], "big")
        self._range, self._shifts = 255, 0

    def flag(self) -> bool:
        split = 1 + ((self._range - 1) >> 1)
        found = self._value >= split << 8
        if found:
            self._value -= split << 8
            split = self._range - split
        self._range = split
        while self._range < 128:
            self._value, self._range, self._shifts = self._value << 1, self._range << 1, self._shifts + 1
            if self._shifts % 8 == 0:
                self._value |= next(self._rest, 0)
        return found

    def number(self, size: int) -> int:
        found = 0
        for _ in range(size):
            found = 2 * found + self.flag()
        return found

    def signed(self, size: int) -> int:
        found = self.number(size)
        return -found if self.flag() else found
