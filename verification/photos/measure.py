"""What can be measured on a picture with Pillow alone. Runs in the child: nothing of Django is imported here."""

from PIL import Image, ImageStat

LOOK_AT = (200, 200)
# Where the clothes of a person standing in the middle are: the backdrop (blue itself) stays outside.
TORSO = (0.3, 0.65, 0.7, 1.0)
# Pillow's hue is 0–255 for the whole circle.
RED_HUES = (*range(9), *range(246, 256))
BLUE_HUES = tuple(range(145, 181))
STRONG, LIT = 110, 50


def share(torso: Image.Image, hues: tuple[int, ...]) -> float:
    """The part of the pixels that are of these hues, saturated and not black; 0 to 1."""
    hue, saturation, value = torso.split()
    wanted = set(hues)
    of_hue = hue.point([255 if level in wanted else 0 for level in range(256)])
    strong = saturation.point([255 if level >= STRONG else 0 for level in range(256)])
    lit = value.point([255 if level >= LIT else 0 for level in range(256)])
    strong.paste(0, mask=of_hue.point([255 - (255 if level else 0) for level in range(256)]))
    strong.paste(0, mask=lit.point([255 - level for level in range(256)]))
    return ImageStat.Stat(strong).mean[0] / 255


def facts_of(picture: Image.Image, *, width: int, height: int) -> dict[str, float]:
    """`picture` is upright RGB, perhaps reduced; width and height are those it came with."""
    small = picture.copy()
    small.thumbnail(LOOK_AT)
    left, top, right, bottom = TORSO
    across, down = small.size
    torso = small.crop((int(across * left), int(down * top), max(1, int(across * right)), max(1, int(down * bottom))))
    colours = torso.convert("HSV")
    return {
        "width": width,
        "height": height,
        "brightness": round(ImageStat.Stat(small.convert("L")).mean[0], 1),
        "red": round(share(colours, RED_HUES), 3),
        "blue": round(share(colours, BLUE_HUES), 3),
    }
