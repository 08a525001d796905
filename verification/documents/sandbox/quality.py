"""Quality of stored JPEGs: as fine as the upload, so that nothing grows and nothing loses legibility.

A JPEG written again with its own quantisation tables, pixel for pixel in the same place, loses next to nothing and
keeps its size. Pictures without such tables get ours. `bench/parts/pictures.py` measures both.
"""

import io
from functools import cache
from typing import NotRequired, TypedDict

from PIL import Image, JpegImagePlugin

from verification.documents.sandbox.colours import DEEP_GREY

FINEST = 96  # finer uploads are stored at this quality: with less, small print in a grainy photograph suffers
LEGIBLE = 92  # quality of sharp small print: at 85, dense text of a screen had an SSIM of 0.97
OURS = 85  # quality for HEIC
PHOTOGRAPH = 1 / 3  # bytes a value: what came exactly and is larger is a photograph, and leaves room for `FINEST`
GREY = frozenset({"1", "L", "LA", *DEEP_GREY})
FULL, HALF = 0, 2  # colour resolution as Pillow counts it: 4:4:4 and 4:2:0
TURNED = [8 * (place % 8) + place // 8 for place in range(64)]  # positions of the values in a turned table
Tables = list[list[int]]


class Way(TypedDict):
    """How Pillow should write a JPEG."""

    qtables: Tables
    subsampling: int
    progressive: NotRequired[bool]


@cache
def tables(quality: int) -> Tables:
    """The quantisation tables of a quality, for brightness and for colour."""
    target = io.BytesIO()
    Image.new("RGB", (8, 8)).save(target, "JPEG", quality=quality)
    target.seek(0)
    return _tables_of(JpegImagePlugin.JpegImageFile(target))


def is_photograph(picture: Image.Image, size: int) -> bool:
    """Whether a picture that came exactly, with `size` bytes, has the grain of a photograph, by its size alone."""
    values = 1 if picture.mode in GREY else 3
    return size > PHOTOGRAPH * values * picture.width * picture.height


def finest() -> Way:
    """How to write what must lose nothing."""
    return {"qtables": tables(FINEST), "subsampling": FULL}


def legible() -> Way:
    """How to write sharp small print."""
    return {"qtables": tables(LEGIBLE), "subsampling": FULL}


def as_it_came(picture: Image.Image, size: int, *, turned: bool) -> Way:
    """How to write a picture that was just opened and came with `size` bytes; `turned`: it lay on its side."""
    if not isinstance(picture, JpegImagePlugin.JpegImageFile):
        grainy = is_photograph(picture, size)
        return {
            "qtables": tables(FINEST if grainy else OURS),
            "subsampling": HALF if picture.format == "HEIF" else FULL,
        }
    own, colours = _tables_of(picture), JpegImagePlugin.get_sampling(picture)
    if turned:
        own = [[table[place] for place in TURNED] for table in own]
        colours = FULL if colours == 1 else colours  # Pillow cannot write 4:2:2 turned on its side
    return {
        "qtables": [_at_most(finest, table) for finest, table in zip(tables(FINEST), own, strict=True)],
        "subsampling": HALF if colours < 0 else colours,
        "progressive": bool(picture.info.get("progressive")),
    }


def _tables_of(picture: JpegImagePlugin.JpegImageFile) -> Tables:
    """The tables for brightness and for colour; a grey picture has one."""
    parts = picture.layer
    return [list(picture.quantization[part[3]]) for part in (parts[0], parts[min(1, len(parts) - 1)])]


def _at_most(finest: list[int], table: list[int]) -> list[int]:
    return [max(pair) for pair in zip(finest, table, strict=True)]
