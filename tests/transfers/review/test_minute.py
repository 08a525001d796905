"""In the minute before a decision is final the order stays with its reviewer, whichever window or list is used."""

import re
import threading
from datetime import timedelta
from time import sleep

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from lxml import html

from icpportal.approvals.models import ApprovalRequest
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order
from tests.transfers.review.desk import all_ok, case_of, english, make_named, page, press, read
from tests.transfers.together import together
from transfers.models import Decision
from transfers.review import actions as review
from transfers.review import decisions
from transfers.review.cases import drafts

pytestmark = pytest.mark.django_db
BY_ITSELF = {"accept": "application/json"}  # as the page saves
LIST = reverse("admin:transfers_order_changelist")


@pytest.fixture(autouse=True)
def a_minute(settings):
    settings.DECISION_OPEN_FOR = timedelta(seconds=60)


def acts_of(desk, order):
    """The buttons at the head of the case."""
    head = page(desk, case_of(order)).partition('<header class="case-bar"')[2].partition("</header>")[0]
    return re.findall(r'name="move" value="(\w+)"', head)


def pick(desk, order, act, **more):
    """The page after an action of the list on this order."""
    return desk.post(LIST, {"act": act, "pick": [order.pk], **more}, follow=True).content.decode()


def test_a_decided_order_is_neither_released_nor_taken_so_its_reviewer_can_undo_the_decision(client):
    order, reviewer, lead = make_order(state=states.SUBMITTED), make_named("高扬"), make_lead_reviewer()
    desk, theirs = english(client, reviewer), english(Client(), lead)
    press(desk, order, "accept", **all_ok(order))

    offered = [acts_of(desk, order), acts_of(theirs, order)]
    said = [page(desk, press(desk, order, "release").url), page(theirs, press(theirs, order, "take_over").url)]
    said += [pick(desk, order, "release"), pick(theirs, order, "claim"), pick(theirs, order, "assign", to=lead.pk)]

    assert offered == [["take_back"], []]
    assert ["高扬 has decided this order; final at" in re.sub("<[^>]+>", "", text) for text in said] == [True] * 5
    assert read(order).reviewer == reviewer
    press(desk, order, "take_back")
    assert (Decision.objects.get().outcome, drafts.read(order, reviewer).fields) == ("taken_back", all_ok(order))
    assert acts_of(desk, order) == ["release"]


def test_the_message_names_the_second_at_which_a_decision_becomes_final_however_long_the_page_takes(
    client, monkeypatch
):
    order = make_order(state=states.SUBMITTED)
    keep_typed = decisions.keep_typed
    with time_machine.travel("2026-11-24 10:00:00 +0800", tick=False) as clock:
        monkeypatch.setattr(decisions, "keep_typed", lambda *given: (keep_typed(*given), clock.shift(2)))
        desk = english(client, make_named("高扬"))

        said = page(desk, press(desk, order, "accept", **all_ok(order)).url)

    assert "You can undo it until 10:01:00" in said


@pytest.mark.django_db(transaction=True)
def test_who_decides_again_while_the_decision_becomes_final_reads_that_the_order_has_moved(client, monkeypatch):
    """Both lock the order before the decision: on PostgreSQL they would else wait for each other."""
    order, reviewer = make_order(state=states.SUBMITTED), make_named("高扬")
    press(english(client, reviewer), order, "accept", **all_ok(order))
    decision, seen, begun, carry = Decision.objects.get(), read(order), threading.Event(), decisions._carry_out

    def slowly(*given):
        begun.set()
        sleep(0.3)
        return carry(*given)

    monkeypatch.setattr(decisions, "_carry_out", slowly)

    ends = together(
        lambda: decisions.finish(decision, now=decision.final_at),
        lambda: begun.wait(10) and decisions.decide(seen, reviewer, review.accept, {"fine": []}),
    )

    assert (ends[0], type(ends[1]).__name__) == (True, "MoveNotAllowed")
    assert read(order).state == states.PHOTO_DUE


def test_a_verdict_in_an_old_window_reads_that_the_order_is_decided_and_not_only_that_it_is_saved(client):
    order, reviewer = make_order(state=states.SUBMITTED), make_named("高扬")
    desk, old = english(client, reviewer), {"move": "keep", "seen": order.version, "kept": "1.0"}
    press(desk, order, "accept", **all_ok(order))

    parts = list(all_ok(order))[:2]
    said = [desk.post(case_of(order), {**old, part: "ok"}, headers=BY_ITSELF).json() for part in parts]

    assert ["高扬 has decided this order; final at" in each["words"] for each in said] == [True, True]
    assert ["kept" in each for each in said] == [True, False]  # the other window had typed something since


def test_the_timeline_says_that_an_allowed_refusal_was_undone_by_whom_and_when(client, settings):
    settings.SECOND_PERSON = True
    order, asker, second = (
        make_order(state=states.SUBMITTED),
        make_named("林石", make_lead_reviewer),
        make_named("马远", make_lead_reviewer),
    )
    desk = english(client, asker)
    press(desk, order, "refuse", **{"refuse-words": "网站内容不适合在此备案"})
    request = ApprovalRequest.objects.get()
    press(english(Client(), second), order, "allow_request", request=str(request.pk))
    press(desk, order, "take_back")

    lines = html.fromstring(page(desk, case_of(order, "more"))).xpath("//ol[@class='happened pad']/li")
    said = [" ".join(line.text_content().split()) for line in lines]

    assert said[0].endswith("林石 undid a decision: Refused")
    assert "马远 allowed what 林石 had asked" in said[1]
