"""The dimensions stated in a picture's header."""

import struct
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.verification.documents import pictures
from verification.documents.sandbox.dimensions import BOXES_MAX, READERS, Unreadable, size_of


@pytest.mark.parametrize(
    ("content", "name", "size"),
    [
        (pictures.jpeg(120, 90), "JPEG", (120, 90)),
        (pictures.jpeg(120, 90, progressive=True), "JPEG", (120, 90)),
        (pictures.jpeg(120, 90, exif=pictures.exif(6)), "JPEG", (120, 90)),
        (pictures.png(120, 90), "PNG", (120, 90)),
        (pictures.png_claiming(9000, 9000, rows=1), "PNG", (9000, 9000)),
        (pictures.webp(120, 90), "WebP", (120, 90)),
        (pictures.webp(120, 90, lossless=True), "WebP", (120, 90)),
        (pictures.webp(120, 90, exif=pictures.exif()), "WebP", (120, 90)),
        (pictures.heic(), "HEIC", (900, 1200)),
        ((pictures.FIXTURES / "big.heic").read_bytes(), "HEIC", (7300, 5470)),
    ],
)
def test_each_header_gives_the_size(content: bytes, name: str, size: tuple[int, int]):
    assert size_of(content, name) == size


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG"),
        (b"\xff\xd8\xff\xda\x00\x08" + b"\x00" * 40, "JPEG"),
        (b"\xff\xd8\xff\xe0\x00\x04\x00\x00oops" + b"\x00" * 20, "JPEG"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 4, "PNG"),
        (b"\x89PNG\r\n\x1a\n" + pictures.chunk(b"tEXt", b"first") + b"\x00" * 30, "PNG"),
        (pictures.png_claiming(0, 90, rows=0), "PNG"),
        (b"RIFF\x24\x00\x00\x00WEBPALPH" + b"\x00" * 40, "WebP"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 \x00\x00\x00\x00" + b"\x00" * 40, "WebP"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8X", "WebP"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC"),
        (b"\x00\x00\x00\x10ftypheic\x00\x00\x00\x00\x00\x00\x00\xffmeta", "HEIC"),
    ],
)
def test_a_header_without_a_size_is_unreadable(content: bytes, name: str):
    with pytest.raises(Unreadable):
        size_of(content, name)


@pytest.mark.parametrize("name", sorted(READERS))
@given(content=st.binary(max_size=300))
@example(content=b"\x00\x00\x00\x01" * 60)
def test_no_bytes_crash_a_reader(name: str, content: bytes):
    whole = {"JPEG": b"\xff\xd8", "PNG": b"\x89PNG\r\n\x1a\n", "WebP": b"RIFF\x00\x00\x00\x00WEBP", "HEIC": b""}[
        name
    ] + content

    try:
        width, height = size_of(whole, name)
    except Unreadable:
        return

    assert width > 0
    assert height > 0


def boxed(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + name + body


def test_a_file_of_eight_million_fill_bytes_takes_less_than_a_second():
    fill = b"\xff\xd8" + b"\xff" * 8_000_000
    small_boxes = b"\x00\x00\x00\x08free" * 1_000_000
    nested = boxed(b"meta", b"\x00" * 4 + b"\x00\x00\x00\x08iprp" * 900_000)
    began = time.perf_counter()

    for content, name in ((fill, "JPEG"), (small_boxes, "HEIC"), (nested, "HEIC")):
        with pytest.raises(Unreadable):
            size_of(content, name)

    assert time.perf_counter() - began < 0.5


def test_the_number_of_boxes_read_is_limited():
    extent = boxed(b"ispe", b"\x00" * 4 + struct.pack(">II", 1200, 900))

    def with_boxes_before(count: int) -> bytes:
        return boxed(b"free", b"") * count + boxed(b"meta", b"\x00" * 4 + boxed(b"iprp", boxed(b"ipco", extent)))

    assert size_of(with_boxes_before(BOXES_MAX - 1), "HEIC") == (1200, 900)
    with pytest.raises(Unreadable):
        size_of(with_boxes_before(BOXES_MAX), "HEIC")


def test_nested_boxes_cannot_exhaust_the_stack():
    content = b""
    for _ in range(3000):
        content = boxed(b"ipco", content)

    with pytest.raises(Unreadable):
        size_of(boxed(b"meta", b"\x00" * 4 + boxed(b"iprp", content)), "HEIC")


def test_the_largest_extent_counts_so_that_a_tile_hides_nothing():
    tile = boxed(b"ispe", b"\x00" * 4 + struct.pack(">II", 512, 512))
    whole = boxed(b"ispe", b"\x00" * 4 + struct.pack(">II", 9000, 7000))
    content = boxed(b"meta", b"\x00" * 4 + boxed(b"iprp", boxed(b"ipco", tile + whole + tile)))

    assert size_of(content, "HEIC") == (9000, 7000)
