"""The region of the paper: connected with the middle, with letters and lines closed."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from verification.pictures.region import CLOSED, Mask, _around, _connected_part, paper_on


def mask(*rows: str) -> Mask:
    return np.array([[sign == "#" for sign in row] for row in rows])


def test_the_light_region_connected_with_the_middle_is_the_paper_even_around_corners():
    seen = mask(
        "#..#####",
        "#..#...#",
        "##.##..#",
        ".##.#...",
        "...##..#",
        "..#...##",
        ".#......",
        "#...##..",
    )

    assert np.array_equal(
        _connected_part(seen),
        mask(
            "#..#####",
            "#..#...#",
            "##.##..#",
            ".##.#...",
            "...##...",
            "..#.....",
            ".#......",
            "#.......",
        ),
    )


def test_a_paper_that_winds_through_the_picture_is_followed_to_its_end():
    seen = np.ones((9, 40), dtype=bool)
    seen[1::4, :-1] = seen[3::4, 1:] = False

    assert np.array_equal(_connected_part(seen), seen)


def test_a_dark_middle_is_no_paper():
    seen = np.zeros((8, 8), dtype=bool)
    seen[0] = True

    assert not _connected_part(seen).any()


@pytest.mark.parametrize("size", [(1, 1), (3, 9), (96, 128), (128, 96)])
def test_letters_are_closed_like_by_pillows_filters(size: tuple[int, int]):
    grey = np.random.default_rng(7).integers(0, 256, size, dtype=np.uint8)
    picture = Image.fromarray(grey)

    for ours, theirs in ((np.maximum, ImageFilter.MaxFilter), (np.minimum, ImageFilter.MinFilter)):
        assert np.array_equal(_around(grey, ours), np.asarray(picture.filter(theirs(CLOSED))))


def test_the_box_of_a_paper_with_words_on_a_dark_table_is_the_paper():
    picture = Image.new("RGB", (1024, 768), (60, 50, 40))
    drawn = ImageDraw.Draw(picture)
    drawn.rectangle((256, 192, 767, 575), fill=(240, 240, 235))
    for row in range(220, 560, 24):
        drawn.line((280, row, 740, row), fill=(20, 20, 20), width=5)

    found = paper_on(picture.convert("L"))

    assert found is not None
    assert found.box == pytest.approx((0.25, 0.25, 0.75, 0.75), abs=0.02)
