"""Names in backticks in docstrings and comments exist in the code."""

from pathlib import Path

import pytest

from tests.names import FOREIGN, QUOTED, WORDS, Code

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def code() -> Code:
    return Code(ROOT)


def test_docstrings_and_comments_name_existing_things(code: Code) -> None:
    assert code.lost() == []


def test_the_prose_of_all_packages_is_read_and_uses_every_foreign_name(code: Code) -> None:
    said = [name for source in code.sources for _line, text in source.prose for name in QUOTED.findall(text)]
    words = {word for name in said for word in (name, *WORDS.findall(name))}

    assert len(said) > 1500
    assert FOREIGN - words == set()


LINES = {
    "transfers/lines/lease.py": """
from django.db import IntegrityError

FIELDS = ("a", "b")
class LeaseLost(Exception):
    code = "7"
class Lost(Choices):
    CODE = "lost"
class Spent(LeaseLost): pass
def renew(self, holder_id=None): raise IntegrityError
""",
    "transfers/lines/settings.py": 'MIIT_LINE = "1"',
    "templates/messages/line_lost.txt": "data-holder",
}


def lost_names(root: Path, text: str) -> list[str]:
    """The rule's findings in a module that begins with this text, in a tree of its own."""
    for path, content in {**LINES, "transfers/lines/calls.py": f"{text}\nfrom filings import known\n"}.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
    return [found.partition(" ")[2] for found in Code(root).lost()]


@pytest.mark.parametrize(
    "said",
    [
        "Raises `LeaseLost` when another one has it, or `ValueError`.",
        "raises only `lease.LeaseLost`. What it was is a `Lost`",
        "Both raise `Spent`; `Lost` says why",
        "See `lease.FIELDS`, `lines.lease.renew`, `transfers.lines` and `lease.py`",
        "With `LeaseLost.code` and `renew(holder_id=7)`",
        "By `with renew(holder) as held:`",
        "`holder_id`, `FIELDS`, `settings.MIIT_LINE`, `renew`",
        "the message `line_lost`, the `holder` of the page, `known.renew`",
        "`an example` and `京ICP备12345678号` are no names",
    ],
)
def test_an_existing_name_may_be_used(tmp_path: Path, said: str) -> None:
    assert lost_names(tmp_path, f'"""{said}"""') == []


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Raises `Taken`.", ["Taken"]),
        ("Raises `LeaseLost`, or `Lost` when nobody has it.", ["Lost"]),
        ("Raises `lease.Lost`", ["lease.Lost"]),
        ("A `Holder` of the line", ["Holder"]),
        ("The names of `lease.COLUMNS`", ["lease.COLUMNS"]),
        ("The names of `leases.FIELDS`", ["leases.FIELDS"]),
        ("`lines.calls.renew` does it", ["lines.calls.renew"]),
        ("`LeaseLost.reason` says why", ["LeaseLost.reason"]),
        ("By `with asking() as ask:`", ["asking()"]),
        ("A `take_all`, a `LIMIT_REACHED`, `settings.LIMITS`", ["take_all", "LIMIT_REACHED", "settings.LIMITS"]),
        ("Written by `fire` alone", ["fire"]),
        ("As `leases.py` has it", ["leases.py"]),
    ],
)
def test_a_missing_name_is_noticed(tmp_path: Path, said: str, found: list[str]) -> None:
    assert lost_names(tmp_path, f'"""{said}"""') == found
    assert lost_names(tmp_path, f"# {said}") == found


def test_a_name_counts_in_code_and_not_in_prose(tmp_path: Path) -> None:
    only_told = '"""Of `take_all`."""\n\n# take_all\ndef give():\n    """Calls take_all."""'

    assert lost_names(tmp_path, only_told) == ["take_all"]
    assert lost_names(tmp_path, f"{only_told}\n    take_all()") == []


def test_a_quotation_over_two_lines_is_one_name(tmp_path: Path) -> None:
    assert lost_names(tmp_path, '"""Asked by `with\n    asking() as ask:` alone, and by `renew`."""') == ["asking()"]
    assert lost_names(tmp_path, "# asked by `with\n# asking() as ask:`, and by `renew`") == ["asking()"]
    assert lost_names(tmp_path, 'TEXT = "`take_all`"') == []
