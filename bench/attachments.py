"""`python -m bench.attachments [folder]`: how long fitting a paper into the ministry's limits takes, and its result.

Draws a full page of 10-point Chinese with a red seal, once as scanned and once as photographed with a phone (12 MP),
fits both, and writes the results to the folder for inspection.
"""

import io
import random
import sys
import time
from pathlib import Path

from bench import world  # noqa: F401 -- first: it sets the portal up

# isort: split
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from icpportal.gateways.miit.documents.pictures import fit
from icpportal.gateways.miit.types import Purpose

FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"  # fonts-noto-cjk
SAYS = "网站备案信息真实性核验单主办单位名称负责人证件号码域名接入服务商本单位承诺所提交的材料真实有效并承担法律责任"
WIDTH, HEIGHT, POINTS = 2480, 3508, 42  # A4 at 300 dpi
PURPOSES = (Purpose.STATEMENT, Purpose.SUBJECT_CERTIFICATE)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in (("scan", encode(page())), ("phone", encode(photograph(page())))):
        for purpose in PURPOSES:
            began = time.process_time()
            fitted = fit(picture, purpose)
            seconds = time.process_time() - began
            size = Image.open(io.BytesIO(fitted)).size
            target = folder / f"{name}-{purpose.name.lower()}.jpg"
            target.write_bytes(fitted)
            print(f"{target}: {len(picture):,} -> {len(fitted):,} bytes, {size[0]}x{size[1]}, {seconds:.2f} s of CPU")


def encode(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=90)
    return target.getvalue()


def page() -> Image.Image:
    chance = random.Random(1)
    font = ImageFont.truetype(FONT, POINTS)
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    for top in range(350, HEIGHT - 500, 2 * POINTS):
        words = "".join(chance.choice(SAYS) for _ in range(34)) + " 000000194912310021 13000000001"
        draw.text((200, top), words, font=font, fill=(20, 20, 20))
        draw.line((180, top + 66, WIDTH - 180, top + 66), fill=(90, 90, 90), width=2)
    seal = (210, 20, 30)
    draw.ellipse((WIDTH - 900, HEIGHT - 900, WIDTH - 300, HEIGHT - 300), outline=seal, width=14)
    draw.text((WIDTH - 800, HEIGHT - 640), "示例科技有限公司", font=ImageFont.truetype(FONT, 60), fill=seal)
    return image


def photograph(paper: Image.Image) -> Image.Image:
    """On a table, unevenly lit, slightly out of focus, with a small sensor's noise."""
    size = (3000, 4000)
    image = Image.new("RGB", size, (120, 95, 70))
    image.paste(paper.resize((2760, 3680), Image.Resampling.LANCZOS), (120, 160))
    light = Image.linear_gradient("L").resize(size).point(lambda level: 170 + level // 4)
    image = ImageChops.multiply(image, Image.merge("RGB", (light, light, light)))
    noise = Image.effect_noise(size, 14)
    grain = Image.merge("RGB", (noise, noise, noise))
    return ImageChops.add(image.filter(ImageFilter.GaussianBlur(1.2)), grain, 1, -128)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "var/bench-attachments"))
