import json
from pathlib import Path

import pytest
from django.utils.translation import override

from filings import site_codes

MINISTRY = json.loads((Path(__file__).parent / "register/ministry_tables.json").read_text("utf-8"))
TABLES = {"fwnr": site_codes.CONTENT, "yylb": site_codes.LANGUAGES, "nrlx": site_codes.APPROVALS}
NO_WEBSITE = {"fwnr": {"23", "28"}}  # WAP and APP


@pytest.mark.parametrize("table", TABLES)
def test_the_choices_are_the_ministry_s(table):
    asked = {code: name for code, name in MINISTRY[table].items() if code not in NO_WEBSITE.get(table, ())}

    with override("zh-hans"):
        offered = {code: str(label) for code, label in TABLES[table].items()}

    assert offered == asked


@pytest.mark.parametrize("table", TABLES)
def test_every_choice_has_an_english_label_of_its_own(table):
    with override("en"):
        labels = [str(label) for label in TABLES[table].values()]

    assert all(label.isascii() for label in labels)
    assert len(set(labels)) == len(labels)


def test_content_types_and_the_approvals_they_need_are_in_the_tables():
    by_province = {content: kinds for content, (_rule, kinds) in site_codes.APPROVALS_BY_PROVINCE.items()}
    asked = {**site_codes.APPROVALS_FOR, **by_province}

    assert set(asked) <= set(site_codes.CONTENT)
    assert {kind for kinds in asked.values() for kind in kinds} <= set(site_codes.APPROVALS)
