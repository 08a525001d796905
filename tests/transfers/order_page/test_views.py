"""The page of an order: whose turn, until when, which number we call, what can be done, what happened."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape
from lxml.html import document_fromstring

from icpportal.outbox.texts.catalogue import render
from icpportal.time_format import long_words
from tests.transfers import states
from tests.transfers.builders import fire, make_order, moves, sign_in
from tests.transfers.outside import cost
from transfers.models import Order, OrderEvent, PhoneCheck
from transfers.notifications.messages import ACCOUNT, context, recipients
from transfers.orders.kinds import state_of
from transfers.orders.machine import ORDER, note
from transfers.orders.states import BY_KEY
from transfers.pages.buttons import buttons

pytestmark = pytest.mark.django_db


def show(client, order, language="en"):
    client.cookies["django_language"] = language
    return sign_in(client, order.owner).get(order.get_absolute_url()).content.decode()


@pytest.mark.parametrize("state", states.ALL)
def test_every_state_has_its_sentence_in_both_languages(client, state):
    kind = states.CANCELLATION if state in (states.COOLING_OFF, states.CANCELLED) else states.TRANSFER
    due = timezone.now() + timedelta(hours=5) if state == states.COOLING_OFF else None
    columns = {"due_at": due} if due else {}
    order = make_order(state=state, kind=kind, **columns)

    english, chinese = show(client, order), show(client, order, "zh-hans")

    assert "%(" not in english + chinese
    assert f'data-state="{state}"' in english
    assert str(BY_KEY[state].label) in chinese


@pytest.mark.parametrize("state", [states.SUBMITTED, states.PHOTO_REVIEW])
def test_while_we_review_the_page_says_which_number_we_call_when_and_from_which(client, settings, state):
    settings.PROVIDER_CALLER_NUMBERS = ["010-0000-0007"]
    settings.PROVIDER_HOURS = "8:30–17:30"
    order = make_order(state=state)

    html = show(client, order)

    sentence = "we may call 139****0001 from 010-0000-0007 on working days, 8:30–17:30 Beijing time"
    assert sentence in html


def test_the_receipt_states_the_same():
    order = make_order(state=states.SUBMITTED)
    words = context(order, recipients(order, [ACCOUNT])[0], {}, timezone.now())

    text = render("order_received", "email", "en", words).text

    assert "139****0001" in text
    assert "9:00–18:00 Beijing time" in text
    assert "010-0000-0001" in text


def test_a_call_and_the_delivery_of_messages_are_in_the_timeline(client):
    order = make_order(state=states.DRAFT)
    ORDER.apply(order, "submit", by="applicant", actor=order.owner)
    note(order, "call", by="reviewer", words="确认了手机")

    html = show(client, order)

    assert "We called you" in html
    assert "确认了手机" in html
    assert "Submitted for review" in html
    assert "Text message" in html


def test_an_approved_order_shows_number_snippet_and_what_follows(client):
    order = make_order(state=states.APPROVED)

    html = show(client, order)

    assert "宁ICP备00000000号-1" in html
    assert "&lt;a href=&quot;https://beian.miit.gov.cn" in html
    assert "Point the domain at our server" in html
    assert "Your data with the other provider is not affected. You can use both servers." in html


@pytest.mark.parametrize("state", [states.APPROVED, states.SUBMITTED])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_title_of_the_window_names_the_domain_once(client, state, language):
    page = document_fromstring(show(client, make_order(state=state, domain="once.com"), language))

    assert page.findtext("head/title").count("once.com") == 1


def test_the_authoritys_words_are_escaped(client):
    order = make_order(
        state=states.AUTHORITY_RETURNED, authority_code="1056", authority_words="<script>alert(1)</script>附件不清"
    )

    html = show(client, order)

    assert "&lt;script&gt;alert(1)&lt;/script&gt;附件不清" in html
    assert "<script>alert" not in html


ADVICE = {
    "1002": (
        "Make the changes that the authority's words ask for",
        "Subject and subject lead, Website details, ",
    ),
    "1008": ("An ID document is not valid: upload a valid one.", "Documents"),
    "1011": ("change the filing through your current provider first", "Nothing in this order"),
    "1016": ("ask your current provider whether the filing is valid", "Nothing in this order"),
    "1018": ("The filing password is wrong: verify it again", "Verify the filing password"),
    "1020": ("Another filing has the website name of this filing", "Nothing in this order"),
    "1049": ("The subject's filing was deleted: file it again first.", "Nothing in this order"),
    "1055": ("print, sign and upload the one of this order", "Authenticity statement"),
    "1064": ("The domain is on the authority's blocklist", "Nothing in this order"),
    "1018 1055": ("The filing password is wrong", "Verify the filing password, Authenticity statement"),
}


@pytest.mark.parametrize("code", ADVICE)
def test_the_authoritys_words_are_shown_with_our_advice_and_the_part_to_change(client, code):
    """The authority's Chinese was shown by itself: no advice, no code, no part."""
    order = make_order(state=states.AUTHORITY_RETURNED, authority_code=code, authority_words="请核对后重报")
    advice, part = ADVICE[code]

    notice = main_of(show(client, order)).xpath('.//section[contains(., "What the authority said")]')[0]

    said = {dt.text_content(): " ".join(dt.getnext().text_content().split()) for dt in notice.xpath(".//dt")}
    assert (said["Code"], said["Its words"]) == (code, "请核对后重报")
    assert notice.xpath('.//*[@lang="zh-Hans"]')[0].text_content() == "请核对后重报"
    assert advice in said["What it means"]
    assert said["What to change"].startswith(part)
    chinese = show(client, order, "zh-hans")
    assert escape(advice) not in chinese
    assert "需要修改的内容" in chinese


def test_a_lapsed_order_explains_that_another_number_is_on_file(client):
    order = make_order(state=states.LAPSED)
    PhoneCheck.objects.create(order=order, report=1, role="administrator", mobile_masked="138****0009")

    html = show(client, order)

    assert "The ministry texted 138****0009, the number on the filing. You entered 139****0002." in html
    assert "Resubmit unchanged" in html


def main_of(page):
    """The page itself, without frame and slip."""
    return document_fromstring(page).xpath("//main")[0]


def primary_buttons(page):
    return [" ".join(each.text_content().split()) for each in main_of(page).xpath('.//*[@class="button"]')]


def test_the_button_of_a_lapsed_order_follows_its_advice(client):
    """ "Change the number at your provider first", and the only button resubmitted the order unchanged."""
    order = make_order(state=states.LAPSED)
    check = PhoneCheck.objects.create(order=order, report=1, role="administrator", mobile_masked="138****0009")
    page = show(client, order)

    assert primary_buttons(page) == ["See how to change the number"]
    assert "Have the number on the filing changed first" in page
    assert "Only your current provider can change it" in client.get(reverse("phones-lost", args=[order.reference])).text
    assert "Resubmit unchanged" in page

    check.mobile_masked = "139****0002"
    check.save()
    assert primary_buttons(show(client, order)) == ["Resubmit unchanged"]


@pytest.mark.parametrize("state", [states.DRAFT, states.RETURNED, states.PHOTO_DUE, states.LAPSED, states.PHONE_DUE])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_code_domain_state_and_date_of_an_order_appear_once_each_beside_its_slip(client, state, language):
    """The heading was the order's code; the deadline was shown three times, and the state twice."""
    order = make_order(state=state, due_at=timezone.now() + timedelta(hours=30))

    page = show(client, order, language)

    with translation.override(language):
        date, label = long_words(order.due_at), str(BY_KEY[state].label)
    words = " ".join(main_of(page).text_content().split()).partition("What happened")[0].partition("办理记录")[0]
    assert words.count(order.reference) == 0
    assert words.count(date) == 1
    assert main_of(page).xpath(f'.//*[@class="state-word" and text()="{label}"]') == []
    slip = document_fromstring(page).xpath('//aside[contains(@class, "rail")]')[0].text_content()
    assert (slip.count(order.reference), slip.count(order.domain), slip.count(date)) == (1, 1, 1)


@pytest.mark.parametrize(("left", "alarms"), [(timedelta(59), 0), (timedelta(4), 0), (timedelta(hours=19), 1)])
def test_only_a_short_time_is_shown_as_urgent(client, left, alarms):
    """A draft kept for 59 days had the same amber box as a deadline in 19 hours."""
    page = main_of(show(client, make_order(due_at=timezone.now() + left)))

    assert len(page.xpath('.//*[contains(@class, "deadline-turn") or contains(@class, "notice-problem")]')) == alarms
    assert "left" in page.xpath("string(.//*[contains(@class, 'time-left')])")
    assert page.xpath('.//a[@class="deadline-ics"]')


def test_impossible_actions_are_listed_below_the_timeline(client):
    """They were shown under the button of every order."""
    order = make_order(state=states.SUBMITTED)
    OrderEvent.objects.create(order=order, move="submit", from_state=states.DRAFT, to_state=states.SUBMITTED)

    page = show(client, order)

    assert page.index("What happened so far") < page.index("What you cannot do now, and why")


def test_a_lapsed_order_whose_password_was_erased_must_be_changed_not_resubmitted(client):
    order = make_order(state=states.LAPSED, password_kept=False, password_digest="")

    html = show(client, order)

    assert "The filing password was kept for 60 days and has been erased" in html
    assert "Resubmit unchanged" not in html
    assert reverse("order-move", args=[order.reference, "mend"]) in html


def test_after_the_deadline_of_the_phones_the_page_says_so_and_offers_nothing(client):
    order = make_order(state=states.PHONE_DUE, due_at=timezone.now())

    html = show(client, order)

    assert "The deadline was" in html
    assert "We are getting the final result from the authority" in html
    assert reverse("phones", args=[order.reference]) not in html.partition("<main")[2].partition("timeline")[0]
    assert reverse("deadline-file", args=[order.reference]) not in html
    assert Order.objects.get(pk=order.pk).state == states.PHONE_DUE, "the authority has the last word"


def test_an_overdue_draft_is_closed_by_its_page(client):
    order = make_order(due_at=timezone.now())

    assert f'data-state="{states.EXPIRED}"' in show(client, order)
    assert moves(order) == ["expire_draft"]


def test_a_held_order_says_once_that_we_see_to_it_and_that_there_is_nothing_to_do(client):
    order = make_order(state=states.HANDING_OVER, held=True)

    page = show(client, order)

    assert "We submit it once we have fixed the problem" in page
    assert page.count("You do not need to do anything") == 1


def test_a_stranger_finds_neither_page_nor_calendar_file(client):
    order = make_order(state=states.PHONE_DUE)
    client = sign_in(client, make_order().owner)

    assert client.get(order.get_absolute_url()).status_code == 404
    assert client.get(reverse("deadline-file", args=[order.reference])).status_code == 404


def test_the_calendar_file_names_no_person_and_no_number(client):
    order = make_order(state=states.PHONE_DUE)

    answer = sign_in(client, order.owner).get(reverse("deadline-file", args=[order.reference]))

    text = answer.content.decode()
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert f"DTEND:{order.due_at:%Y%m%dT%H%M%SZ}" in text
    assert text.count("BEGIN:VALARM") == 3
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert not any(word in text for word in ("林示范", "陈样例", "13900000001", "649999"))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (states.RETURNED, "Make changes and resubmit"),
        (states.DRAFT, "Submit the draft"),
        (states.COOLING_OFF, "Cancellation to be submitted"),
    ],
)
def test_the_calendar_file_of_another_deadline_names_that_one(client, state, words):
    kind = states.CANCELLATION if state == states.COOLING_OFF else states.TRANSFER
    order = make_order(state=state, kind=kind, due_at=timezone.now() + timedelta(days=2))

    html = show(client, order)
    text = client.get(reverse("deadline-file", args=[order.reference])).content.decode()

    assert reverse("deadline-file", args=[order.reference]) in html
    assert words in text
    assert "Verify the phones" not in text
    assert f"UID:{order.reference}-{state}@" in text


@pytest.mark.parametrize(
    ("state", "turn"),
    [
        (states.RETURNED, "Your turn"),
        (states.SUBMITTED, "Our turn"),
        (states.AUTHORITY_REVIEW, "Waiting for the authority"),
    ],
)
def test_the_head_of_the_page_says_whose_turn_it_is(client, state, turn):
    head = show(client, make_order(state=state)).partition('class="order-head"')[2].partition("</div>")[0]

    assert f'<span class="order-turn">{turn}</span>' in head


@pytest.mark.parametrize("state", [state for state in states.ALL if state not in states.ENDED])
@pytest.mark.parametrize("kind", [states.TRANSFER, states.CANCELLATION])
def test_an_offered_action_is_never_called_impossible(state, kind):
    order = make_order(state=state, kind=kind, password_kept=True)
    offered = {str(button.label) for button in buttons(order)}

    assert {str(act) for act, _why in state_of(order).unavailable} & offered == set()


def test_an_impossible_action_is_listed_with_its_reason(client):
    html = show(client, make_order(state=states.AUTHORITY_REVIEW))

    assert "Withdraw: not available now because the authority has the order" in html
    assert "not available now" not in show(client, make_order())


def test_an_approved_order_has_its_duties_with_a_tick_that_can_be_undone(client):
    order = make_order(state=states.AUTHORITY_REVIEW)
    fire(order, "grant", "authority")
    duty = order.duties.get()
    tick = reverse("duty-done", args=[duty.pk])

    before = show(client, order)
    answer = client.post(tick, {"order": "1"})
    ticked = show(client, order)
    client.post(tick, {"order": "1", "undo": "1"})

    assert answer.url == order.get_absolute_url()
    assert ("Done, stop reminding me" in before, "Done, marked on" in ticked) == (True, True)
    assert ('name="undo"' in before, 'name="undo"' in ticked) == (False, True)
    assert order.duties.get().done_at is None


def test_an_approved_order_says_since_when_and_to_keep_both_providers(client):
    html = show(client, make_order(state=states.APPROVED))

    assert "On file with" in html
    assert "Keep both providers" in html


def test_without_a_deadline_there_is_no_calendar_file(client):
    order = make_order(state=states.AUTHORITY_REVIEW)

    assert sign_in(client, order.owner).get(reverse("deadline-file", args=[order.reference])).status_code == 404


def test_the_page_takes_at_most_ten_queries_however_much_happened(client):
    order = make_order(state=states.SUBMITTED)
    client = sign_in(client, order.owner)
    one = cost(lambda: client.get(order.get_absolute_url()))
    for _ in range(5):
        note(order, "call", by="reviewer", words="x")

    assert cost(lambda: client.get(order.get_absolute_url())) == one
    assert one <= 10
