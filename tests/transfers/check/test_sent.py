"""After submitting: a page that says what follows and who may call, and a receipt as PDF."""

import re
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from icpportal.outbox import preferences
from icpportal.outbox.models import Message
from icpportal.time_format import BEIJING
from tests.transfers import states
from tests.transfers.builders import make_order, make_user, sign_in
from tests.transfers.desk import make_complete
from transfers.durations.spans import AUTHORITY
from transfers.models import DurationCount, Order
from transfers.notifications.topics import RECEIVED
from transfers.orders import actions

pytestmark = pytest.mark.django_db
WEDNESDAY = datetime(2026, 11, 25, 14, 47, tzinfo=BEIJING)


def make_submitted(**columns: Any) -> Order:
    return make_order(state=states.SUBMITTED, submitted_at=timezone.now(), **columns)


def page_of(client: Client, order: Order, language: str = "en") -> str:
    client.cookies["django_language"] = language
    return sign_in(client, order.owner).get(reverse("sent", args=[order.reference])).content.decode()


def words_on(page: str) -> str:
    """The page as text."""
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def test_after_submitting_the_applicant_reads_that_we_have_it_and_when_we_answer(client: Client, settings: Any) -> None:
    settings.PROVIDER_CALLER_NUMBERS = ["010-0000-0007"]
    client.cookies["django_language"] = "en"
    with time_machine.travel(WEDNESDAY, tick=False):
        order = make_complete()
        answer = sign_in(client, order.owner).post(
            reverse("check", args=[order.reference]), {"declared": "on"}, follow=True
        )
    page = answer.content.decode()

    assert answer.redirect_chain == [(reverse("sent", args=[order.reference]), 302)]
    assert "<h1>We have your order</h1>" in page
    assert order.reference in page
    assert "We answer by" in page
    assert "Thu 26 Nov, 18:00" in page
    assert "we call 139****0001 from 010-0000-0007 on working days" in strip_tags(page)


def test_every_stage_is_named_with_its_time_in_both_languages(client: Client) -> None:
    order = make_submitted()

    english, chinese = words_on(page_of(client, order)), words_on(page_of(client, order, "zh-hans"))

    assert [words in english for words in ("陈*例 is photographed", "Both phones are verified", "within 48 h")] == [
        True
    ] * 3
    assert "3–20 working days" in english
    assert [words in chinese for words in ("订单已收到", "陈*例拍照核验", "两部手机完成核验", "3–20 个工作日")] == [
        True
    ] * 4


def test_a_province_without_phone_verification_has_no_such_stage(client: Client) -> None:
    assert "verified" not in page_of(client, make_submitted(province="44"))


def test_the_authoritys_stage_says_how_long_recent_orders_took(client: Client) -> None:
    DurationCount.objects.create(day=timezone.localdate(), province="64", stage=AUTHORITY, length=6, times=30)

    assert "half of all orders within 6 working days, four in five within 6" in page_of(client, make_submitted())


def test_withdrawing_is_a_sentence_at_the_end_and_no_button(client: Client) -> None:
    order = make_submitted()
    way = reverse("order-move", args=[order.reference, "withdraw"])

    on_sent = page_of(client, order)
    on_order = client.get(order.get_absolute_url()).content.decode()

    assert f'<a href="{way}">Withdraw the order</a>' in on_sent
    (link,) = re.findall(rf'<a[^>]*href="{way}"[^>]*>', on_order)
    assert "button" not in link


def test_a_late_answer_is_not_promised_for_a_day_in_the_past(client: Client) -> None:
    """A saved page said "we answer by" a day of last month, and had a calendar file for it."""
    order = make_submitted(entered_at=timezone.now() - timedelta(days=30))

    page = page_of(client, order)

    assert ("We answer by" in page, "It is now here:" in page) == (False, True)
    assert "What happens next" in page
    assert client.get(reverse("answer-file", args=[order.reference])).status_code == 404


def test_the_page_stays_and_later_shows_the_state_of_the_order(client: Client) -> None:
    order = make_submitted()
    actions.withdraw(order, actor=order.owner, reason="other")

    page = page_of(client, order)

    assert "We have your order" in page
    assert "It is now here:" in page
    assert "Withdraw the order" not in page
    assert "What happens next" not in page


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (("email", "sms"), "We confirm it to l***@example.com and by text to 139****0001."),
        (("email",), "We confirm it to l***@example.com."),
        (("sms",), "We confirm it by text to 139****0001."),
        ((), ""),
    ],
)
def test_the_page_announces_only_confirmations_that_its_reader_wants(
    client: Client, wanted: tuple[str, ...], said: str
) -> None:
    order = make_submitted(owner=make_user("lin@example.com", mobile="13900000001"))
    preferences.choose(order.owner, [(RECEIVED, channel) for channel in wanted])

    found = re.search(r"We confirm it [^<]*?\.(?=\s*<)", page_of(client, order))

    assert (" ".join(found[0].split()) if found else "") == said


def test_after_a_return_only_what_is_sent_is_announced(client: Client) -> None:
    """The message about changes is mailed and not texted; the page announced a text that nobody got."""
    order = make_complete(owner=make_user("lin@example.com", mobile="13900000001"), state=states.RETURNED)
    client.cookies["django_language"] = "en"

    answer = sign_in(client, order.owner).post(
        reverse("check", args=[order.reference]), {"declared": "on"}, follow=True
    )

    assert "We confirm it to l***@example.com." in words_on(answer.content.decode())
    assert {message.channel for message in Message.objects.filter(template="order_received_again")} == {"email", "site"}


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (["010-0000-0007"], "from 010-0000-0007 on working days, 9:00–18:00 Beijing time. Save the number."),
        (["1", "2"], "from 1, 2 on working days, 9:00–18:00 Beijing time. Save the numbers."),
    ],
)
def test_the_numbers_to_be_saved_are_counted(client: Client, settings: Any, numbers: list[str], said: str) -> None:
    settings.PROVIDER_CALLER_NUMBERS = numbers

    assert said in words_on(page_of(client, make_submitted()))


def test_once_we_have_answered_the_page_announces_no_confirmation(client: Client) -> None:
    order = make_submitted()
    before = page_of(client, order)
    actions.withdraw(order, actor=order.owner, reason="other")

    assert ["We confirm it" in page for page in (before, page_of(client, order))] == [True, False]


@pytest.mark.parametrize("name", ["sent", "receipt"])
def test_neither_page_nor_receipt_exists_for_a_stranger_or_before_submitting(client: Client, name: str) -> None:
    order, draft = make_submitted(), make_order()

    assert sign_in(client, make_user()).get(reverse(name, args=[order.reference])).status_code == 404
    assert sign_in(client, draft.owner).get(reverse(name, args=[draft.reference])).status_code == 404


# --- the receipt ---


def words_of(client: Client, order: Order, tmp_path: Path, language: str = "en") -> str:
    client.cookies["django_language"] = language
    answer = sign_in(client, order.owner).get(reverse("receipt", args=[order.reference]))
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "private, no-store")
    file = tmp_path / "receipt.pdf"
    file.write_bytes(answer.content)
    text = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True).stdout.decode()
    return " ".join(text.split())


def test_the_receipt_lists_what_we_have_and_masks_names_and_numbers(client: Client, tmp_path: Path) -> None:
    order = make_complete()
    actions.submit(order, actor=order.owner)

    text = words_of(client, order, tmp_path)

    assert [word in text for word in ("Receipt", order.reference, order.domain, "林*范 139****0001")] == [True] * 4
    assert "Signed statement" in text or "Authenticity statement" in text
    assert "It is no approval and no filing." in text
    assert [secret in text for secret in ("林示范", "13900000001", "649999198502140009", "91649999000000019L")] == [
        False
    ] * 4


def test_the_receipt_is_in_the_language_of_the_page(client: Client, tmp_path: Path) -> None:
    text = words_of(client, make_submitted(), tmp_path, "zh-hans")

    assert [word in text for word in ("回执", "已收", "资料", "139****0001")] == [True] * 4
    assert "Receipt" not in text


def test_a_persons_name_is_masked_and_an_organisations_is_not(client: Client, tmp_path: Path) -> None:
    organisation, person = make_submitted(), make_submitted()
    person.answers["type"] |= {"nature": "individual", "name": "赵样本"}
    person.save(update_fields=["answers"])

    assert "宁夏示例纸业有限公司" in words_of(client, organisation, tmp_path)
    text = words_of(client, person, tmp_path)
    assert ("赵*本" in text, "赵样本" in text) == (True, False)


def test_the_day_of_our_answer_is_a_calendar_file_without_a_name_while_we_review(client: Client) -> None:
    with time_machine.travel(WEDNESDAY, tick=False):
        order = make_submitted()
        page = page_of(client, order)
        address = reverse("answer-file", args=[order.reference])
        answer = client.get(address)
        Order.objects.filter(pk=order.pk).update(state=states.PHOTO_DUE)
        gone, after = client.get(address), page_of(client, order)
    file = answer.content.decode().replace("\r\n ", "")

    assert f'href="{address}"' in page
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "DTEND:20261126T100000Z" in file, "18:00 in Beijing"
    assert f"SUMMARY:Order {order.reference}: our answer" in file
    assert "林" not in file
    assert "VALARM" not in file, "it is our turn"
    assert (gone.status_code, "our answer" in after) == (404, False)
