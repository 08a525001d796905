"""How finely a picture is written: as finely as it came, so that it is no larger than the upload and no less legible.

A JPEG written again with the tables it came with, in the same place to the pixel, loses next to nothing and has the
size it had. What came without such tables gets ours. `bench/pictures.py` measures both.
"""

import io
from functools import cache
from typing import NotRequired, TypedDict

from PIL import Image, JpegImagePlugin

FINEST = 92  # what came finer is stored so: more is not seen
OURS = 85  # of what came as something else than JPEG
PHOTOGRAPH = 1.0  # bytes a pixel: a PNG of more is no screen with words on it, and leaves room for `FINEST`
FULL, HALF = 0, 2  # colour resolution as Pillow counts it: 4:4:4 and 4:2:0
TURNED = [8 * (place % 8) + place // 8 for place in range(64)]  # where the numbers of a turned table stand
Tables = list[list[int]]


class Way(TypedDict):
    """What Pillow wants to know to write a JPEG."""

    qtables: Tables
    subsampling: int
    progressive: NotRequired[bool]


@cache
def tables(quality: int) -> Tables:
    """The quantisation tables of a quality, for brightness and for colour."""
    target = io.BytesIO()
    Image.new("RGB", (8, 8)).save(target, "JPEG", quality=quality)
    target.seek(0)
    return _of(JpegImagePlugin.JpegImageFile(target))


def as_it_came(picture: Image.Image, size: int, *, turned: bool) -> Way:
    """How to write a picture that has just been opened and came with `size` bytes; `turned`: from its side."""
    if not isinstance(picture, JpegImagePlugin.JpegImageFile):
        lavish = size > PHOTOGRAPH * picture.width * picture.height
        return {"qtables": tables(FINEST if lavish else OURS), "subsampling": FULL if picture.format == "PNG" else HALF}
    came, colours = _of(picture), JpegImagePlugin.get_sampling(picture)
    if turned:
        came = [[table[place] for place in TURNED] for table in came]
        colours = FULL if colours == 1 else colours  # 4:2:2 on its side is none that can be written
    return {
        "qtables": [_at_most(finest, table) for finest, table in zip(tables(FINEST), came, strict=True)],
        "subsampling": HALF if colours < 0 else colours,
        "progressive": bool(picture.info.get("progressive")),
    }


def _of(picture: JpegImagePlugin.JpegImageFile) -> Tables:
    """The tables of brightness and of colour; a picture in grey has one."""
    parts = picture.layer
    return [list(picture.quantization[part[3]]) for part in (parts[0], parts[min(1, len(parts) - 1)])]


def _at_most(finest: list[int], table: list[int]) -> list[int]:
    return [max(pair) for pair in zip(finest, table, strict=True)]
