"""Where the policy requires it, an accepted order is reported once a second person has looked at it."""

import threading
from datetime import timedelta
from time import sleep

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from lxml import html

from icpportal.accounts.models import User
from icpportal.approvals import actions as approvals
from icpportal.approvals.models import SUBMIT, ApprovalRequest
from icpportal.outbox.models import Message
from icpportal.privacy.models import AccessNote
from icpportal.time_format import short_words
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order, make_return, make_reviewer, moves, sign_in
from tests.transfers.outside import cost
from tests.transfers.review.desk import all_ok, answer, case_of, english, open_unmasked, press, read
from tests.transfers.together import together
from transfers.check.readiness import advice_kept
from transfers.models import Decision, FieldVerdict, Objection, Order, ReviewRound
from transfers.orders import actions as orders
from transfers.orders import queries
from transfers.review import actions as review
from transfers.review import decisions
from transfers.review.cases import drafts
from transfers.review.cases.parts.parts import parts_of
from transfers.review.cases.parts.photo_rules import BY_PART
from transfers.review.figures.facts import Step, facts
from transfers.review.leases import assign_to_me
from transfers.review.values import kept_values
from transfers.second_look import policy

pytestmark = pytest.mark.django_db
LIST = reverse("admin:transfers_order_changelist")
NAME = "website.site_name"
MARKED = {f"verdict.{NAME}": "return", f"reason.{NAME}": "own", f"words.{NAME}": "名称与执照不符"}
FOUND = "The licence says another name"


@pytest.fixture(autouse=True)
def every_order(second_person, settings):
    """The policy covers every order of Ningxia, where the sample orders are from."""
    settings.SECOND_LOOK_PROVINCES = ["64"]


def person(name, make=make_reviewer):
    """A colleague with a name, and their browser."""
    user = make(language="en")
    User.objects.filter(pk=user.pk).update(name=name)
    user = User.objects.get(pk=user.pk)
    return user, english(Client(), user)


@pytest.fixture
def gao():
    return person("高扬")


@pytest.fixture
def lin():
    return person("林远")


def in_papers(**columns):
    """An order whose photo was accepted before: accepting its papers reports it."""
    order = make_order(state=states.SUBMITTED, submitted_at=timezone.now(), **columns)
    key = queries.facts_of(order)["administrator_key"]
    Order.objects.filter(pk=order.pk).update(photo_accepted_for=key)
    return read(order)


def in_photo(**columns):
    """An order whose papers a colleague has accepted, and whose photo is in review."""
    order = make_order(state=states.PHOTO_REVIEW, submitted_at=timezone.now(), **columns)
    papers = ReviewRound.objects.create(
        order=order, number=1, reviewer=make_reviewer(), decision="accept", decided_at=timezone.now()
    )
    FieldVerdict.objects.bulk_create(
        FieldVerdict(round=papers, field=part, verdict="ok", value=value)
        for part, value in kept_values(order, parts_of(order)).items()
    )
    return order


WAYS = {"accept": in_papers, "accept_photo": in_photo}


@pytest.fixture(params=WAYS)
def move(request):
    return request.param


@pytest.fixture
def order(move):
    return WAYS[move]()


@pytest.fixture
def accepted(gao, lin):
    """An order accepted by Gao: it waits for a second look, which Lin may give."""
    found = in_papers()
    accept(found, gao[1])
    return found


@pytest.fixture
def looked_at(accepted, lin):
    """The same; Lin has claimed it."""
    take(accepted, lin[0])
    return accepted


def words(answer):
    """The text of a page, with single spaces."""
    return " ".join(html.fromstring(answer.content).text_content().split())


def accept(order, client, move="accept"):
    return press(client, order, move, **all_ok(order))


def message_after(client, order, move, **typed):
    """The message after a press, with what the form of the current page knows."""
    asked = ApprovalRequest.objects.filter(key=str(order.pk), outcome="").first()
    now, reader = read(order), get_user(client)
    known = {"seen": now.version, "request": str(asked.pk) if asked else "", "kept": drafts.read(now, reader).stamp}
    return words(client.post(case_of(order), {"move": move, **known, **typed}, follow=True))


def case(client, order, page="case"):
    return words(open_unmasked(client, order, page))


def take(order, user):
    assign_to_me(read(order), user)


def look():
    return ApprovalRequest.objects.filter(kind=SUBMIT).latest("asked_at")


# --- the way of one order ---


def test_an_accepted_order_waits_in_its_state_and_its_owner_sees_no_difference(order, move, gao, lin):
    owner = sign_in(Client(), order.owner)

    def page():
        return words(owner.get(order.get_absolute_url()))

    before = page()
    accept(order, gao[1], move)

    now, told = (
        read(order),
        Message.objects.exclude(template="acts_alone"),
    )  # this one to the desk, which has one person
    assert (now.state, now.report, moves(order), told.count()) == (order.state, 0, [], 0)
    assert (now.reviewer, page()) == (None, before)
    accepted = ReviewRound.objects.filter(order=order).latest("number")
    assert (accepted.decision, accepted.reviewer, accepted.verdicts.count() > 0) == (move, gao[0], True)


def test_the_accepting_reviewer_reads_why_it_waits_and_for_whom_and_cannot_confirm(order, move, gao, lin):
    accept(order, gao[1], move)

    said = case(gao[1], order)
    assert "高扬 accepted this order" in said
    assert "every order of this province is looked at twice" in said
    assert "It waits for one of: 林远" in said
    assert "Confirm…" not in said
    refused = "judged this order: another person has to look at it before it is submitted"
    assert f"高扬 {refused}" in message_after(gao[1], order, "confirm")
    assert f"高扬 {refused}" in message_after(gao[1], order, "claim")
    assert (read(order).state, read(order).report, look().outcome) == (order.state, 0, "")


def test_a_second_person_sees_what_the_first_one_judged_and_confirms(order, move, gao, lin):
    accept(order, gao[1], move)
    take(order, lin[0])

    page = html.fromstring(lin[1].get(case_of(order)).content)
    rules = page.xpath("//*[starts-with(@name, 'verdict.') and @value='ok' and @checked]")
    assert {each.get("name") for each in rules} >= set(all_ok(order))
    assert "Confirm…" in page.text_content()
    assert "林远 has had this order since" not in page.text_content(), "its reader is 林远"
    confirm = case(lin[1], order, "second")
    assert "高扬 accepted this order" in confirm
    assert "Confirm: submit to the authority" in confirm

    assert "Confirmed" in message_after(lin[1], order, "confirm")

    now = read(order)
    assert (now.state, now.report, now.reviewer, moves(order)) == (states.HANDING_OVER, 1, None, [move])
    assert bool(now.photo_accepted_for)
    assert (look().outcome, look().answered_by) == ("allowed", lin[0])
    assert order.events.get().actor == gao[0]
    timeline = case(lin[1], order, "more")
    assert "高扬 asked a second person: Submitting an accepted order to the authority" in timeline
    assert "Every order of this province is looked at twice" in timeline
    assert "林远 allowed what 高扬 had asked" in timeline


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_workers_cache_of_the_first_verdicts_is_valid_for_readers_of_any_language(gao, lin, language, settings):
    settings.DECISION_OPEN_FOR = timedelta(seconds=60)
    order = in_papers()
    accept(order, gao[1])
    with translation.override(language):
        decisions.finish_due(now=timezone.now() + timedelta(minutes=1))
    take(order, lin[0])

    assert "Confirm: submit to the authority" in case(lin[1], order, "second")
    assert "Confirmed" in message_after(lin[1], order, "confirm")


def test_a_second_person_sends_it_back_with_the_parts_and_the_first_judges_those_again(looked_at, gao, lin):
    assert "Mark at least one part" in message_after(lin[1], looked_at, "send_to_first", **{"second-words": FOUND})
    press(lin[1], looked_at, "keep", **MARKED)
    page = case(lin[1], looked_at, "second")
    assert "Send back to 高扬" in page
    assert "名称与执照不符" in page
    assert "Not confirmed: 1 to return" in message_after(lin[1], looked_at, "confirm")
    assert "Say in a few words what you found" in message_after(
        lin[1], looked_at, "send_to_first", **{"second-words": ""}
    )
    assert "back with who accepted it" in message_after(lin[1], looked_at, "send_to_first", **{"second-words": FOUND})

    now = read(looked_at)
    assert (now.state, now.report, now.reviewer, moves(looked_at)) == (states.SUBMITTED, 0, gao[0], [])
    assert (look().outcome, Message.objects.count()) == ("declined", 0)
    said = case(gao[1], looked_at)
    assert "名称与执照不符" in html.fromstring(gao[1].get(case_of(looked_at)).content).xpath(
        f"//*[@name='words.{NAME}']/@value"
    )
    assert FOUND in said
    assert FOUND in case(gao[1], looked_at, "more")
    assert "Not accepted: 1 to return" in message_after(gao[1], looked_at, "accept")

    message_after(gao[1], looked_at, "send_back")
    assert read(looked_at).state == states.RETURNED


def test_a_colleague_who_claims_it_instead_judges_the_named_parts_again_too(looked_at, gao, lin):
    message_after(lin[1], looked_at, "send_to_first", **MARKED, **{"second-words": FOUND})
    press(gao[1], looked_at, "release")
    zhao = person("赵敏")
    take(looked_at, zhao[0])

    assert FOUND in case(zhao[1], looked_at)
    assert "Not accepted: 1 to return" in message_after(zhao[1], looked_at, "accept")
    message_after(zhao[1], looked_at, "accept", **{f"verdict.{NAME}": "ok"})

    assert (look().asked_by, look().outcome, read(looked_at).report) == (zhao[0], "", 0)
    assert "高扬 judged this order" in message_after(gao[1], looked_at, "claim")


def test_the_person_who_sent_it_back_may_look_again(looked_at, gao, lin):
    message_after(lin[1], looked_at, "send_to_first", **MARKED, **{"second-words": FOUND})
    message_after(gao[1], looked_at, "accept", **{f"verdict.{NAME}": "ok", f"words.{NAME}": "", f"reason.{NAME}": ""})
    take(looked_at, lin[0])

    message_after(lin[1], looked_at, "confirm")

    assert read(looked_at).state == states.HANDING_OVER


def test_while_it_waits_nothing_else_is_decided(accepted):
    lead = person("吴桐", make_lead_reviewer)
    page = lead[1].get(case_of(accepted)).content.decode()
    assert ['value="to_accept"' in page, 'value="to_return"' in page] == [False, False]

    waits = "A second person looks at it before anything else is decided"
    assert waits in message_after(lead[1], accepted, "accept", **all_ok(accepted))
    assert waits in message_after(lead[1], accepted, "send_back", **MARKED)
    assert waits in message_after(lead[1], accepted, "refuse", **{"refuse-words": "网站内容不适合在此备案"})
    assert "Refuse permanently" not in case(lead[1], accepted, "more")
    assert (moves(accepted), ReviewRound.objects.count(), ApprovalRequest.objects.count()) == ([], 1, 1)


def test_both_decisions_of_a_second_person_can_be_undone_for_a_minute(gao, lin, settings):
    settings.DECISION_OPEN_FOR = timedelta(seconds=60)
    order = in_papers()
    accept(order, gao[1])
    decisions.finish_due(now=timezone.now() + timedelta(minutes=1))
    assert look().asked_by == gao[0]
    take(order, lin[0])

    message_after(lin[1], order, "confirm")
    assert (Decision.objects.latest("decided_at").move, read(order).state, look().outcome) == (
        "confirm",
        states.SUBMITTED,
        "",
    )
    assert "undone" in message_after(lin[1], order, "take_back")
    message_after(lin[1], order, "send_to_first", **MARKED, **{"second-words": FOUND})
    message_after(lin[1], order, "take_back")
    page = html.fromstring(lin[1].get(case_of(order)).content)
    assert page.xpath(f"//*[@name='words.{NAME}']/@value") == ["名称与执照不符"]
    assert look().outcome == ""

    message_after(lin[1], order, "send_to_first", **{"second-words": FOUND})
    decisions.finish_due(now=timezone.now() + timedelta(minutes=1))

    assert (look().outcome, read(order).reviewer) == ("declined", gao[0])


def test_the_accepting_reviewer_takes_it_back_and_it_is_checked_again_whatever_the_draw(accepted, gao, settings):
    assert "The order is yours again: judge it yourself" in message_after(gao[1], accepted, "judge_again")

    assert look().outcome == "withdrawn"
    settings.SECOND_LOOK_PROVINCES = []
    take(accepted, gao[0])
    accept(accepted, gao[1])
    assert (look().outcome, read(accepted).report) == ("", 0)
    assert "a second person was asked before" in case(gao[1], accepted)


def test_who_judges_again_has_the_order_and_not_the_colleague_who_was_looking_at_it(looked_at, gao, lin):
    assert read(looked_at).reviewer == lin[0]

    message_after(gao[1], looked_at, "judge_again")

    assert (look().outcome, read(looked_at).reviewer) == ("withdrawn", gao[0])
    assert "Yours until" in case(gao[1], looked_at)


def test_nobody_judges_again_what_the_second_person_has_just_decided(looked_at, gao, lin, settings):
    settings.DECISION_OPEN_FOR = timedelta(minutes=1)
    message_after(lin[1], looked_at, "confirm")

    said = message_after(gao[1], looked_at, "judge_again")

    assert ("has decided this order" in said, look().outcome, read(looked_at).reviewer) == (True, "", lin[0])


def test_nobody_else_can_take_it_back(looked_at, lin):
    assert "Only who made the request withdraws it" in message_after(lin[1], looked_at, "judge_again")
    assert look().outcome == ""


# --- at the photo ---


RULE = "photo.clothes"
LEADS_TO = {"Confirm…": "Confirm: submit to the authority", "Send back to 高扬…": "Mark at least one part"}


@pytest.mark.parametrize("label", LEADS_TO)
def test_without_a_mark_only_confirm_leads_to_confirming_and_no_new_photo_is_requested(order, move, gao, lin, label):
    accept(order, gao[1], move)
    take(order, lin[0])
    typed = {"photo-reason": "own", "photo-words": "红色上衣"} if move == "accept_photo" else {}
    press(lin[1], order, "keep", **typed)
    page = html.fromstring(lin[1].get(case_of(order)).content)
    buttons = {" ".join(each.text_content().split()): each.get("value") for each in page.xpath("//button")}
    pressed = next(value for words, value in buttons.items() if words.startswith(label))

    said = message_after(lin[1], order, pressed)

    assert LEADS_TO[label] in said
    assert ("Confirm as the second person" in said) is (label == "Confirm…")
    assert [page.xpath("//*[@name='photo-words']"), "refuse_photo" in buttons.values()] == [[], False]
    assert ("红色上衣" in case(lin[1], order).partition("You typed this and it was not used")[2]) is bool(typed)


def test_a_rule_of_the_photo_goes_back_to_the_photos_reviewer(gao, lin):
    order = in_photo()
    accept(order, gao[1], "accept_photo")
    take(order, lin[0])
    press(lin[1], order, "keep", **{f"verdict.{RULE}": "return"})
    before = case(lin[1], order, "second")
    message_after(lin[1], order, "send_to_first", **{f"verdict.{RULE}": "return", "second-words": "红色上衣"})

    words, after = str(BY_PART[RULE].words), case(gao[1], order)
    assert f"Photo of the website administrator · {words}" in before
    assert words in after.partition("A second person has sent it back")[2]
    assert words in case(gao[1], order, "more").partition("declined what")[2]
    now = read(order)
    assert (now.state, now.reviewer, moves(order)) == (states.PHOTO_REVIEW, gao[0], [])
    assert "Not accepted: 1 rule not met" in message_after(gao[1], order, "accept_photo")
    message_after(gao[1], order, "refuse_photo")
    assert read(order).state == states.PHOTO_DUE


def sent_back_for_its_name(gao, lin):
    """In the review of the photo a second person found that the site's name is wrong."""
    order = in_photo()
    accept(order, gao[1], "accept_photo")
    take(order, lin[0])
    page = html.fromstring(lin[1].get(case_of(order)).content)
    assert page.xpath(f"//*[@name='verdict.{NAME}']")
    every = {f"verdict.{part}": "ok" for part in parts_of(order)}
    message_after(lin[1], order, "send_to_first", **{**every, **MARKED, "second-words": FOUND})
    return order


def test_an_error_in_the_entries_leads_back_to_their_review_and_the_photo_stays_valid(gao, lin):
    order = sent_back_for_its_name(gao, lin)

    now = read(order)
    assert (now.state, now.reviewer, moves(order)) == (states.SUBMITTED, gao[0], ["look_again"])
    assert bool(now.photo_accepted_for)
    owner = sign_in(Client(), order.owner)
    assert FOUND not in words(owner.get(order.get_absolute_url()))
    assert (Message.objects.count(), read(order).report) == (0, 0)

    every = {f"verdict.{part}": "ok" for part in parts_of(order)}
    message_after(gao[1], order, "accept", **{**every, f"words.{NAME}": "", f"reason.{NAME}": ""})
    assert look().outcome == ""
    take(order, lin[0])
    message_after(lin[1], order, "confirm")

    assert (read(order).state, moves(order)) == (states.HANDING_OVER, ["look_again", "accept"])


def test_or_it_is_returned_to_the_applicant(gao, lin):
    order = sent_back_for_its_name(gao, lin)

    message_after(gao[1], order, "send_back", **{"return-although": "on"})

    assert (read(order).state, moves(order)) == (states.RETURNED, ["look_again", "send_back"])


def test_it_counts_neither_as_an_answer_of_ours_nor_as_an_arrival(gao, lin):
    order = sent_back_for_its_name(gao, lin)
    message_after(gao[1], order, "send_back", **{"return-although": "on"})
    at = timezone.now()
    before = [
        Step("submit", states.SUBMITTED, "applicant", None, at),
        Step("accept", states.PHOTO_DUE, "reviewer", None, at),
    ]
    sent = Step("send_photo", states.PHOTO_REVIEW, "applicant", None, at)
    rows = order.events.order_by("at", "pk").values_list("move", "to_state", "by", "actor", "at")

    counted = [each.figure for each in facts([*before, sent, *(Step(*row) for row in rows)])]

    assert counted == ["arrived", "answered", "answered"]


# --- two at once ---


@pytest.mark.django_db(transaction=True)
def test_of_two_concurrent_second_persons_one_decides_and_the_other_reads_who(gao, lin):
    zhao = person("赵敏")
    for _round in range(5):
        order = in_papers()
        accept(order, gao[1])

        together(
            lambda order=order: message_after(lin[1], order, "confirm"),
            lambda order=order: message_after(zhao[1], order, "send_to_first", **MARKED, **{"second-words": FOUND}),
        )

        ended = ApprovalRequest.objects.get(key=str(order.pk))
        goes = (ended.outcome, read(order).state, read(order).report)
        assert goes in [("allowed", states.HANDING_OVER, 1), ("declined", states.SUBMITTED, 0)]


@pytest.mark.django_db(transaction=True)
def test_confirmed_and_withdrawn_at_once_it_is_one_of_both(gao, lin):
    for _round in range(5):
        order = in_papers()
        accept(order, gao[1])
        take(order, lin[0])

        together(
            lambda order=order: review.confirm(read(order), lin[0]),
            lambda order=order: orders.withdraw(read(order), actor=order.owner, reason="not_wanted"),
        )

        ended = ApprovalRequest.objects.get(key=str(order.pk))
        goes = (ended.outcome, read(order).state, read(order).report)
        assert goes in [("allowed", states.HANDING_OVER, 1), ("failed", states.WITHDRAWN, 0)]


@pytest.mark.django_db(transaction=True)
def test_confirmed_and_judged_again_at_once_it_is_one_of_both_and_nobody_waits_for_the_other(gao, lin, monkeypatch):
    """Each locks the order before the request: on PostgreSQL they would else wait for each other."""
    withdraw, begun = approvals.withdraw, threading.Event()

    def slowly(*given, **named):
        withdraw(*given, **named)
        begun.set()
        sleep(0.3)

    monkeypatch.setattr(approvals, "withdraw", slowly)
    order = in_papers()
    accept(order, gao[1])
    take(order, lin[0])

    ends = together(
        lambda: message_after(gao[1], order, "judge_again"),
        lambda: begun.wait(10) and review.confirm(read(order), lin[0]),
    )

    assert "The order is yours again" in ends[0]
    assert type(ends[1]).__name__ in ("AssignedToOther", "MoveNotAllowed")
    assert (look().outcome, read(order).reviewer) == ("withdrawn", gao[0])


def test_a_worker_that_dies_before_a_confirmation_is_final_only_delays_it(looked_at, lin, settings):
    settings.DECISION_OPEN_FOR = timedelta(seconds=60)
    message_after(lin[1], looked_at, "confirm")
    later = timezone.now() + timedelta(hours=3)

    assert [decisions.finish_due(now=later), decisions.finish_due(now=later)] == [1, 0]
    assert (read(looked_at).state, read(looked_at).report, look().outcome) == (states.HANDING_OVER, 1, "allowed")


@pytest.mark.usefixtures("steady_cache")
def test_a_second_look_takes_three_more_queries_on_a_case_and_no_list_more_than_fifteen(gao, lin):
    order = in_photo()
    order.advice = advice_kept(order)
    order.save(update_fields=["advice"])

    def costs(client, address):
        client.get(address)  # the first look writes its row
        return cost(lambda: client.get(address))

    take(order, gao[0])
    before = costs(gao[1], case_of(order))
    accept(order, gao[1], "accept_photo")
    take(order, lin[0])

    assert costs(lin[1], case_of(order)) <= before + 3
    for address in (f"{LIST}?queue=second", reverse("admin:index")):
        assert [costs(lin[1], address) <= 15, costs(gao[1], address) <= 15] == [True, True], address


@pytest.mark.usefixtures("steady_cache")
def test_the_former_reviewer_of_a_waiting_case_reads_their_typed_words_in_at_most_fifteen_queries(gao, lin):
    order = in_photo()
    order.advice = advice_kept(order)
    order.save(update_fields=["advice"])
    take(order, lin[0])
    press(lin[1], order, "keep", **{f"words.{NAME}": "执照上是别的名称", f"reason.{NAME}": "site_name", "kept": "1.0"})
    Order.objects.filter(pk=order.pk).update(reviewer=None, claimed_until=None)
    take(order, gao[0])
    accept(order, gao[1], "accept_photo")
    open_unmasked(lin[1], order)

    assert "执照上是别的名称" in case(lin[1], order)
    assert cost(lambda: lin[1].get(case_of(order))) <= 15


# --- who may be the second ---


def test_neither_who_judged_an_earlier_round_nor_who_judged_a_part_and_handed_it_on(gao, lin):
    order = in_papers()
    zhao, wu = person("赵敏"), person("吴桐")
    take(order, zhao[0])
    press(zhao[1], order, "send_back", **{**all_ok(order), **MARKED})
    Order.objects.filter(pk=order.pk).update(state=states.SUBMITTED)
    take(order, wu[0])
    press(wu[1], order, "keep", **{f"verdict.{NAME}": "ok"})
    press(wu[1], order, "hand_on", **{"hand-to": str(gao[0].pk), "hand-words": ""})

    message_after(gao[1], order, "accept", **all_ok(order))

    for name, client in (("赵敏", zhao[1]), ("吴桐", wu[1]), ("高扬", gao[1])):
        assert f"{name} judged this order" in message_after(client, order, "claim")
    assert "The order is yours" in message_after(lin[1], order, "claim")


def test_nor_who_answered_a_question_about_a_part(gao, lin):
    order = in_papers()
    zhao = person("赵敏")
    take(order, gao[0])
    press(gao[1], order, "ask", **{"ask-part": NAME, "ask-to": str(zhao[0].pk), "ask-words": "对吗？"})
    question = order.colleague_notes.get()
    answer(zhao[1], order, question, "对")

    accept(order, gao[1])

    assert "赵敏 judged this order" in message_after(zhao[1], order, "claim")


def test_nor_its_owner_nor_a_lead_who_judged_it_by_taking_it_over(gao, lin):
    lead = person("吴桐", make_lead_reviewer)
    order = in_papers(owner=lin[0])
    take(order, lead[0])
    accept(order, lead[1])

    assert "You cannot review an order of your own" in message_after(lin[1], order, "claim")
    take(order, gao[0])
    assert "吴桐 judged this order" in message_after(lead[1], order, "take_over")
    assert read(order).reviewer == gao[0]


def test_an_uninvolved_lead_takes_it_over_and_assigns_it_to_nobody_who_judged_it(gao, lin):
    lead = person("吴桐", make_lead_reviewer)
    order = in_papers()
    accept(order, gao[1])

    def assign(user):
        answer = lead[1].post(LIST, {"act": "assign", "pick": str(order.pk), "to": str(user.pk)}, follow=True)
        return words(answer)

    assert "高扬 judged this order" in assign(gao[0])
    assert "assigned to 林远" in assign(lin[0])
    message_after(lead[1], order, "take_over")
    assert read(order).reviewer == lead[0]


# --- its basket ---


def test_it_is_in_its_own_basket_due_as_promised_and_take_next_gives_it_to_a_second_person(order, move, gao, lin):
    accept(order, gao[1], move)

    for client, may in ((lin[1], True), (gao[1], False)):
        page = words(client.get(LIST, {"queue": "second"}))
        assert [order.domain in page, "accepted by 高扬" in page] == [True, True]
        assert (f"Take {order.reference}" in page) is may
    for queue in ("review", "photo", "again"):
        assert order.domain not in words(lin[1].get(LIST, {"queue": queue}))
    home = words(lin[1].get(reverse("admin:index")))
    assert "For a second look 1" in home

    gao[1].post(reverse("admin:transfers_order_next"), {"list": "queue=second"})
    assert read(order).reviewer is None
    lin[1].post(reverse("admin:transfers_order_next"), {"list": "queue=second"})
    assert read(order).reviewer == lin[0]


def test_the_first_page_of_the_accepting_reviewer_lists_what_waits(accepted, gao, lin):
    listed = words(gao[1].get(reverse("admin:index"))).partition("Waiting for a second person")[2]
    assert accepted.reference in listed
    with translation.override("en"):
        assert short_words(look().asked_at) in listed  # as days are written everywhere
    assert "Waiting for a second person" not in words(lin[1].get(reverse("admin:index")))


def test_looks_are_in_the_access_log_by_purpose(accepted, gao, lin):
    case(gao[1], accepted)
    take(accepted, lin[0])
    case(lin[1], accepted)

    looks = AccessNote.objects.filter(what="order", reference=accepted.reference)
    assert set(looks.values_list("actor__name", "reason")) >= {("高扬", "accepted"), ("林远", "lease")}


# --- what the policy asks ---


def test_without_a_policy_an_accepted_order_is_reported_at_once(order, move, gao, lin, settings):
    settings.SECOND_LOOK_PROVINCES = []

    accept(order, gao[1], move)

    assert (read(order).state, ApprovalRequest.objects.count()) == (states.HANDING_OVER, 0)


def test_nor_where_one_person_is_enough(gao, lin, settings):
    settings.SECOND_PERSON = False
    order = in_papers()

    accept(order, gao[1])

    assert read(order).state == states.HANDING_OVER


def test_an_order_of_another_province_is_reported_at_once(gao, lin):
    order = in_papers(province="12")

    accept(order, gao[1])

    assert read(order).state == states.HANDING_OVER


def test_papers_followed_by_a_photo_are_not_looked_at_twice(gao, lin):
    order = make_order(state=states.SUBMITTED)

    accept(order, gao[1])

    assert (read(order).state, ApprovalRequest.objects.count()) == (states.PHOTO_DUE, 0)


@pytest.mark.parametrize("risk", ["findings", "returned", "objection"])
def test_a_risk_of_the_policy_requires_it_and_the_page_before_says_so(risk, gao, lin, settings):
    settings.SECOND_LOOK_PROVINCES, settings.SECOND_LOOK_RISKS = [], [risk]
    plain, risky = in_papers(), in_papers(findings=2 if risk == "findings" else 0)
    if risk == "returned":
        make_return(risky)
    if risk == "objection":
        Objection.objects.create(owner=make_order().owner, domain=risky.domain, words="是我的")
    take(risky, gao[0])
    press(gao[1], risky, "keep", **all_ok(risky))
    assert "A second person looks at it; then it goes to the authority" in case(gao[1], risky, "accept")

    accept(risky, gao[1])
    accept(plain, gao[1])

    assert (read(plain).state, read(risky).state, look().said["because"]) == (
        states.HANDING_OVER,
        states.SUBMITTED,
        [risk],
    )


def test_the_sample_is_drawn_from_the_order_and_its_round_unpredictably(settings):
    orders = [Order(pk=f"{n:032x}") for n in range(1000)]
    settings.SECOND_LOOK_PERCENT = 25
    drawn = [[policy.is_drawn(order, number) for order in orders] for number in (1, 2)]

    assert [200 < sum(each) < 300 for each in drawn] == [True, True]
    assert drawn[0] != drawn[1]
    assert drawn[0] == [policy.is_drawn(order, 1) for order in orders]
    settings.SECRET_KEY = "another"
    assert drawn[0] != [policy.is_drawn(order, 1) for order in orders]
    settings.SECOND_LOOK_PERCENT = 0
    assert not any(policy.is_drawn(order, 1) for order in orders)
    settings.SECOND_LOOK_PERCENT = 100
    assert all(policy.is_drawn(order, 1) for order in orders)


def test_the_draw_is_revealed_to_nobody_before_the_decision(gao, lin, settings):
    settings.SECOND_LOOK_PROVINCES, settings.SECOND_LOOK_PERCENT = [], 50
    made = [in_papers() for _n in range(8)]
    before = set()
    for order in made:
        take(order, gao[0])
        press(gao[1], order, "keep", **all_ok(order))
        page = case(gao[1], order, "accept")
        before.add(page.partition("What happens")[2].partition("Accept the order")[0])
        accept(order, gao[1])

    assert len(before) == 1
    assert "or a second person looks at it first" in before.pop()
    waiting = {order.pk for order in made if read(order).state == states.SUBMITTED}
    assert waiting == {order.pk for order in made if policy.is_drawn(order, 1)}


# --- who is alone; what happens meanwhile ---


def test_a_desk_of_one_person_waits_for_a_day_and_it_is_recorded(gao):
    order = in_papers()
    accept(order, gao[1])
    asked = look()

    assert asked.alone_at == asked.asked_at + timedelta(hours=24)
    assert "Nobody else holds this duty" in case(gao[1], order)
    assert "acts without a second person" in words(gao[1].get(reverse("admin:index")))
    approvals.finish_due(now=asked.alone_at - timedelta(seconds=1))
    assert read(order).state == states.SUBMITTED

    approvals.finish_due(now=asked.alone_at)

    assert (read(order).state, look().outcome) == (states.HANDING_OVER, "alone")
    assert "no second person was there" in case(gao[1], order, "more")


def test_colleagues_who_all_judged_it_are_no_second_person_and_a_new_one_is_waited_for(gao, lin):
    order = in_papers()
    ReviewRound.objects.create(order=order, number=1, reviewer=lin[0], decision="send_back")
    accept(order, gao[1])
    assert look().alone_at is not None
    zhao = person("赵敏")

    approvals.finish_due(now=timezone.now() + timedelta(days=2))

    assert (read(order).state, look().outcome, look().alone_at) == (states.SUBMITTED, "", None)
    take(order, zhao[0])
    message_after(zhao[1], order, "confirm")
    assert read(order).state == states.HANDING_OVER


def test_its_owner_withdraws_it_in_the_meantime_and_nobody_looks_at_it_any_more(accepted, lin):
    orders.withdraw(read(accepted), actor=accepted.owner, reason="not_wanted")

    assert (read(accepted).state, look().outcome) == (states.WITHDRAWN, "failed")
    assert accepted.domain not in words(lin[1].get(LIST, {"queue": "second"}))
    assert "does not wait for a second look any more" in message_after(lin[1], accepted, "to_second")


def test_an_objection_justified_in_the_meantime_stops_it(accepted, gao, lin):
    Objection.objects.create(
        owner=make_order().owner, domain=accepted.domain, order=accepted, words="是我的", result="justified",
        closed_at=timezone.now(),
    )  # fmt: skip
    take(accepted, lin[0])

    assert "an objection to this order is justified" in message_after(lin[1], accepted, "confirm")
    assert approvals.finish_due(now=timezone.now() + timedelta(days=2)) == 0
    assert (read(accepted).state, read(accepted).report) == (states.SUBMITTED, 0)
    message_after(lin[1], accepted, "send_to_first", **MARKED, **{"second-words": FOUND})
    message_after(gao[1], accepted, "send_back")
    assert read(accepted).state == states.RETURNED


def test_switching_the_policy_off_releases_no_waiting_order(accepted, gao, lin, settings):
    settings.SECOND_LOOK_PROVINCES = []

    assert "高扬 judged this order" in message_after(gao[1], accepted, "confirm")
    take(accepted, lin[0])
    message_after(lin[1], accepted, "confirm")

    assert read(accepted).state == states.HANDING_OVER


def test_what_was_accepted_by_somebody_who_left_since_is_judged_anew(gao, lin):
    order = in_papers()
    accept(order, gao[1])
    User.objects.filter(pk=gao[0].pk).update(is_active=False)

    take(order, lin[0])
    said = message_after(lin[1], order, "confirm")

    assert "高扬 has left: the order is judged again" in said
    assert ApprovalRequest.objects.get().outcome == ApprovalRequest.FAILED
    accept(order, lin[1])
    look = ApprovalRequest.objects.get(outcome="")
    assert (look.asked_by, read(order).state) == (lin[0], states.SUBMITTED)
