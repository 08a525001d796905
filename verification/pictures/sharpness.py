"""Checks sharpness by the edges of a picture: how much of a step in brightness happens from pixel to pixel."""

import numpy as np

from verification.pictures.checks import WHOLE, Box
from verification.pictures.sample import Grey, Sample

STRIP = 3  # rows averaged against noise
REACH = 32  # the widest step that is still measured whole
FEWEST = 12  # least steps in one direction for a judgement
FAINTEST = 18.0
STEEP = 0.43  # share of the step at the steepest pixel: two pixels of blur leave at most 0.39, good photos 0.51


def find_blur(sample: Sample) -> Box | None:
    """Even the sharpest edges are soft."""
    found = steepness(sample.grey)
    return WHOLE if found is not None and found < STEEP else None


def steepness(grey: Grey) -> float | None:
    """The steepness of the softer direction, to detect a moved camera; None where there is nothing to judge."""
    low, high = np.percentile(grey[::4, ::4], (2, 98))
    faintest = max(FAINTEST, 0.3 * float(high - low))
    found = [each for each in (_along(grey, faintest), _along(grey.T, faintest)) if each is not None]
    return min(found) if found else None


def _along(grey: Grey, faintest: float) -> float | None:
    """Measures down the columns of a picture, several columns averaged."""
    pieces_down, strips_across = grey.shape[0] // REACH, grey.shape[1] // STRIP
    if not pieces_down or not strips_across:
        return None
    seen = grey[: pieces_down * REACH, : strips_across * STRIP]
    strips = sum(seen[:, each::STRIP] for each in range(STRIP)) / np.float32(STRIP)
    pieces = strips.reshape(pieces_down, REACH, strips_across)
    height = pieces.max(axis=1) - pieces.min(axis=1)
    steepest = np.abs(np.diff(pieces, axis=1)).max(axis=1)
    judged = height >= faintest
    if np.count_nonzero(judged) < FEWEST:
        return None
    return float(np.percentile(steepest[judged] / height[judged], 85))
