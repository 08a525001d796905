"""Every alarm has a meaning and advice, in the table and in the document.

`ALARMS=write pytest tests/icpportal/alarms/test_causes.py` writes the section of the document.
"""

import ast
import os
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import override

from icpportal.alarms.causes import CAUSES, DOCUMENT, OTHERWISE, cause_of, markdown
from icpportal.codes import limits
from icpportal.gateways.miit.codes.return_codes import BOTH
from icpportal.gateways.miit.line import line_state
from icpportal.operations import reconcile
from icpportal.outbox.queries import alarm_of
from tests.test_house import dotted, python_files

BEGIN, END = "<!-- alarms: from icpportal/alarms/causes.py -->", "<!-- end of alarms -->"
# causes that are built where they are opened → the resulting causes
COMPUTED = {
    "icpportal/alarms/rows.py": ["deadlines.row_failed:Unreadable", "pages.row_failed:ValueError", "tidy.codes_failed"],
    "icpportal/codes/texts.py": [f"sms.{name}{spent}" for name in limits.BUDGETS for spent in ("", "_spent")],
    "icpportal/gateways/inventory/unreportable.py": ["inventory.product:ecs", "inventory.place:cn-north"],
    "icpportal/gateways/miit/line/line_state.py": [
        *(line_state.waits(way) for way in BOTH),
        *(line_state.stop_alarm((way,)) for way in BOTH),
        line_state.stop_alarm(BOTH),
    ],
    "icpportal/operations/monitoring/watch.py": ["health.mail", "health.outbox"],
    "icpportal/operations/reconcile.py": [*reconcile.ALARMS.values(), reconcile.DOWNLOAD_PARKED],
    "icpportal/outbox/delivery.py": [alarm_of("email"), alarm_of("sms")],
    "filings/register/numbers.py": ["filing_number.unread:AAA999"],
}


def opened_causes() -> dict[str, list[str | None]]:
    """The causes of every call of `open_alarm`, by file; None if built at run time."""
    found: dict[str, list[str | None]] = {}
    for path in python_files(packages=("icpportal", "transfers", "filings", "verification")):
        text = path.read_text("utf-8")
        if "open_alarm(" not in text:
            continue  # parsing every file as Python takes a second of each process that collects tests
        name = str(path.relative_to(settings.BASE_DIR))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "open_alarm":
                found.setdefault(name, []).append(cause_in(path, node.args[0]))
    return found


def cause_in(path: Path, argument: ast.expr) -> str | None:
    if isinstance(argument, ast.Constant):
        return str(argument.value)
    if isinstance(argument, ast.Name):
        return getattr(import_module(dotted(path)), argument.id, None)
    return None


def causes() -> list[str]:
    plain = [cause for each in opened_causes().values() for cause in each if cause]
    return sorted({*plain, "privacy.key_missing", *(cause for each in COMPUTED.values() for cause in each)})


def test_every_place_that_builds_an_alarms_cause_is_listed_here() -> None:
    assert {name for name, each in opened_causes().items() if None in each} == set(COMPUTED)


@pytest.mark.parametrize("cause", causes())
def test_every_alarm_has_a_meaning_and_advice(cause: str) -> None:
    assert cause_of(cause) is not OTHERWISE


def test_every_row_is_the_first_match_of_some_alarm() -> None:
    met = {cause_of(cause).key for cause in causes()}

    assert {row.key for row in CAUSES} - met == set()


def test_an_undescribed_alarm_still_says_where_to_look() -> None:
    assert cause_of("moon.fell") is OTHERWISE


def test_a_row_fits_into_a_mail_and_a_line_of_the_desk() -> None:
    with override("en"):
        assert [row.key for row in CAUSES if max(len(str(row.says)), len(str(row.act))) > 120] == []


def test_the_document_contains_the_section_generated_from_the_table() -> None:
    path = settings.BASE_DIR / DOCUMENT
    before, _begin, rest = path.read_text("utf-8").partition(f"{BEGIN}\n")
    section, _end, after = rest.partition(f"\n{END}")
    with override("en"):
        wanted = markdown()
    if os.environ.get("ALARMS") == "write":
        path.write_text(f"{before}{BEGIN}\n{wanted}\n{END}{after}", "utf-8")
        section = wanted

    assert section == wanted
