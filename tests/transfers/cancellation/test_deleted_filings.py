"""A cancellation with which the filing itself goes off record: what everybody reads about its number."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from filings.models import Website
from icpportal.gateways.miit.types import Answer, AnswerKind, Level, StruckRecord
from icpportal.outbox.models import Message
from icpportal.outbox.texts.message_content import content_of
from tests.transfers import states
from tests.transfers.builders import make_order, make_user, sign_in
from tests.transfers.cancels import JRID, make_website, reload
from transfers.authority.results import take_answer
from transfers.models import Order

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 9, 2, 0, tzinfo=UTC)
WEBSITE_ID = 800001
GONE = "no longer valid"


def cancel(state: str) -> Order:
    """The cancellation of a website on file here, in this state."""
    owner = make_user()
    website = make_website(owner, others=0)
    Website.objects.update(ministry_id=WEBSITE_ID)
    return make_order(owner, kind=states.CANCELLATION, state=state, website=website, subject=website.subject)


def nothing_left(order: Order, code: str) -> Answer:
    """The answer that there is nothing left to cancel: it grants the cancellation."""
    return Answer(id="nothing", kind=AnswerKind.GRANTED, report_key=order.report_key, at=NOW, code=code)


def struck(level: Level, identity: int) -> Answer:
    return Answer(id="struck", kind=AnswerKind.STRUCK, report_key="", at=NOW, struck=StruckRecord(level, identity))


def page_of(client: Client, order: Order) -> str:
    answer = sign_in(client, order.owner).get(order.get_absolute_url(), headers={"accept-language": "en"})
    return str(answer.content.decode())


def texts_about(order: Order) -> str:
    """Every mail and text about the end of this transfer, as sent."""
    sent = Message.objects.filter(reference=order.reference, channel__in=("email", "sms"))
    return "\n".join(content_of(message).words.text for message in sent)


@pytest.mark.parametrize("code", ["1049", "1050", "1058", "1059"])
def test_nobody_reads_that_the_number_stays_valid_when_the_authority_has_deleted_the_filing(
    client: Client, code: str
) -> None:
    cancelling = cancel(states.AUTHORITY_REVIEW)

    take_answer(nothing_left(cancelling, code))

    texts = texts_about(cancelling)
    assert reload(cancelling).state == states.CANCELLED
    assert (GONE in page_of(client, cancelling), GONE in texts) == (True, True)
    assert ("stays valid" in texts, "Transfer to a new provider" in texts) == (False, False)


def test_the_number_is_no_longer_valid_either_when_the_authority_struck_the_website_off_meanwhile(
    client: Client,
) -> None:
    cancelling = cancel(states.HANDING_OVER)

    take_answer(struck(Level.SITE, WEBSITE_ID))

    page, texts = page_of(client, cancelling), texts_about(cancelling)
    assert reload(cancelling).state == states.CANCELLED
    assert (GONE in page, "Take the number off the home page" in page, GONE in texts) == (True, True, True)
    assert ("stays valid" in page, "stays valid" in texts) == (False, False)


@pytest.mark.parametrize("how", ["struck", "1016"])
def test_the_number_stays_valid_when_only_the_access_is_gone(client: Client, how: str) -> None:
    cancelling = cancel(states.HANDING_OVER)

    take_answer(struck(Level.ACCESS, JRID) if how == "struck" else nothing_left(cancelling, how))

    page, texts = page_of(client, cancelling), texts_about(cancelling)
    assert reload(cancelling).state == states.CANCELLED
    assert ("stays valid" in page, "stays valid" in texts) == (True, True)
    assert (GONE in page, GONE in texts) == (False, False)
