"""Fits a picture into the ministry's limits: JPEG, upright, without metadata, as legible as the size allows.

Tested on a full page of 10-point Chinese (drawn by bench/attachments.py): for the same number of bytes, strokes stay
more distinct at 1,100 pixels and quality 36 than at 900 and 67. So quality falls first, down to 35 (a face needs 60).
Then the picture shrinks, but goes below 900 pixels only after the lowest quality was tried there.
"""

import io
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Final

from PIL import Image, ImageOps

from icpportal.gateways.miit.documents.types import NotEncodable
from icpportal.gateways.miit.types import Purpose

LIMIT: Final = 102_400  # characters of base64
LIMITS: Final = {Purpose.STATEMENT: 153_600}
UNREADABLE: Final = "5010"
FORMATS: Final = ("JPEG",)  # the sandbox made them; no other decoder runs where the keys of the ministry are
PIXELS: Final = 60_000_000
BEST, LEGIBLE, LAST = 90, 35, 15  # quality
FACE: Final = 60
EDGES: Final = (2000, 1800, 1600, 1450, 1300, 1200, 1150, 1100, 1050, 1000, 950, 900)  # the longer side
SMALLER: Final = (800, 700, 600, 500, 400, 300, 200, 100)  # every picture fits with the last
NARROWEST: Final = 8  # pixels of the shorter side, once the longer one is reduced: a strip shows nothing


def most_bytes(purpose: Purpose) -> int:
    """The largest file for this purpose whose base64 keeps the limit."""
    return LIMITS.get(purpose, LIMIT) // 4 * 3


def fit(picture: bytes, purpose: Purpose) -> bytes:
    """A JPEG whose base64 keeps the limit; deterministic, and returns a fitted one as it is. Raises `NotEncodable`."""
    try:
        if _is_fit(picture, purpose):
            return picture
        image = _upright(_open(picture))
    except Exception as error:  # whatever a decoder makes of bytes that are no picture
        raise NotEncodable(f"not a picture: {type(error).__name__}", field=_field(purpose), code=UNREADABLE) from error
    if min(image.size) < NARROWEST:
        raise NotEncodable(_too_narrow(image), field=_field(purpose), code=UNREADABLE)
    return _fit(image, most_bytes(purpose), FACE if purpose is Purpose.PHOTO else LEGIBLE)


def _field(purpose: Purpose) -> str:
    return f"attachment {purpose.name.lower()}"


def _too_narrow(image: Image.Image) -> str:
    size = f"{image.width} × {image.height} pixels"
    return f"the picture is a strip of {size} and shows nothing: have another one uploaded"


def _open(picture: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(picture), formats=FORMATS)
    if image.width * image.height > PIXELS:
        raise ValueError("too many pixels")
    return image


def _is_fit(picture: bytes, purpose: Purpose) -> bool:
    """Whether it is already as `fit` leaves it: pixels only, baseline, in colour, small enough, complete."""
    if len(picture) > most_bytes(purpose) or not picture.endswith(b"\xff\xd9"):
        return False
    image = _open(picture)
    segments = {name for name, _content in getattr(image, "applist", [("none", b"")])}
    if image.mode != "RGB" or segments - {"APP0"} or "progressive" in image.info:
        return False
    if min(image.size) < NARROWEST:
        return False
    image.draft("RGB", (image.width // 8, image.height // 8))  # an eighth of the size shows as well that it is whole
    image.load()
    return True


def _upright(image: Image.Image) -> Image.Image:
    """Turned upright, in colour, at most the longest edge."""
    image.draft(None, _size(image, EDGES[0]))  # the decoder itself leaves out what is not wanted
    image = ImageOps.exif_transpose(image).convert("RGB")
    image.info = {}
    return _reduce(image, EDGES[0])


def _size(image: Image.Image, edge: int) -> tuple[int, int]:
    longer = max(image.size)
    return max(1, image.width * edge // longer), max(1, image.height * edge // longer)


def _reduce(image: Image.Image, edge: int) -> Image.Image:
    if max(image.size) <= edge:
        return image
    return image.resize(_size(image, edge), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _encode(image: Image.Image, quality: int) -> bytes:
    # baseline and 4:2:0: what every reader of JPEG can open
    target = io.BytesIO()
    image.save(target, "JPEG", quality=quality, optimize=True, subsampling="4:2:0")
    return target.getvalue()


def _fit(image: Image.Image, most: int, legible: int) -> bytes:
    edge = max(image.size)
    edges = [edge, *(smaller for smaller in EDGES if smaller < edge)]

    def fits(edge: int) -> bool:
        return len(_encode(_reduce(image, edge), legible)) <= most

    largest = _first(edges, fits)
    if largest is not None:
        return _sharpest(_reduce(image, largest), most, range(BEST, legible - 1, -1))
    return _lowest_quality(_reduce(image, edges[-1]), most, legible)


def _lowest_quality(image: Image.Image, most: int, legible: int) -> bytes:
    """Below legible quality: less at this size, then the lowest at smaller sizes."""
    if len(_encode(image, LAST)) <= most:
        return _sharpest(image, most, range(legible - 1, LAST - 1, -1))
    smaller = (_encode(_reduce(image, edge), LAST) for edge in SMALLER)
    return next(data for data in smaller if len(data) <= most)


def _sharpest(image: Image.Image, most: int, qualities: range) -> bytes:
    """The first of the falling qualities that fits; the last one is known to."""
    encoded: dict[int, bytes] = {}

    def fits(quality: int) -> bool:
        encoded[quality] = _encode(image, quality)
        return len(encoded[quality]) <= most

    found = _first(qualities, fits)
    assert found is not None
    return encoded[found]


def _first(steps: Sequence[int], fits: Callable[[int], bool]) -> int | None:
    """The first step that fits, when all later ones fit too; found by bisection."""
    place = bisect_left(steps, True, key=fits)
    return steps[place] if place < len(steps) else None
