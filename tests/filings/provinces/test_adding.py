"""A province's rule is a row, a new kind of rule a field, a sentence and a line (docs/how-to.md): added in memory."""

from dataclasses import dataclass, replace

import pytest
from django.utils.translation import override

from filings.checks import run
from filings.provinces import Province, provinces, rule_lines, rule_profile
from filings.provinces.rule_lines import LINES, RuleLine, RuleText, sections
from filings.provinces.table import row
from tests.filings.checks.cases import case

WHO = ("64", "宁夏回族自治区", "宁夏", "Ningxia", "宁", "north_west", "2026-11-02")


@dataclass(frozen=True)
class WithDomainsInChinese(Province):
    domain_in_chinese: bool = False


def chinese_domains(province: Province, _nature: str) -> str:
    return "Chinese domains only." if getattr(province, "domain_in_chinese", False) else ""


def with_the_field(province: Province) -> Province:
    return WithDomainsInChinese(**vars(province), domain_in_chinese=True)


def said_of(province: Province, rule: str) -> list[RuleText]:
    with override("en"):
        return [line for _title, found in sections(province) for line in found if line.rule == rule]


def test_a_rule_of_the_row_is_shown_with_its_page_and_applied_by_the_checks() -> None:
    rules = rule_profile("seed-2018").lay_over(row(*WHO, foreigners=False))
    passport = {"lead_id_type": "7", "lead_id_number": "E12345678"}

    [line] = said_of(rules, "foreigners")
    assert line.texts == (("", "May not file here, nor be the subject lead."),)
    assert line.source.date == "2026-11-02"
    assert [each.id for each in run("subject", replace(case("64", **passport), province=rules))] == [
        "foreigner_not_allowed"
    ]


def test_a_new_kind_of_rule_is_shown_where_it_holds_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    line = RuleLine("domain_in_chinese", "site", "Chinese domains", chinese_domains)
    monkeypatch.setattr(rule_lines, "LINES", (*LINES, line))
    with_it, *others = provinces("seed-2018")

    [said] = said_of(with_the_field(with_it), line.rule)

    assert (said.label, said.texts, said.source) == (line.label, (("", "Chinese domains only."),), with_it.page)
    assert [each.code for each in others if said_of(each, line.rule)] == []
