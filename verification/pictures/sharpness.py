"""Checks sharpness by the edges of a picture: how much of a step in brightness happens from pixel to pixel."""

import numpy as np
from numpy.typing import NDArray

from verification.pictures.checks import WHOLE, Box
from verification.pictures.sample import Grey, Sample

STRIP = 3  # rows added up against noise
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
    strips = _strips(grey.T).T, np.ascontiguousarray(_strips(grey).T)
    found = [each for each in (_along(each, STRIP * faintest) for each in strips) if each is not None]
    return min(found) if found else None


def _strips(grey: Grey) -> NDArray[np.int16]:
    """Sums of neighbouring rows: whole numbers, of which NumPy compares several at once."""
    rows = len(grey) // STRIP * STRIP
    sums = grey[:rows:STRIP].astype(np.int16)
    for each in range(1, STRIP):
        sums += grey[each:rows:STRIP]
    return sums


def _along(strips: NDArray[np.int16], faintest: float) -> float | None:
    """Measures down the columns."""
    pieces_down, strips_across = strips.shape[0] // REACH, strips.shape[1]
    if not pieces_down or not strips_across:
        return None
    pieces = strips[: pieces_down * REACH].reshape(pieces_down, REACH, strips_across)
    height = pieces.max(axis=1) - pieces.min(axis=1)
    steepest = np.abs(np.diff(pieces, axis=1)).max(axis=1)
    judged = height >= faintest
    if np.count_nonzero(judged) < FEWEST:
        return None
    return float(np.percentile(steepest[judged] / height[judged], 85))
