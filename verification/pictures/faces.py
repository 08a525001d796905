"""Finds a face with dlib's detector: that there is one, never whose.

`frontal_face.svm` is the detector compiled into dlib (Boost licence), as its own `save` writes it: the file is read in
1 ms, while the package takes half a second of processor time to unpack it for each picture.
"""

from functools import cache
from pathlib import Path

import dlib
import numpy as np
from PIL import Image

from verification.pictures.checks import WHOLE, Box

DETECTOR = Path(__file__).with_name("frontal_face.svm")
SEARCHED = 760  # longer side of the searched copy: faces of 80 pixels and more are found
ON_A_CARD = 560  # the same where only a card is searched: a face takes a sixth of a passport's page, a fifth of a card
SUREST = -0.2  # dlib's default of 0 misses one more in a hundred


@cache
def detector() -> dlib.fhog_object_detector:
    """Loaded once a process."""
    return dlib.fhog_object_detector(str(DETECTOR))


def clearest(light: Image.Image, within: Box | None = None) -> Box | None:
    """The box of the clearest face, as parts of a picture without colours; `within` limits the search."""
    left, top, right, bottom = within or WHOLE
    across, down = light.size
    part = light.crop((int(left * across), int(top * down), int(right * across), int(bottom * down)))
    scale = (ON_A_CARD if within else SEARCHED) / max(part.size)
    size = max(1, round(part.width * scale)), max(1, round(part.height * scale))
    grey = np.asarray(part.resize(size, Image.Resampling.BILINEAR))
    found, scores, _which = detector().run(grey, 0, SUREST)
    if not scores:
        return None
    best = found[int(np.argmax(scores))]
    wide, high = right - left, bottom - top
    return (
        max(0.0, left + wide * best.left() / size[0]),
        max(0.0, top + high * best.top() / size[1]),
        min(1.0, left + wide * best.right() / size[0]),
        min(1.0, top + high * best.bottom() / size[1]),
    )
