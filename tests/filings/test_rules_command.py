"""`manage.py rules`: the table in a terminal, one province, the checks, and all of it as JSON."""

import json
import os
from io import StringIO

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.utils.translation import override

from filings.checks import CHECKS, check_ids
from filings.management.commands.rules import table, width
from filings.provinces import province, provinces
from filings.provinces.rule_lines import sections
from filings.provinces.types import RULES
from filings.register.certificates import NATURES
from tests import fresh


def output_of(*arguments: str) -> str:
    out = StringIO()
    call_command("rules", *arguments, stdout=out)
    return out.getvalue()


def as_json(*arguments: str) -> dict:
    return json.loads(output_of("--json", *arguments))


def line_of(text: str, start: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(start))


# --- the table -----------------------------------------------------------------------------------


def test_the_table_has_a_line_for_each_province_and_says_which_profile():
    lines = output_of().splitlines()

    assert lines[0] == "Rule profile seed-2018, as of 2018-06-15: Rules of June 2018"
    assert lines[2].split()[:3] == ["code", "province", "phones"]
    assert [line[:2] for line in lines[3:34]] == [each.code for each in provinces()]


def test_a_line_says_what_the_province_requires():
    text = output_of()

    assert line_of(text, "12").split("  ")[:3] == ["12", "", "Tianjin 天津"]
    assert "48 h: lead + administrator" in line_of(text, "12")
    assert "shanghai_app" in line_of(text, "31")
    assert "by app" in line_of(text, "44")
    assert "48 h" not in line_of(text, "44")
    assert "name, number, administrator" in line_of(text, "64")
    assert line_of(text, "44").endswith("2019-06-18")


def test_columns_are_aligned_although_chinese_is_wide():
    lines = output_of().splitlines()[2:34]
    place = lines[0].index("phones")

    for line in lines[1:]:
        before = ""
        for char in line:
            if width(before) >= place:
                break
            before += char
        assert width(before) == place, line
        assert before.endswith("  "), line


def test_every_rule_s_source_is_listed_below_the_table():
    text = output_of()

    assert line_of(text, "Phone verification").split("  ")[-1].startswith("AlibabaCloudDocs/icp: intl.en-US/")
    assert "2018-06-15" in line_of(text, "Phone verification")
    for each in provinces("seed-2018"):
        assert each.page.reference in text
        for rule in RULES:
            assert each.source(rule).reference in text, (each.code, rule)


def test_what_later_pages_changed_is_listed_with_its_own_source():
    lines = output_of("--profile", "current-2020").splitlines()
    after = lines[lines.index("Except these:") + 2 :]

    assert [line.split()[0] for line in after[: after.index("")]] == ["12", "32", "32", "35", "52", "63", "63"]


def test_the_other_profile_is_printed_on_request():
    text = output_of("--profile", "current-2020")

    assert text.startswith("Rule profile current-2020, as of 2020-08-17")
    assert "24 h: administrator" in line_of(text, "44")
    assert "shanghai_app" not in text


def test_the_setting_decides_which_profile_is_printed(settings):
    settings.RULE_PROFILE = "current-2020"

    assert output_of().startswith("Rule profile current-2020")


# --- one province --------------------------------------------------------------------------------


def test_one_province_shows_every_rule_in_a_sentence_with_source_and_date():
    lines = output_of("--province", "12").splitlines()
    phones = lines.index("  Phone verification:")

    assert lines[2] == "12 Tianjin 天津市, 津ICP备, Tianjin Communications Administration"
    assert "within 48 hours" in lines[phones + 1]
    assert lines[phones + 3].startswith("    [2018-06-15] AlibabaCloudDocs/icp: ")
    said = [line for _title, found in sections(province("12")) for line in found]
    assert sum(line.startswith("    [20") for line in lines) == len(said) > 15


def test_shanxi_and_shaanxi_are_printed_apart():
    shanxi, shaanxi = output_of("--province", "14"), output_of("--province", "61")

    assert "14 Shanxi 山西省, 晋ICP备" in shanxi
    assert "陕" not in shanxi
    assert "61 Shaanxi 陕西省, 陕ICP备" in shaanxi
    assert "山西" not in shaanxi


def test_the_sentences_are_in_chinese_on_request():
    text = output_of("--province", "44", "--language", "zh-hans")

    assert "短信核验:" in text
    assert "本省不要求。" in text
    assert "Not required" not in text


@pytest.mark.parametrize("code", ["99", "", "441900", "Guangdong"])
def test_an_unknown_province_ends_with_one_line(code):
    with pytest.raises(CommandError) as refused:
        output_of("--province", code)

    assert str(refused.value).startswith(f"There is no province “{code}”: ")
    assert "\n" not in str(refused.value)
    assert refused.value.returncode == 1


def test_an_unknown_profile_ends_with_one_line():
    with pytest.raises(CommandError, match="There is no rule profile “2019”: choose one of seed-2018, current-2020"):
        output_of("--profile", "2019")


def test_the_exit_code_is_that_of_a_failed_command():
    command = ("manage.py", "rules", "--province", "99")
    ended = fresh.run(*command, folder=django_settings.BASE_DIR, environment=dict(os.environ))

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.strip().splitlines() == [
        "CommandError: There is no province “99”: "
        "use the two digits of GB/T 2260, such as 12 (Tianjin) or 44 (Guangdong)"
    ]


# --- JSON ----------------------------------------------------------------------------------------


def test_json_has_every_rule_of_every_province_with_its_source():
    answer = as_json()

    assert (answer["profile"], answer["since"]) == ("seed-2018", "2018-06-15")
    assert [each["code"] for each in answer["provinces"]] == [each.code for each in provinces()]
    for each in answer["provinces"]:
        assert list(each["rules"]) == list(RULES)
        assert all(rule["source"]["reference"] and rule["source"]["date"] for rule in each["rules"].values())


def test_json_gives_the_values_directly():
    [tianjin] = as_json("--province", "12")["provinces"]
    rules = {name: rule["value"] for name, rule in tianjin["rules"].items()}

    assert rules["phones"] == {"people": ["subject_lead", "administrator"], "hours": 48}
    assert rules["must_match_organisation"] == ["name", "id_number"]
    assert rules["admin_rule"] == "must_differ_from_entity_leader"
    assert rules["ages"] == [
        {
            "years": 18,
            "natures": ["organisation", "individual"],
            "roles": ["subject_lead", "administrator"],
            "paper": "",
        }
    ]
    assert rules["domain_certificate"] is None
    assert tianjin["notes"][0]["date"] == "2019-02"


# --- checks --------------------------------------------------------------------------------------


def test_every_check_of_the_catalogue_is_printed_with_its_sentence():
    text = output_of("--checks")

    for check in CHECKS:
        columns = [check.id, check.step, check.field, check.severity]
        mine = [line for line in text.splitlines() if line.split()[:4] == columns]
        assert len(mine) == 1, columns
        with override("en"):
            assert str(check.sentence) in mine[0]
    assert text.splitlines()[-1] == f"{len(check_ids())} rules, {len(CHECKS)} checks"


def test_the_checks_say_where_and_to_whom_they_apply():
    text = output_of("--checks")

    assert line_of(text, "admin_differ").endswith("organisations: 12")
    assert line_of(text, "name_banned").endswith("individual: 11 13 15 21 33 41 42 43 44 52 64")
    assert line_of(text, "url_bad").endswith("everybody: all provinces")
    assert line_of(text, "admin_same_required").endswith("individual: all provinces")


def test_the_checks_of_one_province_are_those_that_apply_there():
    tianjin, guangdong = output_of("--checks", "--province", "12"), output_of("--checks", "--province", "44")

    assert line_of(tianjin, "admin_differ").endswith("organisations: all provinces")
    assert "admin_differ" not in guangdong
    assert "young_paper" in guangdong
    assert "young_paper" not in tianjin


def test_the_checks_as_json():
    checks = as_json("--checks")["checks"]

    assert [(each["id"], each["step"], each["field"], each["severity"]) for each in checks] == [
        (check.id, check.step, check.field, check.severity) for check in CHECKS
    ]
    differ = next(each for each in checks if each["id"] == "admin_differ")
    assert differ["message"] == "%(province)s requires two different people: change one of them"
    assert differ["holds_for"] == [
        {"natures": [key for key in NATURES if key != "individual"], "provinces": ["12"]},
    ]


# --- the table's own rules -----------------------------------------------------------------------


def test_a_chinese_character_takes_two_columns():
    assert (width("Tianjin"), width("天津"), width("Tianjin 天津（"), width("")) == (7, 4, 14, 0)
    assert table(("a", "b"), [("天津", "x"), ("y", "")]) == ["a     b", "天津  x", "y"]
