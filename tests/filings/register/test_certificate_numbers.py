from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from filings.register.certificate_numbers import (
    ID_AREAS,
    age_on,
    birth_date,
    fault,
    id_province,
    organisation_check_digit,
    regular,
)
from filings.register.certificates import CERTIFICATES
from filings.register.regions import provinces

TODAY = date(2026, 11, 24)
LICENCE, ID_CARD, ORGANISATION, UNIT, PASSPORT, TAIWAN, HK, RESIDENT, RESIDENCE_HK, RESIDENCE_TW, SCHOOL = (
    *(1, 2, 12, 5, 7, 11, 14, 30, 41, 42, 37),
)
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def key_of(kind, number, today=TODAY):
    found = fault(kind, number, today=today)
    return found.key if found else None


def id_number(first_17):
    return first_17 + ric.calc_check_digit(first_17 + "0")


def credit_number(first_17):
    return first_17 + uscc.calc_check_digit(first_17 + "0")


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (LICENCE, "91649999000000019L"),
        (ID_CARD, "649999198502140009"),
        (ID_CARD, "649999198806060008"),
        (ID_CARD, "119999199009090002"),
    ],
)
def test_the_sample_cast_is_accepted(kind, number):
    assert key_of(kind, number) is None


areas = st.sampled_from(sorted(ID_AREAS))
four_digits = st.text("0123456789", min_size=4, max_size=4)
three_digits = st.text("0123456789", min_size=3, max_size=3)
births = st.dates(min_value=date(1900, 1, 1), max_value=TODAY)


@given(areas, four_digits, births, three_digits)
def test_no_id_card_with_the_right_check_digit_is_refused(area, county, born, sequence):
    assert key_of(ID_CARD, id_number(f"{area}{county}{born:%Y%m%d}{sequence}")) is None


@given(areas, four_digits, births, three_digits, st.integers(0, 10))
def test_every_id_card_with_a_wrong_check_digit_is_refused(area, county, born, sequence, step):
    number = id_number(f"{area}{county}{born:%Y%m%d}{sequence}")
    digits = "0123456789X".replace(number[-1], "")

    assert key_of(ID_CARD, number[:-1] + digits[step % 10]) == "idcard_check"


@given(
    st.sampled_from(CREDIT_ALPHABET[1:]),
    st.sampled_from(CREDIT_ALPHABET),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(CREDIT_ALPHABET, min_size=9, max_size=9),
)
def test_no_credit_code_with_the_right_check_digit_is_refused(department, kind, region, body):
    assert key_of(LICENCE, credit_number(f"{department}{kind}{region}{body}")) is None


@given(st.text(CREDIT_ALPHABET, min_size=9, max_size=9), st.integers(0, 29))
def test_every_credit_code_with_a_wrong_check_digit_is_refused(body, step):
    number = credit_number(f"91110000{body}")
    others = CREDIT_ALPHABET.replace(number[-1], "")

    assert key_of(LICENCE, number[:-1] + others[step]) == "uscc_check"


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=8, max_size=8))
def test_no_organisation_code_with_the_right_check_digit_is_refused(body):
    assert key_of(ORGANISATION, body + organisation_check_digit(body)) is None


@given(st.sampled_from(sorted(CERTIFICATES)), st.text(max_size=40))
def test_any_input_gets_a_verdict_and_no_error(kind, typed):
    found = fault(kind, regular(typed), today=TODAY)

    assert found is None or (found.key and found.text)


@pytest.mark.parametrize(
    "number",
    [
        "429004199001010019",  # Xiantao, a county only since 1994
        "341202199001010014",  # Yingzhou, since 1996
        "469029199001010014",
        "460300199001010015",
        "810000199001010013",  # Hong Kong
        "820000199001010014",  # Macao
        "830000199001010015",  # Taiwan
        "110224199001010017",  # counties that no longer exist
        "512501197203035172",
        "310226198001010018",
    ],
)
def test_new_or_abolished_counties_do_not_matter(number):
    assert key_of(ID_CARD, id_number(number[:17])) is None


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("", "idcard_len"),
        ("649999850214000", "idcard_len"),  # 15 digits, invalid since 2013
        ("6499991985021400090", "idcard_len"),
        ("64999919850214000X", "idcard_check"),
        ("64999919850214000O", "idcard_check"),
        ("X49999198502140009", "idcard_check"),
        ("699999198502140009", "idcard_area"),
        ("009999198502140009", "idcard_area"),
        (id_number("64999919850230000"), "idcard_date"),
        (id_number("64999919850014000"), "idcard_date"),
        (id_number("64999918991231000"), "idcard_date"),
        (id_number("64999920261125000"), "idcard_date"),  # born tomorrow
        ("649999198602140009", "idcard_check"),
        ("٦٤٩٩٩٩١٩٨٥٠٢١٤٠٠٠٩", "idcard_check"),
    ],
)
def test_an_id_card_is_refused_for_its_reason(number, key):
    assert key_of(ID_CARD, number) == key


def test_a_person_born_today_can_have_an_id_card_today():
    assert key_of(ID_CARD, id_number("64999920261124000")) is None


@pytest.mark.parametrize(
    ("number", "key"),
    [
        (credit_number("N2649999MA7000000"), None),  # rural collective
        (credit_number("Y1649999000000001"), None),
        (credit_number("92649999MA7000000"), None),  # self-employed
        (credit_number("12100000400000000"), None),
        ("91649999000000019", "uscc_len"),
        ("640000000000001", "uscc_len"),  # the 15 digits of licences before 2015
        ("91649999000000019M", "uscc_check"),
        ("91649999O00000019L", "uscc_letter"),
        ("9164999900000001SL", "uscc_letter"),
        ("9164A999000000019L", "uscc_check"),
        ("01649999000000019L", "uscc_check"),
        ("９１６４９９９９０００００００１９L", "uscc_check"),
    ],
)
def test_a_credit_code_is_checked_by_letters_region_and_check_digit(number, key):
    assert key_of(LICENCE, number) == key


@pytest.mark.parametrize(
    ("kind", "number", "key"),
    [
        (ORGANISATION, "123456788", None),
        (ORGANISATION, "D2143569X", None),
        (ORGANISATION, "91649999000000019L", None),  # replaced by the credit code
        (ORGANISATION, "91649999000000019M", "uscc_check"),
        (ORGANISATION, "D21435690", "orgcode_check"),
        (ORGANISATION, "12345678", "orgcode_len"),
        (ORGANISATION, "12345678-8", "orgcode_len"),
        (PASSPORT, "E12345678", None),
        (PASSPORT, "12345", None),
        (PASSPORT, "A" * 17, None),
        (PASSPORT, "1234", "passport_bad"),
        (PASSPORT, "A" * 18, "passport_bad"),
        (PASSPORT, "护照1234", "passport_bad"),
        (HK, "H12345678", None),
        (HK, "M1234567801", None),
        (HK, "12345678", "permit_hk_bad"),
        (HK, "A12345678", "permit_hk_bad"),
        (TAIWAN, "12345678", None),
        (TAIWAN, "1234567890(A)", None),
        (TAIWAN, "T1234567890", None),
        (TAIWAN, "1234567", "permit_tw_bad"),
        (RESIDENCE_HK, id_number("81000019900101001"), None),
        (RESIDENCE_HK, id_number("83000019900101001"), "idcard_area"),
        (RESIDENCE_TW, id_number("83000019900101001"), None),
        (RESIDENCE_TW, id_number("64010619900101001"), "idcard_area"),
        (RESIDENT, id_number("91108419900101001"), None),
        (RESIDENT, "USA110199001010", None),  # before 2023
        (RESIDENT, id_number("64010619900101001"), "idcard_area"),
        (RESIDENT, "91108419900101001", "idcard_len"),
        (UNIT, "61416", None),
        (UNIT, "61416部队", None),
        (UNIT, "614", "unit_code_bad"),
        (SCHOOL, "教民164999970000019号", None),
        (SCHOOL, "字" * 32, None),
        (SCHOOL, "1", "number_length"),
        (SCHOOL, "1" * 33, "number_length"),
        (777, "12345678", "choose"),
    ],
)
def test_other_documents_are_checked_by_their_format(kind, number, key):
    assert key_of(kind, number) == key


def test_a_number_is_stored_in_capitals_half_width_and_without_spaces():
    assert regular(" 1１9999 19900909 000ｘ ") == "11999919900909000X"
    assert regular("d2143569-x") == "D2143569X"
    assert regular("h１２３４５６７８（０９）") == "H12345678(09)"


def test_the_age_is_read_from_the_number():
    born = birth_date("2", "649999198502140009")

    assert born == date(1985, 2, 14)
    assert [age_on(born, day) for day in (date(2003, 2, 13), date(2003, 2, 14), date(2003, 2, 15))] == [17, 18, 18]


def test_a_person_born_on_a_leap_day_ages_on_the_first_of_march():
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18


@pytest.mark.parametrize(
    ("kind", "number"),
    [(PASSPORT, "E12345678"), (LICENCE, "91649999000000019L"), (777, "649999198502140009"), (2, "6")],
)
def test_a_document_without_a_birth_date_gives_no_age(kind, number):
    assert birth_date(kind, number) is None


def test_an_id_card_gives_the_province_and_no_other_document_does():
    assert id_province("2", "649999198502140009") == "64"
    assert id_province("2", id_number("81000019900101001")) == ""
    assert id_province("41", id_number("81000019900101001")) == ""
    assert id_province("7", "64999999") == ""


def test_every_province_may_begin_an_id_card():
    assert {each.code for each in provinces()} < ID_AREAS
    assert ID_AREAS - {each.code for each in provinces()} == {"71", "81", "82", "83"}
