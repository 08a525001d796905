import csv

import pytest

from filings.register.area_codes import DATA, cities_of, home_province
from filings.register.regions import cities, provinces, region


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("0951", {"银川市"}),
        ("0535", {"烟台市"}),
        ("0371", {"郑州市", "开封市"}),  # one code since 2013
        ("024", {"沈阳市", "抚顺市", "本溪市", "铁岭市"}),
        ("029", {"西安市", "咸阳市"}),
    ],
)
def test_an_area_code_gives_its_cities(code, names):
    assert {region(each).name for each in cities_of(code)} == names


@pytest.mark.parametrize("code", ["", "0000", "0378", "951"])
def test_an_unused_area_code_gives_no_city(code):
    assert cities_of(code) == frozenset()


def test_every_city_has_an_area_code_and_every_row_is_a_city():
    with (DATA / "area_codes.csv").open(newline="") as file:
        rows = [row["city"] for row in csv.DictReader(file)]
    every_city = {each.code for province in provinces() for each in cities(province.code)}

    assert set(rows) <= every_city
    assert every_city - set(rows) == set()


@pytest.mark.parametrize(
    ("mobile", "province"),
    [
        ("13800010000", "11"),
        ("13909510001", "64"),
        ("18612345678", "11"),
        ("13900000001", "65"),
        ("19912345678", ""),
        ("16212345678", ""),
        ("19000000000", ""),
    ],
)
def test_a_mobile_of_the_older_ranges_gives_its_province(mobile, province):
    assert home_province(mobile) == province


def test_every_home_is_a_province():
    with (DATA / "mobile_homes.csv").open(newline="") as file:
        homes = {row["province"] for row in csv.DictReader(file)}

    assert homes == {"", *(each.code for each in provinces())}
