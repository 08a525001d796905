"""A perceptual hash, so that the same picture is recognised in another JPEG or size.

Uses no NumPy: comparing needs the digits only. Two sheets of one form from a scanner, aligned to the pixel, are alike
too: docs/photo-check.md
"""

from PIL import Image

LONGEST = 1024  # pixels of the copy's longer side
SIDE = 24
CLEAR = 2  # grey levels: a smaller difference is noise
DIGITS = SIDE * SIDE  # four bits a cell
ALIKE = 0.79  # share of the marks of either that both have
FEWEST = 48  # marks: an almost empty picture resembles every other


def light_of(picture: Image.Image) -> Image.Image:
    """The reduced copy that this and all checks read, without colours: reducing these too costs twice as much."""
    light = picture.convert("L")
    light.thumbnail((LONGEST, LONGEST), Image.Resampling.BOX)
    return light


def likeness_of(picture: Image.Image) -> str:
    """Where a tiny copy grows lighter or darker, to the right and down, as hexadecimal digits."""
    across = SIDE + 1
    tiny = picture.convert("L").resize((across, across), Image.Resampling.BOX).tobytes()
    return "".join(
        _digit(tiny[at + 1] - tiny[at], tiny[at + across] - tiny[at])
        for row in range(SIDE)
        for at in range(row * across, row * across + SIDE)
    )


def _digit(right: int, below: int) -> str:
    bits = (right > CLEAR) | (right < -CLEAR) << 1 | (below > CLEAR) << 2 | (below < -CLEAR) << 3
    return f"{bits:x}"


def are_alike(one: str, other: str) -> bool:
    """Whether both are of the same picture; False where one is missing."""
    return similarity(one, other) >= ALIKE


def similarity(one: str, other: str) -> float:
    """The share of their marks that both have, 0 to 1."""
    if not one or not other:
        return 0.0
    first, second = int(one, 16), int(other, 16)
    either = (first | second).bit_count()
    return (first & second).bit_count() / either if either >= FEWEST else 0.0
