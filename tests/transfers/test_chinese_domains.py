"""A domain in Chinese is read in the form that its owner knows, on pages and in messages."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from filings.models import Website
from icpportal.gateways.miit.types import AnswerKind
from icpportal.outbox.models import Message
from icpportal.outbox.texts.message_content import content_of
from tests.transfers import states
from tests.transfers.authority.test_results import answer
from tests.transfers.builders import make_order, make_reviewer, make_user, sign_in
from tests.transfers.cancels import prove_again
from tests.transfers.desk import make_complete
from tests.transfers.review.desk import english, page
from transfers.authority.results import take_answer
from transfers.models import Objection, Order
from transfers.notifications.messages import notify_recipients

pytestmark = pytest.mark.django_db
STORED, SHOWN = "xn--fsqu00a.xn--fiqs8s", "例子.中国"
IN_ORDER = ("order", "people", "documents", "check", "order-type", "backdrop")


def shown(client: Client, address: str) -> str:
    return client.get(address, follow=True).content.decode().replace(f"https://www.{STORED}/", "")  # as typed


@pytest.mark.parametrize("name", IN_ORDER)
def test_no_page_of_an_order_shows_the_form_for_machines(client: Client, name: str) -> None:
    order = make_complete(domain=STORED)
    sign_in(client, order.owner)

    html = shown(client, reverse(name, args=[order.reference]))

    assert SHOWN in html
    assert "xn--" not in html


def filed(order: Order) -> Website:
    take_answer(answer(order, AnswerKind.GRANTED, site_number=order.site_number, subject_number=order.subject_number))
    return Website.objects.get()


def test_who_cancels_reads_the_domain_they_know_to_the_last_button(client: Client) -> None:
    order = make_order(state=states.AUTHORITY_REVIEW, domain=STORED)
    website = filed(order)
    prove_again(client, order.owner)

    ahead = shown(client, reverse("cancel", args=[website.pk]))
    make_order(order.owner, domain=STORED, subject_key=order.subject_key)
    blocked = shown(client, reverse("cancel", args=[website.pk]))

    assert ["xn--" in html for html in (ahead, blocked)] == [False, False]
    assert SHOWN in blocked


@pytest.mark.parametrize("channel", ["email", "sms", "site"])
@pytest.mark.parametrize("template", ["order_received", "order_approved", "confirm_phones"])
def test_a_message_names_the_domain_that_its_reader_knows(template: str, channel: str) -> None:
    """A text cut the form for machines after 15 characters, so that nobody could know it."""
    order = make_order(state=states.SUBMITTED, domain=STORED)

    notify_recipients(order, template, event_id=1)

    message = Message.objects.filter(template=template, channel=channel, user=order.owner).get()
    words = content_of(message).words
    said = f"{words.subject} {words.text} {words.html}"
    assert SHOWN in said
    assert "xn--" not in said


def test_the_desk_lists_an_objection_under_the_domain_that_its_reader_knows() -> None:
    user: Any = make_user()
    Objection.objects.create(owner=user, domain=STORED, subject_key="0" * 64, words="这个网站是我们的")
    desk = english(Client(), make_reviewer())

    html = page(desk, reverse("admin:transfers_objection_changelist"))

    assert SHOWN in html
    assert "xn--" not in html
