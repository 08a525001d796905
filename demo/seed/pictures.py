"""Drawn pictures in place of papers, each opened once."""

import functools
import io

from PIL import Image, ImageDraw

from verification.documents.sandbox.parent import ExaminedPicture, open_picture
from verification.pictures.papers import Paper


class Picture:
    """A drawn picture as an upload."""

    name: str | None
    size: int | None

    def __init__(self, words: str) -> None:
        self.name = f"{words}.jpg"
        out = io.BytesIO()
        image = Image.new("RGB", (1200, 900), "#f7f6f2")
        pen = ImageDraw.Draw(image)
        pen.rectangle((60, 60, 1140, 840), outline="#0b5a5e", width=6)
        pen.text((120, 120), f"SAMPLE {words.upper()} - INVENTED", fill="#1b2a33", font_size=48)
        image.save(out, "JPEG", quality=85)
        self.bytes = out.getvalue()
        self.size = len(self.bytes)

    def read(self, num_bytes: int = -1, /) -> bytes:
        return self.bytes


@functools.cache
def opened_once(content: bytes, paper: Paper) -> ExaminedPicture:
    """The opened picture, cached as orders share a few drawings; no photo checks, as they are no papers."""
    return open_picture(content, None)
