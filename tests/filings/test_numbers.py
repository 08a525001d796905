import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from filings.numbers import FilingNumber, read_number
from filings.provinces import PROVINCES


@pytest.mark.parametrize(
    ("typed", "regular"),
    [
        ("宁ICP备00000000号-1", "宁ICP备00000000号-1"),
        ("宁ICP备00000000号", "宁ICP备00000000号"),
        ("  宁 icp 备 00000000 号 - 1 ", "宁ICP备00000000号-1"),
        ("宁ＩＣＰ备００００００００号－１", "宁ICP备00000000号-1"),
        ("宁ICP备00000000号—12", "宁ICP备00000000号-12"),
        ("宁ICP备00000000号1", "宁ICP备00000000号-1"),  # the dash is lost in a field for numbers
        ("宁ICP備00000000號-1", "宁ICP备00000000号-1"),
        ("陇ICP备2021003158号-1", "陇ICP备2021003158号-1"),
        ("甘ICP备00000000号", "陇ICP备00000000号"),
        ("川ICP备00000000号-3", "蜀ICP备00000000号-3"),
    ],
)
def test_a_number_is_read_however_it_is_typed(typed, regular):
    assert str(FilingNumber.parse(typed)) == regular


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "宁ICP备",
        "宁ICP备0000000号-1",
        "宁ICP备000000000号-1",
        "宁ICP备1999000000号",
        "宁ICP备00000000号-0",
        "宁ICP备00000000号-1A",
        "宁ICP备00000000",
        "ICP备00000000号-1",
        "港ICP备00000000号-1",
        "宁ICP证00000000号-1",
        "宁宁ICP备00000000号-1",
        "宁ICP备٠٠٠٠٠٠٠٠号-1",
    ],
)
def test_what_has_another_form_is_refused_with_a_sample(typed):
    with override("en"), pytest.raises(ValidationError) as refused:
        FilingNumber.parse(typed)

    assert refused.value.code == "number_shape"
    assert refused.value.messages == ["Enter it in the form 宁ICP备00000000号-1"]


def test_a_number_tells_its_parts():
    number = FilingNumber.parse("宁ICP备00000000号-1")

    assert (number.province, number.digits, number.site) == ("64", "00000000", 1)
    assert str(number.subject) == "宁ICP备00000000号"
    assert number.subject.site is None


@pytest.mark.parametrize("code", sorted(PROVINCES))
def test_every_province_is_read_by_its_character(code):
    number = FilingNumber(code, "12345678", 7)

    assert FilingNumber.parse(str(number)) == number


@given(st.sampled_from(sorted(PROVINCES)), st.integers(0, 99_999_999), st.none() | st.integers(1, 99_999))
def test_a_number_written_and_read_is_the_same(code, digits, site):
    number = FilingNumber(code, f"{digits:08}", site)

    assert FilingNumber.parse(str(number)) == number


def test_a_website_belongs_to_its_subject_and_to_no_other():
    site = FilingNumber.parse("宁ICP备00000000号-1")

    assert site.belongs_to(FilingNumber.parse("宁ICP备00000000号"))
    assert site.belongs_to(FilingNumber.parse("宁ICP备00000000号-2"))
    assert not site.belongs_to(FilingNumber.parse("宁ICP备00000001号"))
    assert not site.belongs_to(FilingNumber.parse("陕ICP备00000000号"))


def test_what_comes_from_elsewhere_is_read_or_nothing():
    assert read_number("宁ICP备00000000号") == FilingNumber("64", "00000000")
    assert read_number("nonsense") is None
