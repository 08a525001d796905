import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from icpportal.fields.phones import area_code, is_mobile, is_virtual, landline, mobile, phone

CAST = ["13900000001", "13900000002", "13900000003", "13900000004"]
DIFFERENT_WAYS = [
    "13900000002",
    "１３９０００００００２",
    "139 0000 0002",
    "139-0000-0002",
    "+86 13900000002",
    "＋86－139－0000－0002",
    "0086 139 0000 0002",
    "086-13900000002",
    "8613900000002",
    "(+86) 139.0000.0002",
]


@pytest.mark.parametrize("typed", CAST)
def test_the_sample_cast_has_mobiles(typed):
    assert mobile(typed) == typed


@pytest.mark.parametrize("typed", DIFFERENT_WAYS)
def test_a_mobile_is_the_same_in_any_spelling(typed):
    assert mobile(typed) == "13900000002"


@pytest.mark.parametrize("start", ["130", "147", "166", "170", "171", "172", "178", "186", "190", "192", "195", "199"])
def test_ranges_in_use_are_mobiles(start):
    assert mobile(f"{start}12345678") == f"{start}12345678"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1390000000",
        "139000000022",
        "23900000002",
        "12900000002",
        "010-12345678",
        "086-0951-5550100",
        "+852 6123 4567",
        "+1 202 555 0100",
        "139abcd0002",
        "١٣٩٠٠٠٠٠٠٠٢",
        "13900000002 转 1",
        "139\u200b00000002",
    ],
)
def test_a_number_that_cannot_receive_texts_is_no_mobile(typed):
    with pytest.raises(ValidationError) as refused:
        mobile(typed)

    assert refused.value.code == "mobile_bad"


@pytest.mark.parametrize(
    ("typed", "regular"),
    [
        ("086-0951-5550100", "086-0951-5550100"),
        ("0951-5550100", "086-0951-5550100"),
        ("+86 951 5550100", "086-0951-5550100"),
        ("（０９５１）５５５０１００", "086-0951-5550100"),
        ("010 1234 5678", "086-010-12345678"),
        ("086-0535-6700763", "086-0535-6700763"),
        ("0769-12345678", "086-0769-12345678"),
    ],
)
def test_a_landline_is_normalised(typed, regular):
    assert landline(typed) == regular
    assert landline(landline(typed)) == regular


@pytest.mark.parametrize("typed", ["5550100", "13900000002", "400-000-0000", "0951-5550100-8001", "951", "", "电话"])
def test_other_numbers_are_no_landline(typed):
    with pytest.raises(ValidationError) as refused:
        landline(typed)

    assert refused.value.code == "landline_bad"


def test_a_phone_is_either():
    assert phone("139 0000 0002") == "13900000002"
    assert phone("0951 5550100") == "086-0951-5550100"
    assert phone("10 6552 0100") == "086-010-65520100"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("12900000002", "mobile_bad"),
        ("138 1111 222", "mobile_bad"),
        ("138111122223", "mobile_bad"),
        ("123", "landline_bad"),
    ],
)
def test_a_wrong_phone_is_told_the_closest_format(typed, code):
    with pytest.raises(ValidationError) as refused:
        phone(typed)

    assert refused.value.code == code


def test_the_ranges_of_virtual_operators_are_known():
    assert [start for start in range(130, 200) if is_virtual(f"{start}00000000")] == [162, 165, 167, 170, 171]


def test_a_landline_gives_its_area_code_and_a_mobile_has_none():
    assert (area_code("086-0951-5550100"), area_code("13900000002")) == ("0951", "")
    assert (is_mobile("13900000002"), is_mobile("086-0951-5550100")) == (True, False)


@given(st.text(max_size=30))
def test_any_input_gives_a_number_or_a_sentence(typed):
    try:
        number = phone(typed)
    except ValidationError as refused:
        assert refused.code in {"mobile_bad", "landline_bad"}  # noqa: PT017 -- either outcome is right
    else:
        assert phone(number) == number
