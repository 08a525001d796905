"""Refusing an order finally takes two leads; one who is alone waits for a day, and all staff are notified."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from icpportal.accounts.models import User
from icpportal.accounts.roles import AUDITOR
from icpportal.accounts.roles import ensure as ensure_roles
from icpportal.approvals import actions as approvals
from icpportal.approvals.models import ApprovalRequest
from icpportal.outbox.models import Message
from icpportal.outbox.texts.catalogue import render
from icpportal.outbox.texts.formats import unpack_all
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order, make_reviewer, make_user, moves, sign_in
from tests.transfers.cancels import prove, prove_again
from tests.transfers.review.desk import all_ok, case_of, make_named, read
from tests.transfers.together import together, words
from transfers.models import Decision, Order, ReviewRound
from transfers.orders import actions as orders
from transfers.review import decisions
from transfers.review.cases import drafts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("second_person")]
WORDS = "网站内容不适合在此备案"
DAY = timedelta(hours=24)


@pytest.fixture
def order():
    return make_order(state=states.SUBMITTED, submitted_at=timezone.now())


@pytest.fixture
def gao():
    return make_named("高扬", make_lead_reviewer)


@pytest.fixture
def lin():
    return make_named("林远", make_lead_reviewer)


def desk_of(user):
    return prove_again(Client(), user)


def page_of(order, user, name="case"):
    return desk_of(user).get(reverse(f"admin:transfers_order_{name}", args=[order.pk])).content.decode()


def press(order, user, move, **typed):
    """The message after pressing a button of the case as it is."""
    asked = ApprovalRequest.objects.filter(key=str(order.pk), outcome="").first()
    known = {"seen": read(order).version, "request": str(asked.pk) if asked else ""}
    client = desk_of(user)
    answer = client.post(case_of(order), {"move": move, **known, **typed}, follow=True)
    return answer.content.decode()


def ask(order, lead):
    return press(order, lead, "refuse", **{"refuse-words": WORDS})


def without_tokens(page):
    return [line for line in page.decode().splitlines() if "csrf" not in line and "datetime" not in line]


def test_a_second_lead_reads_the_words_and_allows_and_both_are_in_the_timeline(order, gao, lin):
    owner = desk_of(order.owner)
    before = owner.get(order.get_absolute_url()).content

    said = ask(order, gao)

    assert "a second person has to allow it" in said
    assert (read(order).state, moves(order), Message.objects.count()) == (states.SUBMITTED, [], 0)
    assert without_tokens(owner.get(order.get_absolute_url()).content) == without_tokens(before)
    page = page_of(order, lin)
    assert [each in page for each in ("高扬", WORDS, 'value="allow_request"')] == [True, True, True]

    press(order, lin, "allow_request")

    assert read(order).state == states.REFUSED
    round_ = ReviewRound.objects.get(order=order)
    assert (round_.decision, round_.reviewer) == ("refuse", gao)
    timeline = page_of(order, lin, "more").partition('class="happened')[2].partition("</ol>")[0]
    assert "asked a second person: Refusing an order permanently" in timeline
    assert "林远" in timeline.partition("allowed what")[0]
    assert "高扬" in timeline.partition("allowed what")[2].partition("had asked")[0]
    assert WORDS in owner.get(order.get_absolute_url()).content.decode()


def test_an_allowed_refusal_can_be_undone_by_the_asker_for_a_minute(order, gao, lin, settings):
    settings.DECISION_OPEN_FOR = timedelta(seconds=60)
    ask(order, gao)

    press(order, lin, "allow_request")

    waiting = Decision.objects.get(order=order)
    assert (waiting.move, waiting.reviewer, read(order).state) == ("refuse", gao, states.SUBMITTED)
    assert decisions.finish_due(now=waiting.final_at) == 1
    assert read(order).state == states.REFUSED


def signed_in_long_ago(user):
    client = Client()
    client.cookies["django_language"] = "en"
    return sign_in(client, user)


def proves(client, user, stopped):
    """The text of the page that asks for proof of identity, and the page that opens after it."""
    asked = client.get(stopped.url).content.decode()
    where = parse_qs(urlsplit(stopped.url).query)["next"][0]
    return asked, prove(client, user).get(where).content.decode()


def test_the_asker_of_a_refusal_proves_their_identity_first_and_loses_nothing_typed(order, gao):
    desk, part = signed_in_long_ago(gao), "website.site_name"
    typed = {"refuse-words": WORDS, f"verdict.{part}": "return", f"words.{part}": "名称不符"}

    stopped = desk.post(case_of(order), {"move": "refuse", "seen": order.version, "list": "queue=first", **typed})

    assert ApprovalRequest.objects.count() == 0
    assert {name: drafts.read(order, gao).fields[name] for name in typed} == typed
    said, more = proves(desk, gao, stopped)
    assert "Nothing is asked yet: confirm that it is you, then press Refuse the order again" in said
    assert [WORDS in more, 'value="refuse"' in more, "queue=first" in more] == [True, True, True]
    assert "名称不符" in page_of(order, gao)
    kept = drafts.read(order, gao).stamp
    assert "a second person has to allow it" in press(order, gao, "refuse", kept=kept, **{"refuse-words": WORDS})
    assert ApprovalRequest.objects.get().words == WORDS


def test_where_one_person_may_refuse_a_proof_comes_first_too(order, gao, settings):
    settings.SECOND_PERSON = False
    desk = signed_in_long_ago(gao)

    stopped = desk.post(case_of(order), {"move": "refuse", "seen": order.version, "refuse-words": WORDS})

    assert read(order).state == states.SUBMITTED
    assert WORDS in proves(desk, gao, stopped)[1]
    press(order, gao, "refuse", kept=drafts.read(order, gao).stamp, **{"refuse-words": WORDS})
    assert read(order).state == states.REFUSED


def test_allowing_a_refusal_requires_a_proof_of_identity_and_declining_does_not(order, gao, lin):
    ask(order, gao)
    desk, asked = signed_in_long_ago(lin), ApprovalRequest.objects.get()
    known = {"seen": order.version, "request": str(asked.pk)}

    stopped = desk.post(case_of(order), {"move": "allow_request", **known})

    assert (ApprovalRequest.objects.get().outcome, read(order).state) == ("", states.SUBMITTED)
    said, page = proves(desk, lin, stopped)
    assert "Nothing is done yet: confirm that it is you, then press Allow again" in said
    assert 'value="allow_request"' in page
    signed_in_long_ago(lin).post(case_of(order), {"move": "decline_request", **known})
    assert ApprovalRequest.objects.get().outcome == "declined"


def test_after_declining_nothing_happens_and_it_can_be_requested_again(order, gao, lin):
    ask(order, gao)

    press(order, lin, "decline_request")

    assert (read(order).state, moves(order)) == (states.SUBMITTED, [])
    assert "declined what" in page_of(order, gao, "more")
    ask(order, gao)
    assert list(ApprovalRequest.objects.order_by("asked_at").values_list("outcome", flat=True)) == ["declined", ""]


def test_the_asker_may_not_answer_but_can_withdraw(order, gao, lin):
    ask(order, gao)
    page = page_of(order, gao)
    assert ["allow_request" in page, "withdraw_request" in page] == [False, True]

    assert "A second person must decide" in press(order, gao, "allow_request")
    assert "A second person must decide" in press(order, gao, "decline_request")
    assert ApprovalRequest.objects.get().outcome == ""
    assert "Only who made the request" in press(order, lin, "withdraw_request")
    press(order, gao, "withdraw_request")

    assert (ApprovalRequest.objects.get().outcome, read(order).state) == ("withdrawn", states.SUBMITTED)
    assert "withdrew the request" in page_of(order, lin, "more")


@pytest.mark.parametrize("ends", ["withdrawn", "declined", "allowed, then undone"])
def test_the_asker_finds_the_words_again_when_nothing_came_of_them(order, gao, lin, settings, ends):
    settings.DECISION_OPEN_FOR = timedelta(seconds=60)
    ask(order, gao)
    assert WORDS not in page_of(order, gao, "more").partition('name="refuse-words"')[2][:200]

    if ends == "withdrawn":
        press(order, gao, "withdraw_request")
    elif ends == "declined":
        press(order, lin, "decline_request")
    else:
        press(order, lin, "allow_request")
        press(order, gao, "take_back")

    assert read(order).state == states.SUBMITTED
    assert WORDS in page_of(order, gao, "more").partition('name="refuse-words"')[2][:200]
    assert drafts.read(order, lin).fields == {}


def test_neither_a_reviewer_nor_the_owner_nor_an_auditor_answers(order, gao, lin):
    reviewer = make_reviewer(language="en")
    ensure_roles()
    auditor = make_user(held_roles=(AUDITOR,), language="en")
    ask(order, gao)

    page = page_of(order, reviewer)
    assert ["高扬" in page, "allow_request" in page] == [True, False]
    for who in (reviewer, auditor):
        known = {"move": "allow_request", "seen": order.version, "request": str(ApprovalRequest.objects.get().pk)}
        assert desk_of(who).post(case_of(order), known).status_code == 403
    Order.objects.filter(pk=order.pk).update(owner=lin)
    ApprovalRequest.objects.update(owner=lin)
    assert "A second person must decide" in press(order, lin, "allow_request")
    assert read(order).state == states.SUBMITTED


def test_until_it_is_answered_nothing_else_can_be_decided(order, gao, lin):
    ask(order, gao)
    page = page_of(order, gao)
    assert ['value="to_accept"' in page, 'value="to_return"' in page] == [False, False]

    said = press(order, gao, "accept", **all_ok(order))

    assert "高扬" in said.partition("has asked a second person")[0]
    assert "has asked a second person" in ask(order, gao)
    assert (moves(order), ApprovalRequest.objects.count()) == ([], 1)
    assert 'value="refuse"' not in page_of(order, lin, "more")


def test_the_first_page_of_a_lead_lists_what_waits(order, gao, lin):
    ask(order, gao)
    home = desk_of(lin).get(reverse("admin:index")).content.decode()

    listed = home.partition("Second-person requests")[2].partition("</section>")[0]
    assert [each in listed for each in (order.reference, case_of(order), "高扬")] == [True, True, True]
    reviewers = desk_of(make_reviewer(language="en")).get(reverse("admin:index")).content.decode()
    assert "Second-person requests" not in reviewers


def test_a_lead_who_is_alone_waits_for_a_day_all_staff_are_notified_and_it_is_recorded(order, gao):
    reviewer = make_reviewer(language="en")
    ask(order, gao)
    asked = ApprovalRequest.objects.get()
    assert asked.alone_at == asked.asked_at + DAY

    ensure_roles()
    for who in (gao, reviewer, make_user(held_roles=(AUDITOR,), language="en")):
        home = desk_of(who).get(reverse("admin:index")).content.decode()
        assert [each in home for each in ("acts without a second person", order.reference)] == [True, True]
    assert approvals.finish_due(now=asked.alone_at - timedelta(seconds=1)) == 0
    assert read(order).state == states.SUBMITTED

    assert approvals.finish_due(now=asked.alone_at) == 1

    assert (read(order).state, ApprovalRequest.objects.get().outcome) == (states.REFUSED, "alone")
    assert "no second person was there" in page_of(order, gao, "more")
    assert "acts without a second person" not in desk_of(reviewer).get(reverse("admin:index")).content.decode()
    assert approvals.finish_due(now=asked.alone_at + DAY) == 0


def test_all_staff_are_mailed_in_their_language_when_a_lead_who_is_alone_acts(order, gao):
    reviewer = make_reviewer(language="zh-hans")
    left = make_reviewer(language="en")
    User.objects.filter(pk=left.pk).update(is_active=False)

    ask(order, gao)

    mails = {each.payload["to"]: each for each in Message.objects.filter(template="acts_alone")}
    assert set(mails) == {gao.email, reviewer.email}
    assert {each.channel for each in mails.values()} == {"email"}
    said = {to: render("acts_alone", "email", each.payload["language"], unpack_all(each.payload["context"]))
            for to, each in mails.items()}  # fmt: skip
    assert "高扬 acts without a second person: Refusing an order permanently" in said[gao.email].subject
    assert order.reference in said[gao.email].text
    assert "高扬将单独办理" in said[reviewer.email].subject
    assert WORDS not in said[gao.email].text


def test_nobody_is_mailed_where_a_colleague_can_answer(order, gao, lin):
    ask(order, gao)

    assert not Message.objects.filter(template="acts_alone").exists()


def test_a_lead_who_has_a_colleague_is_never_done_without_one(order, gao, lin):
    ask(order, gao)

    assert ApprovalRequest.objects.get().alone_at is None
    assert approvals.finish_due(now=timezone.now() + 30 * DAY) == 0
    assert "acts without a second person" not in desk_of(gao).get(reverse("admin:index")).content.decode()


def test_a_second_lead_who_joins_within_the_day_is_waited_for(order, gao):
    ask(order, gao)
    lin = make_named("林远", make_lead_reviewer)

    assert approvals.finish_due(now=timezone.now() + 2 * DAY) == 0

    assert (read(order).state, ApprovalRequest.objects.get().outcome) == (states.SUBMITTED, "")
    press(order, lin, "allow_request")
    assert read(order).state == states.REFUSED


def test_an_asker_who_left_the_duty_in_the_meantime_refuses_nothing(order, gao):
    ask(order, gao)
    User.objects.filter(pk=gao.pk).update(is_active=False)

    approvals.finish_due(now=timezone.now() + 2 * DAY)

    assert (read(order).state, ApprovalRequest.objects.get().outcome) == (states.SUBMITTED, "failed")


def test_an_order_that_moved_on_makes_it_fail_with_an_explanation(order, gao, lin):
    ask(order, gao)
    orders.withdraw(read(order), actor=order.owner, reason="not_wanted")

    said = press(order, lin, "allow_request")

    assert "Nothing was done: it has changed since the request was made" in said
    assert (read(order).state, moves(order)) == (states.WITHDRAWN, ["withdraw"])
    assert ApprovalRequest.objects.get().outcome == "failed"
    assert "it had changed since" in page_of(order, lin, "more")


def test_an_answer_applies_to_the_request_shown_on_the_page(order, gao, lin):
    ask(order, gao)
    shown = str(ApprovalRequest.objects.get().pk)
    press(order, gao, "withdraw_request")
    press(order, gao, "refuse", **{"refuse-words": "另一个理由"})

    said = press(order, lin, "allow_request", request=shown)

    assert "answered or withdrawn" in said
    assert read(order).state == states.SUBMITTED


def test_the_setting_lets_one_person_act_at_once(order, gao, lin, settings):
    settings.SECOND_PERSON = False

    ask(order, gao)

    assert (read(order).state, ApprovalRequest.objects.count()) == (states.REFUSED, 0)


def test_the_words_are_kept_sealed(order, gao, lin):
    ask(order, gao)

    raw = ApprovalRequest.objects.extra(select={"raw": "said"}).values_list("raw", flat=True).get()

    assert ApprovalRequest.objects.get().words == WORDS
    assert WORDS not in str(raw)


@pytest.mark.django_db(transaction=True)
def test_two_concurrent_answers_leave_one():
    gao, lin, wu = (make_named(name, make_lead_reviewer) for name in ("高扬", "林远", "吴桐"))
    for _round in range(5):
        order = make_order(state=states.SUBMITTED)
        ask(order, gao)
        asked = ApprovalRequest.objects.get(key=str(order.pk))

        ends = together(
            lambda asked=asked: approvals.allow(asked, actor=lin),
            lambda asked=asked: approvals.decline(asked, actor=wu),
        )

        assert sorted(words(ends)) == ["RequestRefused", "done"]
        ended = ApprovalRequest.objects.get(pk=asked.pk)
        refused = read(order).state == states.REFUSED
        assert (ended.outcome, refused) in [("allowed", True), ("declined", False)]


@pytest.mark.parametrize("most_known", [200, 0])
def test_a_request_is_on_the_case_at_once_however_many_others_wait(order, gao, lin, monkeypatch, most_known):
    monkeypatch.setattr("icpportal.approvals.queries.MOST_KNOWN", most_known)
    before = WORDS in page_of(order, lin)  # what requests wait for is read, and cached for a while

    ask(order, gao)

    assert [before, WORDS in page_of(order, lin)] == [False, True]
