import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from filings.provinces import PROVINCES
from filings.register.numbers import FilingNumber, read_number
from icpportal.fields.filing_numbers import shape, subject_number


@pytest.mark.parametrize(
    ("typed", "regular"),
    [
        ("宁ICP备00000000号-1", "宁ICP备00000000号-1"),
        ("宁ICP备00000000号", "宁ICP备00000000号"),
        ("  宁 icp 备 00000000 号 - 1 ", "宁ICP备00000000号-1"),
        ("宁ＩＣＰ备００００００００号－１", "宁ICP备00000000号-1"),
        ("宁ICP备00000000号—12", "宁ICP备00000000号-12"),
        ("宁ICP备00000000号1", "宁ICP备00000000号-1"),  # a numeric field drops the dash
        ("宁ICP備00000000號-1", "宁ICP备00000000号-1"),
        ("陇ICP备2021003158号-1", "陇ICP备2021003158号-1"),
        ("甘ICP备00000000号", "陇ICP备00000000号"),
        ("川ICP备00000000号-3", "蜀ICP备00000000号-3"),
        ("京ICP备12345号-1", "京ICP备12345号-1"),
        ("京ICP备050001号-1", "京ICP备050001号-1"),
        ("粤ICP备0500012号-1", "粤ICP备0500012号-1"),
        ("京ICP证030173号-1", "京ICP证030173号-1"),
        (" 京 icp 證 030173 號 1", "京ICP证030173号-1"),
        ("沪ICP备B2-20050012号-3", "沪ICP备B2-20050012号-3"),
        ("京B2-20060259", "京B2-20060259"),
        ("京B2-20060259-1", "京B2-20060259-1"),
        ("京ｂ２－２００６０２５９－１", "京B2-20060259-1"),
        ("京B2—20060259—12", "京B2-20060259-12"),
        ("京B2200602591", "京B2-20060259-1"),  # a numeric field drops the dashes
        ("京B2-200602591-1", "京B2-200602591-1"),
        ("京B2-2006025-1", "京B2-2006025-1"),
        ("川B2-20060259-1", "川B2-20060259-1"),  # the authority's own spelling on a licence
        ("甘B2-20060259-1", "甘B2-20060259-1"),
        ("京A2.B1.B2-20060259-1", "京A2.B1.B2-20060259-1"),
        ("合字B2-20060259-1", "合字B2-20060259-1"),
    ],
)
def test_a_number_is_read_in_any_spelling(typed, regular):
    assert str(FilingNumber.parse(typed)) == regular


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "宁ICP备",
        "宁ICP备000号-1",
        "宁ICP备00000000000号-1",
        "宁ICP备00000000号-0",
        "宁ICP备00000000号-1A",
        "宁ICP备00000000",
        "ICP备00000000号-1",
        "港ICP备00000000号-1",
        "宁ICP函00000000号-1",
        "合字ICP备00000000号-1",
        "京B2-20060259-1A",
        "京B3-20060259-1",
        "京B2-",
        "宁宁ICP备00000000号-1",
        "宁ICP备٠٠٠٠٠٠٠٠号-1",
    ],
)
def test_another_format_is_refused_with_a_sample(typed):
    with override("en"), pytest.raises(ValidationError) as refused:
        FilingNumber.parse(typed)

    assert refused.value.code == "number_shape"
    assert refused.value.messages == ["Enter it in the form 宁ICP备00000000号-1"]


def test_a_number_gives_its_parts():
    number = FilingNumber.parse("宁ICP备00000000号-1")

    assert (number.province, number.digits, number.site) == ("64", "00000000", 1)
    assert str(number.subject) == "宁ICP备00000000号"
    assert number.subject.site is None


@pytest.mark.parametrize("code", sorted(PROVINCES))
def test_every_province_is_recognised_by_its_character(code):
    number = FilingNumber(code, "12345678", 7)

    assert FilingNumber.parse(str(number)) == number


@given(st.sampled_from(sorted(PROVINCES)), st.integers(0, 99_999_999), st.none() | st.integers(1, 99_999))
def test_a_number_written_and_read_again_is_the_same(code, digits, site):
    number = FilingNumber(code, f"{digits:08}", site)

    assert FilingNumber.parse(str(number)) == number


def test_a_website_belongs_to_its_subject_and_to_no_other():
    site = FilingNumber.parse("宁ICP备00000000号-1")

    assert site.subject == FilingNumber.parse("宁ICP备00000000号").subject
    assert site.subject == FilingNumber.parse("宁ICP备00000000号-2").subject
    assert site.subject != FilingNumber.parse("宁ICP备00000001号").subject
    assert site.subject != FilingNumber.parse("陕ICP备00000000号").subject


@pytest.mark.parametrize(
    "stem", ["京ICP证030173号", "京B2-20060259", "川B2-20060259", "合字B2-20060259", "京ICP备12345号"]
)
def test_a_website_of_a_licence_belongs_to_it_and_to_no_other(stem):
    site, subject = FilingNumber.parse(f"{stem}-3"), FilingNumber.parse(stem)

    assert (site.subject, site.site, str(site.subject)) == (subject, 3, stem)
    assert subject_number(f"{stem}-3") == stem
    assert site.subject != FilingNumber.parse("京ICP备030173号").subject


@pytest.mark.parametrize(
    ("number", "code"),
    [("京B2-20060259", "11"), ("川B2-20060259", "51"), ("甘ICP证030173号", "62"), ("合字B2-20060259", "")],
)
def test_a_licence_gives_its_province(number, code):
    assert FilingNumber.parse(number).province == code


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("京Q2-20060259-1", "京.9-99999999-9"),
        ("陈样例", ".."),
        ("<b>林</b>", ".B..B."),
        ("", ""),
        ("京ICP备" + "1" * 99, "京ICP备" + "9" * 35),
    ],
)
def test_the_format_of_a_number_contains_no_number(text, form):
    assert shape(text) == form


def test_an_external_number_is_read_or_ignored():
    assert read_number("宁ICP备00000000号") == FilingNumber("64", "00000000")
    assert read_number("nonsense") is None
