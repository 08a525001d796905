"""The authenticity statement: its content, its fonts, its number of pages."""

import re
import subprocess
import sys
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest
from django.utils.translation import override
from reportlab.pdfbase.ttfonts import TTFontFace

from verification.statement import StatementFacts, words
from verification.statement.glyphs import FILE, code_point, face, missing
from verification.statement.layout import BOTTOM, Paper, Pen, _drawn_once
from verification.statement.pdf import draw, pdf
from verification.statement.subsets import shared_characters

UNIT = StatementFacts(
    reference="T7Q4-M2KX",
    date=date(2026, 11, 25),
    province="宁夏回族自治区",
    subject_name="宁夏示例纸业有限公司",
    nature="企业",
    certificate_type="营业执照",
    number="91649999000000019L",
    subject_lead="林示范",
    site_name="示例纸业官网",
    domains=("example.com", "例子.中国"),
    provider="示例云计算有限公司",
    ip="203.0.113.25",
    access_method="云服务器（ECS）",
    server_place="宁夏回族自治区银川市",
    administrator="陈样例",
    seal=True,
)
PERSON = replace(
    UNIT,
    subject_name="赵样本",
    nature="个人",
    certificate_type="居民身份证",
    number="119999199009090002",
    subject_lead="",
    administrator="赵样本",
    seal=False,
)


def tool(*command: str, content: bytes, tmp_path: Path) -> str:
    file = tmp_path / "sheet.pdf"
    file.write_bytes(content)
    done = subprocess.run([command[0], *command[1:], str(file), *TAIL[command[0]]], capture_output=True, check=True)
    return done.stdout.decode()


TAIL = {"pdftotext": ["-"], "pdffonts": [], "pdfinfo": []}


@pytest.fixture
def text(tmp_path):
    """The words on a sheet, without spaces."""

    def read(facts: StatementFacts, language: str = "en") -> str:
        with override(language):
            content = pdf(facts)
        return "".join(tool("pdftotext", "-layout", content=content, tmp_path=tmp_path).split())

    return read


def test_every_answer_is_on_the_sheet_in_full(text):
    said = text(UNIT)

    for answer in (
        "T7Q4-M2KX",
        "2026年11月25日",
        "宁夏示例纸业有限公司",
        "企业",
        "营业执照",
        "91649999000000019L",
        "林示范",
        "示例纸业官网",
        "example.com",
        "例子.中国",
        "示例云计算有限公司",
        "203.0.113.25",
        "云服务器（ECS）",
        "宁夏回族自治区银川市",
        "陈样例",
    ):
        assert answer in said


@pytest.mark.parametrize(
    ("language", "beside", "not_there"),
    [
        ("en", ("①Subject", "②Website", "③Access", "④Fortheprovider", "⑤Sign"), "本单的用法"),
        ("zh-hans", ("①主体", "②网站", "③接入", "④留给接入服务商", "⑤签署", "本单的用法", "加盖单位公章"), "Howtouse"),
    ],
)
def test_the_form_is_chinese_and_the_guide_beside_it_is_in_the_readers_language(text, language, beside, not_there):
    said = text(UNIT, language)

    for part in (words.TITLE, words.SUBJECT, words.WEBSITE, words.ACCESS, words.RECORD, words.PLEDGE):
        assert "".join(part.split()) in said
    assert [part for part in (*beside, "SIGNHERE", "在此签字") if part not in said] == []
    assert not_there not in said


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_guide_has_no_comma_at_the_start_of_a_line_and_no_two_texts_touch(tmp_path: Path, language: str) -> None:
    with override(language):
        content = pdf(UNIT)
    drawn = tool("pdftotext", "-bbox-layout", content=content, tmp_path=tmp_path)
    lines = re.findall(r'<line xMin="([\d.]+)" yMin="([\d.]+)".*? yMax="([\d.]+)">(.*?)</line>', drawn, re.DOTALL)
    guide = [
        (float(top), float(bottom), re.sub(r"<[^>]+>|\s", "", words))
        for left, top, bottom, words in lines
        if float(left) > 420
    ]

    assert [words for _top, _bottom, words in guide if words[0] in "，。；：、！？"] == []
    heads = [top for top, _bottom, words in guide if words.startswith(("Howtouse", "本单的用法"))]
    above = [bottom for top, bottom, _words in guide if top < heads[0]]
    assert heads[0] - max(above) > 1


ASKED = {
    "seal": (words.SEAL, "SEALHERE"),
    "fingerprint": (words.FINGERPRINT, "FINGERPRINT"),
    "handwriting": ("个人承诺（本人手写", "按管局公布的承诺文字"),
    "registrar": ("注册商简称", "Beijingrequires"),
}


@pytest.mark.parametrize("what", sorted(ASKED))
def test_each_provinces_addition_is_there_only_when_required(text, what: str):
    bare = replace(UNIT, seal=False)
    asked = replace(bare, **{what: "示例" if what == "registrar" else True})

    with_it, without = text(asked), text(bare)

    for part in ASKED[what]:
        assert part in with_it
        assert part not in without


def test_the_pledge_is_that_of_an_organisation_or_of_a_person(text):
    unit, person = text(UNIT), text(PERSON)

    assert "本单位及网站负责人承诺" in unit
    assert "本单位" not in person
    assert "本人承诺" in person


def test_the_authoritys_words_are_above_the_lines_to_write_on(text):
    said = text(replace(PERSON, handwriting=True, handwriting_text="本人承诺网站不用于经营。"))

    assert "本人承诺网站不用于经营。" in said
    assert "按管局公布" not in said


def test_the_font_is_embedded_and_no_other_is_used(tmp_path):
    rows = tool("pdffonts", content=pdf(UNIT), tmp_path=tmp_path).splitlines()[2:]

    assert rows
    for row in rows:
        assert "WenQuanYiMicroHei" in row
        assert row.split()[-5:-2] == ["yes", "yes", "yes"]


def test_the_font_is_in_the_repository_with_its_licence():
    assert FILE.is_relative_to(Path(__file__).parents[3])
    assert "Apache License" in (FILE.parent / "LICENSE-Apache-2.0.txt").read_text()
    assert "WenQuanYi" in (FILE.parent / "README.md").read_text()


@pytest.mark.parametrize(
    ("domains", "pages"), [(("example.com",), 1), (tuple(f"a{n}.example.com" for n in range(30)), 2)]
)
def test_pages_are_numbered_with_their_total(text, tmp_path, domains: tuple[str, ...], pages: int):
    facts = replace(UNIT, domains=domains)

    said = text(facts)

    assert f"Pages:{pages}" in "".join(tool("pdfinfo", content=pdf(facts), tmp_path=tmp_path).split())
    for page in range(1, pages + 1):
        assert f"第{page}页，共{pages}页" in said
    assert all(domain in said for domain in domains)
    assert said.count("T7Q4-M2KX") >= 2 * pages


RARE = "赵㛃𠮷䶮"


def test_a_rare_character_never_disappears(text):
    said = text(replace(PERSON, subject_name=RARE, administrator=RARE))

    assert said.count("U+36C3") == 3  # twice where it belongs, once in the note
    assert said.count("U+20BB7") == 3
    assert said.count("U+4DAE") == 3
    assert "字库缺字" in said
    assert "赵□" in said


def test_a_sheet_without_rare_characters_has_no_note(text):
    assert "字库缺字" not in text(PERSON)


def test_rare_characters_are_found_in_every_answer(text):
    names = {part.name for part in fields(UNIT) if isinstance(getattr(UNIT, part.name), str)}
    everywhere = dict.fromkeys(names - {"reference", "province", "handwriting_text"}, "𠮷")

    said = text(replace(UNIT, **everywhere, domains=("𠮷.中国",)))

    assert said.count("U+20BB7") == len(everywhere) + 2
    assert "�" not in said


def test_characters_missing_in_the_font_are_listed_in_order_and_once():
    assert missing("赵㛃样𠮷㛃") == ["㛃", "𠮷"]
    assert [code_point(letter) for letter in "㛃𠮷"] == ["U+36C3", "U+20BB7"]


@pytest.mark.parametrize("hostile", ["<b>甲</b> & 乙", "</para>甲", "&nbsp;甲", "<font color='red'>甲", "%s %(a)s 甲"])
def test_markup_in_an_answer_is_printed_as_typed(text, hostile: str):
    assert "".join(hostile.split()) in text(replace(UNIT, site_name=hostile))


def test_a_long_answer_is_printed_completely(text):
    assert text(replace(UNIT, site_name="鑫" * 400)).count("鑫") == 400


@pytest.mark.parametrize("seal", [True, False])
@pytest.mark.parametrize("fingerprint", [True, False])
@pytest.mark.parametrize("handwriting", [True, False])
def test_nothing_is_drawn_below_the_foot(monkeypatch, seal: bool, fingerprint: bool, handwriting: bool):
    lowest: list[float] = []
    original = Paper.guide

    def guide(paper: Paper, *said: object) -> None:
        original(paper, *said)
        lowest.append(min(paper.y, paper.guide_y))

    monkeypatch.setattr(Paper, "guide", guide)
    facts = replace(
        UNIT, seal=seal, fingerprint=fingerprint, handwriting=handwriting, registrar="示例", subject_name=RARE
    )

    for count in (1, 8, 14, 20, 26, 40):
        draw(replace(facts, domains=tuple(f"a{n}.example.com" for n in range(count))), pages=1)

    assert min(lowest) > BOTTOM - 10


def test_the_same_answers_give_the_same_bytes():
    assert pdf(UNIT) == pdf(UNIT)
    assert pdf(UNIT) != pdf(replace(UNIT, ip="203.0.113.26"))


def test_the_files_title_contains_no_personal_data():
    content = pdf(UNIT)

    assert UNIT.number.encode() not in content
    assert "陈样例".encode("utf-16-be") not in content


@pytest.fixture
def often_switched():
    """Threads switch a thousand times as often, so that unguarded state shows."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(usual)


def test_sheets_printed_at_the_same_time_do_not_mix(often_switched):
    from concurrent.futures import ThreadPoolExecutor

    def english(one: StatementFacts) -> bytes:
        with override("en"):
            return pdf(one)

    facts = [replace(UNIT, reference=f"REF-{number}", site_name=f"示例{number}") for number in range(12)]
    alone = [english(one) for one in facts]

    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(english, facts))

    assert together == alone


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_characters_of_every_sheet_are_cut_once_and_those_of_an_order_are_not_kept(language, monkeypatch):
    make, cut = TTFontFace.makeSubset, []
    monkeypatch.setattr(TTFontFace, "makeSubset", lambda own, subset: cut.append(subset) or make(own, subset))

    with override(language):
        pdf(UNIT)
        del cut[:]
        pdf(replace(UNIT, subject_name="龘靐齉茶业"))

    assert [ord("茶") in subset for subset in cut] == [True]
    assert {(len(kept), ord("茶") in kept) for kept in face().face.shared} == {(256, False)}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("facts", [UNIT, replace(PERSON, handwriting=True, fingerprint=True, registrar="龘靐域名")])
def test_the_sheets_own_texts_are_kept_as_they_would_be_drawn(facts: StatementFacts, language: str, monkeypatch):
    _drawn_once.cache_clear()
    with override(language):
        kept = [pdf(facts), pdf(facts)]
        monkeypatch.setattr(Pen, "own", Pen.paragraph)
        drawn = pdf(facts)

    assert kept == [drawn, drawn]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_sheets_own_texts_are_drawn_again_only_for_characters_that_are_not_shared(language: str, monkeypatch):
    draw_paragraph, drawn = Pen.paragraph, []
    monkeypatch.setattr(Pen, "paragraph", lambda pen, text, *how: drawn.append(text) or draw_paragraph(pen, text, *how))

    with override(language):
        pdf(UNIT)
        del drawn[:]
        pdf(replace(UNIT, subject_name="宁夏样例茶业有限公司"))
        shared = shared_characters(language)

    assert [text for text in drawn if not {letter for letter in text if not letter.isascii()} - {*shared}] == []
