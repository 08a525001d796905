"""docs/ministry.md is complete: every setting, every command, every return code."""

import re

from django.conf import settings

from icpportal.gateways.miit.codes.return_codes import REACTIONS
from icpportal.gateways.miit.outgoing import report_queue
from icpportal.management.commands.miit import KINDS
from icpportal.operations import miit_codes
from icpportal.operations.miit_codes import markdown

TEXT = (settings.BASE_DIR / "docs" / "ministry.md").read_text("utf-8")


def section(number: int) -> str:
    return TEXT.partition(f"\n## {number}. ")[2].partition("\n## ")[0]


def test_every_setting_of_the_interface_is_explained():
    names = {name for name in dir(settings) if name.startswith("MIIT_")}

    assert {name for name in names if f"`{name}`" not in section(2)} == set()


def test_every_command_and_each_of_its_options_is_named():
    named = section(6)

    assert [name for name in KINDS if not re.search(rf"`(miit )?{name}\b|\b{name} ", named)] == []
    options = {flag for row in KINDS.values() for names, _more in row.arguments for flag in names if flag[:2] == "--"}
    assert {flag for flag in options if flag not in named} == {"--oldest", "--limit"}


def test_every_return_code_has_its_row():
    rows = [line.split("|")[1] for line in section(4).splitlines() if line.startswith("| ")]

    assert set(REACTIONS) - {int(code) for row in rows for code in re.findall(r"\d+", row)} == set()


def test_the_table_of_processing_codes_is_the_printed_one():
    """`manage.py miit codes --markdown` writes it."""
    table = section(5).partition("begin -->\n")[2].partition("\n<!--")[0]

    assert table.splitlines() == list(markdown())


def test_its_rows_say_whose_turn_it_is_for_every_possible_turn():
    rows = {line.split("|")[1].strip().partition(",")[0] for line in section(5).splitlines() if line.startswith("| ")}

    assert {each.meaning.whose for each in miit_codes.rows()} <= rows


def test_the_stated_patience_of_a_report_is_the_real_one():
    days = len(report_queue.IN_REVIEW) - 4

    assert f"after 10 minutes, 1, 4 and 12 hours, then daily for {days} days" in section(5)
