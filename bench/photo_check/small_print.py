"""A page of 8-point text, scanned, photographed or shown on a screen, and how similar two pictures of it are."""

import io
import random
from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from bench.photo_check.papers import font

SAYS = "网站备案信息真实性核验单主办单位名称负责人证件号码域名接入服务商本单位承诺所提交的材料真实有效并承担法律责任"
ALSO = "Filing of the website, number 4949-1931-0021, valid until 2031-05-06, signed by an invented administrator. "
POINTS, POINTS_PER_INCH = 8, 72
HALF, FULL = 2, 0  # Pillow's chroma subsampling: 4:2:0 and 4:4:4
ORIENTATION, ON_ITS_SIDE = 0x0112, 6
INK, SEAL, WHITE = (30, 30, 34), (200, 25, 35), (255, 255, 255)
BLACK = 140  # levels of ink in a page of two colours
Plane = NDArray[np.float64]


def page(width: int, height: int, dots_per_inch: int, ground: tuple[int, int, int] = (250, 249, 245)) -> Image.Image:
    """Alternate lines of Chinese and of Latin, and a red seal."""
    rng, size = random.Random(8), round(POINTS * dots_per_inch / POINTS_PER_INCH)
    picture, margin = Image.new("RGB", (width, height), ground), width // 12
    pen = ImageDraw.Draw(picture)
    for line, top in enumerate(range(margin, height - margin, round(1.6 * size))):
        words = ALSO * 9 if line % 2 else "".join(rng.choice(SAYS) for _ in range(250))
        fitting = int(len(words) * (width - 2 * margin) / pen.textlength(words, font=font(size)))
        pen.text((margin, top), words[:fitting], font=font(size), fill=INK)
    seal = (0.6 * width, 0.7 * height, 0.85 * width, 0.7 * height + 0.25 * width)
    pen.ellipse(seal, outline=SEAL, width=max(3, width // 200))
    pen.text((0.63 * width, 0.7 * height + 0.11 * width), "示例科技有限公司", font=font(width // 40), fill=SEAL)
    return picture


def photograph(picture: Image.Image, *, noise: float, blur: float) -> Image.Image:
    """Lit from one side, slightly out of focus, with sensor noise."""
    soft = np.asarray(picture.filter(ImageFilter.GaussianBlur(blur)), np.float32)
    across = np.linspace(0.72, 1, picture.width, dtype=np.float32)[:, None]
    down = np.linspace(1, 0.85, picture.height, dtype=np.float32)[:, None, None]
    grain = noise * np.random.default_rng(1).standard_normal(soft.shape, np.float32)
    taken = Image.fromarray((soft * across * down + grain).clip(0, 255).astype(np.uint8))
    return taken.filter(ImageFilter.GaussianBlur(0.4))


def large(picture: Image.Image, times: int) -> Image.Image:
    """A grid of copies of a picture, quick to draw."""
    sheet = Image.new(picture.mode, (times * picture.width, times * picture.height))
    for place in range(times * times):
        sheet.paste(picture, (place % times * picture.width, place // times * picture.height))
    return sheet


def encode(picture: Image.Image, kind: str = "JPEG", **how: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, **how)
    return target.getvalue()


def text_of(picture: Image.Image) -> Image.Image:
    """A part full of text."""
    left = picture.width // 12
    return picture.crop((left, left, left + 400, left + 300))


def likeness(one: Image.Image, other: Image.Image) -> float:
    """The structural similarity (SSIM) of their brightness: 1 for the same, by the authors' window and constants."""
    first, second = (np.asarray(each.convert("L"), np.float64) for each in (one, other))
    mean, other_mean = _around(first), _around(second)
    spread, other_spread = _around(first**2) - mean**2, _around(second**2) - other_mean**2
    shared = _around(first * second) - mean * other_mean
    small, large = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    alike = (2 * mean * other_mean + small) * (2 * shared + large)
    return float((alike / ((mean**2 + other_mean**2 + small) * (spread + other_spread + large))).mean())


def _around(plane: Plane) -> Plane:
    """The average of the 11 × 11 points around each point, weighted by a Gaussian of 1.5 pixels."""
    bell = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
    bell /= bell.sum()
    across = np.apply_along_axis(np.convolve, 0, plane, bell, "valid")
    return np.apply_along_axis(np.convolve, 1, across, bell, "valid")


@cache
def phone() -> Image.Image:
    return photograph(page(1080, 1440, 126), noise=2, blur=0.8)


@cache
def scan() -> Image.Image:
    return photograph(page(1654, 2339, 200), noise=1.5, blur=0.5)


@cache
def screen() -> Image.Image:
    return page(1080, 2340, 160, ground=WHITE)


@cache
def black_and_white() -> Image.Image:
    return page(1654, 2339, 200, ground=WHITE).convert("L").point([0] * BLACK + [255] * (256 - BLACK)).convert("1")


@cache
def ninth() -> Image.Image:
    """A part of a photograph with 12 megapixels."""
    return photograph(page(1008, 1344, 350), noise=4, blur=0.8)


@cache
def twelve_megapixels() -> Image.Image:
    return large(ninth(), 3)


def held_upright(picture: Image.Image) -> bytes:
    """As a phone stores an upright photo: lying, with an orientation tag."""
    note = Image.Exif()
    note[ORIENTATION] = ON_ITS_SIDE
    return encode(picture.transpose(Image.Transpose.ROTATE_90), quality=85, subsampling=HALF, exif=note)


PHONE, LARGE = "a phone's", "a phone's with 12 megapixels"
UPLOADS: Mapping[str, Callable[[], bytes]] = {
    PHONE: lambda: encode(phone(), quality=85, subsampling=HALF),
    "a phone's, held upright": lambda: held_upright(phone()),
    LARGE: lambda: encode(twelve_megapixels(), quality=85, subsampling=HALF),
    "a camera's of high quality": lambda: encode(twelve_megapixels(), quality=95, subsampling=FULL),
    "a camera's of the highest quality": lambda: encode(ninth(), quality=98, subsampling=HALF),
    "a progressive one": lambda: encode(phone(), quality=85, subsampling=HALF, progressive=True),
    "a scan": lambda: encode(scan(), quality=75, subsampling=HALF),
    "a scan in full colour": lambda: encode(scan(), quality=75, subsampling=FULL),
    "a scan in grey": lambda: encode(scan().convert("L"), quality=75),
    "a scan, packed well": lambda: encode(scan(), quality=75, subsampling=HALF, optimize=True),
    "a scan as PNG": lambda: encode(scan(), "PNG", compress_level=1),
    "a screenshot": lambda: encode(screen(), "PNG"),
    "a dense screenshot": lambda: encode(page(1280, 800, 96, ground=WHITE), "PNG", optimize=True),
    "a screenshot with a palette": lambda: encode(screen().quantize(64), "PNG"),
    "a page in grey": lambda: encode(screen().convert("L"), "PNG"),
    "a page in black and white": lambda: encode(black_and_white(), "PNG"),
    "a phone's as WebP": lambda: encode(phone(), "WEBP", quality=80),
    "a screenshot as lossless WebP": lambda: encode(screen(), "WEBP", lossless=True),
}
