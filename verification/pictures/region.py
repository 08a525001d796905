"""Finds the paper, which is lighter than its surroundings; where it is not, reports nothing."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from verification.pictures.checks import Box

Mask = NDArray[np.bool_]

SMALL = 128  # longer side of the copy that is searched
CLOSED = 7  # letters and lines are narrower than this
LEAST_APART = 22.0  # difference in brightness between paper and background
CLEAR = 0.6  # share of all variance that is between paper and background


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
        """How much of each edge of the picture the paper covers: left, top, right, bottom; 0 to 1."""
        sides = self.mask[:, 0], self.mask[0], self.mask[:, -1], self.mask[-1]
        left, top, right, bottom = (float(side.mean()) for side in sides)
        return left, top, right, bottom


def paper_on(light: Image.Image) -> Region | None:
    """The paper on a picture without colours, or None where it cannot be distinguished from its surroundings."""
    small = light.copy()
    small.thumbnail((SMALL, SMALL), Image.Resampling.BOX)
    lightest = _around(np.asarray(small), np.maximum)
    grey = _around(lightest, np.minimum).astype(np.float32)
    level = _between(grey)
    if level is None:
        return None
    found = _connected_part(grey > level)
    return Region(found) if found.mean() > 0.02 else None


def _around(grey: NDArray[np.uint8], most: np.ufunc) -> NDArray[np.uint8]:
    """The lightest or darkest pixel of the square around each pixel; rows, then columns: Pillow compares all 49."""
    for _side in range(2):
        wider = np.pad(grey, ((CLOSED // 2, CLOSED // 2), (0, 0)), mode="edge")
        grey = most.reduce([wider[each : each + len(grey)] for each in range(CLOSED)]).T
    return grey


def _between(grey: NDArray[np.float32]) -> float | None:
    """The brightness that separates it best in two (Otsu), None where there are not clearly two."""
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


def _connected_part(mask: Mask) -> Mask:
    """The connected part, diagonals included, that contains the light pixels in the middle."""
    down, across = mask.shape
    found = np.zeros_like(mask)
    found[down // 4 : -down // 4, across // 4 : -across // 4] = True
    found &= mask
    in_rows, in_columns = _runs(mask), _runs(mask.T)
    while True:
        grown = _touched_runs(_touched_runs(found, in_rows).T, in_columns).T
        grown[1:] |= grown[:-1]
        grown[:-1] |= grown[1:]
        grown[:, 1:] |= grown[:, :-1]
        grown[:, :-1] |= grown[:, 1:]
        grown &= mask
        if np.array_equal(grown, found):
            return found
        found = grown


def _runs(mask: Mask) -> NDArray[np.int64]:
    """A number for each pixel of the paper, the same along a run of a row; 0 for all others."""
    begins = mask.copy()
    begins[:, 1:] &= ~mask[:, :-1]
    return np.where(mask, np.cumsum(begins).reshape(mask.shape), 0)


def _touched_runs(found: Mask, runs: NDArray[np.int64]) -> Mask:
    """Every run of which some pixel was found."""
    touched = np.zeros(runs.max() + 1, dtype=bool)
    touched[runs[found]] = True
    filled: Mask = touched[runs]
    return filled
