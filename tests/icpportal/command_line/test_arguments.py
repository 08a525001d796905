from argparse import ArgumentTypeError
from datetime import UTC, datetime

import pytest

from icpportal.command_line.arguments import typed_count, typed_day, typed_minutes, typed_moment


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-11-24T16:20", datetime(2026, 11, 24, 8, 20, tzinfo=UTC)),
        ("2026-11-24 16:20", datetime(2026, 11, 24, 8, 20, tzinfo=UTC)),
        ("2026-11-24T16:20+08:00", datetime(2026, 11, 24, 8, 20, tzinfo=UTC)),
        ("2026-11-24T16:20:30Z", datetime(2026, 11, 24, 16, 20, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_typed_without_an_offset_is_beijing_time(typed, meant):
    found = typed_moment(typed)

    assert found == meant


@pytest.mark.parametrize("typed", ["", "soon", "2026-13-24T16:20", "2026-11-24T25:00"])
def test_an_invalid_time_is_answered_with_an_example(typed):
    with pytest.raises(ArgumentTypeError, match="write it like 2026-11-24T16:20"):
        typed_moment(typed)
    with pytest.raises(ArgumentTypeError, match="write it like 2026-11-24$"):
        typed_day(typed)


@pytest.mark.parametrize("typed", ["", "0", "-1", "1.5", "many", "²"])
def test_a_count_is_a_whole_number_from_1_on(typed):
    with pytest.raises(ArgumentTypeError, match="write a whole number from 1 on"):
        typed_count(typed)


@pytest.mark.parametrize("typed", ["", "0", "-1", "1441", "nan", "soon"])
def test_minutes_are_those_of_a_day_at_the_most(typed):
    with pytest.raises(ArgumentTypeError, match="write a number of minutes"):
        typed_minutes(typed)
