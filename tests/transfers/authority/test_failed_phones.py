"""Over real SOAP: the phone verification fails at the ministry, and the order is sent again without a new review."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from demo.ministry.api.client import SimulatorClient
from demo.ministry.code_texts import TOO_LATE, TOO_MANY_WRONG
from icpportal.gateways.miit.types import Answer, AnswerKind
from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import fire, moves, sign_in
from tests.transfers.whole_way import round_trip
from tests.transfers.wired import put_on_record, wired_order, with_papers
from transfers.authority.results import take_answer
from transfers.models import Order
from transfers.orders.machine import queue_report

pytestmark = pytest.mark.django_db(transaction=True)


def reload(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def page(order: Order, language: str = "en") -> str:
    """The owner's page as text."""
    order.owner.language = language
    order.owner.save(update_fields=["language"])
    client = sign_in(Client(), order.owner)
    client.cookies["django_language"] = language
    text = client.get(order.get_absolute_url()).content.decode().partition("<main")[2]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))


@pytest.fixture
def texted(on_the_wire: SimulatorClient) -> Order:
    """An order whose phones the ministry has texted."""
    order = with_papers(wired_order(state=states.HANDING_OVER, report=0))
    put_on_record(on_the_wire, [order], phones=["64"])
    queue_report(order, "authority")
    round_trip()
    order = reload(order)
    assert order.state == states.PHONE_DUE
    return order


def enter_six_wrong_codes(desk: SimulatorClient, order: Order) -> None:
    text = desk.texts(domain=order.domain)[0]
    wrong = "000000" if text["code"] != "000000" else "111111"
    for _ in range(6):
        desk.enter(text["mobile"], text["tails"][0], wrong)


def press(order: Order, move: str) -> None:
    sign_in(Client(), order.owner).post(reverse("order-move", args=[order.reference, move]), {"words": ""})


def templates_of(order: Order) -> list[str]:
    return list(
        Message.objects.filter(reference=order.reference, channel="site")
        .order_by("pk")
        .values_list("template", flat=True)
    )


def test_after_six_wrong_codes_the_owner_presses_once_and_new_codes_are_texted(
    on_the_wire: SimulatorClient, texted: Order
) -> None:
    """It went through two reviews again, although nothing was wrong with it."""
    enter_six_wrong_codes(on_the_wire, texted)
    round_trip()

    order = reload(texted)
    page_text = page(order)
    assert (order.state, "Phone verification failed" in page_text, TOO_MANY_WRONG in page_text) == (
        states.LAPSED,
        True,
        True,
    )
    assert "Resubmit unchanged" in page_text
    assert "Make the changes" not in page_text  # neither beside the words nor in the timeline
    assert "短信核验未通过" in page(order, "zh-hans")
    assert templates_of(order).count("order_phones_failed") == 1

    press(order, "resubmit")
    round_trip()

    assert moves(order) == ["reported", "phones_failed", "resubmit", "reported"]
    assert (reload(order).state, len(on_the_wire.texts(domain=order.domain))) == (states.PHONE_DUE, 2)


def test_the_owner_is_not_asked_to_change_an_order_whose_phones_failed(texted: Order) -> None:
    """Page and timeline asked for the changes that the authority's words name."""
    words_said(texted, TOO_MANY_WRONG)

    english, chinese = page(texted), page(texted, "zh-hans")

    assert ("Make the changes" in english, "请按管局原文修改" in chinese) == (False, False)
    assert ("Nothing in the order has to be changed" in english, "订单内容无需修改" in chinese) == (True, True)


def test_advice_on_a_lost_number_does_not_mention_a_return_that_has_happened(texted: Order) -> None:
    """It went on saying that the order will be returned when the time is up."""
    lost = reverse("phones-lost", args=[texted.reference])
    client = sign_in(Client(), texted.owner)
    client.cookies["django_language"] = "en"
    assert "When the time is up, the order is returned" in client.get(lost).content.decode()

    words_said(texted, TOO_MANY_WRONG)

    html = client.get(lost).content.decode()
    assert "When the time is up, the order is returned" not in html
    assert "The order was returned to you" in html


def test_a_verification_that_expires_at_the_ministry_returns_it_in_the_same_way(
    on_the_wire: SimulatorClient, texted: Order
) -> None:
    on_the_wire.advance(49 * 3600)
    round_trip()

    order = reload(texted)
    assert (order.state, TOO_LATE in page(order)) == (states.LAPSED, True)


def words_said(order: Order, *words: str) -> str:
    for number, said in enumerate(words):
        kind, at = AnswerKind.TURNED_DOWN, order.entered_at
        take_answer(Answer(f"{number}", kind, order.report_key, at, code="1002", words=said))
    return reload(order).state


def test_a_repeated_answer_notifies_nobody_again(texted: Order) -> None:
    for _ in range(2):
        assert words_said(texted, TOO_MANY_WRONG) == states.LAPSED
    assert (moves(texted), templates_of(texted).count("order_phones_failed")) == (["reported", "phones_failed"], 1)


def test_an_order_already_returned_by_our_clock_stays_so_and_its_timeline_has_the_words(texted: Order) -> None:
    fire(texted, "lapse", "clock")

    assert words_said(texted, TOO_LATE) == states.LAPSED
    assert moves(texted) == ["reported", "lapse", "earlier_refused"]
    assert TOO_LATE in page(texted)


def test_phones_that_fail_before_the_receipt_of_a_postponed_report_return_it_in_the_same_way(texted: Order) -> None:
    """The receipt counts half an hour later, and until then no phones are asked for here."""
    take_answer(Answer("waits", AnswerKind.WAITS, texted.report_key, texted.entered_at, code="1017"))
    assert reload(texted).state == states.AUTHORITY_REVIEW

    assert words_said(texted, TOO_MANY_WRONG) == states.LAPSED


def test_words_about_anything_else_and_a_refusal_without_words_open_the_order(texted: Order) -> None:
    assert words_said(texted, "照片不清晰") == states.AUTHORITY_RETURNED


def test_failed_phones_beside_another_reason_open_the_order(texted: Order) -> None:
    assert words_said(texted, "照片不清晰；短信核验未通过") == states.AUTHORITY_RETURNED
    assert templates_of(texted).count("order_phones_failed") == 0


def test_the_words_may_come_after_the_refusal(texted: Order) -> None:
    assert words_said(texted, "") == states.AUTHORITY_RETURNED
    assert words_said(texted, "", TOO_MANY_WRONG) == states.LAPSED


def test_an_answer_in_parts_that_names_something_else_too_stays_open(texted: Order) -> None:
    assert words_said(texted, "照片不清晰", TOO_MANY_WRONG) == states.AUTHORITY_RETURNED


def test_once_every_phone_is_verified_such_words_are_a_refusal(on_the_wire: SimulatorClient, texted: Order) -> None:
    texted.phone_checks.update(confirmed_at=texted.entered_at)

    assert words_said(texted, "短信核验的手机号与备案不一致") == states.AUTHORITY_RETURNED
