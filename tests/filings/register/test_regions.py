import re

import pytest
from django.utils.translation import override

from filings.provinces import PROVINCES
from filings.register.regions import Level, cities, counties, is_county, provinces, region


def test_there_are_31_provinces_under_the_names_of_their_rules():
    assert {each.code: each.name for each in provinces()} == {code: each.name_zh for code, each in PROVINCES.items()}


def test_the_table_is_complete():
    every_city = [city for each in provinces() for city in cities(each.code)]
    every_county = [county for city in every_city for county in counties(city.code)]

    assert [each.name for each in provinces() if not cities(each.code)] == []
    assert [city.name for city in every_city if not counties(city.code)] == []
    assert (len(every_city), len(every_county)) == (342, 2849)
    assert len({each.code for each in every_county}) == len(every_county)
    assert {city.level for city in every_city} == {Level.CITY}


def test_a_county_is_found_from_the_province_down():
    assert "银川市" in [city.name for city in cities("64")]
    assert "金凤区" in [county.name for county in counties("640100")]
    assert region("640106").full_name == "宁夏回族自治区银川市金凤区"


@pytest.mark.parametrize(
    ("code", "name", "counties_below"),
    [("110100", "北京市", 16), ("120100", "天津市", 16), ("310100", "上海市", 16), ("500200", "重庆市", 12)],
)
def test_a_municipality_has_a_level_without_a_place(code, name, counties_below):
    assert region(code).full_name == name
    assert len(counties(code)) == counties_below


@pytest.mark.parametrize("code", ["441900", "442000", "460400", "620200"])
def test_a_city_without_counties_is_its_own_county(code):
    assert [each.code for each in counties(code)] == [code]
    assert is_county(code)


def test_english_readers_find_the_pronunciation_of_a_whole_place():
    with override("en"):
        shown = [region(code).shown_in_full for code in ("640106", "110101", "64")]

    assert shown == [
        "宁夏回族自治区银川市金凤区 (Jinfeng, Yinchuan, Ningxia)",
        "北京市东城区 (Dongcheng, Beijing)",
        "宁夏回族自治区 (Ningxia)",
    ]


def test_chinese_readers_find_the_chinese_name_only():
    with override("zh-hans"):
        assert region("640106").shown_in_full == "宁夏回族自治区银川市金凤区"


@pytest.mark.parametrize(
    ("code", "full_name"),
    [
        ("429004", "湖北省仙桃市"),
        ("419001", "河南省济源市"),
        ("659001", "新疆维吾尔自治区石河子市"),
        ("469029", "海南省保亭黎族苗族自治县"),
    ],
)
def test_a_county_directly_under_its_province_is_found(code, full_name):
    assert region(code).full_name == full_name
    assert is_county(code)


@pytest.mark.parametrize("code", ["64", "640000", "640100", "", "640199", "110103", "710000", "abc", "６４０１０６"])
def test_a_code_that_is_no_current_county_cannot_be_chosen(code):
    assert not is_county(code)


@pytest.mark.parametrize(
    ("code", "name"),
    [("110103", "崇文区"), ("110224", "大兴县"), ("310226", "奉贤县"), ("500105", "江北区"), ("440602", "城区")],
)
def test_an_abolished_county_keeps_its_name_for_display(code, name):
    found = region(code)

    assert (found.name, found.current) == (name, False)
    assert found.full_name.startswith(region(code[:2]).name)


@pytest.mark.parametrize("code", ["", "6", "99", "999999", "649999", "710000", "810000", "640106 ", "x40106"])
def test_a_code_of_no_place_is_invalid(code):
    assert region(code) is None


def test_an_unknown_code_has_no_cities_and_counties():
    assert (cities("99"), counties("999900"), counties("64")) == ((), (), ())


def test_a_region_gives_its_levels():
    county, city, province = region("640106"), region("640100"), region("64")

    assert [each.province for each in (county, city, province)] == ["64", "64", "64"]
    assert [each.city for each in (county, city, province)] == ["640100", "640100", ""]
    assert region("640000") == province
    assert str(county) == "宁夏回族自治区银川市金凤区"


READINGS = {
    "350200": "Xiamen",
    "500100": "Districts",
    "341500": "Lu'an",
    "440113": "Panyu",
    "441900": "Dongguan",
    "130102": "Chang'an",
    "610100": "Xi'an",
    "140428": "Zhangzi",
    "331000": "Taizhou",
    "131025": "Daicheng",
    "310112": "Minhang",
    "411100": "Luohe",
    "350105": "Mawei",
    "141100": "Lüliang",
    "150100": "Hohhot",
    "540100": "Lhasa",
    "222400": "Yanbian",
    "440303": "Luohu",
    "370832": "Liangshan",
    "140221": "Yanggao",
}


@pytest.mark.parametrize(("code", "reading"), READINGS.items())
def test_a_place_is_read_as_locals_pronounce_it(code: str, reading: str):
    assert region(code).reading == reading


def test_every_city_and_county_has_a_reading_that_can_be_typed():
    wrong = [
        (place.name, place.reading)
        for province in provinces()
        for city in cities(province.code)
        for place in (city, *counties(city.code))
        if not re.fullmatch(r"[A-Z][a-zü]*(?:'[aeo][a-z]*)*(?: [a-z]+)*", place.reading)
    ]

    assert wrong == []


def test_readers_of_another_language_find_the_pronunciation_beside_the_name():
    shown = {}
    for language in ("en", "zh-hans"):
        with override(language):
            shown[language] = (region("440303").shown, region("44").shown)

    assert shown == {"en": ("罗湖区 Luohu", "广东省"), "zh-hans": ("罗湖区", "广东省")}
