"""What is under a paper or behind a person, the light, and the camera. All of it drawn from one seed."""

import io
import math
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Corners = list[tuple[float, float]]


def add_texture(picture: Image.Image, rng: random.Random, strength: float) -> Image.Image:
    """Adds the grain of a surface."""
    noise = np.random.default_rng(rng.getrandbits(32))
    grain = noise.normal(0, strength, (picture.height // 2, picture.width // 2)).astype(np.float32)
    large = np.asarray(Image.fromarray(grain).resize(picture.size, Image.Resampling.BILINEAR))
    return Image.fromarray((np.asarray(picture, np.float32) + large[..., None]).clip(0, 255).astype(np.uint8))


def wood(size: tuple[int, int], rng: random.Random) -> Image.Image:
    base = rng.choice([(150, 105, 65), (110, 72, 45), (176, 134, 90), (84, 58, 42)])
    across, down = size
    waves = np.zeros((down, across), np.float32)
    rows = np.arange(down, dtype=np.float32)[:, None]
    columns = np.arange(across, dtype=np.float32)[None, :]
    for _ in range(5):
        bend = 6 * np.sin(columns / rng.uniform(150, 500) + rng.uniform(0, 6))
        waves += np.sin((rows + bend) / rng.uniform(3, 25) + rng.uniform(0, 6)) * rng.uniform(2, 7)
    for _ in range(rng.randint(0, 3)):
        at = rng.randrange(down)
        waves[at : at + 3] -= 35
    return Image.fromarray((np.array(base, np.float32) + waves[..., None]).clip(0, 255).astype(np.uint8))


def cloth(size: tuple[int, int], rng: random.Random) -> Image.Image:
    one, other = rng.choice(
        [((120, 130, 120), (95, 104, 96)), ((70, 74, 96), (92, 96, 118)), ((125, 92, 88), (98, 70, 68))]
    )
    picture = Image.new("RGB", size, one)
    pen, step = ImageDraw.Draw(picture), rng.randint(24, 70)
    for at in range(0, max(size), step * 2):
        pen.rectangle((at, 0, at + step, size[1]), fill=other)
    for at in range(0, max(size), step * 2):
        pen.rectangle((0, at, size[0], at + 3), fill=other)
    return picture


def plain(size: tuple[int, int], rng: random.Random) -> Image.Image:
    shade = rng.choice([(62, 64, 66), (96, 98, 100), (132, 130, 126), (40, 42, 48), (74, 92, 84), (160, 156, 150)])
    return Image.new("RGB", size, shade)


def table(size: tuple[int, int], rng: random.Random) -> Image.Image:
    """The surface under a paper."""
    drawn = rng.choice([wood, wood, cloth, plain, plain])(size, rng)
    return add_texture(drawn, rng, rng.uniform(1, 5))


def _coefficients(source: Corners, target: Corners) -> list[float]:
    """Pillow's coefficients of a perspective: from target points back to source points."""
    rows = []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    wanted = np.array([part for corner in source for part in corner])
    return list(np.linalg.solve(np.array(rows), wanted))


def lay(
    paper: Image.Image, ground: Image.Image, rng: random.Random, *, share: float, shift: tuple[float, float] = (0, 0)
) -> tuple[Image.Image, Corners]:
    """The paper on the ground, slightly turned and tilted; it covers `share` of the ground."""
    across, down = ground.size
    scale = share * min(across / paper.width, down / paper.height)
    half = paper.width * scale / 2, paper.height * scale / 2
    turn = math.radians(rng.uniform(-4, 4))
    centre = across / 2 + shift[0] * across, down / 2 + shift[1] * down
    corners: Corners = []
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        tilt = 1 + rng.uniform(-0.02, 0.02)
        u, v = x * half[0] * tilt, y * half[1] * tilt
        corners.append(
            (
                centre[0] + u * math.cos(turn) - v * math.sin(turn),
                centre[1] + u * math.sin(turn) + v * math.cos(turn),
            )
        )
    source: Corners = [(0, 0), (paper.width, 0), (paper.width, paper.height), (0, paper.height)]
    how = _coefficients(source, corners)
    if scale < 0.5:
        paper_small = paper.resize((max(1, round(paper.width * scale * 2)), max(1, round(paper.height * scale * 2))))
        ratio = paper_small.width / paper.width
        how = _coefficients([(x * ratio, y * ratio) for x, y in source], corners)
        paper = paper_small
    moved = paper.convert("RGBA").transform(
        ground.size, Image.Transform.PERSPECTIVE, how, resample=Image.Resampling.BICUBIC
    )
    edge = moved.getchannel("A")
    shadow = edge.filter(ImageFilter.GaussianBlur(across / 160)).point(lambda level: level * 0.35)
    out = ground.copy()
    offset = Image.new("L", ground.size, 0)
    offset.paste(shadow, (across // 250, across // 200))
    out.paste((12, 12, 14), mask=offset)
    out.paste(moved.convert("RGB"), mask=edge)
    return out, corners


def lit(picture: Image.Image, rng: random.Random, *, low: bool = False) -> Image.Image:
    """Uneven light from one side and a colour cast; darker when the light is low."""
    down, across = picture.height, picture.width
    angle = rng.uniform(0, 2 * math.pi)
    rows = np.linspace(-1, 1, down, dtype=np.float32)[:, None]
    columns = np.linspace(-1, 1, across, dtype=np.float32)[None, :]
    fall = 1 + rng.uniform(0.02, 0.14) * (rows * math.sin(angle) + columns * math.cos(angle))
    level = rng.uniform(0.62, 0.75) if low else rng.uniform(0.86, 1.02)
    cast = np.array([1 + rng.uniform(-0.02, 0.05), 1.0, 1 + rng.uniform(-0.06, 0.03)], np.float32)
    return Image.fromarray(
        (np.asarray(picture, np.float32) * fall[..., None] * level * cast).clip(0, 255).astype(np.uint8)
    )


def photograph(picture: Image.Image, rng: random.Random, *, low: bool = False) -> Image.Image:
    """As stored by a phone: its lens, its noise, its JPEG."""
    soft = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.8) * picture.width / 1280))
    noise = np.random.default_rng(rng.getrandbits(32))
    spread = rng.uniform(3, 6) if low else rng.uniform(0.5, 2.5)
    grain = noise.normal(0, spread, (soft.height, soft.width, 3)).astype(np.float32)
    noisy = Image.fromarray((np.asarray(soft, np.float32) + grain).clip(0, 255).astype(np.uint8))
    stored = io.BytesIO()
    noisy.save(stored, "JPEG", quality=rng.randint(72, 93))
    return Image.open(stored).convert("RGB")
