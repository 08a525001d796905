"""Objections as work of the desk: both sides, calls, an answer that the person who objects reads, closed once."""

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from demo.rehearsal.http_browser import Page
from icpportal.accounts.models import User
from icpportal.accounts.roles import AUDITOR, OPERATIONS
from icpportal.outbox.models import Message
from icpportal.privacy.models import AccessNote
from icpportal.time_format import BEIJING
from tests.bad import spoil
from tests.transfers import states
from tests.transfers.builders import make_order, make_reviewer, make_user
from tests.transfers.outside import cost
from tests.transfers.review.desk import all_ok, case_of, english, page, press, read
from transfers.models import Call, Decision, Objection, Order
from transfers.objections.queries import is_contested
from transfers.orders import actions
from transfers.review import decisions
from transfers.review.baskets.queries import PAGE
from transfers.rights.erasure import erase_account, erase_order

pytestmark = pytest.mark.django_db
OBJECTIONS = "/admin/desk/calls/objections/"
ANSWER = "We have spoken to both sides. The company confirmed this transfer in writing."
CLOSING = {"result": "not_justified", "words": "", "words_en": ANSWER}


@pytest.fixture
def order() -> Order:
    return make_order(state=states.SUBMITTED, domain="chaye-example.cn")


@pytest.fixture
def objector() -> User:
    return make_user("zhao@example.com", mobile="13711110416")


@pytest.fixture
def objection(order: Order, objector: User) -> Objection:
    return actions.object_to(owner=objector, domain=order.domain, subject_key="", words="I never agreed to this")


def send(client: Client, objection: Objection, move: str, **typed: str) -> str:
    address = f"{OBJECTIONS}{objection.pk}/"
    return unescape(client.post(address, {"move": move, **typed}, follow=True).content.decode())


def test_an_objection_is_called_about_answered_and_read_by_who_objects(
    order: Order, objector: User, objection: Objection
) -> None:
    desk, theirs = english(Client(), make_reviewer()), english(Client(), objector)
    own_page = reverse("objection-page", args=[objection.reference])

    listed, opened = page(desk, OBJECTIONS), page(desk, f"{OBJECTIONS}{objection.pk}/")
    revealed, waiting = send(desk, objection, "show"), page(theirs, own_page)
    asked = send(desk, objection, "call", to="objector", about="what shows that it is theirs")
    preview = send(desk, objection, "preview", **CLOSING)
    open_still = Objection.objects.get().closed_at is None
    closed = send(desk, objection, "close", **CLOSING)
    answered = page(theirs, own_page)

    assert ["137****0416" in listed, "137****0416" in opened, "13711110416" in opened] == [True, True, False]
    assert ["13711110416" in revealed, "I never agreed to this" in opened, order.reference in opened] == [True] * 3
    assert ["the same on both sides" in opened, "is not in the order" in opened] == [True, True]
    looks = AccessNote.objects.filter(what="call number").values_list("reference", "times", "client")
    assert list(looks) == [(order.domain, 1, "127.0.0.1")]
    assert ["We look into it" in waiting, ANSWER in waiting] == [True, False]
    assert "The call is in the list of calls" in asked
    assert ["Your objection is not justified" in preview, ANSWER in preview, open_still] == [True, True, True]
    assert "the answer is on its way" in closed
    assert ["Your objection is not justified" in answered, ANSWER in answered] == [True, True]
    mails = Message.objects.filter(template="objection_answered")
    assert sorted(mails.values_list("channel", flat=True)) == ["email", "site", "sms"]
    # the applicant of the order hears nothing of the call to somebody else
    assert (Call.objects.get().objection, order.events.count()) == (objection, 0)
    assert "We want to call you" not in page(english(Client(), order.owner), order.get_absolute_url())


def test_the_list_says_once_when_the_answer_to_an_objection_is_due(order: Order, objector: User) -> None:
    with time_machine.travel(datetime(2026, 11, 24, 5, 0, tzinfo=BEIJING), tick=False):
        actions.object_to(owner=objector, domain=order.domain, subject_key="", words="not me")
        listed = page(english(Client(), make_reviewer()), OBJECTIONS)

    answer_due = listed.partition("Answer due")[2].partition("</table>")[0]
    assert answer_due.count("tomorrow 18:00") == 1


def test_a_closed_objection_no_longer_shows_the_number_of_who_objected(objection: Objection) -> None:
    desk = english(Client(), make_reviewer())
    send(desk, objection, "close", **CLOSING)

    closed, older_tab = page(desk, f"{OBJECTIONS}{objection.pk}/"), send(desk, objection, "show")

    assert ["137****0416" in closed, "Show the number" in closed] == [True, False]
    assert ["137****0416" in older_tab, "13711110416" in older_tab] == [True, False]
    assert not AccessNote.objects.filter(what="call number").exists()


def test_a_closed_objection_leaves_nobody_to_ring_about_it(order: Order, objection: Objection) -> None:
    desk, late = english(Client(), make_reviewer()), english(Client(), make_reviewer())
    send(desk, objection, "call", to="objector", about="what shows that it is theirs")
    send(desk, objection, "call", to="subject_lead", about="whether they know of it")

    send(desk, objection, "close", **CLOSING)
    again = send(late, objection, "call", to="objector", about="asked from an older page")

    assert "This objection is closed: there is nothing to call about" in again
    about_it, of_order = Call.objects.get(role="objector"), Call.objects.get(role="subject_lead")
    assert (about_it.result, about_it.ended_at is None) == ("answered", False)
    assert of_order.ended_at is None  # that is for who reviews the order
    listed, one = page(desk, "/admin/desk/calls/"), page(desk, f"/admin/desk/calls/{about_it.pk}/")
    assert ["whether they know of it" in listed, "what shows that it is theirs" in listed] == [True, False]
    assert "Done: The objection is answered" in one


def test_the_page_of_a_call_about_an_objection_says_nothing_of_the_applicant_being_told(objection: Objection) -> None:
    desk = english(Client(), make_reviewer())
    send(desk, objection, "call", to="objector", about="what shows that it is theirs")

    listed, html = (page(desk, f"/admin/desk/calls/{part}") for part in ("", f"{Call.objects.get().pk}/"))

    assert "<h1>Call the person who objects</h1>" in html
    assert listed.count("The person who objects") == 1  # in place of a name, and not once more as a role
    assert [words in html for words in ("The person who objects was told that we call", "Nobody is told")] == [
        True,
        True,
    ]
    assert [words in html for words in ("The applicant was told", "the applicant is told", "· ,")] == [False] * 3


def becomes_one_person(order: Order) -> None:
    """The subject lead answers for the website from now on."""
    order.refresh_from_db()
    order.answers = {**order.answers, "administrator": {**order.answers["administrator"], "same_person": "yes"}}
    order.save()


@pytest.mark.parametrize(
    "lose",
    [lambda order: spoil(order, "answers"), erase_order, becomes_one_person],
    ids=["unreadable", "erased", "one person"],
)
def test_an_objection_to_an_order_that_cannot_be_read_opens_with_the_calls_that_were_made(
    order: Order, objection: Objection, lose: Any
) -> None:
    desk = english(Client(), make_reviewer())
    send(desk, objection, "call", to="administrator", about="whether they know of it")
    lose(order)

    assert "next try" in page(desk, f"{OBJECTIONS}{objection.pk}/")


def test_nobody_rings_a_person_whose_account_was_erased(order: Order, objector: User, objection: Objection) -> None:
    desk = english(Client(), make_reviewer())
    send(desk, objection, "call", to="objector", about="what shows that it is theirs")

    erase_account(objector)

    assert Call.objects.get().ended_at is not None
    assert "what shows that it is theirs" not in page(desk, "/admin/desk/calls/")


@pytest.mark.parametrize("state", [states.AUTHORITY_REVIEW, states.LAPSED, states.APPROVED])
def test_nobody_is_told_that_an_order_does_not_go_on_which_we_cannot_stop_any_more(
    state: str, order: Order, objector: User, objection: Objection
) -> None:
    Order.objects.filter(pk=order.pk).update(state=state)
    desk = english(Client(), make_reviewer())

    offered = page(desk, f"{OBJECTIONS}{objection.pk}/")
    send(desk, objection, "close", **{**CLOSING, "result": "justified"})
    still_open = Objection.objects.get().closed_at is None
    send(desk, objection, "close", **{**CLOSING, "result": "justified_late"})

    assert ["the order must not go on" in offered, "has left our review" in offered] == [False, True]
    assert still_open
    answer = page(english(Client(), objector), reverse("objection-page", args=[objection.reference]))
    assert ["had left our review before" in answer, "does not go on" in answer] == [True, False]
    Order.objects.filter(pk=order.pk).update(state=states.SUBMITTED)
    assert is_contested(read(order))


def test_nothing_is_closed_without_an_answer_in_the_language_of_its_reader(objection: Objection) -> None:
    desk = english(Client(), make_reviewer())

    without = send(desk, objection, "close", **{**CLOSING, "words_en": ""})
    foreign = send(desk, objection, "close", result="settled", words="我们已分别与双方联系", words_en="")
    unsaid = send(desk, objection, "close", words_en=ANSWER)

    assert "This person reads English: write the answer in English" in without
    assert "This person reads English" in foreign
    assert "我们已分别与双方联系" in foreign
    assert ANSWER in unsaid
    assert Objection.objects.get().closed_at is None
    assert not Message.objects.filter(template="objection_answered").exists()


def test_of_two_reviewers_who_close_one_wins_and_the_other_reads_who(objection: Objection) -> None:
    first, second = make_reviewer(), make_reviewer()
    first.name = "Gao Yang"
    first.save()
    one, other = english(Client(), first), english(Client(), second)
    send(other, objection, "preview", **CLOSING)
    send(one, objection, "close", **{**CLOSING, "result": "settled"})

    html = send(other, objection, "close", **{**CLOSING, "words": "域名持有人已确认"})

    assert re.search(r"closed this objection \(\d+ \w+ \d\d:\d\d\): Settled", html)
    assert "域名持有人已确认" in html.partition("You typed this and it was not used")[2]
    assert "and it was not used" not in send(one, objection, "close", **{**CLOSING, "result": "settled"})
    found = Objection.objects.get()
    assert (found.result, found.closed_by) == ("settled", first)
    assert Message.objects.filter(template="objection_answered", channel="site").count() == 1


def test_an_answer_of_several_lines_whose_button_is_pressed_twice_was_used(objection: Objection) -> None:
    desk, typed = english(Client(), make_reviewer()), {**CLOSING, "words_en": f"{ANSWER}\r\nCall us. "}
    send(desk, objection, "close", **typed)

    again = send(desk, objection, "close", **typed)

    assert ["closed this objection" in again, "and it was not used" in again] == [True, False]


@pytest.mark.parametrize("state", [states.SUBMITTED, states.PHOTO_REVIEW])
def test_what_was_accepted_in_the_minute_before_an_objection_was_justified_is_not(
    state: str, order: Order, objection: Objection, settings: Any
) -> None:
    settings.DECISION_OPEN_FOR = timedelta(minutes=1)
    Order.objects.filter(pk=order.pk).update(state=state)
    desk = english(Client(), make_reviewer())
    press(desk, order, "accept" if state == states.SUBMITTED else "accept_photo", **all_ok(read(order)))
    send(english(Client(), make_reviewer()), objection, "close", **{**CLOSING, "result": "justified"})

    decisions.finish_due(now=timezone.now() + timedelta(minutes=2))

    assert (read(order).state, Decision.objects.get().outcome) == (state, decisions.FAILED)


@pytest.mark.parametrize("about", ["who signed the order", ""])
def test_an_answer_that_is_typed_stays_when_a_call_is_asked_for(objection: Objection, about: str) -> None:
    desk = english(Client(), make_reviewer())

    html = send(desk, objection, "call", to="objector", about=about, result="settled", words_en=ANSWER)

    assert Call.objects.count() == bool(about)
    assert re.search(rf"<textarea[^>]*name=\"words_en\"[^>]*>\s*{ANSWER}", html)
    assert re.search(r'value="settled"[^>]*checked', html)


def test_what_is_typed_for_a_call_and_as_an_answer_is_there_after_the_preview(objection: Objection) -> None:
    desk = english(Client(), make_reviewer())
    preview = send(desk, objection, "preview", **CLOSING, to="subject_lead", about="who signed the order")

    form = next(form for form in Page("/", 200, preview).forms if ("move", "edit") in form.buttons)
    html = send(desk, objection, "edit", **dict(form.fields))

    back = dict(next(form for form in Page("/", 200, html).forms if ("move", "call") in form.buttons).fields)
    typed = {**CLOSING, "to": "subject_lead", "about": "who signed the order"}
    assert {name: back.get(name, "").strip() for name in typed} == typed
    assert "<a" not in preview.partition("<main")[2].partition("</main>")[0]  # a link would leave it all behind


def test_what_is_asked_of_a_call_stays_when_the_number_is_shown(objection: Objection) -> None:
    html = send(english(Client(), make_reviewer()), objection, "show", to="objector", about="who signed the order")

    assert "who signed the order" in html


def test_the_number_is_shown_beside_what_is_typed_as_an_answer(objection: Objection) -> None:
    desk = english(Client(), make_reviewer())

    html = send(desk, objection, "show", **CLOSING)

    assert [CLOSING["words_en"] in html, "Show the number" in html] == [True, False]


def test_more_objections_than_one_page_are_all_listed(order: Order, objector: User) -> None:
    for number in range(PAGE + 2):
        Objection.objects.create(owner=objector, domain=f"page-{number}.cn", subject_key=f"{number:064d}", words="x")
    desk = english(Client(), make_reviewer())
    first = page(desk, OBJECTIONS)

    (after,) = re.findall(rf'href="({OBJECTIONS}\?after=[^"]+)"', first)
    rest = page(desk, after)

    listed = [set(re.findall(r"page-(\d+)\.cn", html)) for html in (first, rest)]
    assert (len(listed[0]), len(listed[1]), len(listed[0] | listed[1])) == (PAGE, 2, PAGE + 2)


def test_a_justified_objection_keeps_the_order_from_being_accepted(order: Order, objection: Objection) -> None:
    desk = english(Client(), make_reviewer())
    send(desk, objection, "close", **{**CLOSING, "result": "justified"})

    press(desk, order, "accept", **all_ok(order))
    html = page(desk, case_of(order))

    assert read(order).state == states.SUBMITTED
    assert "An objection to this order is justified" in html
    assert "an objection to this order is justified. Return it" in html


@pytest.mark.parametrize(("role", "status"), [((AUDITOR,), 403), ((OPERATIONS,), 403), (("applicant",), 404)])
def test_nobody_else_sees_or_closes_one(objection: Objection, role: tuple[str, ...], status: int) -> None:
    stranger = english(Client(), make_user(held_roles=role))
    address = f"{OBJECTIONS}{objection.pk}/"

    answers = [stranger.get(OBJECTIONS), stranger.get(address), stranger.post(address, {"move": "close", **CLOSING})]
    answers.append(stranger.get(reverse("objection-page", args=[objection.reference])))

    assert [answer.status_code for answer in answers] == [*[status] * 3, 404]
    assert Objection.objects.get().closed_at is None


@pytest.mark.usefixtures("steady_cache")
def test_a_list_of_objections_and_one_of_them_cost_few_questions(objection: Objection) -> None:
    desk = english(Client(), make_reviewer())
    for n in range(3):
        other = make_order(state=states.SUBMITTED)
        actions.object_to(owner=make_user(), domain=other.domain, subject_key=other.subject_key, words=f"mine {n}")
    for address in (OBJECTIONS, f"{OBJECTIONS}{objection.pk}/"):
        page(desk, address)
        assert cost(lambda found=address: page(desk, found)) <= 15
