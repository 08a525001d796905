"""Words of one's own are written in one language and marked so, or by a person in both; they are never copied."""

import pytest
from django.test import Client

from icpportal.outbox.models import Message
from icpportal.outbox.texts.catalogue import render
from icpportal.outbox.texts.formats import unpack_all
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order, sign_in
from tests.transfers.review.desk import english, press, read

pytestmark = pytest.mark.django_db
ZH, EN = "网站内容不适合在此备案", "The content cannot be filed here"


def letter(template, channel, language):
    """What a reader of this language gets."""
    message = Message.objects.filter(template=template, channel=channel).first()
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


def test_a_refusal_in_chinese_reads_as_such_to_who_reads_english(lead, order):
    press(lead, order, "refuse", **{"refuse-words": ZH})

    assert read(order).state == states.REFUSED
    assert f"> {ZH}" in letter("order_refused", "email", "zh-hans")
    assert f"> Written in Chinese: {ZH}" in letter("order_refused", "email", "en")
    assert ZH in letter("order_refused", "sms", "zh-hans")
    short = letter("order_refused", "sms", "en")
    assert ("written in Chinese: see its page" in short, ZH in short) == (True, False)
    assert page_of(order, "en").count("Written in Chinese: ") == 2  # its sentence, and the timeline
    assert "Written in" not in page_of(order, "zh-hans")


def test_who_reads_chinese_is_told_that_a_refusal_is_written_in_english(lead, order):
    press(lead, order, "refuse", **{"refuse-words_en": EN})

    assert f"> 以英文书写：{EN}" in letter("order_refused", "email", "zh-hans")
    assert "以英文书写" in letter("order_refused", "sms", "zh-hans")
    assert f"> {EN}" in letter("order_refused", "email", "en")
    assert f"以英文书写：{EN}" in page_of(order, "zh-hans")


def test_a_refusal_that_a_person_wrote_twice_reads_in_each_language(lead, order):
    press(lead, order, "refuse", **{"refuse-words": ZH, "refuse-words_en": EN})

    mails = [letter("order_refused", "email", language) for language in ("zh-hans", "en")]
    assert [[ZH in mail, EN in mail] for mail in mails] == [[True, False], [False, True]]
    pages = [page_of(order, language) for language in ("zh-hans", "en")]
    assert [[ZH in page, EN in page] for page in pages] == [[True, False], [False, True]]


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
