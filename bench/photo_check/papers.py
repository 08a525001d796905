"""Invented papers seen from above: identity cards, licences, statements, forms. All names and numbers are invented."""

import functools
import math
import random
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.photo_check.scenes import Colour

FONT = str(Path(__file__).parents[2] / "verification/statement/fonts/wqy-microhei.ttc")
CARD, PAGE, WIDE = (1100, 694), (1000, 1414), (1414, 1000)
SIGNS = "示例测试虚构样张甲乙丙丁春夏秋冬东西南北山川河流日月星云天地上下左右前后红黄蓝绿青书画琴棋网站备案资料真实"
INK = (30, 30, 34)


@functools.lru_cache(maxsize=64)
def font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


def words(rng: random.Random, count: int) -> str:
    return "".join(rng.choice(SIGNS) for _ in range(count))


def digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def guilloche(picture: Image.Image, rng: random.Random, colour: Colour) -> None:
    """The fine waves under the text of a card."""
    pen = ImageDraw.Draw(picture)
    phase = rng.uniform(0, 6)
    for row in range(0, picture.height, 14):
        line = [(x, row + 9 * math.sin(x / 60 + row / 50 + phase)) for x in range(0, picture.width, 8)]
        pen.line(line, fill=colour, width=1)


def card_ground(rng: random.Random) -> Image.Image:
    top = rng.choice([(226, 238, 246), (236, 228, 234), (228, 240, 232)])
    bottom = rng.choice([(206, 224, 236), (234, 214, 218), (222, 228, 214)])
    across = np.linspace(0, 1, CARD[0], dtype=np.float32)[None, :, None]
    shades = np.array(top, np.float32) * (1 - across) + np.array(bottom, np.float32) * across
    picture = Image.fromarray(np.repeat(shades, CARD[1], axis=0).astype(np.uint8))
    guilloche(picture, rng, (190, 205, 216))
    return picture


def card_front(rng: random.Random, portrait: Image.Image) -> Image.Image:
    """The side with the portrait."""
    picture = card_ground(rng)
    pen = ImageDraw.Draw(picture)
    rows = [("姓名", words(rng, 3)), ("性别", "女　民族 汉"), ("出生", f"{digits(rng, 4)} 年 {digits(rng, 1)} 月")]
    for place, (label, value) in enumerate(rows):
        pen.text((60, 70 + place * 92), label, fill=(70, 120, 170), font=font(36))
        pen.text((180, 66 + place * 92), value, fill=INK, font=font(44))
    pen.text((60, 350), "住址", fill=(70, 120, 170), font=font(36))
    for line in range(2):
        pen.text((180, 346 + line * 60), words(rng, 11), fill=INK, font=font(42))
    pen.text((60, 590), "公民身份号码", fill=(70, 120, 170), font=font(36))
    pen.text((330, 584), digits(rng, 18), fill=INK, font=font(48))
    picture.paste(portrait.resize((300, 380)), (730, 120))
    return picture


def card_back(rng: random.Random) -> Image.Image:
    """The side with the emblem."""
    picture = card_ground(rng)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((70, 60, 250, 250), fill=(200, 42, 40))
    for turn in range(5):
        angle = turn * 1.2566 - 1.57
        x, y = 160 + 55 * math.cos(angle), 155 + 55 * math.sin(angle)
        pen.ellipse((x - 14, y - 14, x + 14, y + 14), fill=(240, 200, 70))
    pen.text((330, 70), "示例共和国", fill=INK, font=font(76))
    pen.text((320, 180), "居民身份证样张", fill=INK, font=font(92))
    pen.text((170, 490), "签发机关", fill=INK, font=font(40))
    pen.text((380, 486), words(rng, 8), fill=INK, font=font(44))
    pen.text((170, 580), "有效期限", fill=INK, font=font(40))
    pen.text((380, 576), f"20{digits(rng, 2)}.01.01-20{digits(rng, 2)}.01.01", fill=INK, font=font(44))
    return picture


def seal(pen: ImageDraw.ImageDraw, at: tuple[int, int], reach: int) -> None:
    x, y = at
    pen.ellipse((x - reach, y - reach, x + reach, y + reach), outline=(205, 50, 45), width=9)
    pen.text((x - 30, y - 34), "★", fill=(205, 50, 45), font=font(60))


def page(rng: random.Random, *, pale: bool = False) -> Image.Image:
    """A sheet with a heading, paragraphs, a signature and a seal; `pale` as from a worn printer."""
    ink = (150, 150, 152) if pale else rng.choice([INK, (50, 50, 56), (20, 20, 20)])
    picture = Image.new("RGB", PAGE, rng.choice([(250, 250, 248), (246, 244, 236), (253, 253, 253), (240, 238, 228)]))
    pen = ImageDraw.Draw(picture)
    title = words(rng, rng.randint(6, 11))
    pen.text(((PAGE[0] - 52 * len(title)) // 2, 90), title, fill=ink, font=font(52))
    size = rng.randint(22, 30)
    down = 210
    while down < 1080:
        for line in range(rng.randint(1, 5)):
            count = rng.randint(10, (PAGE[0] - 220) // size)
            pen.text((110 + (2 * size if line == 0 else 0), down), words(rng, count - 2), fill=ink, font=font(size))
            down += round(size * 1.7)
        down += size
    pen.text((560, 1180), "负责人签字：", fill=ink, font=font(28))
    pen.line(
        [(720 + x * 6, 1195 + 16 * math.sin(x * rng.uniform(0.5, 1.5))) for x in range(26)], fill=(25, 25, 60), width=4
    )
    if rng.random() < 0.6:
        seal(pen, (rng.randint(640, 760), rng.randint(1190, 1260)), 95)
    return picture


def licence(rng: random.Random) -> Image.Image:
    """A licence: wide, with a frame, an emblem, a table of values and a seal."""
    picture = Image.new("RGB", WIDE, rng.choice([(250, 246, 234), (252, 250, 244), (244, 240, 226)]))
    guilloche(picture, rng, (236, 228, 204))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((36, 36, WIDE[0] - 36, WIDE[1] - 36), outline=(190, 150, 80), width=12)
    pen.ellipse((WIDE[0] // 2 - 60, 70, WIDE[0] // 2 + 60, 190), fill=(205, 50, 40))
    pen.text((WIDE[0] // 2 - 190, 200), "营业执照", fill=INK, font=font(92))
    for row in range(7):
        pen.text((130, 370 + row * 70), words(rng, 4), fill=INK, font=font(30))
        pen.text((310, 370 + row * 70), words(rng, rng.randint(6, 16)), fill=INK, font=font(30))
        pen.text((860, 370 + row * 70), words(rng, rng.randint(4, 11)), fill=INK, font=font(30))
    seal(pen, (1130, 800), 90)
    return picture


def form(rng: random.Random) -> Image.Image:
    """A sheet that is mostly a table, much of it empty."""
    picture = Image.new("RGB", PAGE, (252, 252, 250))
    pen = ImageDraw.Draw(picture)
    pen.text((250, 80), words(rng, 9), fill=INK, font=font(52))
    for row in range(16):
        y = 190 + row * 66
        pen.rectangle((90, y, PAGE[0] - 90, y + 66), outline=INK, width=2)
        pen.line((320, y, 320, y + 66), fill=INK, width=2)
        pen.text((110, y + 16), words(rng, 5), fill=INK, font=font(30))
        if rng.random() < 0.6:
            pen.text((350, y + 16), words(rng, rng.randint(3, 15)), fill=INK, font=font(30))
    return picture


def sheet(rng: random.Random) -> Image.Image:
    """Any page except the pale one."""
    return rng.choice([page, page, licence, form])(rng)
