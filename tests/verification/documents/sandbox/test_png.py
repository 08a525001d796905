"""A PNG that lost its last rows is refused; one whose last rows are black is not. Transparent colours of 16 bits."""

import tracemalloc
import zlib

import pytest

from tests.verification.documents import pictures
from tests.verification.documents.sandbox.test_child import LIMIT, picture_of, report_of
from verification.documents.sandbox import child, exact

SIDE = 48
LINED = {  # bits and colour type, with a pixel or more of paper
    "colours": (8, 2, b"\xec\xe9\xe0" * SIDE),
    "grey": (8, 0, b"\xec" * SIDE),
    "deep grey": (16, 0, b"\xec\xe9" * SIDE),
    "with transparency": (8, 6, b"\xec\xe9\xe0\xff" * SIDE),
    "black and white": (1, 0, b"\xff" * (SIDE // 8)),
}


def drawn(kind: str, rows: int, black: int = 0) -> bytes:
    """A sheet with as many rows of paper, and black ones below."""
    bits, colour, row = LINED[kind]
    packed = (b"\x00" + row) * rows + (b"\x00" + bytes(len(row))) * black
    return pictures.png_of(packed, (SIDE, SIDE), bits, colour)


def interlaced(most: float = 1) -> bytes:
    """A black interlaced picture with this share of its rows."""
    sizes = [(6, 6), (6, 6), (12, 6), (12, 12), (24, 12), (24, 24), (48, 24)]
    packed = b"".join((b"\x00" + bytes(across)) * rows for across, rows in sizes)
    return pictures.png_of(packed[: int(most * len(packed))], (SIDE, SIDE), 8, 0, interlaced=1)


@pytest.mark.parametrize("kind", LINED)
def test_a_png_without_its_last_rows_is_refused_as_damaged(kind):
    for rows in (SIDE - 1, SIDE // 2):
        said, picture, preview = child.answer(drawn(kind, rows), pixels=LIMIT)

        assert (said["refused"], picture, preview) == ("file_broken", b"", b"")


@pytest.mark.parametrize("kind", LINED)
def test_a_png_whose_last_rows_are_black_is_whole(kind):
    assert "refused" not in report_of(drawn(kind, SIDE // 2, SIDE // 2))


def test_an_interlaced_png_is_refused_without_its_last_pass_only():
    assert "refused" not in report_of(interlaced())
    assert report_of(interlaced(0.9))["refused"] == "file_broken"


def test_a_large_black_png_is_counted_to_its_end():
    assert "refused" not in report_of(pictures.png_claiming(3000, 2000))
    assert report_of(pictures.png_claiming(3000, 2000, rows=1999))["refused"] == "file_broken"


@pytest.mark.parametrize("key", [b"\x00\xc8", b"\x00\x00", b"\xc8\x10"], ids=["200", "0", "51216"])
def test_colours_of_16_bits_stay_when_another_one_is_transparent(key):
    grey = pictures.png_of((b"\x00" + b"\xc8\x10" * SIDE) * SIDE, (SIDE, SIDE), 16, 0, key=key)
    colours = pictures.png_of((b"\x00" + b"\xc8\x10" * 3 * SIDE) * SIDE, (SIDE, SIDE), 16, 2, key=key * 3)

    seen = [picture_of(each).convert("RGB").getpixel((5, 5)) for each in (grey, colours)]

    assert seen == [(200, 200, 200)] * 2


def test_what_follows_the_rows_of_a_png_is_not_unpacked():
    """A megabyte of zeros takes one kilobyte, so an upload has room for gigabytes of them."""
    rows = (b"\x00" + bytes(SIDE)) * SIDE
    bomb = pictures.png_of(rows + bytes(64 * exact.BLOCK), (SIDE, SIDE), 8, 0)

    tracemalloc.start()
    said = report_of(bomb)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert "refused" not in said
    assert most < 16 * exact.BLOCK


def test_a_png_with_a_fault_behind_its_last_row_is_whole():
    """A browser shows it, and so does the decoder."""
    packed = zlib.compress((b"\x00" + bytes(SIDE)) * (SIDE + 1))
    head = pictures.png_of(b"", (SIDE, SIDE), 8, 0)[:33]

    faulty = head + pictures.chunk(b"IDAT", packed[:-4] + b"\x00\x00\x00\x01") + pictures.chunk(b"IEND", b"")

    assert "refused" not in report_of(faulty)
