"""docs/ministry.md names what there is: every setting, every command, every return code."""

import re

from django.conf import settings

from icpportal.gateways.miit.processing import CODES
from icpportal.gateways.miit.reactions import REACTIONS
from icpportal.management.commands.miit import KINDS

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


def test_the_processing_codes_it_names_are_in_the_row_of_their_fault():
    rows = {line.split("|")[1].strip(): line.split("|")[2] for line in section(5).splitlines() if line.startswith("| ")}
    words = {"success": "success", "applicant": "applicant", "provider": "provider", "nobody": "neither"}

    wrong = [
        (row, code)
        for row, fault in words.items()
        for code in re.findall(r"\b\d{4}\b", rows[row])
        if CODES[code].fault != fault
    ]

    assert wrong == []
