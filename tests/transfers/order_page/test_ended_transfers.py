"""The page of an approved order after its transfer has ended: it no longer says that the website is with us."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from filings.models import Access, Website
from icpportal.gateways.miit.types import Answer, AnswerKind, Level, StruckRecord
from tests.transfers import states
from tests.transfers.builders import make_order, sign_in
from tests.transfers.cancels import reload
from transfers.authority.results import take_answer
from transfers.models import Order

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 9, 2, 0, tzinfo=UTC)
NUMBER = "宁ICP备00000000号"
WITH_US = ("is on file with us", "Point the domain at our server", "Keep both providers")


@pytest.fixture
def approved() -> Order:
    order = make_order(state=states.AUTHORITY_REVIEW, domain="example.com")
    take_answer(granted(order))
    Access.objects.update(ministry_id=900001)
    Website.objects.update(ministry_id=800001)
    return reload(order)


def granted(order: Order, *, code: str = "") -> Answer:
    return Answer(
        id=f"granted {order}",
        kind=AnswerKind.GRANTED,
        report_key=order.report_key,
        at=NOW,
        subject_number=NUMBER,
        site_number=f"{NUMBER}-1",
        code=code,
    )


def struck(level: Level, identity: int) -> Answer:
    return Answer(id="struck", kind=AnswerKind.STRUCK, report_key="", at=NOW, struck=StruckRecord(level, identity))


def cancel(order: Order) -> Order:
    """Its owner's cancellation, in review at the authority."""
    return make_order(
        order.owner,
        kind=states.CANCELLATION,
        state=states.AUTHORITY_REVIEW,
        domain=order.domain,
        website=order.website,
        subject=order.subject,
    )


def page_of(client: Client, order: Order, language: str = "en") -> str:
    answer = sign_in(client, order.owner).get(order.get_absolute_url(), headers={"accept-language": language})
    return str(answer.content.decode())


def test_the_order_that_brought_a_website_says_that_it_is_here_until_the_authority_has_cancelled_it(
    client: Client, approved: Order
) -> None:
    cancelling = cancel(approved)
    before = page_of(client, approved)

    take_answer(granted(cancelling))

    after = page_of(client, approved)
    assert [words in before for words in WITH_US] == [True] * 3
    assert [words in after for words in WITH_US] == [False] * 3
    assert "The transfer of example.com to us has ended" in after
    assert "stays valid" in after
    assert "Transfer to the new provider at once" in after
    assert f'href="{cancelling.get_absolute_url()}"' in after
    assert "example.com 在我们这里的接入已结束" in page_of(client, approved, "zh-hans")


def test_who_returns_to_it_after_the_authority_deleted_the_filing_reads_that_the_number_is_gone(
    client: Client, approved: Order
) -> None:
    take_answer(granted(cancel(approved), code="1049"))

    after = page_of(client, approved)
    assert [words in after for words in WITH_US] == [False] * 3
    assert "no longer valid" in after
    assert "stays valid" not in after


@pytest.mark.parametrize(("level", "identity", "is_valid"), [(Level.ACCESS, 900001, True), (Level.SITE, 800001, False)])
def test_what_the_authority_struck_off_of_its_own_accord_is_not_said_to_be_here(
    client: Client, approved: Order, level: Level, identity: int, is_valid: bool
) -> None:
    take_answer(struck(level, identity))

    after = page_of(client, approved)
    assert [words in after for words in WITH_US] == [False] * 3
    assert ("stays valid" in after, "no longer valid" in after) == (is_valid, not is_valid)
    assert f"{reverse('cancel', args=[approved.website_id])}" not in after


def test_a_website_that_came_back_by_another_order_is_here_again(client: Client, approved: Order) -> None:
    take_answer(granted(cancel(approved)))
    again = make_order(approved.owner, state=states.AUTHORITY_REVIEW, domain="example.com")

    take_answer(granted(again))

    assert "is on file with us" in page_of(client, approved)


def test_its_page_asks_once_when_the_access_ended_and_once_with_which_cancellation(
    client: Client, approved: Order
) -> None:
    take_answer(granted(cancel(approved)))
    signed_in = sign_in(client, approved.owner)

    with CaptureQueriesContext(connection) as queries:
        signed_in.get(approved.get_absolute_url())

    asked = [each["sql"] for each in queries.captured_queries]
    assert sum("MAX(" in sql for sql in asked) == 1
    assert sum('ORDER BY "transfers_order"."created_at" DESC LIMIT 1' in sql for sql in asked) == 1
