import pytest
from django.utils.translation import override

from filings.checks import run
from filings.provinces import PROVINCES, province
from filings.provinces.choices import MustMatch
from filings.provinces.match_rules import FIELDS, NAMES, differences, fields_to_match
from tests.filings.checks.cases import case

NAME_AND_NUMBER = ["name", "id_number"]
LEAD, ADMINISTRATOR = ["lead_name", "lead_id_number"], ["admin_name", "admin_id_number"]


def names(code, nature="enterprise"):
    found = fields_to_match(province(code), nature)
    return None if found is None else [each.name for each in found]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("12", NAME_AND_NUMBER),
        ("15", NAME_AND_NUMBER + LEAD + ADMINISTRATOR),
        ("64", NAME_AND_NUMBER + ADMINISTRATOR),
        ("65", ["name"] + LEAD + ADMINISTRATOR),
        ("41", ["name"]),
        ("42", ["name", "is_legal_rep"]),
        ("44", []),
        ("11", None),
        ("31", None),
    ],
)
def test_what_an_organisation_must_match_depends_on_the_province(code, expected):
    assert names(code) == expected


def test_in_hunan_everything_must_match():
    assert names("43") == [name for name in FIELDS if name != "is_legal_rep"]


def test_an_individual_has_rules_of_its_own():
    assert names("35", "individual") == [*NAME_AND_NUMBER, "id_address"]
    assert names("35", "enterprise") == NAME_AND_NUMBER
    assert names("34", "individual") == []


def test_every_rule_names_fields_that_are_on_a_page():
    assert {name for rule in MustMatch for name in NAMES[rule]} == set(FIELDS)
    assert {each.step for each in FIELDS.values()} == {"type", "subject", "website", "administrator"}


@pytest.mark.parametrize("code", PROVINCES)
def test_every_province_gives_a_list_or_says_that_nothing_is_stated(code):
    for nature in ("enterprise", "individual"):
        assert (fields_to_match(province(code), nature) is None) == (province(code).must_match(nature) is None)


def test_the_labels_exist_in_both_languages():
    with override("en"):
        english = [str(each.label) for each in FIELDS.values()]
    with override("zh-hans"):
        chinese = [str(each.label) for each in FIELDS.values()]

    assert all(label.isascii() for label in english)
    assert [label for label in chinese if label in english] == []
    assert len(set(chinese)) == len(FIELDS)


def test_only_values_that_must_match_and_are_known_on_both_sides_can_differ():
    answers = case().answers
    record = {
        "name": "别的公司",
        "id_number": "",
        "lead_name": "别人",
        "admin_name": "别人",
        "admin_email": "x@example.com",
    }

    assert [each.name for each in differences(province("64"), "enterprise", answers, record)] == ["name", "admin_name"]
    assert differences(province("44"), "enterprise", answers, record) == []
    assert differences(province("11"), "enterprise", answers, record) == []
    assert differences(province("64"), "enterprise", answers, {**answers}) == []
    assert differences(province("64"), "enterprise", {}, record) == []


@pytest.mark.parametrize(
    ("name", "typed", "filed"),
    [
        ("home_url", "https://www.example.com/", "www.example.com"),
        ("home_url", "https://www.example.com", "http://www.example.com/"),
        ("home_url", "https://www.example.com/News/", "HTTP://WWW.example.com/News"),
        ("post_address", "麓山路1号（2栋）301室", "麓山路１号(2栋) 301室"),
        ("lead_email", "Lin@example.com", "lin@EXAMPLE.com"),
        ("lead_name", "JOHN SMITH", "John Smith"),
    ],
)
def test_an_entry_in_hunan_that_is_only_written_otherwise_than_on_file_does_not_differ(name, typed, filed):
    assert differences(province("43"), "enterprise", {name: typed}, {name: filed}) == []


@pytest.mark.parametrize(
    ("name", "typed", "filed"),
    [
        ("home_url", "https://www.example.com/", "example.com"),
        ("home_url", "https://www.example.com/", "www.example.com/news"),
        ("home_url", "https://www.example.com/News", "www.example.com/news"),
        ("post_address", "麓山路1号（2栋）", "麓山路1号（3栋）"),
    ],
)
def test_another_address_in_hunan_differs_however_it_is_written(name, typed, filed):
    found = differences(province("43"), "enterprise", {name: typed}, {name: filed})

    assert [each.name for each in found] == [name]


def test_the_website_s_page_accepts_in_hunan_a_home_page_that_is_on_file_without_https():
    on_file = {"record": {"home_url": "www.example.com", "admin_email": "Chen@Example.com"}}
    another = {"record": {"home_url": "www.example.net"}}

    assert [each.id for each in run("website", case("43", known=on_file))] == []
    assert [each.id for each in run("website", case("43", known=another))] == ["match_record"]
