"""The timeline describes every move and every actor in words."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from icpportal.lifecycle import ACTORS, APPLICANT, REVIEWER
from icpportal.outbox.models import Message, State
from icpportal.outbox.receipts import actions as receipts
from tests.transfers import states
from tests.transfers.builders import fire, make_order, make_ready_document, sign_in
from transfers.models import Order, OrderDocument
from transfers.order_page.timeline import WHO, TimelineRow, by_stage, timeline
from transfers.orders import queries
from transfers.orders.history import FACTS
from transfers.orders.machine import note
from transfers.orders.moves import MOVES
from transfers.orders.states import BY_KEY, STATES


def test_every_move_and_every_actor_has_a_text() -> None:
    assert [row.name for row in (*MOVES, *FACTS) if not row.said] == []
    assert set(ACTORS) - set(WHO) == set()
    assert [state.key for state in STATES if not state.part] == []


@pytest.mark.django_db
def test_earlier_stages_are_folded() -> None:
    order = make_order(state=states.SUBMITTED)
    fire(order, "accept", REVIEWER, facts=queries.facts_of(order))
    fire(order, "send_photo", APPLICANT)
    fire(order, "refuse_photo", REVIEWER)
    note(order, "call", by=REVIEWER)

    here, behind = by_stage(order, timeline(order, chinese=False))
    order.state = states.SUBMITTED
    now = timezone.now()
    rows = [TimelineRow(at=now, who="", what="", state=BY_KEY.get(key)) for key in (states.SUBMITTED, "", states.DRAFT)]
    all_of_it = by_stage(order, rows)

    assert [row.key for row in here] == [
        states.PHOTO_DUE,
        states.PHOTO_DUE,
        states.PHOTO_REVIEW,
        states.PHOTO_DUE,
    ]
    assert behind == []
    assert all_of_it == (rows, [])


@pytest.mark.django_db
def test_a_replaced_paper_is_in_the_timeline_with_its_version() -> None:
    order = make_order()
    for colour in ("white", "grey"):
        OrderDocument.objects.filter(order=order, slot="statement").update(retired_at=timezone.now())
        make_ready_document(order, "statement", colour=colour)
    make_ready_document(order, "subject_id")

    with override("en"):
        shown = [row.what for row in timeline(order, chinese=False)]

    assert shown == ["Authenticity statement: version 2"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "said"), [("en", "Photo of the website administrator"), ("zh-hans", "网站负责人")]
)
def test_a_replaced_photo_has_its_name_in_both_languages(language: str, said: str) -> None:
    order = make_order()
    for colour in ("white", "grey"):
        OrderDocument.objects.filter(order=order, slot="photo").update(retired_at=timezone.now())
        make_ready_document(order, "photo", colour=colour)

    with override(language):
        (shown,) = [row.what for row in timeline(order, chinese=language == "zh-hans")]

    assert said in shown
    assert "photo：" not in shown


@pytest.mark.django_db
def test_a_timeline_shows_the_newest_first_with_the_messages_sent() -> None:
    order = make_order(state=states.SUBMITTED)
    fire(order, "accept", REVIEWER, facts=queries.facts_of(order))
    note(order, "call", by=REVIEWER, words="answered at once")

    with override("en"):
        shown = timeline(order, chinese=False)
        words = [(str(row.what), row.note) for row in shown]
        channels = sorted((str(message.label), message.number) for message in shown[1].messages)

    assert words == [("We called you", "answered at once"), ("Details and documents accepted", "")]
    assert (shown[0].messages, channels) == ([], [("Email", 3), ("On the site", 1), ("Text message", 3)])


def lose(order: Order, role: str, channel: str) -> None:
    """The outside system refuses finally."""
    mine = Message.objects.filter(reference=order.reference, key__contains=f":{role}:", channel=channel)
    assert mine.update(state=State.FAILED, failed_at=timezone.now(), next_at=None) == 1


@pytest.mark.django_db
def test_a_finally_failed_message_is_in_the_timeline_with_advice(client: Client) -> None:
    order = make_order(state=states.SUBMITTED)
    fire(order, "accept", REVIEWER, facts=queries.facts_of(order))
    lose(order, "account", "email")
    lose(order, "administrator", "sms")

    client.cookies["django_language"] = "en"
    page = sign_in(client, order.owner).get(order.get_absolute_url()).content.decode()
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())

    assert "An email could not be delivered" in words
    assert "Check the email address of the account. The message itself is on the page Messages Check it" in words
    assert "A text message could not be delivered" in words
    assert "Website administrator: tell this person yourself, and check the mobile number in the details" in words

    assert f'<a href="{reverse("account")}">Check it</a>' in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "The phone was off or out of reach. Website administrator: tell this person yourself"),
        ("zh-hans", "手机关机或无法接通。网站负责人：请您自行转告"),
    ],
)
def test_an_undelivered_text_is_in_the_timeline_with_the_reason(client: Client, language: str, said: str) -> None:
    order = make_order(state=states.SUBMITTED)
    fire(order, "accept", REVIEWER, facts=queries.facts_of(order))
    texts = Message.objects.filter(reference=order.reference, channel="sms")
    texts.update(state=State.DELIVERED, delivered_at=timezone.now())
    for message in texts:
        Message.objects.filter(pk=message.pk).update(receipt=f"receipt of {message.pk}")
    gone = texts.get(key__contains=":administrator:")

    assert receipts.record_loss("sms", f"receipt of {gone.pk}", why="off", code="EXPIRED")
    there = texts.exclude(pk=gone.pk).first()
    assert receipts.record_arrival("sms", f"receipt of {there.pk}", at=timezone.now())

    client.cookies["django_language"] = language
    page = sign_in(client, order.owner).get(order.get_absolute_url()).content.decode()
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert said in words
    for state in {"en": ("Delivered", "Not delivered"), "zh-hans": ("已送达", "未送达")}[language]:
        assert f"· {state}" in words


@pytest.mark.django_db
def test_a_message_still_being_sent_or_delivered_is_no_entry_of_its_own() -> None:
    order = make_order(state=states.SUBMITTED)
    fire(order, "accept", REVIEWER, facts=queries.facts_of(order))
    Message.objects.filter(channel="email").update(state=State.DELIVERED)
    Message.objects.filter(channel="sms").update(state=State.UNKNOWN)

    assert len(timeline(order, chinese=False)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("events", [1, 3])
def test_a_timeline_takes_three_queries_however_long_it_is(events: int, django_assert_num_queries: object) -> None:
    order = make_order(state=states.SUBMITTED)
    for _ in range(events):
        note(order, "call", by=REVIEWER, words="again")

    with django_assert_num_queries(3):
        timeline(order, chinese=True)
