"""What a reviewer types into the case page: no button loses it, and no decision contradicts it."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from demo.rehearsal.http_browser import Page
from tests.transfers import states
from tests.transfers.builders import (
    make_lead_reviewer,
    make_order,
    make_ready_document,
    make_reason,
    make_reviewer,
    moves,
    sign_in,
)
from tests.transfers.review.desk import ALTHOUGH, all_ok
from tests.transfers.together import together, words
from transfers.models import FieldVerdict, Order, ReviewDraft
from transfers.review import actions as review
from transfers.review.leases import assign_to_me

pytestmark = pytest.mark.django_db

NAME, STATEMENT, LEAD = "website.site_name", "paper.statement", "subject.lead_name"


@pytest.fixture(autouse=True)
def reasons():
    make_reason("site_name", NAME, text_en="The website name does not meet the rules")
    make_reason("unsealed", STATEMENT, text_en="The statement has no seal")
    make_reason("photo_clothes", "photo", text_en="The top is red or blue")


TYPED = {
    f"reason.{NAME}": "site_name",
    f"reason.{STATEMENT}": "unsealed",
    f"words.{STATEMENT}": "右下角没有章",
    f"reason.{LEAD}": "own",
    f"words.{LEAD}": "与身份证不符",
}


# a call and a refusal have separate pages; a browser that shows an older one sends them all the same
ON_ANOTHER_PAGE = {"call-to", "call-words", "refuse-words"}


class Desk:
    """A reviewer's browser: what is typed stays in the page's form until a button sends it."""

    def __init__(self, order, reviewer=None, language="en"):
        self.reviewer = reviewer or make_reviewer(language=language)
        self.client = Client()
        self.client.cookies["django_language"] = language
        sign_in(self.client, self.reviewer)
        self.address = reverse("admin:transfers_order_case", args=[order.pk])
        self.open()

    def open(self):
        self.read(self.client.get(self.address))

    def read(self, answer):
        while answer.status_code == 302:
            answer = self.client.get(answer.url)
        if b"look-words" in answer.content:  # a reader without the case gives a reason
            self.client.post(self.address, {"move": "look", "look-words": "the customer called"})
            answer = self.client.get(self.address)
        self.html = unescape(answer.content.decode())
        self.page = Page(self.address, answer.status_code, answer.content.decode())

    def press(self, move, **typed):
        """The whole form is sent, as by a browser."""
        form = next(form for form in self.page.forms if ("move", "keep") in form.buttons)
        assert set(typed) <= form.names | set(ALTHOUGH) | ON_ANOTHER_PAGE
        sent = {**dict(form.fields), "move": move, **typed}
        # the page that shows the letter before it goes has the tick for parts without a verdict
        self.read(self.client.post(self.address, {**sent, **(ALTHOUGH if move == "send_back" else {})}))

    def shows(self, typed):
        """Whether the form of a newly opened page contains all of it."""
        self.open()
        fields = self._fields()
        self.read(self.client.get(self.address.replace("/case/", "/case/more/")))
        fields |= {name: text for name, text in self._fields().items() if name in ON_ANOTHER_PAGE}
        self.open()
        return {name: fields.get(name) for name in typed} == typed

    def _fields(self):
        forms = [form for form in self.page.forms if ("move", "keep") in form.buttons]
        return {name: text for form in forms for name, text in dict(form.fields).items()}


def read(order):
    return Order.objects.get(pk=order.pk)


def kept_drafts():
    return [draft.typed for draft in ReviewDraft.objects.order_by("round")]


# --- nothing typed is lost -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("move", "more", "language"),
    [
        ("claim", {}, "en"),
        ("call", {"call-to": "subject_lead", "call-words": "差一位"}, "zh-hans"),
        ("keep", {}, "zh-hans"),
    ],
)
def test_typed_verdicts_survive_a_claim_a_call_and_a_reload(move, more, language):
    desk = Desk(make_order(state=states.SUBMITTED), language=language)

    desk.press(move, **TYPED, **more)

    assert desk.shows(TYPED)
    assert desk.shows(TYPED)


@pytest.mark.parametrize("move", ["claim", "call"])
def test_a_request_that_sends_verdicts_with_another_button_keeps_them(client, move):
    order = make_order(state=states.SUBMITTED)
    desk = Desk(order)

    desk.client.post(desk.address, {"move": move, **TYPED})

    assert desk.shows(TYPED)


def test_releasing_the_order_keeps_what_was_typed_for_the_next_time():
    order = make_order(state=states.SUBMITTED)
    desk = Desk(order)
    desk.press("claim", **TYPED)

    desk.press("release", **{f"words.{LEAD}": "写错了"})

    assert read(order).reviewer is None
    assert desk.shows({**TYPED, f"words.{LEAD}": "写错了"})


def test_a_call_without_words_loses_nothing_and_a_requested_one_clears_the_field():
    order = make_order(state=states.SUBMITTED)
    desk = Desk(order)

    desk.press("call", **TYPED)
    assert "Enter the point that is unclear" in desk.html
    assert desk.shows(TYPED)
    desk.press("call", **{"call-to": "subject_lead", "call-words": "差一位"})

    assert desk.shows({**TYPED, "call-words": ""})
    assert moves(order) == ["call_planned"]


def test_words_that_are_too_long_are_shown_again_and_not_truncated():
    desk = Desk(make_order(state=states.SUBMITTED))
    long = "长" * 300

    desk.press("send_back", **{f"reason.{NAME}": "own", f"words.{NAME}": long})

    assert "your words are too long" in desk.html
    assert desk.shows({f"reason.{NAME}": "own", f"words.{NAME}": long})


def test_a_reason_no_longer_in_force_stays_chosen_and_is_refused():
    order = make_order(state=states.SUBMITTED)
    desk = Desk(order)
    desk.press("keep", **{f"reason.{NAME}": "site_name"})
    make_reason("site_name", NAME, active=False)

    assert desk.shows({f"reason.{NAME}": "site_name"})
    desk.press("send_back")

    assert not FieldVerdict.objects.exists()
    assert desk.shows({f"reason.{NAME}": "site_name"})


def test_words_without_a_reason_are_not_dropped_by_a_return():
    order = make_order(state=states.SUBMITTED)
    desk = Desk(order)

    desk.press("send_back", **{f"reason.{NAME}": "site_name", f"words.{LEAD}": "与身份证不符"})

    assert "choose a reason" in desk.html
    assert read(order).state == states.SUBMITTED
    assert desk.shows({f"reason.{NAME}": "site_name", f"words.{LEAD}": "与身份证不符"})


def test_words_for_the_photo_a_call_and_a_refusal_are_kept_separately():
    order = make_order(state=states.PHOTO_REVIEW)
    make_ready_document(order, "photo")
    desk = Desk(order, make_lead_reviewer())
    typed = {
        "photo-reason": "photo_clothes",
        "photo-words": "红色",
        "call-words": "占线",
        "refuse-words": "照片非本人",
    }

    desk.press("claim", **typed)
    assert desk.shows(typed)
    desk.press("call", **{"call-to": "subject_lead"})

    assert desk.shows({**typed, "call-words": ""})
    assert order.calls.get().about == "占线"


def test_typed_text_is_encrypted_and_only_its_reviewer_sees_it():
    order = make_order(state=states.SUBMITTED)
    Desk(order).press("keep", **TYPED)

    other = Desk(order)

    raw = ReviewDraft.objects.extra(select={"raw": "typed"}).values_list("raw", flat=True).get()
    assert "与身份证不符" not in str(raw)
    assert "与身份证不符" not in other.html
    assert not other.shows(TYPED)


def test_a_decision_uses_up_what_was_typed_for_it_and_the_next_round_begins_empty():
    order = make_order(state=states.SUBMITTED)
    desk = Desk(order)
    desk.press("claim", **TYPED)

    desk.press("send_back")

    assert sorted(FieldVerdict.objects.values_list("field", flat=True)) == sorted([NAME, STATEMENT, LEAD])
    assert kept_drafts() == []
    Order.objects.filter(pk=order.pk).update(state=states.SUBMITTED)
    assert desk.shows(dict.fromkeys((f"words.{NAME}", f"words.{LEAD}"), ""))


# --- no decision against what was typed -------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        {f"reason.{NAME}": "site_name"},
        {f"words.{NAME}": "改名称"},
        {f"reason.{STATEMENT}": "own"},
        {f"reason.{STATEMENT}": "gone_reason"},
        TYPED,
    ],
)
def test_an_order_cannot_be_accepted_while_a_part_has_a_reason_or_words(typed):
    order = make_order(state=states.SUBMITTED)
    desk = Desk(order)

    desk.client.post(desk.address, {"move": "accept", "seen": order.version, **typed})

    assert (read(order).state, moves(order)) == (states.SUBMITTED, [])
    assert desk.shows({name: text for name, text in typed.items() if text != "gone_reason"})


def test_the_fields_that_contradict_it_are_listed_at_the_top():
    order = make_order(state=states.SUBMITTED)
    desk = Desk(order)

    desk.press("accept", **{f"reason.{NAME}": "site_name", f"words.{STATEMENT}": "没有章"})

    note = re.search(r'class="note error">([^<]*)<', desk.html)[1]
    assert "Not accepted: " in note
    assert "2 to return" in note
    assert desk.html.index(note) < desk.html.index('id="judge"')


def test_an_emptied_verdict_contradicts_nothing():
    order = make_order(state=states.SUBMITTED)
    desk = Desk(order)
    desk.press("keep", **TYPED)

    desk.press("accept", **dict.fromkeys(TYPED, ""), **all_ok(order))

    assert moves(order) == ["accept"]


def test_reasons_typed_in_another_window_are_neither_dropped_by_an_accept_nor_sent_unseen():
    order = make_order(state=states.SUBMITTED)
    first = Desk(order)
    second = Desk(order, first.reviewer)
    first.press("keep", **{f"reason.{NAME}": "site_name"})

    second.press("accept")
    assert (read(order).state, moves(order)) == (states.SUBMITTED, [])
    second = Desk(order, first.reviewer)
    first.press("keep", **{f"words.{LEAD}": "写明", f"reason.{LEAD}": "own"})
    second.press("send_back", **{f"reason.{STATEMENT}": "unsealed"})

    assert (read(order).state, moves(order)) == (states.SUBMITTED, [])
    assert "you typed more in another window" in second.html
    assert second.shows({f"reason.{NAME}": "site_name", f"reason.{LEAD}": "own", f"reason.{STATEMENT}": "unsealed"})
    second.press("send_back")
    assert FieldVerdict.objects.count() == 3


@pytest.mark.parametrize(
    "typed", [{"photo-reason": "photo_clothes"}, {"photo-words": "红色"}, {"refuse-words": "照片非本人"}]
)
def test_a_photo_cannot_be_accepted_while_words_contradict_it(typed):
    order = make_order(state=states.PHOTO_REVIEW)
    make_ready_document(order, "photo")
    desk = Desk(order, make_lead_reviewer())

    desk.press("accept_photo", **typed, **all_ok(order))

    assert (read(order).state, moves(order)) == (states.PHOTO_REVIEW, [])
    assert "Not accepted" in desk.html
    assert desk.shows(typed)


def test_a_photo_is_refused_with_its_reason_and_other_words_are_kept():
    order = make_order(state=states.PHOTO_REVIEW)
    make_ready_document(order, "photo")
    desk = Desk(order)

    desk.press("refuse_photo", **{"photo-reason": "photo_clothes", "call-words": "占线"})
    desk.open()

    assert moves(order) == ["refuse_photo"]
    assert "You typed this and it was not used" in desk.html
    assert "占线" in desk.html
    desk.press("discard")
    assert kept_drafts() == []
    assert "占线" not in desk.html


# --- two reviewers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("move", ["send_back", "accept"])
def test_the_second_to_save_keeps_what_they_typed(move):
    order = make_order(state=states.SUBMITTED)
    late = Desk(order)
    review.accept(read(order), make_reviewer())

    late.press(move, **TYPED)

    assert moves(order) == ["accept"]
    assert "decided this order at" in late.html
    assert ["与身份证不符" in late.html, "The website name does not meet the rules" in late.html] == [True, True]


def test_words_saved_before_somebody_else_decided_can_still_be_read():
    order = make_order(state=states.SUBMITTED)
    slow = Desk(order)
    slow.press("keep", **TYPED)
    Order.objects.filter(pk=order.pk).update(claimed_until=timezone.now())  # the half hour is over
    review.send_back(read(order), make_reviewer(), [review.ReturnedField(NAME, None, {"zh": "改名称"})])
    Order.objects.filter(pk=order.pk).update(state=states.SUBMITTED)  # corrected and submitted again

    slow.open()

    assert "You typed this and it was not used" in slow.html
    assert "与身份证不符" in slow.html
    assert not slow.shows(TYPED)  # the values have changed: nobody's new verdict
    slow.press("discard")
    assert kept_drafts() == []


@pytest.mark.parametrize("move", ["accept", "send_back", "claim"])
def test_an_order_of_another_reviewer_keeps_the_words_of_the_one_who_pressed(move):
    order = make_order(state=states.SUBMITTED)
    late = Desk(order)
    assign_to_me(order, make_reviewer())

    late.press(move, **TYPED)

    assert read(order).state == states.SUBMITTED
    assert "has had this order since" in late.html
    assert late.shows(TYPED)


@pytest.mark.django_db(transaction=True)
def test_two_windows_that_save_at_once_keep_both():
    order = make_order(state=states.SUBMITTED)
    one = Desk(order)
    two = Desk(order, one.reviewer)

    ends = together(
        lambda: one.press("keep", **{f"words.{NAME}": "改名称"}), lambda: two.press("keep", **{f"words.{LEAD}": "写明"})
    )

    assert words(ends) == ["done", "done"]
    assert kept_drafts() == [{f"words.{NAME}": "改名称", f"words.{LEAD}": "写明"}]


# --- saved by the page itself -------------------------------------------------------------------------


def test_the_page_saves_by_itself_and_learns_what_it_needs_to_know():
    order = make_order(state=states.SUBMITTED)
    desk = Desk(order)
    sent = {"move": "keep", "seen": order.version, "kept": "1.0", f"reason.{NAME}": "site_name"}

    first = desk.client.post(desk.address, sent, headers={"accept": "application/json"}).json()
    stale = desk.client.post(
        desk.address, {**sent, f"reason.{NAME}": "", f"words.{LEAD}": "写明"}, headers={"accept": "application/json"}
    ).json()

    assert (first["kept"], first["words"][:5]) == ("1.1", "Saved")
    assert "kept" not in stale
    assert "another window" in stale["words"]
    assert kept_drafts() == [{f"reason.{NAME}": "site_name", f"words.{LEAD}": "写明"}]


def test_the_page_that_saves_by_itself_reports_that_the_order_has_moved_on():
    order = make_order(state=states.SUBMITTED)
    desk = Desk(order)
    review.accept(read(order), make_reviewer())

    result = desk.client.post(
        desk.address,
        {"move": "keep", "seen": order.version, "kept": "1.0", **TYPED},
        headers={"accept": "application/json"},
    ).json()

    assert "decided this order at" in result["words"]
    assert kept_drafts() == [TYPED]
