"""A long list of the desk counts no further than it pages, keeps its filters, and looks up by index."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from icpportal.accounts.roles import AUDITOR, OPERATIONS
from icpportal.desk.stock.bounded import CappedPaginator
from icpportal.outbox.models import Message
from icpportal.privacy.actions import note_access
from tests.transfers.builders import make_reviewer, make_user, sign_in

pytestmark = pytest.mark.django_db
MESSAGES = reverse("admin:outbox_message_changelist")
LOOKS = reverse("admin:privacy_accessnote_changelist")


def page_of(answer: Any) -> Any:
    assert answer.status_code == 200
    return html.document_fromstring(answer.content.decode())


def foot(page: Any) -> str:
    return " ".join(page.xpath('//*[@class="rowfoot"]')[0].text_content().split())


def operations() -> Client:
    """Opens the list of messages, in English."""
    client = sign_in(Client(), make_user(held_roles=(OPERATIONS,)))
    client.cookies["django_language"] = "en"
    return client


def rows_of(page: Any) -> list[str]:
    return [" ".join(row.text_content().split()) for row in page.xpath("//table//tbody/tr[th]")]


@pytest.fixture
def messages() -> None:
    Message.objects.bulk_create(
        Message(key=f"k{number}", channel="sms" if number % 2 else "email", reference=f"AAAA-{number:04}")
        for number in range(130)
    )


def test_operations_page_through_a_filtered_list_and_stay_in_it(messages: None) -> None:
    client = operations()

    first = page_of(client.get(f"{MESSAGES}?channel=sms"))
    further = first.xpath('//nav[@class="pages"]//a/@href')
    second, third = (page_of(client.get(f"{MESSAGES}{url}")) for url in further)

    assert [len(rows_of(page)) for page in (first, second, third)] == [25, 25, 15]
    assert all("channel=sms" in url for url in further)
    assert foot(first).startswith("65 outgoing messages")
    assert len({*rows_of(first), *rows_of(second), *rows_of(third)}) == 65


def test_a_list_says_when_there_are_more_rows_than_it_counts(messages: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CappedPaginator, "most", 100)
    client = operations()

    all_of_them, half = page_of(client.get(MESSAGES)), page_of(client.get(f"{MESSAGES}?channel=sms"))

    assert foot(all_of_them).startswith("100+ outgoing messages, of which the first are listed")
    assert foot(half).startswith("65 outgoing messages")
    assert all_of_them.xpath('count(//nav[@class="pages"]/*)') == 4  # no page of uncounted rows


@pytest.mark.services
def test_a_table_that_postgresql_knows_to_be_much_larger_is_not_counted(
    messages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CappedPaginator, "most", 12)
    everything, half = Message.objects.order_by("-pk"), Message.objects.filter(channel="sms")
    assert CappedPaginator(everything, 10).is_cut  # counted: the table's statistics are still empty
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE outbox_message")

    with CaptureQueriesContext(connection) as asked:
        whole, narrowed = CappedPaginator(everything, 10), CappedPaginator(half, 10)
        found = [(each.count, each.is_cut, len(each.page(2).object_list)) for each in (whole, narrowed)]

    assert found == [(12, True, 2), (12, True, 2)]
    counts = [each["sql"] for each in asked if "COUNT(" in each["sql"]]
    assert ["channel" in sql for sql in counts] == [True]


@pytest.mark.parametrize("typed", ["AAAA-0007", "aaaa-0007", " AAAA-0007 "])
def test_an_order_number_finds_its_messages_in_any_spelling(messages: None, typed: str) -> None:
    client = operations()

    (found,) = rows_of(page_of(client.get(MESSAGES, {"q": typed})))

    assert "AAAA-0007" in found


@pytest.mark.parametrize("typed", ["AAAA-000", "AAAA", "AAAA-0007 AAAA-0008"])
def test_part_of_an_order_number_finds_nothing(messages: None, typed: str) -> None:
    client = operations()

    assert rows_of(page_of(client.get(MESSAGES, {"q": typed}))) == []


def test_the_auditor_finds_the_looks_at_one_order_and_no_other(client: Client) -> None:
    reviewer = make_reviewer()
    for reference in ("AAAA-BBBB", "AAAA-CCCC"):
        note_access(actor=reviewer, what="order", reference=reference, reason="review", client="")

    found = rows_of(page_of(sign_in(client, make_user(held_roles=(AUDITOR,))).get(LOOKS, {"q": "aaaa-bbbb"})))

    assert ["AAAA-BBBB" in row for row in found] == [True]


def test_a_chinese_list_counts_rows_and_not_accounts_in_the_measure_of_rows() -> None:
    client = sign_in(Client(), make_user(held_roles=(OPERATIONS,)))
    client.cookies["django_language"] = "zh-hans"

    assert foot(page_of(client.get(reverse("admin:accounts_user_changelist")))) == "账号：共 1 条"
