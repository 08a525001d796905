"""Colours of a decoded picture: transparency on white, and sRGB."""

import io

from PIL import Image, ImageCms

WHITE = (255, 255, 255)
HIGHEST = 255
DEEP_GREY = frozenset({"I", "I;16", "I;16B", "I;16L"})


def eight_bits(picture: Image.Image) -> Image.Image:
    """The picture with 16 bits of grey reduced to 8."""
    if picture.mode not in DEEP_GREY:
        return picture
    return picture.point(lambda level: level * (1 / 256)).convert("L")


def with_alpha(picture: Image.Image) -> Image.Image:
    """RGBA if one colour, or colours of a palette, are transparent. No pixel has a colour of 16 bits."""
    key = picture.info.get("transparency")
    if key is None or (picture.mode != "P" and max(key if isinstance(key, tuple) else (key,)) > HIGHEST):
        return picture
    return picture.convert("RGBA")


def on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    sheet = Image.new("RGB", picture.size, WHITE)
    sheet.paste(picture, mask=picture.getchannel("A"))
    return sheet


def in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Converts to sRGB; a profile that cannot be read or does not apply is ignored, as browsers do."""
    if not profile:
        return picture if picture.mode == "RGB" else picture.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        converted = None
    return converted or picture.convert("RGB")
