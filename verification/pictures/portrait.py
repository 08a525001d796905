"""Checks the photo of the website administrator: clothes and background.

Sizes, clothes and backdrop: docs/sources.md#the-photo-of-the-website-administrator
"""

import numpy as np
from numpy.typing import NDArray

from verification.pictures.checks import Box
from verification.pictures.sample import Sample

Pixels = NDArray[np.uint8]  # hue, saturation, value; hues from 0 to 255
TORSO: Box = (0.3, 0.65, 0.7, 1.0)  # for a person in the middle, where no face was found
REDDEST, RED_AGAIN = 8, 246
BLUE = (145, 181)
STRONG, LIT = 110, 40
COLOURED = 0.25
REACH = 1.05  # face widths to either side: to the shoulders, not beyond
# Beside the head and above it; the last is how much of its height a person may fill.
BEHIND: tuple[Box, ...] = ((0.0, 0.0, 0.13, 0.5), (0.87, 0.0, 1.0, 0.5), (0.13, 0.0, 0.87, 0.05))
PALE, BRIGHT = 48, 0.72  # saturation of a white wall, and its brightness relative to the brightest pixel
BACKDROP_STRONG, BACKDROP_LIT = 80, 45
OTHER = 0.3


def torso(sample: Sample) -> Box:
    """The area below the chin, where a face was found."""
    if sample.face is None:
        return TORSO
    left, _top, right, chin = sample.face
    wide, high = right - left, chin - sample.face[1]
    middle = (left + right) / 2
    upper = chin + 0.55 * high
    if upper > 0.9:
        return TORSO
    return max(0.0, middle - REACH * wide), upper, min(1.0, middle + REACH * wide), 1.0


def red_or_blue_top(sample: Sample) -> Box | None:
    """Much of the top is red or blue; both rules apply with either backdrop."""
    box = torso(sample)
    hue, saturation, value = np.moveaxis(sample.hsv(box), 2, 0)
    strong = (saturation >= STRONG) & (value >= LIT)
    red = strong & ((hue <= REDDEST) | (hue >= RED_AGAIN))
    blue = strong & (hue >= BLUE[0]) & (hue < BLUE[1])
    return box if max(red.mean(), blue.mean()) >= COLOURED else None


def wrong_background(sample: Sample) -> Box | None:
    """Some area beside or above the head is neither the blue backdrop with white lettering nor a white wall."""
    brightest = float(np.percentile(sample.value, 98))
    found = [(_other(sample.hsv(box), brightest), box) for box in BEHIND]
    worst, where = max(found)
    return where if worst > OTHER else None


def _other(pixels: Pixels, brightest: float) -> float:
    """The share that is neither white nor the backdrop's blue."""
    hue, saturation, value = np.moveaxis(pixels, 2, 0)
    white = (saturation <= PALE) & (value >= BRIGHT * brightest)
    blue = (hue >= BLUE[0]) & (hue < BLUE[1]) & (saturation >= BACKDROP_STRONG) & (value >= BACKDROP_LIT)
    return float(1 - (white | blue).mean())
