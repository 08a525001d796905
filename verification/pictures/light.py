"""Checks that there is enough light and no glare over the text."""

import numpy as np
from numpy.typing import NDArray

from verification.pictures.checks import WHOLE, Box
from verification.pictures.sample import Sample

DARKEST = 98.0  # the least that the lightest twentieth reaches: paper, a wall, a shirt
LIT = 0.06  # share of pixels that is surely more than a twentieth
BLOWN = 250
TILE = 16
BURNT = 0.7  # share of a tile
LEAST_TILES = 6
FEWEST = LEAST_TILES * BURNT * TILE**2  # pixels in so many tiles; where all colours are burnt out, grey is too
WHITEST = 232.0  # on paper this white a reflection cannot be detected
MOST = 0.4  # share of the paper: more is an overexposed sheet, not a reflection


def dark(sample: Sample) -> Box | None:
    """Even the lightest parts are dark."""
    seen = sample.grey[::4, ::4]
    if np.count_nonzero(seen >= DARKEST) > LIT * seen.size:  # a pixel's strongest colour is no darker than its grey
        return None
    lightest = float(np.percentile(sample.value, 95))
    return WHOLE if lightest < DARKEST else None


def glare(sample: Sample) -> Box | None:
    """A patch burnt out to white inside a card; where the light falls off, it would be burnt from the edge on."""
    if np.count_nonzero(sample.grey >= BLOWN) <= FEWEST or sample.region is None:
        return None
    down, across = sample.grey.shape
    rows, columns = down // TILE, across // TILE
    red, green, blue = np.moveaxis(sample.rgb[: rows * TILE, : columns * TILE], 2, 0)
    least = np.minimum(np.minimum(red, green), blue)
    burnt = _mean_of_tiles((least >= BLOWN).view(np.uint8)) > BURNT
    left, top, right, bottom = sample.region.box
    inside = np.zeros_like(burnt)
    inside[round(top * rows) : round(bottom * rows), round(left * columns) : round(right * columns)] = True
    burnt &= inside
    core = inside.copy()
    core[1:] &= inside[:-1]
    core[:-1] &= inside[1:]
    core[:, 1:] &= inside[:, :-1]
    core[:, :-1] &= inside[:, 1:]
    count = np.count_nonzero(burnt)
    if not LEAST_TILES <= count <= MOST * np.count_nonzero(inside) or np.count_nonzero(burnt & ~core) > 0.1 * count:
        return None
    rest = np.median(_mean_of_tiles(least)[inside & ~burnt])
    if rest > WHITEST:
        return None
    high, wide = np.flatnonzero(burnt.any(axis=1)), np.flatnonzero(burnt.any(axis=0))
    return (
        float(wide[0] / columns),
        float(high[0] / rows),
        float((wide[-1] + 1) / columns),
        float((high[-1] + 1) / rows),
    )


def _mean_of_tiles(values: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The mean of each square of `TILE` pixels; sums rows first, because NumPy is ten times slower at short sums."""
    down, across = values.shape
    rows, columns = down // TILE, across // TILE
    bands = values.reshape(rows, TILE, across).sum(axis=1, dtype=np.uint16)
    return bands.reshape(rows, columns, TILE).sum(axis=2, dtype=np.uint32) / TILE**2
