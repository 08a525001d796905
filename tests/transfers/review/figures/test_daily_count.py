"""The daily count of the desk: what is counted, once, by working time, without naming an order."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.transfers import states
from tests.transfers.builders import make_reviewer
from tests.transfers.outside import cost
from tests.transfers.review.figures.history import (
    DAY,
    HOUR,
    MONDAY,
    TODAY,
    Happened,
    accepted,
    lapsed,
    looked_at,
    photo_accepted,
    photographed,
    put_off,
    returned,
    submitted,
    texted,
    verified,
    went,
)
from transfers.durations.days import KEPT
from transfers.models import DeskCount, DeskDay, FieldVerdict, ReviewerCount
from transfers.review.figures import daily_count

pytestmark = pytest.mark.django_db
FRIDAY = MONDAY + 4 * DAY


def counts_of(*figures: str) -> set[tuple[Any, ...]]:
    """The counts of these: day of November, province, figure, part, round, minutes, times."""
    rows = DeskCount.objects.filter(figure__in=figures)
    found = rows.values_list("day", "province", "figure", "part", "round", "minutes", "times")
    return {(day.day, *rest) for day, *rest in found}


def people() -> set[tuple[Any, ...]]:
    rows = ReviewerCount.objects.values_list("day", "reviewer__name", "outcome", "seconds", "times")
    return {(day.day, *rest) for day, *rest in rows}


def count(now: Any = TODAY) -> None:
    """Counts everything that waits, as the hourly job does in a few runs."""
    while daily_count.count_days(now=now):
        pass


def test_arrivals_and_answers_are_counted_on_their_days_with_the_round_and_the_working_time() -> None:
    went(submitted(MONDAY), returned(MONDAY + 2 * HOUR), submitted(FRIDAY + 7 * HOUR), accepted(FRIDAY + 3 * DAY))
    went(submitted(MONDAY), accepted(MONDAY + HOUR), province="44")

    count()

    assert counts_of("arrived", "answered") == {
        (16, "64", "arrived", "", 1, 0, 1),
        (16, "44", "arrived", "", 1, 0, 1),
        (16, "64", "answered", "sent_back", 1, 120, 1),
        (16, "44", "answered", "passed", 1, 60, 1),
        (20, "64", "arrived", "", 2, 0, 1),
        (23, "64", "answered", "passed", 2, 120, 1),  # Friday 17:00 to Monday 10:00
    }


def test_waiting_times_are_counted_to_the_next_quarter_of_an_hour() -> None:
    for minutes in (1, 15, 16):
        went(submitted(MONDAY), accepted(MONDAY + timedelta(minutes=minutes)))

    count()

    assert counts_of("answered") == {
        (16, "64", "answered", "passed", 1, 15, 2),
        (16, "64", "answered", "passed", 1, 30, 1),
    }


def test_an_answer_after_the_next_working_day_is_late() -> None:
    went(submitted(FRIDAY), accepted(FRIDAY + 3 * DAY + 8 * HOUR))  # Monday 18:00
    went(submitted(FRIDAY), returned(FRIDAY + 3 * DAY + 8 * HOUR + timedelta(seconds=1)))

    count()

    assert counts_of("late") == {(23, "64", "late", "sent_back", 1, 0, 1)}


def test_withdrawals_and_calls_are_no_answers() -> None:
    went(
        submitted(MONDAY),
        Happened("call", states.SUBMITTED, "reviewer", MONDAY + HOUR),
        Happened("withdraw", states.WITHDRAWN, "applicant", MONDAY + 2 * HOUR),
    )

    count()

    assert counts_of("arrived", "answered") == {(16, "64", "arrived", "", 1, 0, 1)}


def test_a_refusal_is_an_answer_and_no_return() -> None:
    went(submitted(MONDAY), Happened("refuse", states.REFUSED, "lead", MONDAY + HOUR))

    count()

    assert counts_of("answered") == {(16, "64", "answered", "turned_away", 1, 60, 1)}


def test_returns_are_counted_by_reason_and_by_the_part_named() -> None:
    ying = make_reviewer(mobile="13912345678")
    order = went(submitted(MONDAY), returned(MONDAY + HOUR), submitted(FRIDAY), returned(FRIDAY + HOUR))
    first = looked_at(order, ying, MONDAY + HOUR, website__site_name="site_name", paper__statement="unsealed")
    FieldVerdict.objects.create(round=first, field="website.home_url", verdict=FieldVerdict.OK)
    looked_at(order, ying, FRIDAY + HOUR, website__site_name="")

    count()

    assert counts_of("reason", "part") == {
        (16, "64", "reason", "site_name", 0, 0, 1),
        (16, "64", "reason", "unsealed", 0, 0, 1),
        (16, "64", "part", "website.site_name", 0, 0, 1),
        (16, "64", "part", "paper.statement", 0, 0, 1),
        (20, "64", "reason", "", 0, 0, 1),
        (20, "64", "part", "website.site_name", 0, 0, 1),
    }


def test_each_persons_decisions_are_counted_with_the_time_the_case_was_open() -> None:
    ying, wei = make_reviewer(), make_reviewer()
    for person, name in ((ying, "Ying"), (wei, "Wei")):
        person.name = name
        person.save()
    order = went(
        submitted(MONDAY), accepted(MONDAY + HOUR, ying), photographed(FRIDAY), photo_accepted(FRIDAY + HOUR, wei)
    )
    looked_at(order, ying, MONDAY + HOUR, took=timedelta(seconds=185))
    looked_at(order, wei, FRIDAY + HOUR, took=timedelta(0))

    count()

    assert people() == {(16, "Ying", "passed", 185, 1), (20, "Wei", "passed", 0, 1)}


@pytest.mark.parametrize(
    ("end", "part"),
    [
        (verified(FRIDAY + HOUR), "same_day"),
        (verified(FRIDAY + DAY), "later"),
        (Happened("go_on", states.AUTHORITY_REVIEW, "clock", FRIDAY + 2 * DAY), "later"),
        (lapsed(FRIDAY + 2 * DAY), "missed"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.move,
)
def test_each_phone_verification_is_counted_by_its_end(end: Happened, part: str) -> None:
    went(submitted(MONDAY), accepted(MONDAY + HOUR), texted(FRIDAY), end)

    count()

    assert counts_of("phones") == {(end.at.day, "64", "phones", part, 0, 0, 1)}


def test_a_verification_cut_short_by_the_authority_has_no_end_of_its_own() -> None:
    went(submitted(MONDAY), texted(FRIDAY), put_off(FRIDAY + HOUR))

    count()

    assert counts_of("phones") == set()


def test_a_cancellation_is_not_counted() -> None:
    went(submitted(MONDAY), accepted(MONDAY + HOUR), kind=states.CANCELLATION)

    count()

    assert not DeskCount.objects.exists()


def test_a_second_run_changes_nothing_and_includes_a_late_event() -> None:
    tuesday = MONDAY + DAY
    went(submitted(MONDAY), accepted(MONDAY + HOUR))
    count(tuesday)
    before = counts_of("arrived", "answered"), list(DeskDay.objects.values_list("counted_at"))
    count(tuesday + HOUR)
    assert (counts_of("arrived", "answered"), list(DeskDay.objects.values_list("counted_at"))) == before

    went(submitted(MONDAY))
    count(MONDAY + 3 * DAY)

    assert (16, "64", "arrived", "", 1, 0, 2) in counts_of("arrived")


def test_an_interrupted_run_leaves_the_day_unchanged_and_the_next_one_counts_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    went(submitted(MONDAY), accepted(MONDAY + HOUR))
    with monkeypatch.context() as broken:
        broken.setattr(ReviewerCount._default_manager, "bulk_create", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            daily_count.count_day(MONDAY.date(), now=TODAY)
    assert (DeskCount.objects.count(), DeskDay.objects.count()) == (0, 0)

    count()

    assert len(counts_of("arrived", "answered")) == 2


def test_today_is_not_counted_and_counts_older_than_a_year_are_deleted() -> None:
    went(submitted(MONDAY))
    count(MONDAY + 8 * HOUR)
    assert counts_of("arrived") == set()

    count()
    assert len(counts_of("arrived")) == 1

    daily_count.count_days(now=TODAY + KEPT)
    assert counts_of("arrived") == set()


def test_a_day_takes_as_many_queries_however_many_orders_there_are() -> None:
    def one_day() -> None:
        daily_count.count_day(MONDAY.date(), now=TODAY)

    ying = make_reviewer()
    for number in (1, 5):
        for _ in range(number):
            order = went(submitted(MONDAY), returned(MONDAY + HOUR, ying))
            looked_at(order, ying, MONDAY + HOUR, website__site_name="site_name")
        if number == 1:
            few = cost(one_day)

    assert cost(one_day) == few


def test_a_day_that_has_not_come_is_refused_and_nothing_is_forgotten() -> None:
    with pytest.raises(CommandError, match="--since is in the future: 2999-01-01"):
        call_command("count_days", since=date(2999, 1, 1))


def test_the_command_counts_everything_or_again_from_a_day_on(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("count_days")
    call_command("count_days")
    again = date.fromordinal(max(DeskDay.objects.values_list("day", flat=True)).toordinal() - 4)
    call_command("count_days", since=again)

    said = capsys.readouterr().out.splitlines()
    assert said == [
        *("durations: 90 days counted", "desk: 182 days counted"),
        *("durations: 0 days counted", "desk: 0 days counted"),
        *("durations: 5 days counted", "desk: 5 days counted"),
    ]
