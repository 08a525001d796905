"""What is measured on a photo, and what is said about it."""

import pytest
from PIL import Image, ImageDraw

from verification.documents.messages import SENTENCES
from verification.photos import checks
from verification.photos.measure import facts_of

SKIN, GREY, BACKDROP = (205, 160, 135), (120, 122, 118), (40, 80, 190)
GOOD = {"width": 1200, "height": 1600, "brightness": 130.0, "red": 0.0, "blue": 0.0}


def person(top: tuple[int, int, int], backdrop: tuple[int, int, int] = BACKDROP) -> dict[str, float]:
    """A drawn person in the middle of a blue backdrop, in a top of this colour."""
    picture = Image.new("RGB", (900, 1200), backdrop)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((320, 200, 580, 560), fill=SKIN)
    pen.rounded_rectangle((150, 580, 750, 1300), 120, fill=top)
    return facts_of(picture, width=900, height=1200)


@pytest.mark.parametrize(
    ("top", "advice"),
    [
        (GREY, []),
        ((245, 245, 240), []),
        ((25, 25, 28), []),
        ((45, 4, 4), []),
        ((4, 4, 45), []),
        ((60, 120, 60), []),
        ((190, 160, 60), []),
        (SKIN, []),
        ((200, 30, 35), ["photo_clothes"]),
        ((150, 15, 30), ["photo_clothes"]),
        ((30, 60, 180), ["photo_clothes"]),
        ((20, 30, 90), ["photo_clothes"]),
    ],
)
def test_a_red_or_blue_top_is_pointed_out_and_the_blue_backdrop_is_not(top: tuple[int, int, int], advice: list[str]):
    assert checks.advice(person(top)) == advice


def test_how_much_of_the_top_is_red_or_blue_is_measured():
    assert person((200, 30, 35))["red"] > 0.9
    assert person((30, 60, 180))["blue"] > 0.9
    assert person(GREY)["red"] == 0
    assert person(GREY)["blue"] < 0.1


@pytest.mark.parametrize(
    ("grey", "advice"), [(0, ["photo_dark"]), (40, ["photo_dark"]), (130, []), (250, ["photo_dark"])]
)
def test_too_dark_and_too_bright_are_pointed_out(grey: int, advice: list[str]):
    facts = facts_of(Image.new("RGB", (800, 600), (grey, grey, grey)), width=800, height=600)

    assert facts["brightness"] == grey
    assert checks.advice(facts) == advice


@pytest.mark.parametrize(
    ("width", "height", "key"),
    [(800, 600, ""), (600, 800, ""), (799, 600, "photo_size"), (800, 599, "photo_size"), (4000, 599, "photo_size")],
)
def test_size_is_the_one_check_that_refuses(width: int, height: int, key: str):
    assert checks.refusal({"width": width, "height": height}) == key
    assert checks.advice({**GOOD, "width": width, "height": height}) == []


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (3, 3)])
def test_the_smallest_pictures_can_be_measured(size: tuple[int, int]):
    facts = facts_of(Image.new("RGB", size, GREY), width=size[0], height=size[1])

    assert 0 <= facts["red"] <= 1
    assert 0 <= facts["blue"] <= 1


BAD = {
    "photo_size": {**GOOD, "width": 100},
    "photo_dark": {**GOOD, "brightness": 10.0},
    "photo_clothes": {**GOOD, "red": 0.8},
}


def test_every_check_has_a_picture_that_passes_and_one_that_does_not():
    for check in checks.CHECKS:
        assert check(GOOD) is None, check.key
        assert check(BAD[check.key]) == check.sentence == SENTENCES[check.key]
    assert set(BAD) == {check.key for check in checks.CHECKS}
