from dataclasses import asdict

import pytest

from filings import queries
from filings.actions import end_access
from filings.authority_records import take_struck
from filings.models import LegacyRecord
from filings.queries import (
    RegisterSnapshot,
    administrator_of,
    known_to_checks,
    record_of,
    register_snapshot,
    subject_page,
    subjects_of,
)
from filings.register.blind_keys import subject_key
from icpportal.gateways.miit.types import Level, StruckRecord
from tests.filings.checks.cases import ADMINISTRATOR, PERSON_TYPE, SUBJECT, TYPE
from tests.filings.filed import KEY, account, on_file

ASKED = {"subject_key": KEY, "domain": "example.com", "region": "640106", "name": "宁夏示例纸业有限公司"}
ELSEWHERE = {"subject_key": "0" * 64, "domain": "example.cn", "region": "640104", "name": "别的公司"}


@pytest.fixture
def lin(db):
    return account("lin@example.com")


@pytest.fixture
def chen(db):
    return account("chen@example.com")


def known_flags(**asked):
    known = asdict(register_snapshot(**asked))
    return {name: value for name, value in known.items() if isinstance(value, bool)}


NOTHING = {
    "own_subject": False,
    "own_access": False,
    "own_site_other_document": False,
    "other_subject": False,
    "old_record": False,
    "name_fits": True,
}


def test_an_empty_register_finds_nothing(lin):
    assert register_snapshot(owner=lin, **ASKED) == RegisterSnapshot()
    assert known_flags(owner=lin, **ASKED) == NOTHING


def test_one_s_own_filing_is_found(lin):
    subject, website = on_file(lin)

    known = register_snapshot(owner=lin, **ASKED)

    assert known_flags(owner=lin, **ASKED) == {**NOTHING, "own_subject": True, "own_access": True}
    assert (known.subject, known.website) == (subject, website)


def test_one_s_own_subject_with_another_domain_is_found_without_access(lin):
    on_file(lin)

    assert known_flags(owner=lin, **{**ASKED, "domain": "example.cn"}) == {**NOTHING, "own_subject": True}


def test_after_an_ended_access_there_is_none(lin):
    _subject, website = on_file(lin)
    end_access(website)

    assert known_flags(owner=lin, **ASKED) == {**NOTHING, "own_subject": True}


def test_one_s_own_website_under_another_document_is_found(lin):
    on_file(lin)

    assert known_flags(owner=lin, **{**ASKED, "subject_key": "0" * 64}) == {**NOTHING, "own_site_other_document": True}


def test_another_name_for_one_s_own_subject_does_not_match(lin):
    on_file(lin)

    assert known_flags(owner=lin, **{**ASKED, "name": "宁夏示例纸业"})["name_fits"] is False


def test_another_account_s_filing_is_reported_when_everything_matches(lin, chen):
    on_file(chen)

    assert known_flags(owner=lin, **ASKED) == {**NOTHING, "other_subject": True}
    assert register_snapshot(owner=lin, **ASKED).subject is None
    assert register_snapshot(owner=lin, **ASKED).website is None


def test_another_account_s_filing_does_not_block_once_all_its_accesses_have_ended(lin, chen):
    _subject, website = on_file(chen)
    _subject, other = on_file(chen, report="T7Q4-M2KY.1", domain="example.cn")

    end_access(website)
    assert known_flags(owner=lin, **ASKED) == {**NOTHING, "other_subject": True}  # its other website is still with us

    end_access(other)
    assert known_flags(owner=lin, **ASKED) == NOTHING


@pytest.mark.parametrize("part", ["subject_key", "domain", "region"])
def test_a_partial_match_with_another_account_counts_as_none(lin, chen, part):
    on_file(chen)

    assert known_flags(owner=lin, **{**ASKED, part: ELSEWHERE[part]}) == NOTHING


def test_the_name_of_another_account_s_filing_counts_only_when_everything_matches(lin, chen):
    on_file(chen)

    assert known_flags(owner=lin, **{**ASKED, "name": "别的公司"})["name_fits"] is False
    assert known_flags(owner=lin, **{**ASKED, "name": "别的公司", "region": "640104"}) == NOTHING


def test_a_record_of_the_old_platform_is_found_when_everything_matches(lin):
    LegacyRecord.objects.create(subject_key=KEY, domain="example.com", region="640106", name=ASKED["name"])

    assert known_flags(owner=lin, **ASKED) == {**NOTHING, "old_record": True}
    assert known_flags(owner=lin, **{**ASKED, "name": "别的公司"})["name_fits"] is False
    for part in ("subject_key", "domain", "region"):
        assert known_flags(owner=lin, **{**ASKED, part: ELSEWHERE[part]}) == NOTHING


@pytest.mark.parametrize(("filed_in", "is_found"), [("640103", True), ("640100", True), ("640104", False)])
def test_of_a_region_that_nobody_can_choose_only_the_province_must_match(lin, chen, filed_in, is_found):
    """A county that was merged into the typed one, a whole city, and another county of today."""
    on_file(chen, pages={"type": {**TYPE, "region": filed_in}})
    elsewhere = {**ASKED, "region": "110101"}

    assert known_flags(owner=lin, **ASKED)["other_subject"] is is_found
    assert known_flags(owner=lin, **elsewhere)["other_subject"] is False


def test_an_imported_record_is_not_found_again(lin):
    record = LegacyRecord.objects.create(subject_key=KEY, domain="example.com", region="640106", name="别的公司")
    record.imported_at = record.created_at
    record.save()

    assert known_flags(owner=lin, **ASKED) == NOTHING


def test_a_website_i_filed_under_somebody_else_s_subject_is_mine(lin, chen):
    on_file(chen, domain="example.cn")
    on_file(lin, report="T7Q4-M2KY.1")

    assert known_flags(owner=lin, **ASKED) == {**NOTHING, "own_subject": True, "own_access": True}
    assert known_flags(owner=chen, **ASKED) == {**NOTHING, "own_subject": True}


@pytest.mark.parametrize("filed_by", ["nobody", "me", "another"])
def test_the_same_queries_run_whatever_is_found(lin, chen, filed_by, django_assert_num_queries):
    if filed_by != "nobody":
        on_file({"me": lin, "another": chen}[filed_by])
        LegacyRecord.objects.create(subject_key=KEY, domain="example.com", region="640106", name=ASKED["name"])

    with django_assert_num_queries(3):
        register_snapshot(owner=lin, **ASKED)


def test_my_websites_are_the_live_ones_with_us(lin, chen):
    _subject, mine = on_file(lin)
    on_file(chen, report="T7Q4-M2KY.1", domain="example.cn")
    _subject, cancelled = on_file(lin, report="T7Q4-M2KZ.1", domain="example.net")
    end_access(cancelled)

    assert list(queries.websites_of(lin)) == [mine]


def test_a_list_of_websites_takes_as_many_queries_with_one_as_with_three(lin, django_assert_num_queries):
    on_file(lin)
    with django_assert_num_queries(1):
        assert [each.subject.subject_number for each in queries.websites_of(lin)] == ["宁ICP备00000000号"]

    for place in (1, 2):
        on_file(lin, report=f"T7Q4-M2K{place}.1", domain=f"example{place}.com")
    with django_assert_num_queries(1):
        assert len([each.subject.subject_number for each in queries.websites_of(lin)]) == 3


def test_a_subject_is_found_by_its_document(lin):
    subject, _website = on_file(lin)

    assert queries.subject_with(KEY) == subject
    assert queries.subject_with("0" * 64) is None


def test_a_mobile_or_person_of_another_subject_is_taken_and_one_s_own_is_not(lin):
    on_file(lin)
    own, other = (
        known_to_checks(subject_key=KEY, domain="example.com", owner=lin),
        known_to_checks(subject_key=subject_key("2", PERSON_TYPE["id_number"]), domain="example.com", owner=lin),
    )

    assert [own["mobile_taken"](mobile) for mobile in ("13900000001", "13900000009", "")] == [False] * 3
    assert [other["mobile_taken"](mobile) for mobile in ("13900000001", "13900000009", "")] == [True, False, False]
    assert own["person_taken"]("2", "649999198806060008") is False
    assert other["person_taken"]("2", "649999198806060008") is True
    assert other["person_taken"]("7", "649999198806060008") is False
    assert other["person_taken"]("2", "") is False


CHEN = ("2", ADMINISTRATOR["admin_id_number"])
LIN = ("2", SUBJECT["lead_id_number"])


def taken_from_others(owner):
    """Whether the mobiles, and the people, of lead and administrator serve another subject."""
    asked = known_to_checks(subject_key="0" * 64, domain="example.cn", owner=owner)
    mobiles = [asked["mobile_taken"](mobile) for mobile in (SUBJECT["lead_phone1"], ADMINISTRATOR["admin_phone1"])]
    return [*mobiles, asked["person_taken"](*LIN), asked["person_taken"](*CHEN)]


def test_who_was_replaced_as_administrator_may_use_their_own_mobile_elsewhere(lin):
    on_file(lin)
    before = taken_from_others(lin)

    on_file(lin, report="T7Q4-M2KX.2", pages={"administrator": {"same_person": "yes"}})

    assert (before, taken_from_others(lin)) == ([True] * 4, [True, False, True, False])


def test_people_of_a_filing_that_was_struck_off_may_use_their_own_mobiles_elsewhere(lin):
    _subject, website = on_file(lin)
    website.ministry_id = 7
    website.save()

    end_access(website)
    after_cancelling = taken_from_others(lin)  # the filing stays, and they with it
    take_struck(StruckRecord(Level.SITE, 7))

    assert (after_cancelling, taken_from_others(lin)) == ([True] * 4, [False] * 4)


def test_the_record_to_compare_with_is_the_owner_s_own(lin, chen, django_assert_num_queries):
    on_file(lin)

    with django_assert_num_queries(1):
        record = record_of(subject_key=KEY, domain="example.com", owner=lin)

    assert record == {
        "name": TYPE["name"],
        "id_number": TYPE["id_number"],
        "id_address": "宁夏回族自治区银川市金凤区示例路1号",
        "post_region": "640106",
        "post_address": "示例路1号2号楼301室",
        "investor": "林示范",
        "is_legal_rep": "yes",
        "lead_name": "林示范",
        "lead_id_number": "649999198502140009",
        "lead_phone1": "13900000001",
        "lead_email": "lin@example.com",
        "site_name": "示例纸业官网",
        "home_url": "https://www.example.com/",
        "admin_name": "陈样例",
        "admin_id_number": "649999198806060008",
        "admin_phone1": "13900000002",
        "admin_email": "chen@example.com",
    }
    assert record_of(subject_key=KEY, domain="example.com", owner=chen) == {}


def test_for_another_website_the_record_gives_the_subject_and_no_website(lin):
    on_file(lin)

    record = record_of(subject_key=KEY, domain="example.cn", owner=lin)

    assert record["lead_name"] == "林示范"
    assert [name for name in record if name.startswith(("admin_", "site_", "home_"))] == []


# --- what a further order may be filled in with ---


def test_my_subjects_are_mine(lin, chen):
    on_file(lin)
    tea = {"type": {**TYPE, "id_number": "91649999000000027F", "domain": "tea.example.com"}}
    on_file(chen, report="X.1", pages=tea, domain="tea.example.com")

    assert [each.owner for each in subjects_of(lin)] == [lin]
    assert [each.subject_key for each in subjects_of(lin)] == [KEY]


def test_the_page_of_a_subject_contains_its_answers(lin):
    subject, _website = on_file(lin)

    page = subject_page(subject)

    assert {name: page[name] for name in SUBJECT} == SUBJECT


@pytest.mark.parametrize(
    ("on_record", "filled_in"),
    [("640100", "640106"), ("640000", "640106"), ("640106", "640106"), ("640105", "640105"), ("640200", "640200"),
     ("", "")],
)  # fmt: skip
def test_a_mere_city_on_the_record_is_replaced_by_the_subjects_county_in_it(lin, on_record, filled_in):
    subject, _website = on_file(lin)
    subject.details = {**subject.details, "post_region": on_record}

    assert subject_page(subject)["post_region"] == filled_in


def test_a_subject_without_a_lead_prefills_nobody(lin):
    subject, _website = on_file(lin)
    subject.lead = None

    assert "lead_name" not in subject_page(subject)


def test_the_administrator_is_that_of_my_newest_website(lin, chen):
    on_file(lin)
    other = {**ADMINISTRATOR, "admin_name": "周范本", "admin_id_number": "649999197903030003"}
    pages = {"type": {**TYPE, "domain": "second.example.com"}, "administrator": other}
    on_file(lin, report="X.2", pages=pages, domain="second.example.com")

    found = administrator_of(lin, KEY)

    assert found is not None
    assert found.name == "周范本"
    assert administrator_of(chen, KEY) is None
