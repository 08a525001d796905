"""Each finding on a few drawn pictures: found on those that have it, absent on good ones; and its Chinese texts."""

import json
import random
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.utils import translation
from django.utils.translation import gettext
from PIL import Image

from bench.photo_check import damage, papers, people, scenes
from verification.pictures import checks, faces, judge
from verification.pictures.checks import BY_KEY, CHECKS, WHOLE
from verification.pictures.likeness import are_alike, light_of, likeness_of
from verification.pictures.papers import Paper, paper_of
from verification.pictures.sample import Sample

ROOT = Path(__file__).parents[3]
FACES = [Image.open(ROOT / "tests" / "fixtures" / "face.jpg").convert("RGB")]
SEEDS = range(3)
ALIKE_IN_ALL_STRENGTHS = ("screenshot", "side", "face")  # drawn twice they would be the same picture
CHINESE = {
    "blur": ("照片模糊", "请拿稳手机，轻点屏幕对焦后重拍"),
    "dark": ("光线过暗", "请在窗边或灯下重拍"),
    "glare": ("反光遮住部分内容", "请关闭闪光灯，或将证件稍微倾斜"),
    "cut": ("证件未拍全", "请离远一些，使四角都在画面内"),
    "small": ("太小，看不清文字", "请靠近拍摄，使证件占满画面"),
    "screenshot": ("这是截图", "请拍摄原件，不得拍摄屏幕"),
    "side": ("拍的是另一面", "此处请上传有头像的一面"),
    "face": ("未找到人脸", "人脸须清楚、端正，光线充足"),
    "photo_clothes": ("上衣为红色或蓝色", "请换衣服后重拍"),
    "photo_background": ("背景不符合要求", "背景须全部为我们的蓝色幕布或白墙"),
    "twice": ("同一张图片上传了两次", "请在每一处上传对应的图片"),
}


def findings_on(drawn: damage.Sample) -> dict[str, checks.Box]:
    return dict(judge.findings(drawn.picture, drawn.paper, width=drawn.width, height=drawn.height))


@pytest.mark.parametrize(
    ("key", "strength"),
    [(key, strength) for key in damage.DAMAGES for strength in ([3] if key in ALIKE_IN_ALL_STRENGTHS else [2, 3])],
)
def test_a_damage_is_found_and_its_place_is_on_the_picture(key: str, strength: int):
    for seed in SEEDS:
        seen = findings_on(damage.DAMAGES[key](random.Random(seed), FACES, strength))

        assert key in seen
        left, top, right, bottom = seen[key]
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1


@pytest.mark.parametrize("draw", [damage.good_paper, damage.good_portrait])
def test_nothing_is_found_on_a_good_picture(draw):
    for seed in range(6):
        assert findings_on(draw(random.Random(seed), FACES)) == {}


def test_the_frame_of_a_cut_off_paper_is_the_edge_it_runs_over():
    rng = random.Random(3)
    card, table = papers.card_back(rng), scenes.table((1024, 768), rng)
    picture, _corners = scenes.lay(card, table, rng, share=0.8, shift=(0.3, 0))

    seen = findings_on(damage.finish(picture, Paper.CARD, rng))

    assert seen["cut"] == (0.96, 0.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("top", "is_said"),
    [
        ((120, 122, 118), False),
        ((245, 245, 240), False),
        ((25, 25, 28), False),
        ((60, 120, 60), False),
        ((190, 160, 60), False),
        ((228, 120, 40), False),
        ((120, 60, 140), False),
        ((200, 30, 35), True),
        ((150, 15, 30), True),
        ((30, 60, 180), True),
        ((20, 30, 90), True),
    ],
)
def test_a_red_or_blue_top_is_pointed_out_and_the_blue_backdrop_is_not(top: tuple[int, int, int], is_said: bool):
    rng = random.Random(1)
    shown = people.person(people.backdrop(rng), people.stuff(rng, top), rng, FACES[0])

    assert ("photo_clothes" in findings_on(damage.finish(shown, Paper.PORTRAIT, rng))) is is_said


def test_a_scan_that_fills_the_picture_is_whole():
    rng = random.Random(2)
    sheet = papers.page(rng).resize((724, 1024))

    assert "cut" not in findings_on(damage.Sample(sheet, Paper.SHEET, 2172, 3072))


def test_a_pale_paper_on_a_pale_table_is_not_reported_as_cut_off():
    rng = random.Random(4)
    laid, _corners = scenes.lay(
        papers.page(rng, pale=True), Image.new("RGB", (768, 1024), (238, 237, 233)), rng, share=0.85
    )

    assert not {"cut", "small"} & findings_on(damage.finish(laid, Paper.SHEET, rng)).keys()


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (33, 33)])
@pytest.mark.parametrize("paper", Paper)
def test_the_smallest_pictures_can_be_judged(size: tuple[int, int], paper: Paper):
    findings_on(damage.Sample(Image.new("RGB", size, (120, 122, 118)), paper, *size))


def test_a_face_is_searched_for_only_where_one_is_required():
    code = """
import json, sys
from PIL import Image
from verification.pictures import judge
from verification.pictures.papers import Paper
grey = Image.new("RGB", (800, 600), "grey")
loaded = []
for paper in (Paper.CARD, Paper.SHEET, Paper.FACE_CARD):
    judge.findings(grey, paper, width=800, height=600)
    loaded.append("dlib" in sys.modules)
print(json.dumps(loaded))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert json.loads(done.stdout) == [False, False, True]


def test_the_stored_detector_finds_what_the_package_finds():
    import dlib

    from verification.pictures import faces

    picture = np.asarray(FACES[0].convert("L").resize((320, 416)))
    ours = faces.detector().run(picture, 0, 0.0)
    theirs = dlib.get_frontal_face_detector().run(picture, 0, 0.0)

    assert len(ours[0]) == 1
    assert [str(each) for each in ours[0]] == [str(each) for each in theirs[0]]
    assert list(ours[1]) == pytest.approx(list(theirs[1]))


@pytest.mark.parametrize("size", [(1600, 1200), (3024, 4032), (1024, 700), (333, 1417)])
def test_a_part_reduced_alone_has_the_colours_it_has_in_the_whole(size: tuple[int, int]):
    picture = Image.effect_noise(size, 90).convert("RGB")
    sample = Sample(picture, light_of(picture), Paper.FACE_CARD, *size)
    across, down = sample.light.size

    part = sample.hsv((0.13, 0.3, 0.87, 1.0))

    there = sample.rgb[int(0.3 * down) : down : 2, int(0.13 * across) : int(0.87 * across) : 2]
    assert np.array_equal(part, np.asarray(Image.fromarray(there.copy()).convert("HSV")))


def two_papers(seed: int) -> tuple[Image.Image, Image.Image, random.Random]:
    """Two papers, from one seed."""
    one, other, state = _drawn(seed)
    rng = random.Random()
    rng.setstate(state)
    return one, other, rng


@cache
def _drawn(seed: int) -> tuple[Image.Image, Image.Image, Any]:
    rng = random.Random(seed)
    one, other = (damage.good_paper(rng, FACES).picture for _ in range(2))
    return one, other, rng.getstate()


@pytest.mark.parametrize("strength", [1, 2, 3])
def test_the_same_picture_is_recognised_and_another_is_not(strength: int):
    for seed in SEEDS:
        one, other, rng = two_papers(seed)

        assert are_alike(likeness_of(one), likeness_of(damage.again(one, rng, strength)))
        assert not are_alike(likeness_of(one), likeness_of(other))


def test_two_papers_photographed_in_the_same_place_are_different():
    for seed in SEEDS:
        one, other = damage.neighbours(random.Random(seed), FACES)

        assert not are_alike(likeness_of(one), likeness_of(other))


def test_a_blank_picture_and_an_unmeasured_one_match_none():
    blank = likeness_of(Image.new("RGB", (800, 600), "white"))

    assert not are_alike(blank, blank)
    assert not are_alike("", "")


def test_every_row_is_measured_and_every_measure_has_a_row():
    assert set(judge.MEASURES) == {check.key for check in CHECKS}
    assert set(damage.DAMAGES) == set(judge.MEASURES)


def test_a_row_and_its_measure_make_a_check(monkeypatch: pytest.MonkeyPatch):
    row = replace(CHECKS[0], key="green", papers=frozenset({Paper.CARD}), words="Green", remedy="Take another")
    green = Image.new("RGB", (800, 600), (0, 200, 0))
    monkeypatch.setattr(checks, "CHECKS", (*CHECKS, row))
    monkeypatch.setattr(
        judge,
        "MEASURES",
        {**judge.MEASURES, "green": lambda sample: WHOLE if sample.rgb[..., 1].mean() > 150 else None},
    )

    assert "green" in findings_on(damage.Sample(green, Paper.CARD, 2400, 1800))
    assert "green" not in findings_on(damage.Sample(green, Paper.SHEET, 2400, 1800))
    assert "green" not in findings_on(damage.Sample(Image.new("RGB", (800, 600)), Paper.CARD, 2400, 1800))


def test_every_finding_has_its_text_and_advice_in_chinese():
    with translation.override("zh-hans"):
        said = {key: (gettext(check.words), gettext(check.remedy)) for key, check in BY_KEY.items()}

    assert said == CHINESE
    assert all(sum("\u4e00" <= sign <= "\u9fff" for sign in "".join(words)) <= 30 for words in said.values())


@pytest.mark.parametrize(
    ("kind", "side", "paper"),
    [
        ("lead_id", 1, Paper.FACE_CARD),
        ("admin_id", 2, Paper.CARD),
        ("residence", 1, Paper.CARD),
        ("holding_photo", 1, Paper.HOLDING),
        ("photo", 1, Paper.PORTRAIT),
        ("statement", 3, Paper.SHEET),
    ],
)
def test_slot_and_side_determine_what_the_picture_should_show(kind: str, side: int, paper: Paper):
    assert paper_of(kind, side) is paper


def test_a_face_is_searched_in_a_smaller_copy_where_only_a_card_is_searched(monkeypatch: pytest.MonkeyPatch):
    searched = []

    class Detector:
        def run(self, grey: Any, *_settings: float) -> tuple[list[Any], list[float], list[int]]:
            searched.append(grey.shape)
            return [], [], []

    monkeypatch.setattr(faces, "detector", Detector)

    faces.clearest(Image.new("L", (1000, 800)))
    faces.clearest(Image.new("L", (1000, 800)), within=(0.1, 0.25, 0.9, 0.75))

    assert searched == [(608, 760), (280, 560)]
