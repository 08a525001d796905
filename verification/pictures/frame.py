"""Checks that the whole paper is on the picture and large enough to read."""

from verification.pictures.checks import WHOLE, Box
from verification.pictures.papers import CARDS
from verification.pictures.sample import Sample

TOUCHES = 0.12  # share of the picture's edge: less is a shadow or a thumb
FULL = 0.85  # a complete scan fills all four edges
BAND = 0.04
# What the paper's longer side must measure in pixels of the picture as it came, so that its smallest words can be read.
CARD_LEAST, SHEET_LEAST = 640, 1000


def cut(sample: Sample) -> Box | None:
    """The paper runs out of the picture; the box is at the edge where it does."""
    if sample.region is None:
        return None
    left, top, right, bottom = edges = sample.region.edges
    if max(edges) < TOUCHES or min(edges) > FULL:
        return None
    bands = (
        (left, (0.0, 0.0, BAND, 1.0)),
        (top, (0.0, 0.0, 1.0, BAND)),
        (right, (1 - BAND, 0.0, 1.0, 1.0)),
        (bottom, (0.0, 1 - BAND, 1.0, 1.0)),
    )
    return max(bands)[1]


def small(sample: Sample) -> Box | None:
    """The paper has too few pixels to be read."""
    left, top, right, bottom = box = sample.region.box if sample.region is not None else WHOLE
    longest = max((right - left) * sample.width, (bottom - top) * sample.height)
    return box if longest < (CARD_LEAST if sample.paper in CARDS else SHEET_LEAST) else None
