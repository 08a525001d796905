"""What all checks read of a picture, in the child: imports nothing of Django."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from verification.pictures.checks import Box
from verification.pictures.papers import FLAT, Paper
from verification.pictures.region import Region, paper_on

Grey = NDArray[np.uint8]


@dataclass(frozen=True)
class Sample:
    """A picture, upright, RGB, and its reduced copy without colours; `width` and `height` are those of the upload.

    Colours are reduced where a check looks at them, to the pixels of that copy.
    """

    picture: Image.Image
    light: Image.Image
    paper: Paper
    width: int
    height: int

    @cached_property
    def rgb(self) -> NDArray[np.uint8]:
        """The copy in colour: rows, columns, three colours."""
        return self._colours(0, 0, *self.light.size)

    @cached_property
    def grey(self) -> Grey:
        """Brightness, 0 to 255."""
        return np.asarray(self.light)

    @cached_property
    def value(self) -> NDArray[np.uint8]:
        """The strongest of the three colours, of every fourth pixel of every fourth row."""
        red, green, blue = np.moveaxis(self.rgb[::4, ::4], 2, 0)
        return np.maximum(np.maximum(red, green), blue)

    def hsv(self, box: Box) -> NDArray[np.uint8]:
        """Hue, saturation, value as Pillow has them, 0 to 255 each: every second pixel of every second row of a box."""
        across, down = self.light.size
        left, top, right, bottom = box
        part = self._colours(int(left * across), int(top * down), int(right * across), int(bottom * down))[::2, ::2]
        return np.asarray(Image.fromarray(np.ascontiguousarray(part)).convert("HSV")) if part.size else part

    def _colours(self, left: int, top: int, right: int, bottom: int) -> NDArray[np.uint8]:
        """A part of the copy in colour: it is the same, pixel for pixel, whether all of it is reduced or one part."""
        if right <= left or bottom <= top:
            return np.zeros((0, 0, 3), np.uint8)
        wide, high = self.picture.size
        across, down = wide / self.light.width, high / self.light.height
        part = left * across, top * down, min(wide, right * across), min(high, bottom * down)
        return np.asarray(self.picture.resize((right - left, bottom - top), Image.Resampling.BOX, part))

    @cached_property
    def region(self) -> Region | None:
        """Where the paper lies, None where that cannot be determined."""
        return paper_on(self.light) if self.paper in FLAT else None

    @cached_property
    def face(self) -> Box | None:
        """The clearest face; searched once, and only for checks that need one."""
        from verification.pictures import faces  # noqa: PLC0415 -- dlib is loaded where a face must be, nowhere else

        card = self.region.box if self.region is not None and self.paper is Paper.FACE_CARD else None
        return faces.clearest(self.light, within=card)
