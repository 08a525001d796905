"""Good and damaged pictures, each damage in four strengths: 0 is the weakest, from 1 on it should be found."""

import io
import math
import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFilter

from bench.photo_check import papers, people, scenes
from verification.pictures.papers import Paper

LONG = 1024
SOURCE = 3  # a phone's picture is this many times larger than the checked copy
SHEETS: Sequence[Callable[[random.Random], Image.Image]] = (papers.page, papers.licence, papers.form)
SIGMAS = (1.2, 2.0, 3.2, 5.0)
DIMMED = (0.45, 0.33, 0.24, 0.16)
OUTSIDE = (0.03, 0.06, 0.12, 0.25)
CARD_LONG = (615, 520, 400, 280)
SHEET_LONG = (950, 820, 640, 460)
ROOM = (0.35, 0.55, 0.8, 1.0)
TOP = (0.4, 0.55, 0.8, 1.0)
BURNT = (0.012, 0.03, 0.06, 0.12)
AGAIN = ((0.015, 60), (0.004, 70), (0.0, 80), (0.0, 92))


class Sample(NamedTuple):
    """A picture as the checks get it: the copy, its kind of paper, and its original size."""

    picture: Image.Image
    paper: Paper
    width: int
    height: int


Faces = Sequence[Image.Image]


def finish(scene: Image.Image, paper: Paper, rng: random.Random, *, low: bool = False, scale: float = SOURCE) -> Sample:
    picture = scenes.photograph(scene, rng, low=low)
    return Sample(picture, paper, round(picture.width * scale), round(picture.height * scale))


def some_paper(rng: random.Random, faces: Faces) -> tuple[Image.Image, Paper]:
    kind = rng.randrange(5)
    if kind == 0:
        return papers.card_front(rng, rng.choice(faces)), Paper.FACE_CARD
    if kind == 1:
        return papers.card_back(rng), Paper.CARD
    if kind == 2:
        return papers.page(rng, pale=True), Paper.SHEET
    return rng.choice(SHEETS)(rng), Paper.SHEET


def ground(paper: Image.Image, rng: random.Random) -> Image.Image:
    size = (LONG, LONG * 3 // 4) if paper.width > paper.height else (LONG * 3 // 4, LONG)
    return scenes.table(size, rng)


def scene(
    rng: random.Random, faces: Faces, *, shift: tuple[float, float] = (0, 0), share: float = 0
) -> tuple[Image.Image, Paper]:
    """A whole paper on a table, before the camera effects."""
    sheet, paper = some_paper(rng, faces)
    laid, _corners = scenes.lay(sheet, ground(sheet, rng), rng, share=share or rng.uniform(0.66, 0.88), shift=shift)
    return laid, paper


def portrait(
    rng: random.Random, faces: Faces, *, behind: Image.Image | None = None, top: Image.Image | None = None
) -> Image.Image:
    """A person as the rules require, except for what is passed in."""
    behind = behind or rng.choice([people.backdrop, people.white_wall])(rng)
    if top is None:
        hard = rng.random()
        if hard < 0.15:
            top = people.stuff(rng, people.QUIET[0], pattern=rng.choice(["dots", "stripes"]), share=0.5)
        elif hard < 0.4:
            top = people.stuff(rng, rng.choice(people.NEAR))
        else:
            top = people.stuff(rng, rng.choice(people.QUIET))
    return people.person(behind, top, rng, rng.choice(faces))


def good_paper(rng: random.Random, faces: Faces) -> Sample:
    """A whole, sharp paper; every fifth in low light."""
    low = rng.random() < 0.2
    laid, paper = scene(rng, faces)
    return finish(scenes.lit(laid, rng, low=low), paper, rng, low=low)


def good_portrait(rng: random.Random, faces: Faces) -> Sample:
    """A photo as the rules require; every fifth in low light."""
    low = rng.random() < 0.2
    return finish(scenes.lit(portrait(rng, faces), rng, low=low), Paper.PORTRAIT, rng, low=low)


def any_good(rng: random.Random, faces: Faces) -> tuple[Image.Image, Paper]:
    if rng.random() < 0.25:
        return portrait(rng, faces), Paper.PORTRAIT
    return scene(rng, faces)


def blur(rng: random.Random, faces: Faces, strength: int) -> Sample:
    """Out of focus, or with motion blur."""
    laid, paper = any_good(rng, faces)
    sigma = SIGMAS[strength]
    if rng.random() < 0.3:
        moved = [laid.transform(laid.size, Image.Transform.AFFINE, (1, 0, at, 0, 1, 0)) for at in _steps(3.4 * sigma)]
        out = moved[0]
        for count, each in enumerate(moved[1:], start=2):
            out = Image.blend(out, each, 1 / count)
    else:
        out = laid.filter(ImageFilter.GaussianBlur(sigma))
    return finish(scenes.lit(out, rng), paper, rng)


def _steps(length: float) -> list[float]:
    count = max(2, math.ceil(length))
    return [length * (at / (count - 1) - 0.5) for at in range(count)]


def dark(rng: random.Random, faces: Faces, strength: int) -> Sample:
    laid, paper = any_good(rng, faces)
    level = DIMMED[strength]
    dim = scenes.lit(laid, rng).point(lambda value: value * level)
    return finish(dim, paper, rng, low=True)


def cut(rng: random.Random, faces: Faces, strength: int) -> Sample:
    """Part of the paper is outside the picture, on one side."""
    sheet, paper = some_paper(rng, faces)
    below = ground(sheet, rng)
    share = rng.uniform(0.7, 0.86)
    scale = share * min(below.width / sheet.width, below.height / sheet.height)
    out = OUTSIDE[strength]
    if rng.random() < 0.5:
        long = sheet.width * scale / below.width
        shift = (rng.choice([-1, 1]) * ((1 - long) / 2 + out * long), 0.0)
    else:
        long = sheet.height * scale / below.height
        shift = (0.0, rng.choice([-1, 1]) * ((1 - long) / 2 + out * long))
    laid, _corners = scenes.lay(sheet, below, rng, share=share, shift=shift)
    return finish(scenes.lit(laid, rng), paper, rng)


def small(rng: random.Random, faces: Faces, strength: int) -> Sample:
    """The paper covers few pixels: a small picture, or a paper far away."""
    sheet, paper = some_paper(rng, faces)
    below = ground(sheet, rng)
    share = rng.uniform(0.45, 0.86)
    laid, _corners = scenes.lay(sheet, below, rng, share=share)
    shown = share * min(below.width / sheet.width, below.height / sheet.height) * max(sheet.size)
    wanted = (SHEET_LONG if paper is Paper.SHEET else CARD_LONG)[strength]
    picture = scenes.photograph(scenes.lit(laid, rng), rng)
    scale = wanted / shown
    size = round(picture.width * scale), round(picture.height * scale)
    return Sample(picture.resize(size) if scale < 1 else picture, paper, *size)


def glare(rng: random.Random, faces: Faces, strength: int) -> Sample:
    """A lamp reflected by a card."""
    card = rng.choice([lambda: papers.card_front(rng, rng.choice(faces)), lambda: papers.card_back(rng)])()
    laid, corners = scenes.lay(card, ground(card, rng), rng, share=rng.uniform(0.7, 0.88))
    middle = [sum(corner[axis] for corner in corners) / 4 for axis in (0, 1)]
    x, y = (each + rng.uniform(-0.18, 0.18) * laid.width for each in middle)
    reach = math.sqrt(BURNT[strength] * laid.width * laid.height / math.pi)
    spot = Image.new("L", laid.size, 0)
    ImageDraw.Draw(spot).ellipse((x - reach * 1.5, y - reach * 0.8, x + reach * 1.5, y + reach * 0.8), fill=255)
    spot = spot.filter(ImageFilter.GaussianBlur(reach / 5))
    lit = scenes.lit(laid, rng)
    lit.paste((255, 255, 255), mask=spot.point(lambda value: min(255, value * 1.4)))
    return finish(lit, Paper.FACE_CARD, rng)


def photo_background(rng: random.Random, faces: Faces, strength: int) -> Sample:
    """Part of the background is neither backdrop nor white wall."""
    right = rng.choice([people.backdrop, people.white_wall])(rng)
    behind = people.patchwork(people.room(rng), right, rng, ROOM[strength])
    return finish(scenes.lit(portrait(rng, faces, behind=behind), rng), Paper.PORTRAIT, rng)


def photo_clothes(rng: random.Random, faces: Faces, strength: int) -> Sample:
    """Part of the top is red or blue, or all of it."""
    top = people.stuff(rng, rng.choice(people.FORBIDDEN), share=TOP[strength])
    return finish(scenes.lit(portrait(rng, faces, top=top), rng), Paper.PORTRAIT, rng)


def face(rng: random.Random, faces: Faces, strength: int) -> Sample:
    """No face: the back of a head, a wall, the other side of a card."""
    if rng.random() < 0.5:
        behind = rng.choice([people.backdrop, people.white_wall])(rng)
        shown = people.person(behind, people.stuff(rng, rng.choice(people.QUIET)), rng)
        ImageDraw.Draw(shown).ellipse((250, 220, 520, 590), fill=rng.choice(people.HAIRS))
        return finish(scenes.lit(shown, rng), Paper.PORTRAIT, rng)
    sheet = rng.choice(SHEETS)(rng)
    laid, _corners = scenes.lay(sheet, ground(sheet, rng), rng, share=0.8)
    return finish(scenes.lit(laid, rng), rng.choice([Paper.FACE_CARD, Paper.PORTRAIT]), rng)


def side(rng: random.Random, faces: Faces, strength: int) -> Sample:
    """The emblem side in place of the portrait side."""
    card = papers.card_back(rng)
    laid, _corners = scenes.lay(card, ground(card, rng), rng, share=rng.uniform(0.66, 0.88))
    return finish(scenes.lit(laid, rng), Paper.FACE_CARD, rng)


def screenshot(rng: random.Random, faces: Faces, strength: int) -> Sample:
    """A phone's screen: a bar on top, a paper in an album, buttons below."""
    across, down = 472, 1024
    shade = rng.choice([(255, 255, 255), (18, 18, 20), (242, 242, 246)])
    ink = (20, 20, 20) if sum(shade) > 400 else (240, 240, 240)
    shown = Image.new("RGB", (across, down), shade)
    pen = ImageDraw.Draw(shown)
    pen.text((26, 12), f"{rng.randint(0, 23)}:{rng.randint(10, 59)}", fill=ink, font=papers.font(22))
    pen.rectangle((across - 60, 16, across - 26, 32), outline=ink, width=2)
    pen.rectangle((across - 57, 19, across - 40, 29), fill=ink)
    laid, paper = scene(rng, faces)
    laid.thumbnail((across, 700))
    shown.paste(laid, (0, (down - laid.height) // 2))
    pen.text((60, down - 70), "分享　　编辑　　删除", fill=ink, font=papers.font(26))
    stored = io.BytesIO()
    shown.save(stored, "JPEG", quality=rng.randint(85, 95))
    return Sample(Image.open(stored).convert("RGB"), paper, across * 2, down * 2)


def again(picture: Image.Image, rng: random.Random, strength: int) -> Image.Image:
    """The same picture sent again, cropped and saved again; here the last strength is almost the same file."""
    off, quality = AGAIN[strength]
    across, down = picture.size
    box = (round(across * off), round(down * off * rng.random()), round(across * (1 - off * rng.random())), down)
    other = picture.crop(box)
    other = other.resize((round(other.width * rng.uniform(0.6, 1)), round(other.height * rng.uniform(0.6, 1))))
    stored = io.BytesIO()
    other.save(stored, "JPEG", quality=quality)
    return Image.open(stored).convert("RGB")


def neighbours(rng: random.Random, faces: Faces) -> tuple[Image.Image, Image.Image]:
    """Two papers of one kind, photographed by hand in turn on the same table in the same light."""
    place = rng.getrandbits(32)
    pair = rng.choice(
        [papers.page, papers.licence, papers.form, lambda each: papers.card_front(each, rng.choice(faces))]
    )
    shown = []
    for _ in range(2):
        sheet = pair(random.Random(rng.getrandbits(32)))
        table = ground(sheet, random.Random(place))
        shift = rng.uniform(-0.02, 0.02), rng.uniform(-0.02, 0.02)
        laid, _corners = scenes.lay(sheet, table, rng, share=rng.uniform(0.74, 0.82), shift=shift)
        shown.append(scenes.photograph(scenes.lit(laid, random.Random(place)), rng))
    return shown[0], shown[1]


DAMAGES: dict[str, Callable[[random.Random, Faces, int], Sample]] = {
    "blur": blur,
    "dark": dark,
    "cut": cut,
    "small": small,
    "photo_background": photo_background,
    "photo_clothes": photo_clothes,
    "glare": glare,
    "screenshot": screenshot,
    "side": side,
    "face": face,
}
