"""The reduced copy of a picture that checks read; imports nothing of Django and no NumPy."""

from PIL import Image

LONGEST = 1024  # pixels of the longer side


def light_of(picture: Image.Image) -> Image.Image:
    """The copy without colours: reducing these too costs twice as much, and few checks look at them."""
    light = picture.convert("L")
    light.thumbnail((LONGEST, LONGEST), Image.Resampling.BOX)
    return light
