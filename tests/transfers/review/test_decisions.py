"""A decision takes effect after a minute in which it can be undone; until then the order is unchanged."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from icpportal.accounts import roles
from icpportal.lifecycle import MoveNotAllowed
from icpportal.outbox.models import Message
from icpportal.outbox.texts.message_content import content_of
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order, make_reason, make_reviewer, moves, sign_in
from tests.transfers.review.desk import ALTHOUGH, all_ok, case_of, english, make_named, open_unmasked, press, read
from transfers.models import Decision, FieldVerdict, Order, ReviewRound
from transfers.orders import actions as orders
from transfers.review import actions as review
from transfers.review import decisions
from transfers.review.cases import drafts

pytestmark = pytest.mark.django_db
MINUTE = timedelta(seconds=60)
NAME = "website.site_name"


@pytest.fixture(autouse=True)
def a_minute(settings):
    settings.DECISION_OPEN_FOR = MINUTE


def finish(order):
    """Runs the worker after the minute."""
    return decisions.finish_due(now=Decision.objects.get(order=order, ended_at=None).final_at)


def close(user):
    type(user).objects.filter(pk=user.pk).update(is_active=False)


def test_until_the_minute_is_over_the_applicant_sees_and_hears_nothing(client):
    order = make_order(state=states.SUBMITTED)
    owner = english(Client(), order.owner)
    before = owner.get(order.get_absolute_url()).content
    desk = english(client, make_reviewer())

    press(desk, order, "accept", **all_ok(order))

    assert (read(order).state, moves(order), Message.objects.count()) == (states.SUBMITTED, [], 0)
    after = owner.get(order.get_absolute_url()).content
    assert without_tokens(after) == without_tokens(before)
    assert finish(order) == 1
    assert (read(order).state, moves(order)) == (states.PHOTO_DUE, ["accept"])
    assert Message.objects.filter(template="photo_requested").exists()


def test_an_order_not_in_review_has_no_page_to_accept_it(client):
    order = make_order(state=states.APPROVED)
    desk = english(client, make_lead_reviewer())

    answer = desk.get(case_of(order, "accept"), follow=True)

    assert answer.redirect_chain == [(case_of(order), 302)]
    assert "The order has changed. This is its current state" in answer.content.decode()


def without_tokens(page):
    """A page without what differs between requests."""
    return [line for line in page.decode().splitlines() if "csrf" not in line and "datetime" not in line]


def test_the_applicant_cannot_withdraw_while_a_decision_waits(client):
    order = make_order(state=states.SUBMITTED)
    desk = english(client, make_reviewer())
    press(desk, order, "accept", **all_ok(order))
    client = english(client, order.owner)

    withdraw = reverse("order-move", args=[order.reference, "withdraw"])
    answer = client.post(withdraw, {"reason": "not_wanted", "words": ""}, follow=True)

    assert "We are answering this order at this moment" in answer.content.decode()
    assert read(order).state == states.SUBMITTED


def test_a_decision_is_undone_within_the_minute_and_not_after_it(client):
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()
    desk = english(client, reviewer)
    verdicts = all_ok(order)
    press(desk, order, "accept", **verdicts)
    assert drafts.read(order, reviewer).fields == {}

    press(desk, order, "take_back")

    assert drafts.read(order, reviewer).fields == verdicts
    assert decisions.finish_due(now=timezone.now() + 2 * MINUTE) == 0
    assert (read(order).state, moves(order)) == (states.SUBMITTED, [])
    press(desk, order, "accept", **all_ok(order))
    Decision.objects.filter(ended_at=None).update(final_at=timezone.now())
    html = desk.get(press(desk, order, "take_back").url).content.decode()
    assert "It cannot be undone any more" in html


def test_a_colleague_reads_who_has_decided_and_cannot_decide_or_undo(client):
    order = make_order(state=states.SUBMITTED)
    press(english(client, make_named("高扬")), order, "accept", **all_ok(order))
    Order.objects.filter(pk=order.pk).update(claimed_until=timezone.now())  # the half hour is over: a worker was dead
    colleague = english(client, make_reviewer())

    html = open_unmasked(colleague, order).content.decode()
    press(colleague, order, "send_back", **{f"reason.{NAME}": "own", f"words.{NAME}": "改"}, **ALTHOUGH)
    press(colleague, order, "take_back")

    assert "高扬" in html.partition("decided")[2].partition("</div>")[0]
    assert [words in html for words in ("Undo the decision", 'value="to_accept"')] == [False, False]
    waiting = Decision.objects.get()
    assert (waiting.move, waiting.ended_at) == ("accept", None)


def test_a_dead_worker_only_delays_it(client):
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()
    press(english(client, reviewer), order, "accept", **all_ok(order))

    assert decisions.finish_due(now=timezone.now() + timedelta(hours=5)) == 1

    assert read(order).state == states.PHOTO_DUE
    assert ReviewRound.objects.get().reviewer == reviewer
    assert decisions.finish_due(now=timezone.now() + timedelta(hours=5)) == 0


def test_a_decision_on_an_order_that_moved_on_fails_and_its_reviewer_is_told(client):
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()
    desk = english(client, reviewer)
    press(desk, order, "accept", **all_ok(order))
    Order.objects.filter(pk=order.pk).update(state=states.APPROVED)

    assert finish(order) == 0

    assert Decision.objects.get().outcome == "failed"
    home = desk.get(reverse("admin:index")).content.decode()
    assert "your decision did not take effect" in home.partition(order.reference)[2]


@pytest.mark.parametrize("change", [lambda user: roles.give(user), close], ids=["left the duty", "closed"])
def test_a_decision_of_somebody_without_the_permission_any_more_is_not_carried_out(client, change):
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()
    press(english(client, reviewer), order, "accept", **all_ok(order))

    change(reviewer)

    assert finish(order) == 0
    assert (read(order).state, moves(order), Message.objects.count()) == (states.SUBMITTED, [], 0)
    assert Decision.objects.get().outcome == decisions.FAILED
    assert "Assign to me" in english(Client(), make_reviewer()).get(case_of(order)).content.decode()


def test_a_return_stores_accepted_parts_and_the_words_of_the_reasons(client):
    reason = make_reason("site_name", NAME)
    order = make_order(state=states.SUBMITTED)
    desk = english(client, make_reviewer())
    typed = {**all_ok(order), f"verdict.{NAME}": "return", f"reason.{NAME}": reason.key}

    press(desk, order, "send_back", **typed)
    finish(order)

    verdicts = dict(FieldVerdict.objects.values_list("field", "verdict"))
    assert (read(order).state, verdicts.pop(NAME)) == (states.RETURNED, "return")
    assert set(verdicts.values()) == {"ok"}
    assert len(verdicts) == len(all_ok(order)) - 1


def test_an_accepted_part_keeps_its_verdict_in_the_next_round_unless_it_changed(client):
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()
    desk = english(client, reviewer)
    press(
        desk,
        order,
        "send_back",
        **{**all_ok(order), f"verdict.{NAME}": "return", f"reason.{NAME}": "own", f"words.{NAME}": "改"},
    )
    finish(order)
    order = read(order)
    answers = {**order.answers, "website": {**order.answers["website"], "site_name": "示例新名称"}}
    answers["subject"] = {**answers["subject"], "post_address": "示例路9号"}
    order.answers, order.state = answers, states.SUBMITTED
    order.save(update_fields=["answers", "state"])

    page = open_unmasked(desk, order).context["page"]

    open_parts = {part.key for part in page.parts if part.is_judged and not part.said and not part.is_optional}
    assert open_parts == {NAME, "subject.post_address"}
    assert page.round == "round 2"


def test_a_new_reason_on_an_accepted_part_requires_an_explanation_for_colleagues(client):
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()
    desk = english(client, reviewer)
    first = {**all_ok(order), f"verdict.{NAME}": "return", f"reason.{NAME}": "own", f"words.{NAME}": "改"}
    press(desk, order, "send_back", **first)
    finish(order)
    Order.objects.filter(pk=order.pk).update(state=states.SUBMITTED)
    late = {**all_ok(order), "verdict.subject.investor": "return", "reason.subject.investor": "own"}
    late["words.subject.investor"] = "与执照不符"

    refused = press(desk, order, "send_back", **late).content.decode()
    press(desk, order, "send_back", **late, **{"return-why": "执照昨天才清楚"})
    finish(order)

    assert "was in order last time: say why it is returned now" in refused
    assert ReviewRound.objects.get(number=2).why == "执照昨天才清楚"
    more = open_unmasked(desk, order, "more").content.decode()
    assert "执照昨天才清楚" in more
    applicant = sign_in(client, order.owner).get(order.get_absolute_url()).content.decode()
    assert "执照昨天才清楚" not in applicant


def test_parts_without_a_verdict_are_returned_only_after_a_tick(client):
    order = make_order(state=states.SUBMITTED)
    desk = english(client, make_reviewer())
    typed = {f"verdict.{NAME}": "return", f"reason.{NAME}": "own", f"words.{NAME}": "改名称"}

    html = press(desk, order, "send_back", **typed).content.decode()

    assert "Some parts have no verdict yet" in html
    assert "改名称" in html.partition('class="letters"')[2]  # the letter is shown all the same
    assert not Decision.objects.exists()
    press(desk, order, "send_back", **typed, **ALTHOUGH)
    assert Decision.objects.get().move == "send_back"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "parts without a verdict"),
        ({f"verdict.{NAME}": "return", f"reason.{NAME}": "own", f"words.{NAME}": "改"}, "1 to return"),
    ],
)
def test_an_order_is_accepted_only_when_every_part_is_in_order(client, typed, says):
    order = make_order(state=states.SUBMITTED)
    desk = english(client, make_reviewer())

    answer = press(desk, order, "accept", **({**all_ok(order), **typed} if typed else {}))

    assert says in desk.get(answer.url).content.decode()
    assert not Decision.objects.exists()


def test_the_letter_is_shown_in_both_languages_before_it_is_sent(client):
    reason = make_reason("site_name", NAME, text_en="The name does not meet the rules", text_zh="名称不合要求")
    order = make_order(state=states.SUBMITTED)
    desk = english(client, make_reviewer())
    press(desk, order, "keep", **{f"verdict.{NAME}": "return", f"reason.{NAME}": reason.key})

    html = desk.get(reverse("admin:transfers_order_return", args=[order.pk])).content.decode()

    letters = html.partition('class="letters"')[2]
    texts = ("The name does not meet the rules", "名称不合要求", "Resubmit by", "需要修改")
    assert [each in letters for each in texts] == [True, True, True, True]
    assert (Message.objects.count(), Decision.objects.count()) == (0, 0)


def test_the_letter_shows_the_very_deadline_that_the_applicant_will_read(client):
    order = make_order(state=states.SUBMITTED)
    desk = english(client, make_reviewer())
    typed = {f"verdict.{NAME}": "return", f"reason.{NAME}": "own", f"words.{NAME}": "改"}
    with time_machine.travel("2026-11-30T10:00:30+08:00", tick=False):
        press(desk, order, "keep", **typed)
        html = desk.get(reverse("admin:transfers_order_return", args=[order.pk])).content.decode()
        press(desk, order, "send_back", **typed, **ALTHOUGH)
        finish(order)
        mail = content_of(Message.objects.get(template="order_returned", channel="site")).words.mail

    assert mail.date in html


def test_accepting_is_possible_only_when_every_part_has_its_verdict(client):
    order = make_order(state=states.SUBMITTED)
    desk = english(client, make_reviewer())

    answer = desk.get(reverse("admin:transfers_order_accept", args=[order.pk]))

    assert answer.url == case_of(order)
    assert "Accepting is not open yet" in desk.get(answer.url).content.decode()


@pytest.mark.parametrize("way", ["return", "accept"])
def test_who_goes_back_to_the_page_of_a_decision_reads_only_that_it_was_made(client, way: str):
    order = make_order(state=states.SUBMITTED)
    desk = english(client, make_named("高扬"))
    press(desk, order, "accept", **all_ok(order))

    answer = desk.get(reverse(f"admin:transfers_order_{way}", args=[order.pk]))
    html = desk.get(answer.url).content.decode()

    assert answer.url == case_of(order)
    assert "has decided this order; final at" in html
    assert "Mark at least one part" not in html
    assert "Accepting is not open yet" not in html


@pytest.mark.parametrize("way", ["return", "accept"])
def test_who_goes_back_to_it_once_the_decision_is_final_reads_where_the_order_is(client, way: str):
    order = make_order(state=states.SUBMITTED)
    desk = english(client, make_named("高扬"))
    press(desk, order, "accept", **all_ok(order))
    finish(order)

    answer = desk.get(reverse(f"admin:transfers_order_{way}", args=[order.pk]))

    html = desk.get(answer.url).content.decode()
    assert "decided this order at" in html
    assert "Mark at least one part" not in html


def test_after_a_decision_the_next_case_of_the_list_opens(client):
    order, following = make_order(state=states.SUBMITTED), make_order(state=states.SUBMITTED, province="64")
    desk = english(client, make_reviewer())

    answer = press(desk, order, "accept", list="queue=judge&province=64", **all_ok(order))

    assert answer.url == f"{case_of(following)}?queue=judge&province=64"


def test_while_a_decision_waits_its_parts_say_so_and_accept_no_verdict(client):
    order = make_order(state=states.SUBMITTED)
    desk = english(client, make_reviewer())
    before = open_unmasked(desk, order).content.decode()
    press(desk, order, "accept", **all_ok(order))

    page = open_unmasked(desk, order).content.decode()

    assert ['name="verdict.' in each for each in (before, page)] == [True, False]
    assert page.count("has decided this order; final at") > 1
    assert "judged" not in page.partition('<footer class="decide">')[2].partition("</footer>")[0]
    press(desk, order, "take_back")
    assert f'name="verdict.{NAME}" value="ok" checked' in open_unmasked(desk, order).content.decode()


def test_while_a_photo_decision_waits_its_rules_accept_no_verdict(client):
    order = make_order(state=states.PHOTO_REVIEW)
    desk = english(client, make_reviewer())
    press(desk, order, "accept_photo", **all_ok(order))

    assert 'name="verdict.' not in open_unmasked(desk, order).content.decode()


def test_refusing_a_photo_waits_too(client):
    make_reason("photo_clothes", "photo")
    order = make_order(state=states.PHOTO_REVIEW)
    desk = english(client, make_reviewer())

    press(desk, order, "refuse_photo", **{"photo-reason": "photo_clothes"})

    assert moves(order) == []
    finish(order)
    assert (read(order).state, moves(order)) == (states.PHOTO_DUE, ["refuse_photo"])


@pytest.mark.parametrize("role", ["lead"])
def test_a_refusal_waits_too(client, role):
    order = make_order(state=states.SUBMITTED)
    desk = english(client, make_lead_reviewer())

    press(desk, order, "refuse", **{"refuse-words": "网站内容不适合"})

    assert read(order).state == states.SUBMITTED
    finish(order)
    assert read(order).state == states.REFUSED


def test_withdrawing_is_refused_by_a_forged_request_too():
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()
    decisions.decide(order, reviewer, review.accept, {})

    with pytest.raises(MoveNotAllowed):
        orders.withdraw(read(order), actor=order.owner, reason="not_wanted")


def test_both_ways_to_a_decision_keep_the_marks_and_open_once_there_are_enough(client):
    order = make_order(state=states.SUBMITTED)
    desk = english(client, make_reviewer())
    page = {"to_return": "Mark at least one part to return", "to_accept": "Accepting is not open yet"}

    for move, said in page.items():
        answer = press(desk, order, move, **{"verdict.website.site_name": "ok"})
        assert answer.url == case_of(order)
        answer = desk.get(answer.url)
        assert said in answer.content.decode()
        assert 'value="ok" checked' in answer.content.decode()

    back = press(
        desk, order, "to_return", **{f"verdict.{NAME}": "return", f"reason.{NAME}": "own", f"words.{NAME}": "改"}
    )
    assert back.url == reverse("admin:transfers_order_return", args=[order.pk])
    ahead = press(desk, order, "to_accept", **all_ok(order))
    assert ahead.url == reverse("admin:transfers_order_accept", args=[order.pk])
    assert desk.get(ahead.url).status_code == desk.get(back.url, follow=True).status_code == 200
    assert moves(order) == []


def test_the_letter_is_shown_only_when_each_returned_part_has_a_reason(client):
    order = make_order(state=states.SUBMITTED)
    desk = english(client, make_reviewer())

    answer = press(desk, order, "to_return", **{f"verdict.{NAME}": "return", "verdict.subject.lead_name": "return"})

    assert answer.url.partition("#")[0] == case_of(order)
    said = desk.get(answer.url).content.decode()
    assert ["Website name: choose a reason" in said, "Name: choose a reason" in said] == [True, True]
    assert answer.url.endswith("#p-subject-lead-name"), "the case opens at the first part that is named"
    press(desk, order, "to_return", **{f"verdict.{NAME}": "return", f"reason.{NAME}": "own"})
    assert "Website name: describe in one sentence what must be changed" in desk.get(case_of(order)).content.decode()
