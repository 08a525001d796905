"""Words about an order are sealed in its history, including those written by an earlier version."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from icpportal.lifecycle import REVIEWER
from icpportal.privacy.crypto import Unreadable
from tests.transfers import states
from tests.transfers.builders import make_order, sign_in
from transfers.models import Order, OrderEvent
from transfers.orders.machine import note
from transfers.retention import plain_words

pytestmark = pytest.mark.django_db

WORDS = "林示范 is ill, call 13800001234"


def lying() -> list[str]:
    """Note and words of every event, as stored in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT note, words FROM transfers_orderevent ORDER BY id")
        return [f"{note}|{words[:3]}" for note, words in cursor.fetchall()]


def as_before(order: Order, move: str, words: str) -> OrderEvent:
    """An event as written by the previous version."""
    return order.events.create(
        move=move, from_state=order.state, to_state=order.state, by=REVIEWER, note=words, actor=None
    )


def test_the_words_of_a_withdrawal_are_sealed_and_its_owner_reads_them(client: Client) -> None:
    order = make_order(state=states.SUBMITTED)
    sign_in(client, order.owner)

    client.post(reverse("order-move", args=[order.reference, "withdraw"]), {"reason": "other", "words": WORDS})

    assert lying() == ["|s1:"]
    assert WORDS in client.get(order.get_absolute_url()).content.decode()


def test_words_of_another_event_do_not_open() -> None:
    first, second = (note(make_order(), "call", by=REVIEWER, words=WORDS) for _n in range(2))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE transfers_orderevent SET words = (SELECT words FROM transfers_orderevent WHERE id = %s) "
            "WHERE id = %s",
            [first.pk, second.pk],
        )

    assert OrderEvent.objects.get(pk=first.pk).words == WORDS
    with pytest.raises(Unreadable):
        OrderEvent.objects.get(pk=second.pk).words  # noqa: B018 -- opened when read


def test_words_of_the_previous_version_are_shown_then_sealed_and_keys_of_ours_stay(client: Client) -> None:
    order = make_order(state=states.SUBMITTED)
    as_before(order, "call", WORDS)
    as_before(order, "start", "T7Q4-M2KX")
    sign_in(client, order.owner)
    page = order.get_absolute_url()
    before = client.get(page).content.decode()
    out = StringIO()

    call_command("seal_papers", stdout=out, stderr=StringIO())

    assert out.getvalue().splitlines()[1] == "seal_papers: words of events: 1 sealed, 0 failed; 0 left"
    assert lying() == ["|s1:", "T7Q4-M2KX|"]
    assert WORDS in before
    assert WORDS in client.get(page).content.decode()
    assert plain_words.seal() == plain_words.Totals()


def test_words_erased_while_being_sealed_stay_erased(monkeypatch: pytest.MonkeyPatch) -> None:
    event = as_before(make_order(), "call", WORDS)
    sealed = plain_words.seal_value

    def erased_meanwhile(row: OrderEvent, column: str) -> str | None:
        OrderEvent.objects.update(note="")
        return sealed(row, column)

    monkeypatch.setattr(plain_words, "seal_value", erased_meanwhile)
    plain_words.seal()

    assert OrderEvent.objects.get(pk=event.pk).said == ""
