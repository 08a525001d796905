"""Checks that the paper itself was photographed, and the right side of it."""

import numpy as np

from verification.pictures.checks import WHOLE, Box
from verification.pictures.papers import Paper
from verification.pictures.sample import Sample

TALL = 1.65  # a phone's screen; cameras take 4:3 or 3:2
EVEN = 1.5  # range of brightness in a row drawn by a program
MOSTLY_EVEN = 0.18
BAR = 0.06
EMBLEM: Box = (0.0, 0.0, 0.45, 0.62)
RED_SHARE = (0.025, 0.4)


def screenshot(sample: Sample) -> Box | None:
    """As tall as a screen, a status bar at the top, and rows without any grain."""
    down, across = sample.grey.shape
    if down < TALL * across:
        return None
    spread = np.percentile(sample.grey, 98, axis=1) - np.percentile(sample.grey, 2, axis=1)
    bar = sample.grey[: max(2, round(BAR * down))].astype(np.int16)
    edge = np.abs(np.diff(bar, axis=1)).max(axis=0) > 40
    third = len(edge) // 3
    has_signs = bool(edge[:third].any() and edge[-third:].any()) and edge[third:-third].mean() < 0.15
    return (0.0, 0.0, 1.0, BAR) if has_signs and (spread < EVEN).mean() > MOSTLY_EVEN else None


def wrong_side(sample: Sample) -> Box | None:
    """The national emblem of the other side, and no portrait."""
    if sample.paper is not Paper.FACE_CARD or sample.region is None or sample.face:
        return None
    left, top, right, bottom = sample.region.box
    wide, high = right - left, bottom - top
    box = (left, top, left + EMBLEM[2] * wide, top + EMBLEM[3] * high)
    hue, saturation, value = np.moveaxis(sample.hsv(box), 2, 0)
    red = ((hue <= 10) | (hue >= 245)) & (saturation >= 130) & (value >= 70)
    return WHOLE if RED_SHARE[0] <= red.mean() <= RED_SHARE[1] else None
