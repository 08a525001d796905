"""The page of figures: the desk's for a lead, one's own work for a reviewer, and the same as CSV."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from icpportal.accounts.models import User
from icpportal.accounts.roles import AUDITOR, OPERATIONS
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order, make_reviewer, make_user, sign_in
from tests.transfers.outside import cost
from tests.transfers.review.desk import make_named
from tests.transfers.review.figures.history import (
    DAY,
    HOUR,
    MONDAY,
    TODAY,
    accepted,
    lapsed,
    looked_at,
    photo_accepted,
    photographed,
    returned,
    submitted,
    texted,
    verified,
    went,
)
from transfers.models import DeskCount, DeskSettings, DurationCount, Order, ReviewerCount
from transfers.review import second_look
from transfers.review.figures import daily_count
from transfers.review.figures.queries import FEW

pytestmark = pytest.mark.django_db
FIGURES = "/admin/desk/figures/"
WHOLE_TABLE = {
    "sqlite": re.compile(r"\bSCAN \w+(?! USING (COVERING )?INDEX)\b"),
    "postgresql": re.compile(r"Seq Scan on transfers_"),
}


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def lead(client: Client) -> Client:
    return sign_in(client, make_lead_reviewer())


def count() -> None:
    """What the worker does each hour."""
    while daily_count.count_days():
        pass


def page(client: Client, language: str = "en", **asked: Any) -> str:
    """The text of the page."""
    answer = client.get(FIGURES, asked, headers={"accept-language": language})
    assert answer.status_code == 200
    return words(answer.content.decode())


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html.partition("<main")[2])).split())


def as_csv(client: Client, key: str, **asked: Any) -> list[list[str]]:
    answer = client.get(f"{FIGURES}{key}.csv", asked, headers={"accept-language": "en"})
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def add_count(figure: str, part: str, times: int, *, province: str = "64", days_ago: int = 2, **columns: int) -> None:
    day = TODAY.date() - timedelta(days=days_ago)
    usual = {"round": 1, "minutes": 60}
    DeskCount.objects.create(day=day, province=province, figure=figure, part=part, times=times, **{**usual, **columns})


def add_decisions(person: User, times: int, *, outcome: str = "passed", seconds: int = 185) -> None:
    ReviewerCount.objects.create(day=TODAY.date() - DAY, reviewer=person, outcome=outcome, seconds=seconds, times=times)


# --- what a lead reads ---


def test_a_lead_reads_that_two_of_three_orders_passed_first_time_once_the_worker_has_counted(lead: Client) -> None:
    went(submitted(MONDAY), accepted(MONDAY + HOUR))
    went(submitted(MONDAY), accepted(MONDAY + 3 * HOUR))
    went(submitted(MONDAY), returned(MONDAY + HOUR), submitted(MONDAY + DAY), accepted(MONDAY + DAY + HOUR))
    assert "There are no figures of this period yet" in page(lead)

    count()

    page_text = page(lead)
    assert "There are no figures" not in page_text
    for words in (
        "2 of 3 orders passed the first time",
        "We keep pace: 3 arrived, 3 answered",
        "Nine of ten first answers come within 3 h of working time",
        "Half answered within 1 h",
        "First answers later than promised in this period: 0 of 3.",
        "Too few answers in each province to compare them",
    ):
        assert words in page_text


def test_the_page_is_chinese_for_a_chinese_reader(lead: Client) -> None:
    went(submitted(MONDAY), accepted(MONDAY + HOUR))
    count()

    page_text = page(lead, "zh-hans")

    assert "1 件中有 1 件一次通过" in page_text
    assert "每个工作日的订单，" in page_text
    assert re.findall(r"[A-Za-z]{4,}", page_text.partition("统计")[2]) == []


def test_a_lead_reads_the_reasons_and_parts_of_returns(lead: Client) -> None:
    order = went(submitted(MONDAY), returned(MONDAY + HOUR))
    looked_at(order, make_reviewer(), MONDAY + HOUR, website__site_name="site_name", website__home_url="")
    count()
    add_count("answered", "passed", 30, province="44")
    add_count("answered", "sent_back", 10, province="44")
    add_count("answered", "sent_back", 19, province="12")

    page_text = page(lead)

    assert "The most frequent reason, 1 of 2: In words of one's own" in page_text
    assert "Guangdong is returned most: 25%" in page_text
    assert "n 19, few" in page_text  # all of Tianjin's, and yet too few for a conclusion
    assert ["Website details: Website name", "1"] in as_csv(lead, "parts")
    assert ["differs from the document", "1"] in as_csv(lead, "reasons")


def test_a_lead_reads_how_phone_verifications_ended(lead: Client) -> None:
    went(submitted(MONDAY), texted(MONDAY + HOUR), verified(MONDAY + 2 * HOUR))
    went(submitted(MONDAY), texted(MONDAY + HOUR), lapsed(MONDAY + 3 * DAY))
    count()

    assert "1 of 2 phone verifications were done in time" in page(lead)
    assert [row[1:] for row in as_csv(lead, "phones")[1:]][-2:] == [["1", "0", "0"], ["0", "0", "1"]]


def test_a_lead_reads_the_verdicts_on_photos(lead: Client) -> None:
    went(submitted(MONDAY), accepted(MONDAY + HOUR), photographed(MONDAY + DAY), photo_accepted(MONDAY + DAY + HOUR))
    went(submitted(MONDAY), accepted(MONDAY + HOUR))
    count()

    assert "Photos that pass the first time: 1 of 1" in page(lead)
    assert as_csv(lead, "photos")[1:] == [["Round 1", "1", "0", "0"]]


def test_the_authoritys_durations_for_applicants_come_from_the_same_counts(lead: Client, client: Client) -> None:
    add_count("arrived", "", 1)
    DurationCount.objects.create(day=TODAY.date() - DAY, province="62", stage="authority", length=6, times=30)
    DurationCount.objects.create(day=TODAY.date() - DAY, province="44", stage="authority", length=9, times=29)

    page_text = page(lead)
    start = client.get("/", {"province": "62"}, headers={"accept-language": "en"}).content.decode()

    assert "Gansu takes longest: half of the orders within 6 working days" in page_text
    assert "In Gansu the authority usually takes 6 working days." in page_text
    assert "In Guangdong the authority" not in page_text
    assert "6 working days" in start


def test_a_lead_reads_what_is_overdue_and_how_much_of_it_is_free(lead: Client) -> None:
    add_count("arrived", "", 1)
    late = TODAY - 4 * DAY
    make_order(state=states.SUBMITTED, entered_at=late)
    make_order(
        state=states.SUBMITTED, entered_at=late, reviewer=make_reviewer(), claimed_until=TODAY + timedelta(minutes=20)
    )
    make_order(state=states.SUBMITTED, entered_at=TODAY - HOUR)
    make_order(state=states.HANDING_OVER, entered_at=late, held=True)  # waits for operations

    page_text = page(lead)

    assert "Overdue now: 2" in page_text
    assert "1 nobody has taken" in page_text
    assert "First review 3 2 1 h 00 min over" in page_text  # since Monday 18:00


def test_each_number_of_what_waits_is_that_of_the_list_it_leads_to() -> None:
    reader, reviewer = make_lead_reviewer(), make_reviewer()
    lead = sign_in(Client(), reader)
    DeskSettings.objects.create(user=reader, provinces="44")
    add_count("arrived", "", 1)
    Order.objects.filter(pk=make_order(state=states.SUBMITTED).pk).update(returns=1)
    for state, province in ((states.SUBMITTED, "64"), (states.SUBMITTED, "12"), (states.PHOTO_REVIEW, "64")):
        make_order(state=state, province=province)
    second_look.ask(make_order(state=states.SUBMITTED), reviewer, "accept", ["drawn"], TODAY)

    for asked in ({}, {"province": "12"}):
        html = lead.get(FIGURES, asked, headers={"accept-language": "en"}).content.decode()
        rows = re.findall(r'<a href="([^"]*queue=[^"]*)">([^<]*)</a></th>\s*<td class="num">(\d+)</td>', html)
        for url, label, number in rows:
            listed = words(lead.get(unescape(url), headers={"accept-language": "en"}).content.decode())
            assert re.search(rf" {label} {number} orders?", listed), (label, number)
        assert len(rows) == (1 if asked else 4)


def test_an_overdue_order_is_as_late_in_the_figures_as_in_the_queue(lead: Client) -> None:
    add_count("arrived", "", 1)
    make_order(state=states.SUBMITTED, entered_at=TODAY - 8 * DAY)
    four_working_days = "37 h 00 min over"

    assert four_working_days in page(lead)
    queue = lead.get("/admin/transfers/order/?queue=review", headers={"accept-language": "en"})
    assert four_working_days in words(queue.content.decode())


def test_a_province_filters_the_figures_and_the_period_can_be_longer(lead: Client) -> None:
    add_count("arrived", "", 5)
    add_count("arrived", "", 7, province="44")
    add_count("arrived", "", 11, days_ago=60)
    add_count("part", "photo", 4)
    add_count("part", "photo", 2, province="44")

    assert "12 arrived" in page(lead)
    assert "7 arrived" in page(lead, province="44")
    assert "23 arrived" in page(lead, weeks=13)
    assert [as_csv(lead, "parts", **asked)[1][1] for asked in ({}, {"province": "44"})] == ["6", "2"]
    assert "12 arrived" in page(lead, weeks="'--", province="999")  # an invalid choice is ignored


def test_a_figure_is_compared_with_the_period_before_if_that_had_enough(lead: Client) -> None:
    add_count("arrived", "", 30)
    add_count("arrived", "", 20, days_ago=40)
    add_count("answered", "passed", 30, minutes=60)
    add_count("answered", "passed", 10, minutes=120, days_ago=40)
    add_count("answered", "sent_back", 10, minutes=120, days_ago=40)

    page_text = page(lead)

    assert "+50% on the 4 weeks before" in page_text
    assert "1 h 1 h faster" in page_text
    assert "100% +50 points" in page_text


# --- people ---


def test_a_person_with_fewer_than_twenty_decisions_is_not_shown_and_the_others_are_by_name(lead: Client) -> None:
    for name, times in (("Wu", FEW), ("Gao", 60), ("He", FEW - 1)):
        add_decisions(make_named(name), times)

    page_text = page(lead)

    assert re.search(r"Gao 60 .*Wu 20 ", page_text)
    assert "He 19" not in page_text
    assert "1 person with fewer than 20 decisions is not shown." in page_text
    assert [row[:2] for row in as_csv(lead, "people")[1:]] == [["Gao", "60"], ["Wu", "20"]]


def test_a_person_without_a_name_is_shown_by_the_masked_address(lead: Client) -> None:
    person = make_reviewer(email="wu@example.com")
    add_decisions(person, FEW)

    assert "w***@example.com 20 0%" in page(lead)


def test_a_reviewer_sees_their_own_row_and_no_figures_of_the_desk(client: Client) -> None:
    me, other = make_named("Gao"), make_named("Wu")
    add_count("arrived", "", 5)
    add_decisions(me, 30)
    add_decisions(me, 10, outcome="sent_back", seconds=0)
    add_decisions(other, 50)
    for entered in (TODAY - HOUR, TODAY - 4 * DAY):
        soon = TODAY + timedelta(minutes=20)
        make_order(state=states.SUBMITTED, entered_at=entered, reviewer=me, claimed_until=soon)
    sign_in(client, me)

    page_text = page(client)

    assert "Gao 40 25% 3:05 2 1" in page_text
    assert "Wu" not in page_text
    assert "arrived" not in page_text
    assert [row[0] for row in as_csv(client, "people")[1:]] == ["Gao"]
    assert client.get(f"{FIGURES}pace.csv").status_code == 404


def test_a_reviewer_with_few_decisions_reads_that_their_figures_are_not_shown(client: Client) -> None:
    me = make_named("Gao")
    add_decisions(me, FEW - 1)
    sign_in(client, me)

    page_text = page(client)

    assert "You made fewer than 20 decisions in this period." in page_text
    assert "Gao 19" not in page_text


@pytest.mark.parametrize("role", [AUDITOR, OPERATIONS])
@pytest.mark.parametrize("address", ["", "people.csv", "pace.csv"])
def test_other_staff_have_no_figures(client: Client, role: str, address: str) -> None:
    make_reviewer()  # creates the roles
    sign_in(client, make_user(held_roles=(role,)))

    assert client.get(FIGURES + address).status_code == 403


def test_an_applicant_finds_no_such_page(client: Client) -> None:
    sign_in(client, make_user())

    assert [client.get(FIGURES + each).status_code for each in ("", "pace.csv")] == [404, 404]


# --- as a file, as a chart ---


def test_a_file_has_the_numbers_of_the_table(lead: Client) -> None:
    went(submitted(MONDAY), accepted(MONDAY + HOUR))
    count()
    html = lead.get(FIGURES, headers={"accept-language": "en"}).content.decode()
    tables = re.findall(r"<figure.*?</figure>", html, re.DOTALL)

    for key in ("pace", "speed", "rounds", "provinces"):
        figure = next(each for each in tables if f"/{key}.csv" in each)
        rows = [
            [unescape(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
            for row in re.findall(r"<tr>(.*?)</tr>", figure, re.DOTALL)
        ]
        assert as_csv(lead, key) == rows
        assert len(rows) > 1
    assert ["64", "1"] not in as_csv(lead, "provinces")  # by name
    assert as_csv(lead, "provinces")[1] == ["Ningxia", "0", "1", "0"]


def test_an_unknown_file_name_does_not_exist(lead: Client) -> None:
    assert lead.get(f"{FIGURES}all.csv").status_code == 404


def test_charts_have_no_inline_style_and_stay_within_their_frame(lead: Client) -> None:
    for days_ago in range(1, 25):
        add_count("arrived", "", 40 * days_ago, days_ago=days_ago)
        add_count("phones", "same_day", days_ago, days_ago=days_ago)
        add_count("phones", "missed", 1, days_ago=days_ago)
        add_count("reason", f"reason{days_ago}", 5 * days_ago, days_ago=days_ago)
        add_count("answered", "passed", 7, days_ago=days_ago, minutes=15 * days_ago)
        add_count("answered", "sent_back", 900, days_ago=days_ago, minutes=6000, province="44")
    html = lead.get(FIGURES, {"weeks": 13}).content.decode()

    charts = re.findall(r'<svg class="chart" viewBox="0 0 620 (\d+)".*?</svg>', html, re.DOTALL)
    bars = re.findall(r'<rect class="\w+" x="(-?\d+)" y="(-?\d+)" width="(-?\d+)" height="(-?\d+)"', html)
    assert len(charts) == 6
    assert [len(points.split()) > 2 for points in re.findall(r'<polyline class="ln l\d" points="([^"]+)"', html)] == [
        True
    ] * 2
    assert len(bars) > 20
    assert "style=" not in html
    assert all(int(x) >= 0 and int(x) + int(width) <= 620 and int(height) >= 0 for x, _y, width, height in bars)


@pytest.mark.usefixtures("steady_cache")
def test_the_page_takes_as_many_queries_however_many_days_and_people_there_are(lead: Client) -> None:
    def look() -> None:
        assert lead.get(FIGURES, {"weeks": 13}).status_code == 200

    for number in (1, 6):
        for days_ago in range(number):
            add_decisions(make_reviewer(), FEW)
            add_count("answered", "sent_back", 30, days_ago=days_ago + 1, round=number)
            add_count("reason", f"reason{days_ago}", 3, days_ago=days_ago + 1, round=number)
            make_order(state=states.SUBMITTED)
        if number == 1:
            look()  # fills the caches that all pages share
            few = cost(look)

    assert cost(look) == few <= 15


@pytest.mark.usefixtures("steady_cache")
@pytest.mark.parametrize("asked", [{}, {"weeks": 13, "province": "64"}], ids=["all", "a-province"])
def test_every_question_of_the_page_is_answered_by_an_index(lead: Client, asked: dict[str, Any]) -> None:
    add_count("answered", "passed", 30)
    lead.get(FIGURES, asked)  # what the head counts is remembered from here on
    with CaptureQueriesContext(connection) as found:
        lead.get(FIGURES, asked)
    questions = [
        each["sql"] for each in found.captured_queries if re.search(r'FROM "transfers_(?!returnreason)', each["sql"])
    ]

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        plans = [plan_of(cursor, sql) for sql in questions]

    assert len(plans) == 6
    assert [plan for plan in plans if WHOLE_TABLE[connection.vendor].search(plan)] == []


def plan_of(cursor: Any, sql: str) -> str:
    cursor.execute(f"{'EXPLAIN QUERY PLAN' if connection.vendor == 'sqlite' else 'EXPLAIN'} {sql}")
    return "\n".join(str(row) for row in cursor.fetchall())
