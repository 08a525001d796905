"""Reviewers work together: an order is passed on, a colleague is asked, a note is kept; each reads who did what."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from icpportal.accounts import roles
from icpportal.accounts.actions import open_account
from icpportal.approvals import role_changes
from icpportal.time_format import to_beijing
from tests.rivals import just_before
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order, make_reviewer, moves, sign_in
from tests.transfers.review.desk import (
    all_ok,
    answer,
    case_of,
    english,
    fill_in,
    make_named,
    more_forms,
    open_unmasked,
    page,
    press,
    read,
)
from tests.transfers.together import together
from transfers.models import Call, ColleagueNote, Order
from transfers.orders import actions as orders
from transfers.orders.actions import WITHDRAW_REASONS
from transfers.review import actions as review
from transfers.review.cases import drafts
from transfers.review.leases import LEASE, AssignedToOther, assign_to_me, hand_on

pytestmark = pytest.mark.django_db
NAME = "website.site_name"
LEAD = "subject.lead_name"
RETURNED = {f"verdict.{LEAD}": "return", f"reason.{LEAD}": "own", f"words.{LEAD}": "改"}
CALL = {"call-to": "subject_lead", "call-words": "证件号码差一位"}


def test_an_order_is_passed_on_with_a_note_and_the_verdicts_so_far(client):
    order, me, colleague = make_order(state=states.SUBMITTED), make_named("沈阳"), make_named("高扬")
    desk = english(client, me)
    press(desk, order, "keep", **{f"verdict.{NAME}": "ok"})

    press(desk, order, "hand_on", **{"hand-to": str(colleague.pk), "hand-words": "请看执照"})

    assert read(order).reviewer == colleague
    theirs = english(client, colleague)
    assert f'name="verdict.{NAME}" value="ok" checked' in open_unmasked(theirs, order).content.decode()
    more = open_unmasked(theirs, order, "more").content.decode()
    assert [words in more for words in ("沈阳", "请看执照", "handed the order to")] == [True, True, True]


def test_who_is_given_an_order_reads_the_note_on_the_case_and_no_longer_when_they_took_it_anew(client):
    order, me, colleague = make_order(state=states.SUBMITTED), make_named("沈阳"), make_named("高扬")
    mine, theirs = english(client, me), english(Client(), colleague)
    press(mine, order, "claim")
    press(mine, order, "hand_on", **{"hand-to": str(colleague.pk), "hand-words": "请看执照"})

    given = open_unmasked(theirs, order).content.decode().partition("Handed on to you")[2]
    Order.objects.filter(pk=order.pk).update(claimed_since=timezone.now(), claimed_until=timezone.now() + LEASE)
    anew = open_unmasked(theirs, order).content.decode()

    assert ["沈阳" in given, "请看执照" in given, "请看执照" in anew] == [True, True, False]


def test_what_was_written_to_colleagues_stays_with_who_wrote_it_when_an_order_is_handed_on(client):
    order, me, colleague = make_order(state=states.SUBMITTED), make_named("沈阳"), make_named("高扬")
    desk = english(client, me)
    verdict = {f"verdict.{NAME}": "return", f"words.{NAME}": "改名称"}
    begun = {"note-words": "明天再看", "ask-words": "对吗"}
    press(desk, order, "keep", **verdict, **begun)

    press(desk, order, "hand_on", **{"hand-to": str(colleague.pk), "hand-words": "请看执照"}, **begun)

    assert drafts.read(order, colleague).fields == verdict
    assert {name: drafts.read(order, me).fields.get(name) for name in begun} == begun


def test_only_a_lead_passes_on_somebody_elses_order(client):
    order, holder, colleague = make_order(state=states.SUBMITTED), make_named("沈阳"), make_named("高扬")
    assign_to_me(order, holder)

    press(english(client, make_reviewer()), order, "hand_on", **{"hand-to": str(colleague.pk)})
    assert read(order).reviewer == holder
    press(english(client, make_lead_reviewer()), order, "hand_on", **{"hand-to": str(colleague.pk)})

    assert read(order).reviewer == colleague


def test_a_case_that_a_colleague_took_at_this_moment_is_not_handed_on_by_somebody_else():
    order, me, taker, other = make_order(state=states.SUBMITTED), *map(make_named, ("沈阳", "高扬", "吴敏"))
    as_i_read_it = read(order)
    assign_to_me(order, taker)

    with pytest.raises(AssignedToOther):
        hand_on(as_i_read_it, me, other)

    assert (read(order).reviewer, ColleagueNote.objects.exists()) == (taker, False)
    hand_on(as_i_read_it, make_lead_reviewer(), other)
    assert read(order).reviewer == other


def test_nothing_is_handed_on_to_a_colleague_who_was_only_invited(client):
    order, invited = make_order(state=states.SUBMITTED), make_named("高扬")
    invited.set_unusable_password()
    invited.save()
    desk = english(client, make_named("沈阳"))
    press(desk, order, "claim")

    offered = open_unmasked(desk, order, "more").content.decode()
    press(desk, order, "hand_on", **{"hand-to": str(invited.pk)})

    assert "高扬" not in offered
    assert read(order).reviewer.name == "沈阳"


@pytest.mark.parametrize("left", [{"held_roles": roles.REVIEWER}, {"is_active": "on"}], ids=["closed", "role taken"])
def test_the_orders_of_a_reviewer_who_left_are_free_at_once(client, left):
    order, gone, colleague = make_order(state=states.SUBMITTED), make_named("沈阳"), make_named("高扬")
    press(english(client, gone), order, "claim")

    operations = open_account(email="ops@example.com", password=None, held_roles=[roles.OPERATIONS])
    account = reverse("admin:accounts_user_change", args=[gone.pk])
    english(Client(), operations).post(account, {"name": gone.name, **left})

    press(english(Client(), colleague), order, "claim")
    assert read(order).reviewer == colleague


def test_a_lead_who_becomes_a_reviewer_keeps_their_orders(client):
    order, lead = make_order(state=states.SUBMITTED), make_named("林石", make_lead_reviewer)
    press(english(client, lead), order, "claim")

    role_changes.change(lead, [roles.REVIEWER], actor=make_reviewer())

    assert read(order).reviewer == lead


def test_a_lead_takes_over_and_the_timeline_says_so(client):
    order, holder, lead = make_order(state=states.SUBMITTED), make_named("沈阳"), make_named("林石", make_lead_reviewer)
    assign_to_me(order, holder)
    desk = english(client, lead)

    assert "Take over" in open_unmasked(desk, order).content.decode()
    press(desk, order, "take_over")

    assert read(order).reviewer == lead
    assert "took the order over" in open_unmasked(desk, order, "more").content.decode()


def test_nobody_is_given_an_order_of_their_own(client):
    owner = make_reviewer()
    order = make_order(owner, state=states.SUBMITTED)
    desk = english(client, make_reviewer())

    refused = press(desk, order, "hand_on", **{"hand-to": str(owner.pk)})

    assert read(order).reviewer is None
    assert "You cannot review an order of your own" in desk.get(refused.url).content.decode()


def test_a_question_keeps_the_order_open_until_it_is_answered(client):
    order, me, colleague = make_order(state=states.SUBMITTED), make_named("沈阳"), make_named("高扬")
    desk = english(client, me)
    others = {name: said for name, said in all_ok(order).items() if name != f"verdict.{NAME}"}
    asked = {"ask-part": NAME, "ask-to": str(colleague.pk), "ask-words": "“书画”在经营范围内吗"}

    press(desk, order, "ask", **asked)
    refused = press(desk, order, "accept", **others)

    assert "1 asked of a colleague" in desk.get(refused.url).content.decode()
    theirs = english(client, colleague)
    home = theirs.get(reverse("admin:index")).content.decode()
    assert ["书画" in home, order.reference in home.partition("Asked of you")[2]] == [True, True]
    question = ColleagueNote.objects.get(kind="question")
    answer(theirs, order, question, "在")
    desk = english(client, me)
    assert "在" in open_unmasked(desk, order, "more").content.decode()
    told = (
        open_unmasked(desk, order).content.decode().partition("A colleague has answered")[2].partition("</section>")[0]
    )
    assert ["高扬" in told, "Website name" in told, "在" in told] == [True, True, True]
    press(desk, order, "accept", **all_ok(order))
    assert moves(order) == ["accept"]


def test_a_question_can_be_settled_by_ones_own_verdict(client):
    order, me, colleague = make_order(state=states.SUBMITTED), make_named("沈阳"), make_named("高扬")
    desk = english(client, me)
    press(desk, order, "ask", **{"ask-part": NAME, "ask-to": str(colleague.pk), "ask-words": "对吗"})

    press(desk, order, "accept", **all_ok(order))

    assert moves(order) == ["accept"]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"ask-part": "no.such", "ask-words": "?"}, "Choose the part you ask about"),
        ({"ask-part": NAME, "ask-words": ""}, "Enter the question"),
    ],
)
def test_a_question_without_part_or_words_is_not_sent(client, typed, says):
    order, colleague = make_order(state=states.SUBMITTED), make_named("高扬")
    desk = english(client, make_reviewer())

    sent = press(desk, order, "ask", **{"ask-to": str(colleague.pk), **typed})
    html = sent.content.decode() or desk.get(sent.url).content.decode()

    assert says in html
    chosen = f'value="{NAME}" selected' in open_unmasked(desk, order, "more").content.decode()
    assert chosen is (typed["ask-part"] == NAME)
    assert not ColleagueNote.objects.exists()


def test_the_question_names_its_part(client):
    order, me, colleague = make_order(state=states.SUBMITTED), make_named("沈阳"), make_named("高扬")
    press(english(client, me), order, "ask", **{"ask-to": str(colleague.pk), "ask-part": NAME, "ask-words": "书画?"})

    more = open_unmasked(english(client, colleague), order, "more").content.decode()

    asked = more.partition('id="questions"')[2].partition("</section>")[0]
    assert ["Website details · Website name" in asked, "书画" in asked] == [True, True]


def test_only_the_colleague_asked_answers_and_only_once(client):
    order, colleague = make_order(state=states.SUBMITTED), make_named("高扬")
    press(
        english(client, make_reviewer()),
        order,
        "ask",
        **{"ask-part": NAME, "ask-to": str(colleague.pk), "ask-words": "对吗"},
    )
    question = ColleagueNote.objects.get()

    answer(english(client, make_reviewer()), order, question, "对")
    assert ColleagueNote.objects.get().answered_at is None
    theirs = english(client, colleague)
    answer(theirs, order, question, "对")
    again = answer(theirs, order, question, "不对")

    assert ColleagueNote.objects.get().answer == "对"
    assert "This question has been answered" in theirs.get(again.url).content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_presses_at_once_one_question_is_asked():
    order, me, colleague = make_order(state=states.SUBMITTED), make_reviewer(), make_named("高扬")
    windows = [english(Client(), me) for _ in range(3)]

    for part in (NAME, LEAD, "subject.lead_phone1"):
        typed = {"ask-part": part, "ask-to": str(colleague.pk), "ask-words": "对吗"}
        together(*(lambda desk=desk, typed=typed: press(desk, order, "ask", **typed) for desk in windows))

        assert ColleagueNote.objects.filter(kind=ColleagueNote.QUESTION, part=part).count() == 1


def test_of_two_answers_sent_at_once_the_first_stays(client):
    order, me, colleague = make_order(state=states.SUBMITTED), make_reviewer(), make_named("高扬")
    question = ColleagueNote.objects.create(
        order=order, kind=ColleagueNote.QUESTION, part=NAME, author=me, addressee=colleague, words="对吗"
    )
    rival, theirs = ColleagueNote.objects.get(), english(client, colleague)
    rival.answer, rival.answered_by, rival.answered_at = "对", colleague, timezone.now()

    with just_before("UPDATE", rival.save, of=ColleagueNote):
        sent = answer(theirs, order, question, "不对")

    assert ColleagueNote.objects.get().answer == "对"
    assert "This question has been answered" in theirs.get(sent.url).content.decode()


TEXTS = {"note-words": "明天再看", "call-words": "证件号码差一位", "ask-words": "对吗", "hand-words": "请看执照"}


@pytest.mark.parametrize(("button", "used"), [("note", "note-words"), ("call", "call-words"), ("hand_on", "")])
def test_no_button_loses_what_is_typed_beside_it(client, button, used):
    order, desk = make_order(state=states.SUBMITTED), english(client, make_named("沈阳"))

    fill_in(desk, order, button, TEXTS)

    fields = {name: text for form in more_forms(desk, order) for name, text in form.fields}
    assert {name: fields[name] for name in TEXTS} == {**TEXTS, **({used: ""} if used else {})}


def test_answering_one_of_two_questions_keeps_the_words_typed_to_the_other(client):
    order, me, colleague = make_order(state=states.SUBMITTED), make_named("沈阳"), make_named("高扬")
    for part in (NAME, "subject.lead_name"):
        asked = {"ask-part": part, "ask-to": str(colleague.pk), "ask-words": part}
        press(english(client, me), order, "ask", **asked)
    theirs = english(client, colleague)
    forms = more_forms(theirs, order)
    fields = [name for form in forms for name in sorted(form.names) if name.startswith("answer-")]
    buttons = [value for form in forms for _name, value in form.buttons if value.startswith("answer")]

    fill_in(theirs, order, buttons[0], dict(zip(fields, ["第一个", "第二个"], strict=True)))

    answered = ColleagueNote.objects.exclude(answered_at=None).get()
    left = {name: text for form in more_forms(theirs, order) for name, text in form.fields if name in fields}
    assert {answered.answer, *left.values()} == {"第一个", "第二个"}
    assert "You typed this and it was not used" not in open_unmasked(theirs, order).content.decode()


def test_notes_are_for_colleagues_and_encrypted(client):
    order = make_order(state=states.SUBMITTED)
    desk = english(client, make_named("沈阳"))

    press(desk, order, "note", **{"note-words": "申请人是老客户"})

    assert "申请人是老客户" in open_unmasked(desk, order, "more").content.decode()
    assert "申请人是老客户" not in sign_in(client, order.owner).get(order.get_absolute_url()).content.decode()
    raw = ColleagueNote.objects.extra(select={"raw": "words"}).values_list("raw", flat=True).get()
    assert "老客户" not in str(raw)


@pytest.mark.django_db(transaction=True)
def test_a_note_whose_button_is_pressed_twice_is_kept_once_and_can_be_written_again_later():
    order, me = make_order(state=states.SUBMITTED), make_named("沈阳")
    windows = [english(Client(), me) for _ in range(2)]

    together(*(lambda desk=desk: press(desk, order, "note", **{"note-words": "电话无人接听"}) for desk in windows))
    press(windows[0], order, "note", **{"note-words": "电话无人接听"})
    press(windows[0], order, "note", **{"note-words": "已改约明天"})

    assert [each.words for each in order.colleague_notes.all()] == ["电话无人接听", "已改约明天"]
    order.colleague_notes.update(at=timezone.now() - timedelta(minutes=2))
    press(windows[0], order, "note", **{"note-words": "已改约明天"})
    assert order.colleague_notes.count() == 3


def test_work_renews_the_half_hour_and_a_lost_case_is_reported_with_its_reviewer(client):
    order, me = make_order(state=states.SUBMITTED), make_named("沈阳")
    desk = english(client, me)
    said = {"move": "keep", "seen": order.version, "kept": "1.0", f"verdict.{NAME}": "ok"}

    first = desk.post(case_of(order), said, headers={"accept": "application/json"}).json()
    until = read(order).claimed_until
    Order.objects.filter(pk=order.pk).update(claimed_until=timezone.now())
    assign_to_me(read(order), make_named("高扬"))
    result = desk.post(
        case_of(order), {**said, "kept": "1.1", f"verdict.{NAME}": "return"}, headers={"accept": "application/json"}
    ).json()

    assert until > timezone.now()
    assert first["lease"] == f"Yours until {to_beijing(until):%H:%M}"
    assert ["高扬 has had this order since" in result[name] for name in ("words", "lease")] == [True, True]
    assert f'name="verdict.{NAME}" value="return" checked' in open_unmasked(desk, order).content.decode()


@pytest.mark.parametrize(("move", "typed"), [("note", {"note-words": "明天再看"}), ("call", CALL), ("release", {})])
def test_each_button_of_a_case_restarts_the_half_hour(client, move, typed):
    order, me = make_order(state=states.SUBMITTED), make_named("沈阳")
    desk, soon = english(client, me), timezone.now() + timedelta(minutes=1)
    assign_to_me(order, me)
    Order.objects.filter(pk=order.pk).update(claimed_until=soon)

    press(desk, order, move, **typed)

    now = read(order)
    assert now.reviewer is None if move == "release" else now.claimed_until > soon


def test_an_attempt_of_a_call_restarts_it_for_the_cases_reviewer_and_gives_it_to_nobody_else(client):
    order, me = make_order(state=states.SUBMITTED), make_named("沈阳")
    desk, soon = english(client, me), timezone.now() + timedelta(minutes=1)
    assign_to_me(order, me)
    press(desk, order, "call", **CALL)
    Order.objects.filter(pk=order.pk).update(claimed_until=soon)
    url = reverse("admin:desk_call", args=[Call.objects.get().pk])

    english(Client(), make_named("高扬")).post(url, {"move": "show"})
    assert (read(order).reviewer, read(order).claimed_until) == (me, soon)
    desk.post(url, {"move": "show"})

    assert read(order).claimed_until > soon


def test_an_idle_case_becomes_free_by_itself_and_keeps_what_was_typed(client):
    order, me, colleague = make_order(state=states.SUBMITTED), make_named("沈阳"), make_named("高扬")
    desk, theirs = english(client, me), english(Client(), colleague)
    queue, take = reverse("admin:transfers_order_changelist"), f'name="take" value="{order.pk}"'
    press(desk, order, "keep", **{f"verdict.{NAME}": "return", f"words.{NAME}": "改名称"})

    assert take not in theirs.get(queue).content.decode()
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        assert take in english(theirs, colleague).get(queue).content.decode()
        press(theirs, order, "claim")
        mine = open_unmasked(english(desk, me), order).content.decode()

    assert read(order).reviewer == colleague
    assert ["高扬</span> has had this order since" in mine, "改名称" in mine] == [True, True]


def test_the_desks_timeline_names_colleagues_and_every_round(client):
    order, me = make_order(state=states.SUBMITTED), make_named("沈阳")
    desk = english(client, me)
    typed = {**all_ok(order), f"verdict.{NAME}": "return", f"reason.{NAME}": "own", f"words.{NAME}": "改名称"}
    press(desk, order, "send_back", **typed)

    more = open_unmasked(desk, order, "more").content.decode()

    assert [words in more for words in ("沈阳", "改名称", "parts in order")] == [True, True, True]
    assert ["Our reviewer" in more, ">You<" in more] == [False, False]


def test_the_desks_timeline_states_why_an_order_was_withdrawn_or_refused(client):
    withdrawn, refused = (make_order(state=states.SUBMITTED, submitted_at=timezone.now()) for _order in range(2))
    lead = make_named("沈阳", make_lead_reviewer)
    orders.withdraw(withdrawn, actor=withdrawn.owner, reason="not_wanted")
    review.refuse(refused, lead, "网站内容不适合备案")

    first, second = (
        open_unmasked(english(client, lead), order, "more").content.decode() for order in (withdrawn, refused)
    )

    assert [str(WITHDRAW_REASONS["not_wanted"]) in first, "not_wanted" in first] == [True, False]
    assert "网站内容不适合备案" in second


def test_before_a_return_the_page_counts_the_part_a_colleague_was_asked_about_and_not_none(client):
    order, colleague = make_order(state=states.SUBMITTED), make_named("高扬")
    desk = english(client, make_reviewer())
    asked = {"ask-part": NAME, "ask-to": str(colleague.pk), "ask-words": "对吗"}
    press(desk, order, "ask", **asked)
    rest = {name: value for name, value in all_ok(order).items() if name != f"verdict.{NAME}"}
    press(desk, order, "keep", **{**rest, **RETURNED})

    html = page(desk, case_of(order, "return"))

    assert ["1 part waits for a colleague's answer" in html, "0 parts" in html] == [True, False]


def test_an_empty_note_or_answer_is_refused_on_the_page_where_it_was_typed(client: Client) -> None:
    order, gao, wu = make_order(state=states.SUBMITTED), make_named("Gao Yang"), make_named("Wu Yangben")
    desk = english(client, gao)
    press(desk, order, "claim")
    kept = {"kind": ColleagueNote.QUESTION, "part": "website.site_name", "author": wu, "addressee": gao, "words": "?"}
    question = ColleagueNote.objects.create(order=order, **kept)

    answers = [press(desk, order, "note"), press(desk, order, f"answer:{question.pk}")]

    assert [each.url for each in answers] == [case_of(order, "more")] * 2
    assert "Write your note first" in page(desk, answers[0].url)
    assert not order.colleague_notes.exclude(pk=question.pk).exists()
    assert press(desk, order, "to_return").url == case_of(order), "a button of the case itself"
