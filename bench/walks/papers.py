"""Pictures of papers as taken by a phone, about 300 kB each, the same in every run."""

import io
import random
from collections.abc import Callable
from functools import cache

from PIL import Image

from bench.photo_check import papers, scenes

SIZE = (1600, 1200)
BYTES = 300_000
GRAIN = 9.0  # of a small sensor
DRAWN: dict[str, Callable[[random.Random], Image.Image]] = {
    "lead_id": papers.card_back,
    "admin_id": papers.card_back,
    "subject_id": papers.licence,
    "statement": papers.page,
}


@cache
def paper(key: str) -> bytes:
    """The JPEG of one of DRAWN, lying on a table."""
    rng = random.Random(key)
    drawn = DRAWN[key](rng)
    drawn.thumbnail((SIZE[0] - 200, SIZE[1] - 120), Image.Resampling.LANCZOS)
    scene = scenes.table(SIZE, rng)
    scene.paste(drawn, ((SIZE[0] - drawn.width) // 2, (SIZE[1] - drawn.height) // 2))
    return _encode(scenes.add_texture(scene, rng, GRAIN))


def _encode(picture: Image.Image) -> bytes:
    """In the quality that gives about the size wanted."""
    sizes = {}
    for quality in range(95, 40, -3):
        target = io.BytesIO()
        picture.save(target, "JPEG", quality=quality)
        sizes[abs(target.tell() - BYTES)] = target.getvalue()
    return sizes[min(sizes)]
