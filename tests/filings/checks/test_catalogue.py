import re

import pytest
from django.utils.translation import override

from filings.checks import CHECKS, Check, Finding, check_ids, run
from filings.checks.catalogue import run_all
from filings.provinces import PROFILES, PROVINCES
from tests.filings.checks.cases import PERSON_PAGES, case, first_county, person_case
from tests.filings.checks.examples import CHECK_EXAMPLES, born

STEPS = ("type", "subject", "website", "administrator")
HAN = re.compile("[\u3400-\u9fff]")
ROWS = {(check.id, check.field): check for check in CHECKS}


def findings(facts):
    return [finding for step in STEPS for finding in run(step, facts)]


def test_every_check_has_an_accepted_and_a_refused_example():
    lacking = [key for key in ROWS if key not in CHECK_EXAMPLES or not all(vars(CHECK_EXAMPLES[key]).values())]

    assert lacking == []


def test_every_example_belongs_to_a_check():
    assert [key for key in CHECK_EXAMPLES if key not in ROWS] == []


def test_no_two_checks_have_the_same_id_and_field():
    assert len(ROWS) == len(CHECKS)


def test_a_check_accepts_right_answers():
    said = {key: [ROWS[key].run(facts) for facts in CHECK_EXAMPLES[key].accepted] for key in ROWS}

    assert {key: sentences for key, sentences in said.items() if any(sentences)} == {}


def test_a_check_refuses_wrong_answers_with_a_sentence():
    with override("en"):
        said = {key: [ROWS[key].run(facts) for facts in CHECK_EXAMPLES[key].refused] for key in ROWS}

    short = {key: [each for each in sentences if not each or len(each) < 10] for key, sentences in said.items()}
    assert {key: sentences for key, sentences in short.items() if sentences} == {}


def test_a_sentence_is_chinese_and_short_and_english_in_english():
    refused = {key: CHECK_EXAMPLES[key].refused[0] for key in ROWS}
    with override("zh-hans"):
        chinese = {key: ROWS[key].run(facts) for key, facts in refused.items()}
    with override("en"):
        english = {key: ROWS[key].run(facts) for key, facts in refused.items()}

    unwanted = re.compile(r"%\(|!|！|\bplease\b|\bsorry\b|\binvalid\b", re.IGNORECASE)
    assert {key: said for key, said in chinese.items() if not 1 <= len(HAN.findall(said)) <= 30} == {}
    assert {key: said for key, said in chinese.items() if said == english[key]} == {}
    assert {key: said for key, said in chinese.items() if unwanted.search(english[key] + said)} == {}


def test_no_check_reports_anything_on_an_empty_order():
    nothing = case(pages={"type": {}, "subject": {}, "website": {}, "administrator": {}})

    assert {f"{check.id}.{check.field}": said for check in CHECKS if (said := check.run(nothing)) is not None} == {}


@pytest.mark.parametrize("profile", PROFILES)
def test_the_sample_organisation_passes_in_every_province(profile):
    for code in PROVINCES:
        county = first_county(code)
        facts = case(code, profile=profile, region=county, post_region=county, lead_phone2="", admin_phone2="")

        assert [finding for finding in findings(facts) if finding.stops] == [], code


@pytest.mark.parametrize("profile", PROFILES)
def test_the_sample_individual_passes_in_every_province(profile):
    for code in PROVINCES:
        county, name = first_county(code), "样本的个人主页" if code == "32" else "样本小记"
        facts = person_case(code, profile=profile, region=county, post_region=county, site_name=name)

        assert [finding for finding in findings(facts) if finding.stops] == [], code


def test_the_sample_cast_gets_only_the_advice_that_applies():
    assert [(finding.id, finding.severity) for finding in findings(case())] == [("admin_emergency_shared", "warning")]
    assert findings(case(pages=PERSON_PAGES, code="12")) != []
    assert {finding.id for finding in findings(person_case())} <= {"phone_local"}


def about_mobiles(code: str, **answers: str) -> set[str]:
    found = findings(case(code, lead_phone1="18612345678", admin_phone1="18612345678", **answers))
    return {finding.message for finding in found if finding.id.startswith("phone_local")}


def test_a_mobile_from_elsewhere_is_to_be_explained_only_where_the_province_accepts_a_reason():
    """In Gansu the sentence asked for a reason in the remarks, and stayed when one was given."""
    with override("en"):
        assert about_mobiles("62") == {"Gansu requires a mobile number from the province: use one"}
        assert about_mobiles("61") == {
            "Shaanxi requires a mobile number from the province: use one, or give a reason in the remarks"
        }
        assert about_mobiles("61", remark="联系人长期出差") == set()


def test_findings_are_grouped_by_page_with_everything_a_page_needs():
    facts = case(admin_told=False, post_region="610102")

    with override("en"):
        assert run("subject", facts) == [
            Finding(
                "address_province",
                "subject",
                "post_region",
                "error",
                "The mailing address must be in Ningxia: choose again",
            ),
            Finding(
                "area_code",
                "subject",
                "lead_phone2",
                "error",
                "The area code does not match the mailing address: check it",
                ("post_region",),
            ),
        ]
        assert [finding.id for finding in run("administrator", facts)] == [
            "admin_told_missing",
            "area_code",
            "admin_emergency_shared",
        ]
        assert run("nowhere", facts) == []


def test_of_several_errors_on_a_field_the_first_is_shown_with_the_advice():
    rows = (
        Check("a", "type", "name", "First", lambda facts: True),
        Check("b", "type", "name", "Second", lambda facts: True),
        Check("c", "type", "name", "Advice", lambda facts: True, "warning"),
        Check("d", "type", "domain", "Other %(what)s", lambda facts: {"what": "field"}),
        Check("e", "type", "domain", "Nothing", lambda facts: None),
        Check("f", "type", "region", "Nothing", lambda facts: False),
    )

    assert [(found.id, found.stops, found.message) for found in run_all(rows, case())] == [
        ("a", True, "First"),
        ("c", False, "Advice"),
        ("d", True, "Other field"),
    ]


def test_one_person_in_two_roles_gets_a_finding_once():
    facts = case(same_person="yes", lead_phone1="17012345678", lead_id_until="2020-01-01")

    assert [finding.field for finding in findings(facts) if finding.id in ("phone_virtual", "id_expiring")] == [
        "lead_id_until",
        "lead_phone1",
    ]


def test_a_rule_has_the_same_sentence_on_every_field():
    for id in check_ids():
        assert len({check.sentence for check in CHECKS if check.id == id}) == 1, id


def test_ids_are_unique():
    assert len(check_ids()) == len(set(check_ids())) == len({check.id for check in CHECKS})


def test_the_sentences_name_the_province_in_the_reader_s_language():
    facts = case(is_legal_rep="no")

    with override("en"):
        english = [finding.message for finding in run("subject", facts)]
    with override("zh-hans"):
        chinese = [finding.message for finding in run("subject", facts)]

    assert english == ["Ningxia requires the legal representative: change the subject lead"]
    assert chinese == ["宁夏要求负责人为法定代表人，请更改主体负责人"]


@pytest.mark.parametrize(("born_on", "said"), [("20081125", ["too_young"]), ("20081124", [])])
def test_in_tianjin_an_individual_of_seventeen_is_too_young_to_be_their_own_administrator(born_on, said):
    facts = person_case("12", profile="current-2020", id_number=born(born_on))

    found = [finding.id for finding in run("subject", facts) if finding.field == "lead_id_number"]

    assert found == said


@pytest.mark.parametrize("name", ["王〇一", "〇"])
@pytest.mark.parametrize("id_type", ["7", "11", "42"])
def test_who_is_called_by_the_character_for_zero_may_enter_it_from_a_permit_or_passport(name, id_type):
    numbers = {"7": "E12345678", "11": "12345678", "42": born("19900909", "830000")}
    facts = person_case("12", name=name, id_type=id_type, id_number=numbers[id_type])

    assert [finding.id for finding in run("type", facts)] == []


@pytest.mark.parametrize(("investor", "said"), [("银川市人民政府", ["investor_government"]), ("示例集团有限公司", [])])
def test_a_company_in_beijing_that_names_a_government_office_as_its_investor_is_told_whom_to_name(investor, said):
    facts = case("11", is_legal_rep="no", investor=investor)

    assert [finding.id for finding in run("subject", facts) if finding.field == "investor"] == said


@pytest.mark.parametrize(("filed_in", "said"), [("640103", []), ("640106", ["region_county"])])
def test_letters_may_go_to_the_filed_county_although_it_was_merged_since(filed_in, said):
    facts = case(region=filed_in, post_region="640103")

    assert [finding.id for finding in run("subject", facts) if finding.field == "post_region"] == said


def test_a_company_whose_document_shows_an_address_in_another_province_is_advised_before_it_is_returned():
    facts = case("64", id_address="北京市海淀区示例路1号")

    with override("en"):
        found = [(finding.severity, finding.message) for finding in run("subject", facts)]

    assert found == [
        ("warning", "The address on the document is not in Ningxia: check it, and the region of the filing type")
    ]
