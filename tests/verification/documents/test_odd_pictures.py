"""Bombs, damaged pictures and rare formats on the way that an upload takes: refused with the reason, or shown truly."""

import struct
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from PIL import Image

from bench.photo_check.small_print import WHITE, encode, likeness, page, phone, text_of
from tests.verification.documents import pictures
from verification.documents.actions import examine
from verification.documents.file_access import response
from verification.documents.sandbox.parent import SECONDS
from verification.documents.upload_messages import UploadRefused
from verification.models.documents import DocumentState

GREY, RGB, PALETTE, GREY_AND_ALPHA, RGBA = 0, 2, 3, 4, 6  # of PNG
VALUES = {GREY: 1, RGB: 3, PALETTE: 1, GREY_AND_ALPHA: 2, RGBA: 4}
COLOURS = pictures.chunk(b"PLTE", bytes(range(256)) * 3)


@cache
def swollen() -> bytes:
    """200 MB of nothing, packed."""
    return pictures.pack_alike(bytes(100_000), 2000)


def png(
    width: int,
    height: int,
    bits: int = 8,
    colour: int = GREY,
    *,
    extra: bytes = b"",
    filled: bytes = b"\x00",
) -> bytes:
    """A PNG of one repeated byte, as small as it can be."""
    packed = pictures.pack_alike(b"\x00" + filled * ((width * bits * VALUES[colour] + 7) // 8), height)
    head = pictures.chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + extra + pictures.chunk(b"IDAT", packed) + pictures.chunk(b"IEND", b"")


def screen(mode: str) -> Image.Image:
    return page(1280, 1000, 96, ground=WHITE).convert(mode)


@pytest.mark.parametrize(("bits", "colour"), [(1, GREY), (1, PALETTE), (8, PALETTE)])
def test_a_bomb_of_a_hundred_megapixels_is_refused_before_it_is_kept(received, bits: int, colour: int):
    content = png(10_000, 10_000, bits, colour, extra=COLOURS)
    assert len(content) < 200_000

    with pytest.raises(UploadRefused) as refused:
        received(content, kind="statement")

    assert refused.value.code == "file_pixels"


@pytest.mark.parametrize(
    "draw",
    [
        lambda: png(600, 400, extra=pictures.chunk(b"zTXt", b"c\x00\x00" + swollen())),
        lambda: png(600, 400, extra=pictures.chunk(b"iTXt", b"c\x00\x01\x00\x00\x00" + swollen())),
        lambda: png(600, 400, extra=pictures.chunk(b"iCCP", b"c\x00\x00" + swollen())),
        lambda: encode(screen("P"), "PNG")[:20_000],
        lambda: encode(screen("1"), "PNG")[:20_000],
        lambda: encode(phone(), "JPEG", progressive=True)[:100_000],
        lambda: encode(phone(), "JPEG")[:-1000],
        lambda: encode(phone().convert("CMYK"), "JPEG")[:100_000],
        lambda: encode(phone(), "WEBP")[:100_000],
        lambda: encode(screen("RGB"), "WEBP", lossless=True)[:10_000],
    ],
)
def test_a_swollen_note_and_a_cut_picture_are_refused_with_the_reason(received, draw: Callable[[], bytes]):
    document = received(draw(), kind="statement")

    assert examine(document.pk) == "refused"

    document.refresh_from_db()
    assert (document.state, document.reason, document.stored_name) == (DocumentState.REFUSED, "file_broken", "")


@pytest.mark.parametrize(
    ("bits", "colour", "level"),
    [(1, GREY, 0), (8, PALETTE, 0), (16, GREY, 0), (8, GREY_AND_ALPHA, 255), (8, RGBA, 255), (16, RGBA, 255)],
)
def test_forty_megapixels_of_each_kind_of_png_fit_into_memory_and_time(received, bits: int, colour: int, level: int):
    document = received(png(6500, 6150, bits, colour, extra=pictures.chunk(b"PLTE", bytes(768))), kind="statement")

    assert examine(document.pk) == "ready"

    document.refresh_from_db()
    assert (document.decided_at - document.created_at).total_seconds() < SECONDS / 2
    stored = pictures.open_image(b"".join(response(document).streaming_content))
    assert (stored.width, stored.convert("RGB").getpixel((5, 5))) == (4000, (level, level, level))


@pytest.mark.parametrize("quality", [75, 90])
def test_a_jpeg_for_print_keeps_its_colours_and_its_small_print(received, quality: int):
    content = encode(screen("CMYK"), "JPEG", quality=quality)
    document = received(content, kind="statement")
    examine(document.pk)
    document.refresh_from_db()

    kept = pictures.open_image(b"".join(response(document).streaming_content))

    came = pictures.open_image(content).convert("RGB")
    assert (kept.format, kept.mode) == ("JPEG", "RGB")
    assert likeness(text_of(came), text_of(kept)) >= 0.98
    assert document.size <= 1.1 * len(content)
    assert np.abs(np.asarray(came, np.int16) - np.asarray(kept, np.int16)).mean() < 3


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_a_grey_of_a_few_bits_keeps_its_level(received, bits: int):
    document = received(png(600, 400, bits, filled=b"\x1b"), kind="statement")
    examine(document.pk)
    document.refresh_from_db()

    kept = pictures.open_image(b"".join(response(document).streaming_content)).convert("L")

    levels = {1: [0, 0, 0, 255], 2: [0, 85, 170, 255], 4: [17, 187, 17, 187]}[bits]
    assert [kept.getpixel((place, 0)) for place in range(4)] == levels
