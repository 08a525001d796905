"""Where the paper lies: it is lighter than what it lies on, and where it is not, nothing is said."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from verification.pictures.checks import Box

Mask = NDArray[np.bool_]

SMALL = 128  # the longer side of the copy on which the paper is searched
CLOSED = 7  # letters and lines are narrower than this
LEAST_APART = 22.0  # in brightness, paper and ground
CLEAR = 0.6  # of all differences, that between paper and ground


@dataclass(frozen=True)
class Region:
    """Which pixels of a small copy show the paper."""

    mask: Mask

    @cached_property
    def box(self) -> Box:
        """The smallest box around the paper."""
        rows, columns = np.flatnonzero(self.mask.any(axis=1)), np.flatnonzero(self.mask.any(axis=0))
        down, across = self.mask.shape
        return (
            float(columns[0] / across),
            float(rows[0] / down),
            float((columns[-1] + 1) / across),
            float((rows[-1] + 1) / down),
        )

    @cached_property
    def edges(self) -> tuple[float, float, float, float]:
        """How much of each edge of the picture the paper takes: left, top, right, bottom; 0 to 1."""
        sides = self.mask[:, 0], self.mask[0], self.mask[:, -1], self.mask[-1]
        left, top, right, bottom = (float(side.mean()) for side in sides)
        return left, top, right, bottom


def paper_on(picture: Image.Image) -> Region | None:
    """The paper, None where it cannot be told from what is around it."""
    small = picture.convert("L")
    small.thumbnail((SMALL, SMALL), Image.Resampling.BOX)
    closed = small.filter(ImageFilter.MaxFilter(CLOSED)).filter(ImageFilter.MinFilter(CLOSED))
    grey = np.asarray(closed, dtype=np.float32)
    level = _between(grey)
    if level is None:
        return None
    found = _joined(grey > level)
    return Region(found) if found.mean() > 0.02 else None


def _between(grey: NDArray[np.float32]) -> float | None:
    """The brightness that parts it best in two (Otsu), None where they are not clearly two."""
    counts, _edges = np.histogram(grey, bins=256, range=(0, 256))
    share = counts / counts.sum()
    levels = np.arange(256) + 0.5
    below = np.cumsum(share)
    sums = np.cumsum(share * levels)
    total = sums[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.nan_to_num((total * below - sums) ** 2 / (below * (1 - below)))
    best = int(spread.argmax())
    variance = float((share * (levels - total) ** 2).sum())
    if not variance or spread[best] / variance < CLEAR:
        return None
    dark, light = sums[best] / below[best], (total - sums[best]) / (1 - below[best])
    return float((dark + light) / 2) if light - dark >= LEAST_APART else None


def _joined(mask: Mask) -> Mask:
    """The part that hangs together with what is light in the middle."""
    down, across = mask.shape
    found = np.zeros_like(mask)
    found[down // 4 : -down // 4, across // 4 : -across // 4] = True
    found &= mask
    while True:
        grown = found.copy()
        grown[1:] |= found[:-1]
        grown[:-1] |= found[1:]
        grown[:, 1:] |= grown[:, :-1]
        grown[:, :-1] |= grown[:, 1:]
        grown &= mask
        if np.array_equal(grown, found):
            return found
        found = grown
