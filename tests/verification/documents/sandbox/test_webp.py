"""WebP is written again as coarse as it came, by what its header tells."""

from collections.abc import Callable
from functools import cache, partial

import pytest
from PIL import Image

from bench.photo_check.small_print import WHITE, encode, likeness, page, phone, text_of
from tests.verification.documents import pictures
from verification.documents.sandbox import child, webp

LIMIT = 40_000_000


@cache
def photo(quality: int, method: int = 4) -> bytes:
    return encode(phone(), "WEBP", quality=quality, method=method)


def qualities(content: bytes) -> list[float]:
    return webp.qualities_of(webp._frame(content)[1])


def stored(content: bytes) -> bytes:
    return child.answer(content, pixels=LIMIT, paper=None)[1]


@pytest.mark.parametrize("method", [0, 4, 6])
@pytest.mark.parametrize("quality", [20, 50, 75, 80, 90, 97])
def test_the_quality_of_a_lossy_picture_is_read_from_its_header(quality: int, method: int):
    found = qualities(photo(quality, method))

    assert len(found) == 4
    assert min(found) - 1 <= quality <= max(found) + 1


@pytest.mark.parametrize("quality", [20, 50, 75, 90, 97])
def test_the_quality_of_a_small_picture_whose_blocks_are_all_of_one_kind_is_read(quality: int):
    (found,) = qualities(encode(Image.new("RGB", (8, 8), "olive"), "WEBP", quality=quality))

    assert abs(found - quality) < 2


@pytest.mark.parametrize("method", [0, 2, 6])
@pytest.mark.parametrize("quality", [30, 50, 75, 90])
def test_a_lossy_picture_stays_as_small_and_as_legible_whoever_wrote_it(quality: int, method: int):
    came = photo(quality, method)

    kept = stored(came)

    assert len(kept) <= 1.1 * len(came)
    assert likeness(text_of(pictures.open_image(came)), text_of(pictures.open_image(kept))) >= 0.98


@pytest.mark.parametrize("method", [0, 4, 6])
@pytest.mark.parametrize("draw", [partial(page, 600, 500, 96, ground=WHITE), phone])
def test_a_picture_of_the_highest_quality_does_not_grow(draw: Callable[[], Image.Image], method: int):
    came = encode(draw(), "WEBP", quality=100, method=method)

    kept = stored(came)

    assert len(kept) <= 1.1 * len(came)
    assert likeness(text_of(pictures.open_image(came)), text_of(pictures.open_image(kept))) >= 0.98


def test_the_quality_behind_transparency_is_found():
    clear = phone().convert("RGBA")
    clear.putalpha(128)

    found = qualities(encode(clear, "WEBP", quality=80))

    assert min(found) <= 80 <= max(found)


def test_a_lossless_picture_is_kept_without_loss():
    content = pictures.webp(lossless=True)

    assert webp.is_lossless(content)
    assert webp.is_lossless(stored(content))
    assert not webp.is_lossless(stored(pictures.webp()))


def test_a_lossless_picture_with_very_many_pixels_is_written_in_a_moment(monkeypatch):
    monkeypatch.setattr(webp, "EXACT_PIXELS", 1000)

    assert not webp.is_lossless(stored(pictures.webp(lossless=True)))


def test_a_reduced_lossless_picture_gets_smaller():
    content = encode(page(4200, 700, 200, ground=WHITE), "WEBP", lossless=True, method=0, quality=0)

    kept = stored(content)

    assert pictures.open_image(kept).size == (4000, 667)
    assert webp.is_lossless(content)
    assert not webp.is_lossless(kept)
    assert len(kept) <= webp.LARGEST * len(content)


@pytest.mark.parametrize("length", range(0, 60, 3))
def test_a_header_that_ends_early_tells_some_quality_or_nothing(length: int):
    content = photo(80)[: 20 + length]

    assert all(0 <= quality <= 100 for quality in qualities(content))


def test_chunks_without_pixels_are_refused():
    with pytest.raises(ValueError, match="no pixels"):
        webp.is_lossless(b"RIFF\x00\x00\x00\x00WEBP" + b"EXIF\x00\x00\x00\x00" * 100)
