"""docs/coverage.md holds: each page, command and test that it names is there, and no word of the procedure is missing.

Its tables have one form: number, what is said, what does it, the test, a remark. Tests are named from `tests/` on.
"""

import argparse
import ast
import os
import re
from functools import cache
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parent.parent
DOC, README = ROOT / "docs" / "coverage.md", ROOT / "README.md"
PROCEDURE = os.environ.get("SEED_PROCEDURE", "")  # not part of the project; where it is, every word is looked for
NUMBER = re.compile(r"([ITACR])-(\d+)(?:\.(\d+))?")
SPAN = re.compile(r"`([^`]+)`")
PAGE = re.compile(r"`(/[^`]*)` \(`([\w-]+)`\)")
LINK = re.compile(r"\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)")


@cache
def rows() -> tuple[tuple[str, ...], ...]:
    """Every row of every table whose first cell is a number."""
    lines = (line.strip() for line in DOC.read_text("utf-8").splitlines())
    cells = (tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines if line.startswith("|"))
    return tuple(row for row in cells if NUMBER.fullmatch(row[0]))


def of(*letters: str) -> list[tuple[str, ...]]:
    return [row for row in rows() if row[0][0] in letters]


@cache
def places() -> dict[str, set[str]]:
    """The address of each name, as the table writes it: /transfers/<reference>/photo/."""
    found: dict[str, set[str]] = {}

    def walk(patterns: list[URLPattern | URLResolver], before: str) -> None:
        for each in patterns:
            route = before + re.sub(r"<\w+:(\w+)>", r"<\1>", str(each.pattern))
            if isinstance(each, URLResolver):
                walk(each.url_patterns, route)
            elif each.name:
                found.setdefault(each.name, set()).add(route)

    walk(get_resolver().url_patterns, "/")
    return found


@cache
def functions(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / path).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def unknown_commands(text: str) -> list[str]:
    """The commands and flags that a text names in code and that are not there."""
    wrong = []
    for span in filter(None, (each.strip() for each in SPAN.findall(text))):
        name, *words = span.removeprefix("manage.py ").removeprefix(".venv/bin/python manage.py ").split()
        if span.startswith("manage.py ") and name not in get_commands():
            wrong.append(span)
        if name in get_commands():
            flags = {word.strip("[],") for word in words if word.lstrip("[").startswith("--")}
            wrong += [f"{name} {flag}" for flag in sorted(flags - flags_of(name))]
    return wrong


def flags_of(name: str) -> set[str]:
    """The flags of a command, those of its parts included (`miit queue --order`)."""
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    parts = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    below = {flag for part in parts for each in part.choices.values() for flag in each._option_string_actions}
    return set(parser._option_string_actions) | below


def words(text: str) -> list[str]:
    """What a text says, without its marks: links by their words, pictures not at all."""
    text = LINK.sub(r" \1 ", re.sub(r"!\[\]\([^)]*\)", "", text))
    return re.findall(r"[^\W_]+", text)


def procedure() -> list[str]:
    """The words of the procedure, but for headings and the numbers of its steps."""
    lines = Path(PROCEDURE).read_text("utf-8").splitlines()
    said = (re.sub(r"^\s*(?:\d+\.|-)\s+", "", line) for line in lines if not line.startswith("#"))
    return words("\n".join(said))


def test_every_row_is_numbered_without_a_gap_and_says_what_does_it_and_what_proves_it():
    expected: list[str] = []
    last: tuple[str, int, int] = ("", 0, 0)
    for row in rows():
        letter, first, second = NUMBER.fullmatch(row[0]).groups()
        one, two = int(first), int(second or 0)
        step = [(letter, last[1] + 1, min(two, 1)), (letter, last[1], last[2] + 1)]
        following = step if letter == last[0] else [(letter, 1, min(two, 1))]
        if (letter, one, two) not in following:
            expected.append(f"{row[0]} after {last}")
        last = (letter, one, two)

    assert expected == []
    assert {len(row) for row in rows()} == {5}
    assert [row[0] for row in rows() if not all(row[:4])] == []
    assert [letter for letter in "ITACR" if not of(letter)] == []
    assert len({row[0] for row in rows()}) == len(rows())


def test_every_page_stands_under_the_name_that_is_given():
    named = [(row[0], *page) for row in rows() for page in PAGE.findall(row[2])]

    assert [each for each in named if each[1] not in places().get(each[2], ())] == []
    assert len(named) > 50
    # an address in code has its name behind it
    assert [row[0] for row in rows() if len(PAGE.findall(row[2])) != len(re.findall(r"`/", row[2]))] == []


def test_every_row_has_a_page_or_a_command():
    assert [row[0] for row in rows() if not PAGE.search(row[2]) and "`manage.py " not in row[2]] == []


def test_every_test_is_there():
    named = [(row[0], *span.partition("::")[::2]) for row in rows() for span in SPAN.findall(row[3])]

    assert [each for each in named if not (ROOT / "tests" / each[1]).is_file()] == []
    assert [each for each in named if each[2] not in functions(each[1])] == []
    assert [row[0] for row in rows() if not SPAN.search(row[3])] == []
    between = [span.partition("::")[::2] for span in SPAN.findall(DOC.read_text("utf-8")) if "::" in span]
    assert [each for each in between if each[1] not in functions(each[0])] == []


@pytest.mark.parametrize("path", [DOC, README], ids=["coverage", "readme"])
def test_every_command_and_its_flags_are_there(path):
    assert unknown_commands(path.read_text("utf-8")) == []


def test_a_command_or_flag_that_is_not_there_is_seen():
    said = "`manage.py nothing`, `manage.py rehearse --kind transfer --slowly`, `rules [--province 44]`, `make`"

    assert unknown_commands(said) == ["manage.py nothing", "rehearse --slowly"]


def test_words_are_read_past_links_pictures_and_marks():
    said = "**Note:** See [the list \\(in Chinese\\)](a b.md#c \\(d\\)), ![](http://x/y.png) “so to say”。3，4"

    assert words(said) == ["Note", "See", "the", "list", "in", "Chinese", "so", "to", "say", "3", "4"]


if PROCEDURE:

    def test_every_sentence_of_the_procedure_stands_in_the_tables_in_its_order():
        ours, theirs = words(" ".join(row[1] for row in of("I", "T", "A", "C"))), procedure()

        differs = next((at for at, pair in enumerate(zip(ours, theirs, strict=False)) if len(set(pair)) > 1), None)

        assert differs is None, f"ours: {ours[differs : differs + 12]}, the procedure: {theirs[differs : differs + 12]}"
        assert len(ours) == len(theirs)
