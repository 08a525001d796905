"""Stored pictures are hardly larger than the uploads, with small print as legible as before."""

import pytest
from PIL import Image, ImageOps, JpegImagePlugin

from bench.photo_check.small_print import UPLOADS, encode, likeness, page, phone, photograph, text_of
from tests.verification.documents import pictures
from verification.documents.sandbox import child, quality

LARGEST, LEGIBLE = 1.1, 0.98
HALF, FULL = quality.HALF, quality.FULL


@pytest.mark.parametrize("upload", UPLOADS)
def test_a_picture_is_stored_as_small_as_uploaded_and_its_small_print_as_legible(upload: str):
    content = UPLOADS[upload]()

    _told, stored, _preview = child.answer(content, pixels=40_000_000)

    came, kept = ImageOps.exif_transpose(pictures.open_image(content)), pictures.open_image(stored)
    assert kept.size == came.size
    assert likeness(text_of(came), text_of(kept)) >= LEGIBLE
    assert len(stored) <= LARGEST * len(content)


def test_small_print_encoded_too_coarsely_is_detected():
    came = phone()

    coarse = pictures.open_image(encode(came, quality=50, subsampling=HALF))

    assert likeness(text_of(came), text_of(came)) == 1
    assert likeness(text_of(came), text_of(coarse)) < LEGIBLE


def stored(content: bytes) -> JpegImagePlugin.JpegImageFile:
    _told, picture, _preview = child.answer(content, pixels=40_000_000)
    opened = pictures.open_image(picture)
    assert isinstance(opened, JpegImagePlugin.JpegImageFile)
    return opened


def test_nothing_is_encoded_more_finely_than_visible():
    picture = stored(pictures.encode(pictures.card(), "JPEG", quality=100))

    assert [list(table) for table in picture.quantization.values()] == quality.tables(quality.FINEST)


@pytest.mark.parametrize("colours", [FULL, 1, HALF])
def test_chroma_keeps_its_resolution(colours: int):
    picture = stored(pictures.jpeg(subsampling=colours))

    assert JpegImagePlugin.get_sampling(picture) == colours


def test_horizontally_halved_chroma_is_full_after_a_rotation():
    """JPEG could halve it vertically then, but no library here can write that."""
    picture = stored(pictures.jpeg(subsampling=1, exif=pictures.exif(6)))

    assert JpegImagePlugin.get_sampling(picture) == FULL


def test_a_rotated_picture_keeps_its_tables():
    tables = quality.tables(60)

    picture = stored(pictures.encode(pictures.card(), "JPEG", quality=60, exif=pictures.exif(8)))

    turned = [[table[8 * column + row] for row in range(8) for column in range(8)] for table in tables]
    assert [list(table) for table in picture.quantization.values()] == turned != tables


def test_a_red_seal_on_a_photograph_that_came_as_png_stays_sharp():
    assert JpegImagePlugin.get_sampling(stored(encode(phone(), "PNG"))) == FULL


def test_a_phones_4032_pixels_are_kept_and_clearly_longer_pictures_are_reduced():
    assert stored(pictures.jpeg(4032, 400)).size == (4032, 400)
    assert stored(pictures.jpeg(4097, 400)).width == 4000


@pytest.mark.parametrize("size", [(1200, 900), (1600, 1200), (3024, 4032), (720, 2160), (1654, 1700)])
def test_a_preview_looks_like_one_made_the_slow_way(size: tuple[int, int]):
    picture = page(*size, 200)

    preview = child.preview_of(picture)

    slow = picture.copy()
    slow.thumbnail((child.PREVIEW_WIDTH, child.PREVIEW_WIDTH), Image.Resampling.LANCZOS, reducing_gap=None)
    assert likeness(preview.resize(slow.size, Image.Resampling.BICUBIC), slow) > 0.95


def test_a_preview_with_more_pixels_needs_about_as_many_bytes_and_is_as_legible():
    picture = photograph(page(1600, 1200, 200), noise=4, blur=0.6)
    narrow = picture.resize((640, 480), Image.Resampling.LANCZOS)

    wide = child.encode_preview(child.preview_of(picture))

    shown = pictures.open_image(wide).resize((640, 480), Image.Resampling.BICUBIC)
    assert pictures.open_image(wide).size == (800, 600)
    assert len(wide) < 1.1 * len(child.encode_preview(narrow))
    assert likeness(shown, narrow) > 0.96
