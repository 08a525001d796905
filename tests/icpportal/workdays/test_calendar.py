"""Working days as people in mainland China count them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icpportal.time_format import BEIJING
from icpportal.workdays.calendar import (
    NOTICE_DAYS,
    SHIPPED_YEARS,
    Calendar,
    add_workdays,
    calendar,
    end_of_answer,
    is_workday,
)
from icpportal.workdays.models import WorkCalendarDay

pytestmark = pytest.mark.django_db
UNKNOWN_YEAR = SHIPPED_YEARS[-1] + 1


def test_the_make_up_days_of_2026_are_working_days_and_its_holidays_are_not():
    make_up = [date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 10, 10)]
    free = [date(2026, 1, 1), date(2026, 2, 17), date(2026, 10, 1), date(2026, 11, 28)]

    answers = [is_workday(day) for day in make_up], [is_workday(day) for day in free]

    assert answers == ([True] * 5, [False] * 4)


def test_a_week_of_holidays_is_skipped():
    end, provisional = add_workdays(date(2026, 9, 30), 1)

    assert (end, provisional) == (date(2026, 10, 8), False)


def test_zero_working_days_leave_the_day_unchanged():
    assert add_workdays(date(2026, 11, 28), 0) == (date(2026, 11, 28), False)


@pytest.mark.parametrize("n", [-1, 2001])
def test_an_impossible_number_is_refused(n: int):
    with pytest.raises(ValueError, match="cannot be counted"):
        add_workdays(date(2026, 11, 27), n)


def test_twenty_days_that_cross_into_a_year_without_notice_are_provisional():
    end, provisional = add_workdays(date(UNKNOWN_YEAR - 1, 12, 21), 20)

    assert (end.year, provisional) == (UNKNOWN_YEAR, True)


def test_twenty_days_that_stay_in_a_known_year_are_certain():
    assert add_workdays(date(2026, 11, 2), 20) == (date(2026, 11, 30), False)


def test_in_a_year_without_notice_monday_to_friday_count():
    second_of_january = date(UNKNOWN_YEAR, 1, 2)
    week = [second_of_january + timedelta(days=n) for n in range(7)]

    assert [is_workday(day) for day in week] == [day.weekday() < 5 for day in week]


@pytest.mark.parametrize("month_and_day", [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)])
def test_a_holiday_of_a_fixed_date_counts_in_every_year_without_notice(month_and_day: tuple[int, int]):
    days = [date(UNKNOWN_YEAR + n, *month_and_day) for n in range(7)]

    assert [is_workday(day) for day in days] == [False] * 7


def test_an_estimate_over_new_year_skips_the_first_of_january_and_stays_provisional():
    assert add_workdays(date(2026, 12, 31), 1) == (date(2027, 1, 4), True)
    assert add_workdays(date(2029, 12, 31), 1) == (date(2030, 1, 2), True)


def test_a_fixed_holiday_that_a_notice_makes_a_working_day_is_one():
    WorkCalendarDay.objects.create(date=date(2031, 1, 1), is_workday=True, source="notice")

    assert is_workday(date(2031, 1, 1))


def write(first: date, n: int, *, is_workday: bool = False):
    """As many days on end as a notice or a mistake names."""
    days = [first + timedelta(days=k) for k in range(n)]
    WorkCalendarDay.objects.bulk_create([WorkCalendarDay(date=day, is_workday=is_workday, source="t") for day in days])


@pytest.mark.parametrize("n", [1, 20, 300, 2000])
def test_unknown_years_are_counted_without_a_crash(n: int):
    end, provisional = add_workdays(date(2031, 2, 27), n)

    assert end > date(2031, 2, 27)
    assert provisional is True


def test_a_few_corrections_do_not_make_a_year_known():
    write(date(2031, 5, 1), NOTICE_DAYS - 1)

    assert add_workdays(date(2031, 4, 30), 1) == (date(2031, 5, 12), True)


@pytest.mark.parametrize("is_workday", [True, False])
def test_a_year_entered_completely_wrong_still_has_an_end(is_workday: bool):
    write(date(2031, 1, 1), 365, is_workday=is_workday)

    end, _provisional = add_workdays(date(2031, 1, 1), 20)

    assert end == (date(2031, 1, 21) if is_workday else date(2032, 1, 29))


def test_a_loaded_notice_makes_the_year_certain_and_moves_the_day():
    start = date(UNKNOWN_YEAR - 1, 12, 31)
    before = add_workdays(start, 1)
    write(before[0], NOTICE_DAYS)

    after = add_workdays(start, 1)

    assert before[1] is True
    assert after[1] is False
    assert after[0] > before[0]


def test_entries_of_staff_take_precedence_over_the_shipped_list():
    WorkCalendarDay.objects.create(date=date(2026, 11, 27), is_workday=False, source="power cut")
    WorkCalendarDay.objects.create(date=date(2026, 11, 28), is_workday=True, source="power cut")

    end, _ = add_workdays(date(2026, 11, 26), 1)

    assert end == date(2026, 11, 28)


def test_counting_takes_one_query_however_far_it_goes(django_assert_num_queries):
    for n in (1, 20, 300):
        with django_assert_num_queries(1):
            add_workdays(date(2026, 11, 26), n)


def test_an_answer_is_due_at_six_in_the_evening_in_beijing():
    friday_late = datetime(2026, 11, 27, 15, 59, tzinfo=UTC)  # 23:59 in Beijing
    friday_later = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)  # Saturday 0:00 in Beijing

    due = [end_of_answer(friday_late), end_of_answer(friday_later), end_of_answer(friday_late, 3)]

    monday, wednesday = datetime(2026, 11, 30, 18, tzinfo=BEIJING), datetime(2026, 12, 2, 18, tzinfo=BEIJING)
    assert due == [monday, monday, wednesday]


@given(start=st.dates(date(2020, 1, 1), date(2030, 12, 31)), n=st.integers(1, 60))
def test_between_start_and_end_there_are_exactly_n_working_days(start: date, n: int):
    known = Calendar(days={}, listed_years=frozenset())
    after = known.workdays_after(start)
    end = [next(after) for _ in range(n)][-1]

    between = [start + timedelta(days=k) for k in range(1, (end - start).days + 1)]

    assert sum(known.is_workday(day) for day in between) == n
    assert known.is_workday(end)


def test_the_calendar_of_a_range_has_its_whole_years_and_no_others():
    for day in (date(2025, 12, 31), date(2028, 1, 1)):
        write(day, 1)
    for first in (date(2026, 1, 1), date(2027, 12, 22)):
        write(first, NOTICE_DAYS)

    known = calendar(date(2026, 5, 5), date(2027, 2, 2))

    assert (len(known.days), min(known.days), max(known.days)) == (20, date(2026, 1, 1), date(2027, 12, 31))
    assert known.listed_years == {2026, 2027}
