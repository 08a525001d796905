"""Requests for a correction: recorded with a deadline, answered once by a lead, and shown on the page."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from icpportal.alarms.causes import cause_of
from icpportal.alarms.queries import open_alarms
from icpportal.audit.models import AuditEntry
from icpportal.operations.retention import retain
from icpportal.outbox.models import Message
from icpportal.privacy.models import AccessNote
from icpportal.time_format import day_words, to_beijing
from tests.bad import spoil
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order, make_reviewer, make_user, sign_in
from tests.transfers.cancels import make_website, prove_again
from tests.transfers.outside import cost
from tests.transfers.review.desk import english
from tests.transfers.together import together
from transfers.models import Order
from transfers.rights import closure, corrections
from transfers.rights.models import CorrectionRequest
from transfers.rights.sweep import sweep

pytestmark = pytest.mark.django_db
URL = reverse("data-corrections")
LIST = reverse("admin:rights_correctionrequest_changelist")
WORDS = "姓名应为林示範"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def one_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def fields_of(order: Order, **other: str) -> dict[str, str]:
    return {"about": f"order:{order.reference}", "item": "lead", "words": WORDS, **other}


def request_correction(client: Client, order: Order) -> CorrectionRequest:
    prove_again(client, order.owner).post(URL, fields_of(order))
    return CorrectionRequest.objects.get(order=order)


def test_your_data_says_what_waits_for_an_answer_and_until_when(client: Client) -> None:
    order = make_order(state=states.APPROVED)
    hub = reverse("your-data")
    before = text(prove_again(client, order.owner).get(hub))
    row = request_correction(client, order)

    waiting = text(client.get(hub))
    corrections.answer(row, actor=make_lead_reviewer(), outcome=corrections.DONE, words="done")
    answered = text(client.get(hub))

    due = day_words(to_beijing(row.due_at).date())
    assert f"Being looked at {order.reference}: Subject lead, we answer by {due}" in waiting
    assert ["See the requests" in each for each in (before, waiting, answered)] == [False, True, True]
    assert "Being looked at" not in answered


@pytest.mark.django_db(transaction=True)
def test_a_request_whose_button_is_pressed_twice_is_answered_once() -> None:
    order = make_order(state=states.APPROVED)
    windows = [prove_again(Client(raise_request_exception=False), order.owner) for _ in range(3)]

    ends = together(*[lambda w=window: w.post(URL, fields_of(order)).status_code for window in windows])
    windows[0].post(URL, fields_of(order, words="姓名应为林示例"))

    assert ends == [302] * 3
    assert sorted(row.words for row in CorrectionRequest.objects.all()) == ["姓名应为林示例", WORDS]


def test_a_request_that_cannot_be_read_any_more_keeps_nobody_from_asking_again(client: Client) -> None:
    order = make_order(state=states.APPROVED)
    prove_again(client, order.owner).post(URL, fields_of(order))
    spoil(CorrectionRequest.objects.get(), "words")

    assert client.post(URL, fields_of(order)).status_code == 302
    assert CorrectionRequest.objects.count() == 2


def act(client: Client, person: Any, row: CorrectionRequest, action: str, words: str) -> str:
    english(client, person)
    return text(client.post(LIST, {"action": action, "_selected_action": [row.pk], "reason": words}, follow=True))


def test_a_request_is_recorded_with_its_deadline(client: Client) -> None:
    order = make_order(state=states.AUTHORITY_REVIEW)
    prove_again(client, order.owner)

    with time_machine.travel("2026-12-01T10:00:00+08:00", tick=False):
        prove_again(client, order.owner)
        page = text(client.post(URL, fields_of(order), follow=True))

    row = CorrectionRequest.objects.get()
    assert f"{row.due_at.astimezone():%Y-%m-%d %H:%M}" == "2026-12-22 18:00", "15 working days"
    assert "We answer by Tue 22 Dec" in page
    assert all(word in page for word in ("Being looked at", WORDS, "Subject lead", order.reference))


def test_a_lead_answers_once_and_the_person_is_notified_and_reads_it(client: Client) -> None:
    order = make_order(state=states.SUBMITTED)
    row, lead = request_correction(client, order), make_lead_reviewer()

    listed = text(english(Client(), lead).get(LIST))
    assert (order.reference in listed, WORDS in listed) == (True, False)
    desk = Client()
    shown = text(english(desk, lead).get(reverse("admin:rights_correctionrequest_change", args=[row.pk])))
    assert WORDS in shown
    assert desk.get(reverse("admin:transfers_order_case", args=[order.pk])).status_code == 200
    assert AccessNote.objects.filter(actor=lead, what="correction request", reference=order.reference).exists()
    assert "Enter a reason" in act(desk, lead, row, "answer_done", "")
    act(desk, lead, row, "answer_done", "The name is changed")
    assert "answered before" in act(desk, make_lead_reviewer(), row, "answer_refused", "No")

    row.refresh_from_db()
    assert (row.outcome, row.answer, row.closed_by) == ("done", "The name is changed", lead)
    page = text(prove_again(client, order.owner).get(URL))
    assert all(word in page for word in ("Corrected", "The name is changed"))
    assert {each.channel for each in Message.objects.filter(template="correction_answered")} == {"email", "site"}
    assert AuditEntry.objects.filter(what="rights.correctionrequest", actor=lead, act="change").count() == 1
    assert "The name is changed" not in str(list(AuditEntry.objects.values()))


def page_of(row: CorrectionRequest) -> str:
    return reverse("admin:rights_correctionrequest_change", args=[row.pk])


def test_a_lead_answers_on_the_page_on_which_the_request_is_read(client: Client) -> None:
    """Its words are on that page only, and the answer was taken in the list only."""
    order = make_order(state=states.SUBMITTED)
    row, lead, desk = request_correction(client, order), make_lead_reviewer(), Client()
    english(desk, lead)

    without = text(desk.post(page_of(row), {"outcome": "done", "words": " "}))
    by_enter = desk.post(page_of(row), {"outcome": "", "words": "The name is changed"}).content.decode()
    row.refresh_from_db()
    assert "Enter the answer" in without
    assert ("The name is changed</textarea>" in by_enter, row.closed_at) == (True, None)

    listed = text(desk.post(page_of(row), {"outcome": "done", "words": "The name is changed"}, follow=True))

    row.refresh_from_db()
    assert "Answered: 1" in listed
    assert (row.outcome, row.answer, row.closed_by) == ("done", "The name is changed", lead)
    assert "The name is changed" in text(prove_again(client, order.owner).get(URL))


def test_the_desk_says_in_chinese_that_a_request_is_answered_not_when(client: Client) -> None:
    """The message had the heading of a column: 答复时间：1."""
    row, desk = request_correction(client, make_order(state=states.SUBMITTED)), Client()
    sign_in(desk, make_lead_reviewer()).cookies["django_language"] = "zh-hans"

    assert "已答复：1" in text(desk.post(page_of(row), {"outcome": "done", "words": "已更正"}, follow=True))


def test_an_answer_that_came_after_a_colleague_s_stays_on_the_page_to_be_copied(client: Client) -> None:
    row, desk = request_correction(client, make_order(state=states.SUBMITTED)), Client()
    english(desk, make_lead_reviewer())
    act(Client(), make_lead_reviewer(), row, "answer_done", "The name is changed")

    late = desk.post(page_of(row), {"outcome": "refused", "words": "It was right"}).content.decode()

    assert ["answered before" in late, "It was right</textarea>" in late] == [True, True]
    assert "textarea" not in desk.get(page_of(row)).content.decode()
    row.refresh_from_db()
    assert row.answer == "The name is changed"


def test_nobody_answers_their_own_request_on_its_page_and_who_may_only_look_gets_no_form(client: Client) -> None:
    order = make_order(make_lead_reviewer(), state=states.SUBMITTED)
    row = request_correction(client, order)

    own = english(Client(), order.owner).post(page_of(row), {"outcome": "done", "words": "Done"})
    stranger = english(Client(), make_reviewer()).post(page_of(row), {"outcome": "done", "words": "Done"})

    assert "a request of your own" in text(own)
    assert stranger.status_code == 403
    assert CorrectionRequest.objects.get().closed_at is None


def test_a_refusal_is_shown_with_its_reason_in_either_language(client: Client) -> None:
    order = make_order(state=states.SUBMITTED)
    row = request_correction(client, order)
    act(Client(), make_lead_reviewer(), row, "answer_refused", "证件上就是这个字")

    assert "Not corrected" in text(client.get(URL))
    assert "Written in Chinese: 证件上就是这个字" in text(client.get(URL))
    client.cookies["django_language"] = "zh-hans"
    assert "Written in" not in text(client.get(URL))


def test_only_leads_answer_and_nobody_their_own(client: Client) -> None:
    order = make_order(make_lead_reviewer(), state=states.SUBMITTED)
    row = request_correction(client, order)

    assert english(Client(), make_reviewer()).get(LIST).status_code == 403
    assert sign_in(Client(), make_user()).get(LIST).status_code == 404
    assert "a request of your own" in act(Client(), order.owner, row, "answer_done", "Done")
    assert CorrectionRequest.objects.get().closed_at is None


def test_another_persons_order_a_draft_and_a_request_without_words_are_refused(client: Client) -> None:
    order, draft = make_order(state=states.SUBMITTED), None
    other = make_order(state=states.SUBMITTED)
    draft = make_order(order.owner, domain="draft.cn")
    prove_again(client, order.owner)

    for typed in (fields_of(other), fields_of(draft), fields_of(order, words=""), fields_of(order, item="nothing"), {}):
        client.post(URL, typed)

    assert not CorrectionRequest.objects.exists()
    assert "My filings" in text(client.get(URL))
    assert sign_in(Client(), order.owner).post(URL, fields_of(order), follow=False).status_code == 302
    assert not CorrectionRequest.objects.exists()


def test_a_filing_can_be_corrected_too(client: Client) -> None:
    user = make_user()
    website = make_website(user, domain="filed.example.com")
    prove_again(client, user).post(URL, {"about": f"website:{website.pk}", "item": "number", "words": WORDS})

    assert (CorrectionRequest.objects.get().website, "filed.example.com" in text(client.get(URL))) == (website, True)


def test_a_late_answer_is_shown_to_both_sides(client: Client) -> None:
    order, lead = make_order(state=states.SUBMITTED), make_lead_reviewer()
    request_correction(client, order)
    assert "Overdue" not in text(english(Client(), lead).get(LIST))

    CorrectionRequest.objects.update(due_at=timezone.now() - DAY)

    assert "Overdue since" in text(english(Client(), lead).get(LIST))
    assert "We are late with the answer" in text(client.get(URL))


def test_the_number_of_requests_per_day_is_limited(client: Client, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "corrections": (1, 86_400)}
    order = make_order(state=states.SUBMITTED)
    request_correction(client, order)
    client.post(URL, fields_of(order))

    assert CorrectionRequest.objects.count() == 1


def test_it_is_deleted_half_a_year_after_its_answer_and_with_the_account(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    first, second = make_order(state=states.SUBMITTED), make_order(state=states.SUBMITTED)
    row = request_correction(client, first)
    act(Client(), make_lead_reviewer(), row, "answer_done", "Done")
    request_correction(Client(), second)
    now = timezone.now()

    assert retain(now=now + 179 * DAY).done["corrections"] == 0
    assert retain(now=now + 181 * DAY).done["corrections"] == 1
    closure.ask(second.owner)
    with django_capture_on_commit_callbacks(execute=True):
        closure.sweep()
    assert not CorrectionRequest.objects.exists()


@pytest.mark.usefixtures("steady_cache")
def test_the_page_takes_as_many_queries_for_one_request_as_for_three(client: Client) -> None:
    order, costs = make_order(state=states.SUBMITTED), []
    request_correction(client, order)
    for _number in (1, 2):
        client.get(URL)
        costs.append(cost(lambda: client.get(URL)))
        client.post(URL, fields_of(order))
        client.post(URL, fields_of(order))

    assert costs[0] == costs[1]


def test_a_late_answer_is_an_alarm_until_it_is_given(client: Client) -> None:
    order, lead = make_order(state=states.AUTHORITY_REVIEW), make_lead_reviewer()
    row = request_correction(client, order)
    sweep(now=row.due_at - timedelta(minutes=1))
    assert open_alarms().count() == 0

    for minutes in (1, 2):
        sweep(now=row.due_at + timedelta(minutes=minutes))

    alarm = open_alarms().get()
    assert (alarm.cause, alarm.reference, alarm.detail) == ("rights.corrections_overdue", "", "1 requests")
    assert cause_of(alarm.cause).key == alarm.cause
    corrections.answer(row, actor=lead, outcome=corrections.DONE, words=WORDS)
    sweep(now=row.due_at + timedelta(minutes=3))
    assert open_alarms().count() == 0


def test_a_lead_reads_at_the_desk_how_many_wait_and_how_many_are_late_and_a_reviewer_does_not(client: Client) -> None:
    order, lead, reviewer = make_order(state=states.AUTHORITY_REVIEW), make_lead_reviewer(), make_reviewer()
    row = request_correction(client, order)
    for due_at, told in ((row.due_at, "0 overdue, 0 due today, 1 later"), (row.asked_at, "1 overdue, 0 due today")):
        CorrectionRequest.objects.update(due_at=due_at)
        cache.clear()
        home = english(client, lead).get(reverse("admin:index")).content.decode()
        line = home[home.index("Correction requests") :]
        assert told in line

    assert "Correction requests" not in text(english(client, reviewer).get(reverse("admin:index")))


@pytest.mark.parametrize(
    ("left_out", "says"),
    [
        ({"_selected_action": []}, "Nothing was done: pick at least one row"),
        ({"action": ""}, "Nothing was done: choose an action"),
        ({"_save": ""}, "press “Run action”"),
    ],
)
def test_an_answer_that_could_not_be_sent_stays_beside_the_actions(
    client: Client, left_out: dict[str, Any], says: str
) -> None:
    order = make_order(state=states.SUBMITTED)
    row = request_correction(client, order)
    english(client, make_lead_reviewer())
    typed = {"action": "answer_done", "_selected_action": [row.pk], "reason": "The name is changed", "index": "0"}

    page = client.post(LIST, {**typed, **left_out}, follow=True).content.decode()

    assert says in page
    assert 'name="reason" value="The name is changed"' in page
    row.refresh_from_db()
    assert row.closed_at is None


def test_an_answer_is_prefilled_only_where_it_could_not_be_sent(client: Client) -> None:
    order = make_order(state=states.SUBMITTED)
    row = request_correction(client, order)
    english(client, make_lead_reviewer())
    typed = {"action": "answer_done", "_selected_action": [row.pk], "reason": "The name is changed", "index": "0"}

    done = client.post(LIST, typed, follow=True).content.decode()
    late = client.post(LIST, {**typed, "reason": "It was right"}, follow=True).content.decode()

    assert ("Answered: 1" in done, 'value="The name is changed"' in done) == (True, False)
    assert ("answered before" in late, 'value="It was right"' in late) == (True, True)


def test_an_answer_to_what_a_colleague_answered_first_is_not_lost_in_a_list_of_waiting_requests(
    client: Client,
) -> None:
    """The row had left the list, so the press did nothing and said nothing."""
    row = request_correction(client, make_order(state=states.SUBMITTED))
    waiting = f"{LIST}?closed_at__isempty=1"
    act(Client(), make_lead_reviewer(), row, "answer_done", "The name is changed")
    english(client, make_lead_reviewer())
    typed = {"action": "answer_refused", "_selected_action": [row.pk], "reason": "It was right", "index": "0"}

    late = client.post(waiting, typed, follow=True).content.decode()

    assert "Nothing was done: what you picked has left this list since. You typed: It was right" in late


@pytest.mark.parametrize(
    ("gone", "says"),
    [
        (1, "1 of the picked rows was left out: it has left this list since"),
        (2, "2 of the picked rows were left out: they have left this list since"),
    ],
)
def test_rows_that_colleagues_answered_first_are_reported_beside_what_was_answered(
    client: Client, gone: int, says: str
) -> None:
    rows = [request_correction(Client(), make_order(state=states.SUBMITTED)) for _time in range(gone + 1)]
    for row in rows[1:]:
        act(Client(), make_lead_reviewer(), row, "answer_done", "The name is changed")
    english(client, make_lead_reviewer())
    picked = [row.pk for row in rows]
    typed = {"action": "answer_refused", "_selected_action": picked, "reason": "It was right", "index": "0"}

    said = text(client.post(f"{LIST}?closed_at__isempty=1", typed, follow=True))

    assert "Answered: 1" in said
    assert says in said
    assert "left out" not in text(client.get(LIST))


def test_an_action_on_a_list_whose_filter_cannot_be_read_leads_to_the_list(client: Client) -> None:
    row = request_correction(client, make_order(state=states.SUBMITTED))
    english(client, make_lead_reviewer())
    typed = {"action": "answer_refused", "_selected_action": [row.pk], "reason": "It was right", "index": "0"}

    answer = client.post(f"{LIST}?closed_at__isempty=unknown", typed)

    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}?e=1")


def test_the_list_of_requests_can_be_filtered_to_waiting_ones(client: Client) -> None:
    row = request_correction(client, make_order(state=states.SUBMITTED))
    english(client, make_lead_reviewer())

    page = client.get(f"{LIST}?closed_at__isempty=1").content.decode()
    narrows = re.findall(r">\s*([^<>]+?)\s*</a>", page.partition('aria-label="Filters"')[2].partition("</nav>")[0])

    assert str(row) in page
    assert narrows == ["All", "Not yet", "Yes", "Clear all filters"]
