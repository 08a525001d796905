"""Why a case was opened: for a duty known to the portal, or for words typed before; one row per purpose."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from icpportal.accounts.models import User
from icpportal.privacy.models import AccessNote
from tests.transfers import states
from tests.transfers.builders import (
    make_lead_reviewer,
    make_order,
    make_ready_document,
    make_reviewer,
    sign_in,
)
from tests.transfers.review.desk import all_ok, case_of, english, page, press
from tests.transfers.together import together
from transfers.models import ColleagueNote, Order, ReviewDraft
from transfers.review.leases import LEASE, assign_to_me

pytestmark = pytest.mark.django_db
LEAD_NAME = "subject.lead_name"


def looks() -> list[tuple[Any, ...]]:
    assert set(AccessNote.objects.values_list("client", flat=True)) <= {"127.0.0.1"}
    return list(AccessNote.objects.order_by("pk").values_list("actor", "what", "reference", "reason", "times"))


def is_clear(answer: HttpResponse, order: Order) -> bool:
    """Whether entries of the applicant are on the page."""
    said = [order.answer("type")["name"], order.answer("subject")["lead_name"], order.answer("type")["id_number"]]
    html = answer.content.decode().replace('</span><span class="g">', "")
    there = [value in html for value in said]
    assert len(set(there)) == 1, there
    return there[0]


def lapse(order: Order) -> None:
    """The half hour is over."""
    over = timezone.now() - timedelta(seconds=1)
    Order.objects.filter(pk=order.pk).update(claimed_until=over, claimed_since=over - LEASE)


def age(minutes: int) -> None:
    """Moves the looks so far into the past."""
    AccessNote.objects.update(last_at=timezone.now() - timedelta(minutes=minutes))


@pytest.mark.parametrize("state", [states.SUBMITTED, states.PHOTO_REVIEW])
def test_the_cases_reviewer_sees_it_and_one_row_counts_pages_pictures_and_reloads(client: Client, state: str) -> None:
    order, reviewer = make_order(state=state), make_reviewer()
    paper = reverse("document", args=[make_ready_document(order, "subject_id").reference])
    make_ready_document(order, "lead_id")
    assign_to_me(order, reviewer)
    english(client, reviewer)

    shown = [client.get(case_of(order)), client.get(case_of(order)), client.get(case_of(order, "more"))]
    redrawn = client.post(case_of(order), {"move": "call", "call-to": "subject_lead", "call-words": ""})
    papers = [client.get(paper).status_code for _ in range(3)]

    assert [is_clear(answer, order) for answer in shown[:2]] == [True, True]
    assert ([answer.status_code for answer in (*shown, redrawn)], papers) == ([200] * 4, [200] * 3)
    assert looks() == [(reviewer.pk, "order", order.reference, "lease", 4)]
    note = AccessNote.objects.get()
    assert (note.last_at > note.at, note.client) == (True, "127.0.0.1")


def test_a_picture_by_itself_is_a_look_at_the_case(client: Client) -> None:
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()
    paper = reverse("document", args=[make_ready_document(order, "subject_id").reference])
    assign_to_me(order, reviewer)

    sign_in(client, reviewer).get(paper)

    assert [row[1:4] for row in looks()] == [("order", order.reference, "lease")]


def test_any_other_reviewer_types_a_reason_before_anything_of_it_is_shown(client: Client) -> None:
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()
    paper = reverse("document", args=[make_ready_document(order, "subject_id").reference])
    english(client, reviewer)

    asked = [client.get(case_of(order)), client.get(case_of(order, "more"))]
    unseen = press(client, order, "send_back")
    no_paper = client.get(paper).status_code
    nothing = looks()
    for words in ("", " x ", "lease", "lead", "lead: y", "y" * 201):
        press(client, order, "look", **{"look-words": words})
    still_nothing = [*looks(), *[is_clear(client.get(case_of(order)), order)]]
    answer = press(client, order, "look", **{"look-words": "customer called about the seal"})

    assert [is_clear(page, order) for page in (*asked, unseen)] == [False] * 3
    assert ["What do you need to see it for?" in page.content.decode() for page in (*asked, unseen)] == [True] * 3
    assert (no_paper, nothing, still_nothing) == (404, [], [False])
    assert is_clear(client.get(answer.url), order)
    assert client.get(paper).status_code == 200
    assert looks() == [(reviewer.pk, "order", order.reference, "customer called about the seal", 1)]


def test_a_typed_reason_is_valid_for_half_an_hour_and_only_for_this_person_and_case(client: Client) -> None:
    order, other, reviewer = make_order(state=states.APPROVED), make_order(state=states.APPROVED), make_reviewer()
    english(client, reviewer)
    press(client, order, "look", **{"look-words": "customer called"})

    seen_at_once = is_clear(client.get(case_of(order)), order)
    elsewhere = is_clear(client.get(case_of(other)), other)
    colleague = is_clear(english(Client(), make_reviewer()).get(case_of(order)), order)
    age(minutes=31)
    later = is_clear(client.get(case_of(order)), order)
    press(client, order, "look", **{"look-words": "customer called"})
    press(client, order, "look", **{"look-words": "lost letter"})

    assert (seen_at_once, elsewhere, colleague, later) == (True, False, False, False)
    assert [row[3:] for row in looks()] == [("customer called", 1), ("lost letter", 0)]


def test_a_free_case_can_be_claimed_instead_and_an_expired_one_asks_again(client: Client) -> None:
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()
    english(client, reviewer)

    offered = client.get(case_of(order)).content.decode()
    answer = press(client, order, "claim")
    taken = is_clear(client.get(answer.url), order)
    lapse(order)
    lapsed = client.get(case_of(order))

    assert ('value="claim"' in offered, taken) == (True, True)
    assert (is_clear(lapsed, order), 'value="claim"' in lapsed.content.decode()) == (False, True)
    assert [row[3] for row in looks()] == ["lease"]


def test_a_colleagues_case_cannot_be_claimed_there(client: Client) -> None:
    order = make_order(state=states.SUBMITTED)
    assign_to_me(order, make_reviewer())

    page = english(client, make_reviewer()).get(case_of(order)).content.decode()

    assert ['value="claim"' in page, "has had this order since" in page] == [False, True]


def begin(order: Order, reviewer: User) -> str:
    press(sign_in(Client(), reviewer), order, "keep", **{f"verdict.{LEAD_NAME}": "ok"})
    assign_to_me(order, reviewer)
    lapse(order)
    return "begun"


def ask(order: Order, reviewer: User) -> str:
    ColleagueNote.objects.create(
        order=order, kind=ColleagueNote.QUESTION, part=LEAD_NAME, author=make_reviewer(), addressee=reviewer, words="?"
    )
    return "asked"


def test_verdicts_that_are_not_used_show_the_case_for_a_day_and_an_unanswered_question_until_it_is_decided(
    client: Client,
) -> None:
    order, typist, asked = make_order(state=states.SUBMITTED), make_reviewer(), make_reviewer()
    begin(order, typist), ask(order, asked)
    theirs, of_asked = english(Client(), typist), english(client, asked)

    soon = is_clear(theirs.get(case_of(order)), order)
    ReviewDraft.objects.update(saved_at=timezone.now() - timedelta(hours=25))
    next_day = is_clear(theirs.get(case_of(order)), order)
    listed = order.reference in page(of_asked, reverse("admin:index"))
    press(english(Client(), make_reviewer()), order, "accept", **all_ok(order))

    assert [soon, next_day, listed] == [True, False, True]
    assert is_clear(of_asked.get(case_of(order)), order) is False
    assert order.reference not in page(of_asked, reverse("admin:index"))


@pytest.mark.parametrize("duty", [begin, ask], ids=["verdicts that are not used", "asked by a colleague"])
def test_a_duty_without_the_case_is_a_separate_purpose(client: Client, duty: Any) -> None:
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()
    reason = duty(order, reviewer)

    assert is_clear(english(client, reviewer).get(case_of(order)), order)
    assert looks() == [(reviewer.pk, "order", order.reference, reason, 1)]


def test_a_lead_sees_every_case_as_lead_and_the_log_marks_looks_without_the_case(client: Client) -> None:
    from tests.transfers.review.test_auditor import auditor, rows_of, set_name

    order, lead = make_order(state=states.SUBMITTED), set_name(make_lead_reviewer(), "Wu Yangben")
    holder = set_name(make_reviewer(), "Gao Yang")
    assign_to_me(order, holder)
    sign_in(Client(), holder).get(case_of(order))
    is_seen = is_clear(english(client, lead).get(case_of(order)), order)

    flagged = rows_of(english(client, auditor()), sort="flagged")

    assert is_seen
    assert [words in flagged for words in ("Wu Yangben", "does not hold the case", "Gao Yang")] == [True, True, False]
    assert 'class="flag"' in rows_of(client)


@pytest.mark.django_db(transaction=True)
def test_two_windows_that_open_a_case_at_once_write_one_row() -> None:
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()
    assign_to_me(order, reviewer)

    def look() -> int:
        return sign_in(Client(), reviewer).get(case_of(order)).status_code

    assert together(look, look) == [200, 200]
    assert looks() == [(reviewer.pk, "order", order.reference, "lease", 2)]
