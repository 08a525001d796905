"""Working time as reviewers count it, without nights, weekends and holidays."""

from datetime import datetime, timedelta

import pytest

from icpportal.time_format import BEIJING
from icpportal.workdays.hours import is_open, working_time

pytestmark = pytest.mark.django_db


def at(day, clock):
    return datetime.fromisoformat(f"2026-{day}T{clock}").replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (("11-25", "10:00"), ("11-25", "12:30"), 2.5),
        (("11-25", "07:00"), ("11-25", "09:30"), 0.5),  # nothing before opening
        (("11-25", "17:00"), ("11-26", "10:00"), 2),  # nothing at night
        (("11-27", "17:00"), ("11-30", "10:00"), 2),  # nothing over a weekend
        (("09-30", "17:00"), ("10-08", "10:00"), 2),  # nothing over the National Day holiday
        (("10-09", "17:00"), ("10-10", "10:00"), 2),  # a Saturday that makes up for it is a working day
        (("11-28", "10:00"), ("11-29", "10:00"), 0),
        (("11-26", "10:00"), ("11-25", "10:00"), 0),
    ],
)
def test_only_working_hours_count(start, end, hours):
    passed = working_time(at(*start), at(*end))

    assert passed == timedelta(hours=hours)


def test_the_desk_is_open_on_working_days_from_nine_to_six():
    moments = [
        at("11-25", "08:59"),
        at("11-25", "09:00"),
        at("11-25", "17:59"),
        at("11-25", "18:00"),
        at("11-28", "12:00"),
    ]

    open_at = [is_open(moment) for moment in moments]

    assert open_at == [False, True, True, False, False]
