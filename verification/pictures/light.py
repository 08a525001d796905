"""Is there enough light, and none that hides the words?"""

import numpy as np

from verification.pictures.checks import WHOLE, Box
from verification.pictures.sample import Sample

DARKEST = 98.0  # what the lightest twentieth reaches at least: paper, a wall, a shirt
BLOWN = 250
TILE = 16
LEAST_TILES = 6
WHITEST = 232.0  # on paper as white as this a reflection cannot be told
MOST = 0.4  # of the paper: more is an overexposed sheet, not a reflection


def dark(sample: Sample) -> Box | None:
    """Even the lightest parts are dark."""
    lightest = float(np.percentile(sample.hsv[::4, ::4, 2], 95))
    return WHOLE if lightest < DARKEST else None


def glare(sample: Sample) -> Box | None:
    """A patch burnt to white inside of a card: where light falls off, it is burnt from the edge on."""
    if sample.region is None:
        return None
    down, across = sample.grey.shape
    rows, columns = down // TILE, across // TILE
    least = sample.rgb[: rows * TILE, : columns * TILE].min(axis=2)
    tiles = least.reshape(rows, TILE, columns, TILE)
    burnt = (tiles >= BLOWN).mean(axis=(1, 3)) > 0.7
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
    rest = np.median(tiles.mean(axis=(1, 3))[inside & ~burnt])
    if rest > WHITEST:
        return None
    high, wide = np.flatnonzero(burnt.any(axis=1)), np.flatnonzero(burnt.any(axis=0))
    return (
        float(wide[0] / columns),
        float(high[0] / rows),
        float((wide[-1] + 1) / columns),
        float((high[-1] + 1) / rows),
    )
