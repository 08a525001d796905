"""Own words are written in one language and marked so, or by a person in both; they are never machine-copied."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from icpportal.outbox.models import Message
from icpportal.outbox.texts.catalogue import render
from icpportal.outbox.texts.formats import unpack_all
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order, make_reason, sign_in
from tests.transfers.review.desk import ALTHOUGH, all_ok, case_of, english, press, read
from transfers.models import FieldVerdict

pytestmark = pytest.mark.django_db
ZH, EN = "网站内容不适合在此备案", "The content cannot be filed here"


def letter(template, channel, language):
    """What the account gets in this language; people only named in the order may get other words."""
    message = Message.objects.get(template=template, channel=channel, user__isnull=False)
    return render(template, channel, language, unpack_all(message.payload["context"])).text


def page_of(order, language):
    client = Client()
    client.cookies["django_language"] = language
    order.owner.language = language
    order.owner.save(update_fields=["language"])
    return sign_in(client, order.owner).get(order.get_absolute_url()).content.decode()


@pytest.fixture
def order():
    return make_order(state=states.SUBMITTED)


@pytest.fixture
def lead(client):
    return english(client, make_lead_reviewer())


def test_a_refusal_in_chinese_is_marked_as_such_for_readers_of_english(lead, order):
    press(lead, order, "refuse", **{"refuse-words": ZH})

    assert read(order).state == states.REFUSED
    assert f"> {ZH}" in letter("order_refused", "email", "zh-hans")
    assert f"> Written in Chinese: {ZH}" in letter("order_refused", "email", "en")
    assert ZH in letter("order_refused", "sms", "zh-hans")
    short = letter("order_refused", "sms", "en")
    assert ("written in Chinese: see its page" in short, ZH in short) == (True, False)
    assert page_of(order, "en").count("Written in Chinese: ") == 2  # its sentence, and the timeline
    assert "Written in" not in page_of(order, "zh-hans")


def test_a_refusal_is_one_sentence_with_one_colon_and_one_full_stop(lead, order):
    press(lead, order, "refuse", **{"refuse-words": f"{ZH}。"})

    assert f'Written in Chinese: <span lang="zh-Hans">{ZH}</span>. You can start again.' in page_of(order, "en")
    assert f"{ZH}。可以重新开始。" in page_of(order, "zh-hans")
    assert not re.search("Refused: |未通过：|。。", page_of(order, "en") + page_of(order, "zh-hans"))


def test_readers_of_chinese_are_told_that_a_refusal_is_written_in_english(lead, order):
    press(lead, order, "refuse", **{"refuse-words_en": EN})

    assert f"> 以英文书写：{EN}" in letter("order_refused", "email", "zh-hans")
    assert "以英文书写" in letter("order_refused", "sms", "zh-hans")
    assert f"> {EN}" in letter("order_refused", "email", "en")
    assert f"以英文书写：{EN}" in page_of(order, "zh-hans")


def test_a_refusal_written_in_both_languages_is_shown_in_each(lead, order):
    press(lead, order, "refuse", **{"refuse-words": ZH, "refuse-words_en": EN})

    mails = [letter("order_refused", "email", language) for language in ("zh-hans", "en")]
    assert [[ZH in mail, EN in mail] for mail in mails] == [[True, False], [False, True]]
    pages = [page_of(order, language) for language in ("zh-hans", "en")]
    assert [[ZH in page, EN in page] for page in pages] == [[True, False], [False, True]]


NAME, STATEMENT, SEAL = "website.site_name", "paper.statement", "盖章不清楚"


def test_words_on_parts_are_marked_on_the_page_in_the_mail_and_before_sending(lead, order):
    reason = make_reason("site_name", NAME)
    typed = {f"reason.{NAME}": reason.key, f"words_en.{NAME}": "Leave out 书画"}
    typed |= {f"reason.{STATEMENT}": "own", f"words.{STATEMENT}": SEAL}
    press(lead, order, "keep", **typed)
    before = lead.get(case_of(order, "return")).content.decode()
    assert "以英文书写：“Leave out 书画”" in before
    assert f"Written in Chinese: “{SEAL}”" in before

    press(lead, order, "send_back", **typed, **ALTHOUGH)

    kept = {row.field: (row.words, row.own) for row in FieldVerdict.objects.filter(verdict="return")}
    assert kept == {NAME: ("Leave out 书画", {"en": "Leave out 书画"}), STATEMENT: (SEAL, {"zh": SEAL})}
    chinese, other = (letter("order_returned", "email", language) for language in ("zh-hans", "en"))
    assert (f"“{SEAL}”" in chinese, "以中文书写" in chinese) == (True, False)
    assert "以英文书写：“Leave out 书画”" in chinese
    assert [f"Written in Chinese: “{SEAL}”" in other, "“Leave out 书画”" in other] == [True, True]
    chinese, other = page_of(order, "zh-hans"), page_of(order, "en")
    assert '以英文书写：<span lang="en">Leave out 书画</span>' in chinese
    assert f'Written in Chinese: <span lang="zh-Hans">{SEAL}</span>' in other
    assert ("以中文书写" in chinese, "Written in English" in other) == (False, False)


def test_a_photo_can_be_returned_in_the_words_of_one_language(lead):
    order = make_order(state=states.PHOTO_REVIEW)

    press(lead, order, "refuse_photo", **{"photo-reason": "own", "photo-words": "站得太远"})

    texts = [letter("photo_returned", "sms", language) for language in ("zh-hans", "en")]
    assert ["站得太远" in text for text in texts] == [True, False]
    assert "written in Chinese: see its page" in texts[1]
    client = english(Client(), order.owner)
    page = client.get(reverse("photo", args=[order.reference])).content.decode()
    assert 'Written in Chinese: <span lang="zh-Hans">站得太远</span>' in page


ALL_PASSED = ("除以下内容外均已通过，无需再改。", "Everything else passed and stays as it is.")
LEFT_OPEN = (
    "目前只能修改以下内容，其余内容尚未审核完毕。",
    "Only the parts below can be changed now. We have not finished checking the others.",
)


@pytest.mark.parametrize(
    ("others", "told", "not_told"),
    [("ok", ALL_PASSED, LEFT_OPEN), ("", LEFT_OPEN, ALL_PASSED), ("ask", LEFT_OPEN, ALL_PASSED)],
    ids=["all judged", "none judged", "a colleague asked"],
)
def test_a_return_says_that_everything_else_passed_only_where_it_did(lead, order, others, told, not_told):
    reason = make_reason("site_name", NAME)
    typed = {**(all_ok(order) if others else {}), f"verdict.{NAME}": "return", f"reason.{NAME}": reason.key}
    if others == "ask":
        typed[f"verdict.{STATEMENT}"] = "ask"
    press(lead, order, "keep", **typed)

    before = lead.get(case_of(order, "return")).content.decode()
    press(lead, order, "send_back", **typed, **ALTHOUGH)

    assert read(order).state == states.RETURNED
    for language, words, others_words in zip(("zh-hans", "en"), told, not_told, strict=True):
        mail = " ".join(letter("order_returned", "email", language).split())
        assert [words in before, words in mail] == [True, True]
        assert [others_words in before, others_words in mail] == [False, False]


def test_words_from_before_their_language_was_stored_are_marked_by_their_script(lead, order):
    press(lead, order, "send_back", **{f"reason.{STATEMENT}": "own", f"words.{STATEMENT}": SEAL}, **ALTHOUGH)
    FieldVerdict.objects.filter(field=STATEMENT).update(own={})

    assert f'Written in Chinese: <span lang="zh-Hans">{SEAL}</span>' in page_of(order, "en")


def test_words_in_the_wrong_field_return_nothing(lead, order):
    typed = {f"reason.{STATEMENT}": "own", f"words.{STATEMENT}": "The seal is missing"}
    page = press(lead, order, "send_back", **typed, **ALTHOUGH).content.decode()

    assert "Documents · Authenticity statement: Write Chinese here" in page
    assert read(order).state == states.SUBMITTED


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"refuse-words": EN}, "Write Chinese here, or use the field for English"),
        ({"refuse-words_en": ZH}, "Write English here, or use the field for Chinese"),
        ({}, "Write it in Chinese or in English"),
    ],
)
def test_words_in_the_wrong_field_refuse_nothing(lead, order, typed, told):
    page = press(lead, order, "refuse", **typed).content.decode()

    assert told in page
    assert all(text in page for text in typed.values())
    assert read(order).state == states.SUBMITTED
