"""Drawn people in front of a backdrop, a white wall or a room. A photographed face may be set into the head."""

import random

from PIL import Image, ImageDraw, ImageFilter

from bench.photo_check.papers import font
from bench.photo_check.scenes import Colour, add_texture, cloth, wood

SIZE = (768, 1024)
SKINS = [(236, 200, 176), (214, 170, 140), (188, 142, 110), (142, 98, 72), (92, 62, 48)]
HAIRS = [(24, 20, 20), (38, 28, 24), (70, 48, 34), (120, 118, 116)]
QUIET = [(120, 122, 118), (245, 245, 240), (25, 25, 28), (60, 120, 60), (190, 160, 60), (96, 84, 70), (210, 200, 180)]
# Close to red or blue, but neither: orange, rust, rose, purple, teal, brown.
NEAR = [(228, 120, 40), (190, 96, 48), (226, 170, 178), (120, 60, 140), (30, 130, 130), (110, 70, 44), (150, 80, 160)]
FORBIDDEN = [(200, 30, 35), (150, 15, 30), (176, 40, 44), (30, 60, 180), (24, 40, 110), (50, 90, 200)]


def backdrop(rng: random.Random) -> Image.Image:
    """The provider's backdrop: blue, with white lettering."""
    blue = rng.choice([(40, 80, 190), (36, 90, 176), (52, 96, 204)])
    picture = Image.new("RGB", SIZE, blue)
    pen = ImageDraw.Draw(picture)
    for row in range(rng.randint(4, 7)):
        pen.text(
            (30 + 60 * (row % 2), 60 + row * 150), "示例云　网站备案　示例云　核验", fill=(235, 240, 248), font=font(46)
        )
    return add_texture(picture, rng, 2)


def white_wall(rng: random.Random) -> Image.Image:
    return add_texture(Image.new("RGB", SIZE, rng.choice([(236, 236, 234), (242, 238, 230), (228, 230, 232)])), rng, 2)


def room(rng: random.Random) -> Image.Image:
    """Any background except those required."""
    kind = rng.randrange(5)
    if kind == 0:
        picture = Image.new(
            "RGB", SIZE, rng.choice([(222, 202, 140), (150, 178, 150), (122, 122, 120), (204, 150, 130)])
        )
    elif kind == 1:
        picture = wood(SIZE, rng)
        pen = ImageDraw.Draw(picture)
        for shelf in range(4):
            x = 0
            while x < SIZE[0]:
                wide = rng.randint(18, 60)
                colour = tuple(rng.randint(30, 210) for _ in range(3))
                pen.rectangle((x, shelf * 240 + rng.randint(10, 50), x + wide, shelf * 240 + 200), fill=colour)
                x += wide
    elif kind == 2:
        picture = cloth(SIZE, rng)
    elif kind == 3:
        picture = Image.new("RGB", SIZE, (70, 110, 60))
        pen = ImageDraw.Draw(picture)
        for _ in range(400):
            x, y, reach = rng.randrange(SIZE[0]), rng.randrange(SIZE[1]), rng.randint(8, 40)
            pen.ellipse((x, y, x + reach, y + reach), fill=(rng.randint(30, 110), rng.randint(80, 160), 50))
    else:
        picture = Image.new("RGB", SIZE, (176, 150, 120))
        pen = ImageDraw.Draw(picture)
        pen.rectangle((40, 60, 300, 520), fill=(110, 130, 140), outline=(80, 60, 40), width=14)
        pen.rectangle((470, 200, 760, 1024), fill=(96, 70, 50))
    return add_texture(picture, rng, 3)


def patchwork(one: Image.Image, other: Image.Image, rng: random.Random, share: float) -> Image.Image:
    """The first picture from one side up to `share` of the width, then the second."""
    edge = round(one.width * share)
    out = other.copy()
    left = rng.random() < 0.5
    part = (0, 0, edge, one.height) if left else (one.width - edge, 0, one.width, one.height)
    out.paste(one.crop(part), part[:2])
    return out


def stuff(rng: random.Random, colour: Colour, *, pattern: str = "", share: float = 1.0) -> Image.Image:
    """The fabric of the top: one colour, or some of it among a neutral one."""
    quiet = rng.choice(QUIET)
    picture = Image.new("RGB", SIZE, colour if share >= 1 else quiet)
    pen = ImageDraw.Draw(picture)
    if pattern == "dots":
        for _ in range(260):
            x, y = rng.randrange(SIZE[0]), rng.randrange(560, SIZE[1])
            pen.ellipse((x, y, x + 18, y + 18), fill=rng.choice(FORBIDDEN))
    elif pattern == "stripes":
        for y in range(560, SIZE[1], 80):
            pen.rectangle((0, y, SIZE[0], y + 12), fill=rng.choice(FORBIDDEN))
    elif share < 1:  # an open jacket: its colour on both sides
        half = SIZE[0] * 0.68 * share / 2
        pen.rectangle((SIZE[0] * 0.16, 0, SIZE[0] * 0.16 + half, SIZE[1]), fill=colour)
        pen.rectangle((SIZE[0] * 0.84 - half, 0, SIZE[0] * 0.84, SIZE[1]), fill=colour)
    return add_texture(picture, rng, rng.uniform(1, 5))


def person(ground: Image.Image, top: Image.Image, rng: random.Random, face: Image.Image | None = None) -> Image.Image:
    """A person in the middle, upper body."""
    picture, across, down = ground.copy(), ground.width, ground.height
    aside, scale = rng.uniform(-0.04, 0.04) * across, rng.uniform(0.92, 1.08)
    x, skin, hair = across / 2 + aside, rng.choice(SKINS), rng.choice(HAIRS)
    wide, high, chin = 118 * scale, 152 * scale, 560

    def oval(left: float, upper: float, right: float, lower: float, colour: Colour) -> None:
        ImageDraw.Draw(picture).ellipse((left, upper, right, lower), fill=colour)

    oval(x - wide * 1.2, chin - high * 2.25, x + wide * 1.2, chin - high * 0.4, hair)
    body = Image.new("L", picture.size, 0)
    pen = ImageDraw.Draw(body)
    pen.rounded_rectangle((x - 265 * scale, chin + 56, x + 265 * scale, down + 200), 120, fill=255)
    picture.paste(top.resize(picture.size), mask=body)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((x - 52 * scale, chin - 50, x + 52 * scale, chin + 70), fill=skin)
    pen.ellipse((x - 80 * scale, chin + 20, x + 80 * scale, chin + 110), fill=skin)
    oval(x - wide, chin - high * 2, x + wide, chin, skin)
    oval(x - wide, chin - high * 2.12, x + wide, chin - high * 1.5, hair)
    if face is not None:
        size = round(wide * 2.5), round(wide * 2.5 * face.height / face.width)
        mask = Image.new("L", size, 0)
        ImageDraw.Draw(mask).ellipse((size[0] * 0.08, size[1] * 0.03, size[0] * 0.92, size[1] * 0.99), fill=255)
        mask = mask.filter(ImageFilter.GaussianBlur(6))
        picture.paste(face.resize(size), (round(x - size[0] / 2), round(chin - size[1] * 0.97)), mask)
    else:
        pen = ImageDraw.Draw(picture)
        for side in (-1, 1):
            pen.ellipse(
                (x + side * 48 - 20, chin - high * 1.1 - 9, x + side * 48 + 20, chin - high * 1.1 + 9),
                fill=(240, 240, 240),
            )
            pen.ellipse(
                (x + side * 48 - 9, chin - high * 1.1 - 9, x + side * 48 + 9, chin - high * 1.1 + 9), fill=(30, 24, 22)
            )
        pen.arc((x - 45, chin - 90, x + 45, chin - 40), 20, 160, fill=(150, 70, 70), width=7)
    return picture
