"""How long orders take: which stages are counted, the daily count, and the published figures."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from icpportal.lifecycle import APPLICANT, CLOCK, REVIEWER
from icpportal.lifecycle import AUTHORITY as BY_AUTHORITY
from icpportal.time_format import BEIJING
from tests.transfers import states
from tests.transfers.builders import make_order
from tests.transfers.outside import cost
from transfers.durations import counting
from transfers.durations.days import KEPT, SETTLED
from transfers.durations.figures import ENOUGH, WINDOW, Figure, figure, figure_from, figures, within
from transfers.durations.spans import AUTHORITY, REVIEW, WHOLE, Span, Step, spans
from transfers.models import CountedDay, DurationCount, Order, OrderEvent
from transfers.pages.dates import next_date

MONDAY = datetime(2026, 11, 2, 10, 0, tzinfo=BEIJING)
FRIDAY, WEDNESDAY = MONDAY + timedelta(days=4), MONDAY + timedelta(days=16)
TODAY = datetime(2026, 11, 27, 9, 0, tzinfo=BEIJING)
WAY = (
    Step(states.SUBMITTED, APPLICANT, MONDAY),
    Step(states.RETURNED, REVIEWER, MONDAY + timedelta(days=1)),
    Step(states.SUBMITTED, APPLICANT, MONDAY + timedelta(days=3)),
    Step(states.HANDING_OVER, REVIEWER, FRIDAY),
    Step(states.AUTHORITY_REVIEW, BY_AUTHORITY, FRIDAY),
    Step(states.AUTHORITY_REVIEW, BY_AUTHORITY, FRIDAY + timedelta(days=2)),  # postponed: it goes on waiting
    Step(states.APPROVED, BY_AUTHORITY, WEDNESDAY),
)


# --- which stages an order went through ---


def test_every_answer_of_ours_ends_a_review_and_the_verdict_the_authoritys() -> None:
    assert spans(WAY) == [
        Span(REVIEW, MONDAY, MONDAY + timedelta(days=1)),
        Span(REVIEW, MONDAY + timedelta(days=3), FRIDAY),
        Span(AUTHORITY, FRIDAY, WEDNESDAY),
        Span(WHOLE, MONDAY, WEDNESDAY),
    ]


@pytest.mark.parametrize(
    "last",
    [
        Step(states.WITHDRAWN, APPLICANT, FRIDAY),
        Step(states.EXPIRED, CLOCK, FRIDAY),
    ],
    ids=lambda step: step.to_state,
)
def test_a_withdrawn_order_does_not_count_for_our_speed(last: Step) -> None:
    assert spans([Step(states.SUBMITTED, APPLICANT, MONDAY), last]) == []


def test_a_failed_report_is_no_verdict() -> None:
    failed = [Step(states.AUTHORITY_REVIEW, BY_AUTHORITY, MONDAY), Step(states.HANDING_OVER, BY_AUTHORITY, FRIDAY)]

    assert spans(failed) == []
    assert spans([*failed, *WAY[4:]])[0] == Span(AUTHORITY, FRIDAY, WEDNESDAY)  # begins when it came there again


# --- half, and four in five ---


@pytest.mark.parametrize(
    ("counts", "half", "most"),
    [
        ({5: 1}, 5, 5),
        ({1: 1, 2: 1}, 1, 2),
        ({1: 5, 9: 5}, 1, 9),
        ({1: 4, 2: 1, 9: 5}, 2, 9),
        ({1: 8, 30: 2}, 1, 1),
        ({1: 79, 30: 21}, 1, 30),
    ],
)
def test_the_median_and_the_80th_percentile_are_lengths_within_which_so_many_ended(
    counts: dict[int, int], half: int, most: int
) -> None:
    assert (within(counts, 50), within(counts, 80)) == (half, most)


def test_with_fewer_than_thirty_no_figure_is_published() -> None:
    assert figure_from({6: ENOUGH - 1}) is None
    assert figure_from({6: ENOUGH}) == Figure(half=6, most=6, times=30)


# --- the daily count ---


def went(*steps: Step, province: str = "64", **columns: Any) -> Order:
    """An order with these events."""
    order = make_order(state=steps[-1].to_state, province=province, entered_at=steps[-1].at, **columns)
    before = [states.DRAFT, *(step.to_state for step in steps)]
    OrderEvent.objects.bulk_create(
        OrderEvent(order=order, move="moved", from_state=left, to_state=step.to_state, by=step.by, at=step.at)
        for left, step in zip(before, steps, strict=False)
    )
    return order


def stored_counts() -> set[tuple[date, str, str, int, int]]:
    return set(DurationCount.objects.values_list("day", "province", "stage", "length", "times"))


def count(now: datetime = TODAY) -> None:
    """Counts everything that waits, as the hourly job does in a few runs."""
    while counting.count_days(now=now):
        pass


@pytest.mark.django_db
def test_approvals_of_a_day_are_counted_by_province_without_naming_an_order() -> None:
    went(*WAY)
    went(*WAY)
    went(*WAY, province="44")
    went(*WAY[:-1])  # not decided yet

    count()

    day = WEDNESDAY.date()  # 8 working days after a Friday; 16 days after the Monday it was submitted
    assert stored_counts() == {
        *((day, "64", *each) for each in ((REVIEW, 1, 4), (AUTHORITY, 8, 2), (WHOLE, 16, 2))),
        *((day, "44", *each) for each in ((REVIEW, 1, 2), (AUTHORITY, 8, 1), (WHOLE, 16, 1))),
    }


@pytest.mark.django_db
def test_a_cancellation_is_not_counted_among_the_transfers() -> None:
    went(*WAY, kind=states.CANCELLATION)

    count()

    assert stored_counts() == set()


@pytest.mark.django_db
def test_a_day_begins_and_ends_at_midnight_in_beijing() -> None:
    midnight = datetime.combine(WEDNESDAY.date(), time(), tzinfo=BEIJING)
    went(*WAY[:-1], Step(states.APPROVED, BY_AUTHORITY, midnight))
    went(*WAY[:-1], Step(states.APPROVED, BY_AUTHORITY, midnight - timedelta(seconds=1)))

    assert [counting.approved_on(midnight.date() - timedelta(days=n)).count() for n in (0, 1)] == [1, 1]


@pytest.mark.django_db
def test_a_repeated_count_counts_once_and_includes_a_late_answer() -> None:
    next_day = WEDNESDAY + timedelta(days=1)
    went(*WAY)
    count(next_day)
    went(*WAY)

    count(next_day + timedelta(hours=1))
    assert (WEDNESDAY.date(), "64", WHOLE, 16, 1) in stored_counts()

    count(WEDNESDAY + SETTLED)
    assert (WEDNESDAY.date(), "64", WHOLE, 16, 2) in stored_counts()


@pytest.mark.django_db
def test_each_run_takes_a_batch_and_one_with_nothing_new_counts_nothing() -> None:
    runs = []
    while not runs or runs[-1]:
        runs.append(counting.count_days(now=TODAY))

    assert runs == [10] * 9 + [0]
    assert CountedDay.objects.count() == WINDOW.days
    assert not CountedDay.objects.filter(day=TODAY.date()).exists()  # it is not over


@pytest.mark.django_db
def test_a_day_without_approvals_costs_the_same_however_many_orders_exist() -> None:
    def one_day() -> None:
        counting.count_day(WEDNESDAY.date(), now=TODAY)

    went(*WAY)
    few = cost(one_day)
    for _order in range(5):
        went(*WAY)

    assert cost(one_day) == few


@pytest.mark.django_db
def test_counts_older_than_a_year_are_deleted() -> None:
    went(*WAY)
    count()

    count(TODAY + KEPT)

    assert stored_counts() == set()


# --- what the pages say of it ---


def make_counts(stage: str, lengths: dict[int, int], *, province: str = "64", ago: int = 2) -> None:
    """The counts of a recent day."""
    day = timezone.localdate() - timedelta(days=ago)
    for length, times in lengths.items():
        DurationCount.objects.create(day=day, province=province, stage=stage, length=length, times=times)


@pytest.mark.django_db
def test_a_figure_is_of_one_province_or_of_all_and_of_the_last_90_days() -> None:
    make_counts(AUTHORITY, {6: 20, 11: 10})
    make_counts(AUTHORITY, {3: 10}, province="44")
    make_counts(AUTHORITY, {19: 99}, ago=91)

    assert figure(AUTHORITY, "64") == Figure(half=6, most=11, times=30)
    assert figure(AUTHORITY, "44") is None
    assert figure(AUTHORITY) == Figure(half=6, most=11, times=40)
    assert set(figures([AUTHORITY, WHOLE], ["64", "44"])) == {(AUTHORITY, "64")}


@pytest.mark.django_db
def test_the_start_page_states_the_rules_until_there_are_thirty(client: Client) -> None:
    make_counts(AUTHORITY, {6: 29})

    page = client.get("/", {"province": "64"}, headers={"accept-language": "en"}).content.decode()

    assert "3–20 working days" in page
    assert "6 working days" not in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            (
                "Half of all orders; four in five within 11 working days",
                "half of all orders were approved within 16 days, and four in five within 25 days",
            ),
        ),
        ("zh-hans", ("半数订单；八成在 11 个工作日内", "半数订单在 16 天内获批，八成在 25 天内获批")),
    ],
)
def test_the_start_page_states_the_durations_of_the_chosen_province(
    client: Client, language: str, said: tuple[str, ...]
) -> None:
    make_counts(AUTHORITY, {6: 20, 11: 10})
    make_counts(WHOLE, {16: 20, 25: 10})

    of_this = client.get("/", {"province": "64"}, headers={"accept-language": language}).content.decode()
    of_another = client.get("/", {"province": "44"}, headers={"accept-language": language}).content.decode()

    assert [words in of_this for words in said] == [True, True]
    assert [words in of_another for words in said] == [False, False]


@pytest.mark.django_db
def test_an_order_at_the_authority_has_the_day_by_which_most_were_decided() -> None:
    with time_machine.travel(TODAY, tick=False):
        order = make_order(state=states.AUTHORITY_REVIEW)
        by_rules = next_date(order)
        make_counts(AUTHORITY, {6: 20, 11: 10})
        by_figures = next_date(Order.objects.get(pk=order.pk))

    assert [each and each[1].date() for each in (by_rules, by_figures)] == [date(2026, 12, 25), date(2026, 12, 14)]


@pytest.mark.django_db
def test_an_order_slower_than_most_has_the_day_of_the_rules() -> None:
    with time_machine.travel(TODAY, tick=False):
        order = make_order(state=states.AUTHORITY_REVIEW)
        make_counts(AUTHORITY, {6: 20, 11: 10})
    with time_machine.travel(datetime(2026, 12, 15, 9, tzinfo=BEIJING), tick=False):
        late = next_date(order)

    assert late is not None
    assert late[1].date() == date(2026, 12, 25)
