"""The portal does not start with an incomplete row in a table."""

from dataclasses import replace

import pytest

from icpportal.lifecycle import APPLICANT
from transfers import system_checks
from transfers.orders import kinds, states
from transfers.orders.history import row_of
from transfers.orders.rows import Instead


def test_the_current_tables_are_complete() -> None:
    assert system_checks.check_orders() == []


@pytest.mark.parametrize(
    ("lacking", "said"),
    [
        (replace(states.SUBMITTED, label=""), ["no label"]),
        (replace(states.SUBMITTED, sentence="", icon=""), ["no sentence", "no icon"]),
        (
            replace(states.DRAFT, reminder=""),
            ["it is kept for a time, so it needs a date, a calendar entry, a reminder and a move of the clock"],
        ),
        (replace(states.DRAFT, clock="cooled"), ["the clock's move cooled does not leave it"]),
        (replace(states.DRAFT, reminder="nobody_wrote_it"), ["no text of the message nobody_wrote_it"]),
        (replace(states.PHONE_DUE, page="nowhere"), ["no button, or no page nowhere"]),
        (replace(states.PHONE_DUE, button=""), ["no button, or no page phones"]),
        (replace(states.LAPSED, panels=("moon",)), ["unknown panel moon"]),
        (replace(states.LAPSED, instead=(Instead("full_moon", "…"),)), ["unknown condition full_moon"]),
    ],
)
def test_an_incomplete_state_is_named(lacking: states.State, said: list[str]) -> None:
    assert list(system_checks._state(lacking)) == said


@pytest.mark.parametrize(
    ("move", "lack", "said"),
    [
        ("accept", {"said": ""}, ["no words for the timeline"]),
        ("accept", {"audience": ()}, ["nobody is told"]),
        ("withdraw", {"button": None}, ["the applicant has neither a button nor a page for it"]),
    ],
)
def test_an_incomplete_move_is_named(move: str, lack: dict[str, object], said: list[str]) -> None:
    row = row_of(move)

    assert list(system_checks._move(replace(row, **lack))) == said
    assert row.by == APPLICANT or "button" not in lack


def test_a_kind_without_its_report_or_answers_is_named() -> None:
    lacking = replace(kinds.TRANSFER, report="transfers.nowhere.report", stages="moon")

    assert list(system_checks._kind(lacking)) == ["unknown stages moon", "transfers.nowhere.report is not there"]
