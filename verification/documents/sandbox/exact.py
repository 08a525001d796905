"""What came as PNG: whether all of it came, and its exact storage.

Bits, greys and palettes stay what they are, and no pixel changes. A JPEG of such a page has 2 to 10 times its bytes,
and small print in it is less legible. Photographs that came as PNG become JPEG, unless that is larger.
`bench/parts/pictures.py` measures both.
"""

import io
import struct
import zlib
from collections.abc import Callable
from functools import partial

from PIL import Image, ImageOps

from verification.documents.sandbox import quality
from verification.documents.sandbox.colours import eight_bits, in_srgb, on_white, with_alpha
from verification.pictures.papers import LONGEST, SPARED

LARGEST = 1.1  # times the upload: above it, the other form is tried
# Filters help where neighbours differ a little, as in photographs, and harm drawn pages. With them, level 6 takes two
# to three times as long as level 3, and packs hardly better; in RGB, level 3 alone is mostly small enough.
FILTERED_LEVELS, RGB_LEVELS, PLAIN_LEVELS = (3,), (3, 6), (6,)
SAMPLE = 8  # the part of a picture, an eighth from its middle, that decides on filters
SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOUR_TYPES = {"L": 0, "RGB": 2}  # with 8 bits a value (PNG 11.2.1)
FEW = 16  # greys that take 4 bits
VALUES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # of a pixel, by colour type
# Start and step, across and down, of the seven passes of an interlaced picture (PNG 8.1).
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
WHOLE = ((0, 0, 1, 1),)
DEEP = 16  # bits a value
BLOCK = 1024 * 1024  # bytes unpacked at a time, to be counted
REDUCED = 4  # greys of a page in black and white that was reduced: its small print is as legible with them (SSIM 0.99)


class CutShort(Exception):
    """The rows end before the picture does: the decoder leaves the rest black."""


def check(picture: Image.Image, content: bytes) -> None:
    """Raises `CutShort` when rows are missing from a picture that was decoded; drops a colour it cannot compare."""
    width, height, bits, colour, _packing, _filters, is_interlaced = struct.unpack_from(">IIBBBBB", content, 16)
    if bits == DEEP:  # pixels have 8 bits now, so other colours would become transparent with this one
        picture.info.pop("transparency", None)
    # what is missing is all zeros, so that most pictures need not be unpacked a second time
    if not is_interlaced and any(picture.crop((0, height - 1, width, height)).tobytes()):
        return
    needed = sum(
        rows * (1 + (across * bits * VALUES[colour] + 7) // 8)
        for left, top, step, down in (PASSES if is_interlaced else WHOLE)
        if (across := -((left - width) // step)) > 0 and (rows := -((top - height) // down)) > 0
    )
    if not _unpacks_to(content, needed):
        raise CutShort


def _unpacks_to(content: bytes, needed: int) -> bool:
    """Whether the packed rows have as many bytes; unpacks no more than these, a block at a time.

    What follows them is not the picture's: neither a fault in it counts, nor its size.
    """
    unpacker, at = zlib.decompressobj(), len(SIGNATURE)
    while needed > 0 and at < len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        packed = content[at + 8 : at + 8 + length] if name == b"IDAT" else b""
        while packed and needed > 0:
            needed -= len(unpacker.decompress(packed, min(BLOCK, needed)))
            packed = unpacker.unconsumed_tail
        at += 12 + length
    return needed <= 0 or needed <= len(unpacker.flush())  # of all chunks; without more input, a few bytes at most


def flatten(picture: Image.Image, profile: bytes) -> Image.Image:
    """Upright, in sRGB and on white, in black and white, grey, with a palette, or else RGB."""
    ImageOps.exif_transpose(picture, in_place=True)
    is_black_and_white = picture.mode == "1"
    if picture.mode == "P":
        picture = _with_palette_of(picture, profile)
    elif not is_black_and_white or "transparency" in picture.info:
        picture = _without_transparency(picture, profile)
    picture.info = {}
    if max(picture.size) <= SPARED:
        return picture
    picture = picture.convert("L" if is_black_and_white else picture.mode.replace("P", "RGB"))
    picture.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    return _with_levels(picture, REDUCED) if is_black_and_white else picture


def encode(picture: Image.Image, size: int, *, is_photograph: bool) -> bytes:
    """A flat picture that came with `size` bytes in the form that suits it, or in the other if that is smaller."""
    forms = [partial(_encode_jpeg, picture, quality.finest()), partial(_encode_png, picture, size)]
    if not is_photograph:
        forms = [partial(_encode_png, picture, size), partial(_encode_jpeg, picture, quality.legible())]
    found = []
    for form in forms:
        found.append(form())
        if len(found[-1]) <= LARGEST * size:
            return found[-1]
    return min(found, key=len)


def _encode_jpeg(picture: Image.Image, way: quality.Way) -> bytes:
    target = io.BytesIO()
    in_srgb(picture, b"").save(target, "JPEG", **way)
    return target.getvalue()


def _encode_png(picture: Image.Image, size: int) -> bytes:
    write, (*quick, best) = _writer_of(_in_smallest_mode(picture))
    for level in quick:
        as_png = write(level)
        if len(as_png) <= LARGEST * size:
            return as_png
    return write(best)


def _with_palette_of(picture: Image.Image, profile: bytes) -> Image.Image:
    """The same places of the palette; only its colours are put on white and converted."""
    row = Image.frombytes("P", (256, 1), bytes(range(256)))
    row.putpalette(picture.getpalette() or b"")
    row.info = {name: value for name, value in picture.info.items() if name == "transparency"}
    colours = in_srgb(on_white(with_alpha(row)).convert("RGB"), profile)
    highest = max(place for place, count in enumerate(picture.histogram()) if count)
    picture.putpalette(colours.tobytes()[: 3 * (highest + 1)])  # as many as it uses decide on its bits
    return picture


def _without_transparency(picture: Image.Image, profile: bytes) -> Image.Image:
    is_grey = picture.mode in quality.GREY
    picture = with_alpha(eight_bits(picture))
    picture = on_white(picture.convert("RGBA") if picture.mode == "LA" else picture)
    if profile or picture.mode not in ("L", "RGB"):
        picture = in_srgb(picture, profile)
    return picture.convert("L") if is_grey and picture.mode != "L" else picture


def _in_smallest_mode(picture: Image.Image) -> Image.Image:
    """Few greys become a palette of the same greys; anything else stays as it is."""
    levels = [level for level, count in enumerate(picture.histogram()) if count] if picture.mode == "L" else []
    if not 0 < len(levels) <= FEW:
        return picture
    return _with_greys(picture.point([_place(levels, level) for level in range(256)]), levels)


def _place(levels: list[int], level: int) -> int:
    return levels.index(level) if level in levels else 0


def _with_levels(picture: Image.Image, count: int) -> Image.Image:
    """A grey picture with `count` greys at equal distances."""
    step = 255 / (count - 1)
    places = picture.point([round(level / step) for level in range(256)])
    return _with_greys(places, [round(step * place) for place in range(count)])


def _with_greys(places: Image.Image, greys: list[int]) -> Image.Image:
    picture = Image.frombytes("P", places.size, places.tobytes())
    picture.putpalette(bytes(grey for grey in greys for _channel in "RGB"))
    return picture


def _writer_of(picture: Image.Image) -> tuple[Callable[[int], bytes], tuple[int, ...]]:
    """What writes this picture best at a given level, and the levels to try."""
    if picture.mode not in COLOUR_TYPES:
        return partial(_with_filters, picture), PLAIN_LEVELS  # Pillow itself leaves them out here
    top = (picture.height - picture.height // SAMPLE) // 2
    sample = picture.crop((0, top, picture.width, top + max(1, picture.height // SAMPLE)))
    if len(_with_filters(sample, 1)) <= len(_without_filters(sample, 1)):
        return partial(_with_filters, picture), FILTERED_LEVELS
    return partial(_without_filters, picture), RGB_LEVELS if picture.mode == "RGB" else PLAIN_LEVELS


def _with_filters(picture: Image.Image, level: int) -> bytes:
    target = io.BytesIO()
    picture.save(target, "PNG", compress_level=level)
    return target.getvalue()


def _without_filters(picture: Image.Image, level: int) -> bytes:
    """A PNG that Pillow cannot write: it filters whatever has no palette."""
    row = picture.width * len(picture.getbands())
    values = memoryview(picture.tobytes())
    packer, packed = zlib.compressobj(level), []
    for start in range(0, len(values), row):
        packed += [packer.compress(b"\x00"), packer.compress(values[start : start + row])]
    head = struct.pack(">IIBBBBB", *picture.size, 8, COLOUR_TYPES[picture.mode], 0, 0, 0)
    body = b"".join((*packed, packer.flush()))
    return SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
