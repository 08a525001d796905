"""A state and a move are rows and message files (docs/how-to.md): added in memory, every page draws them."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from icpportal.database.prepared import CompiledQuery
from icpportal.lifecycle import APPLICANT, CLOCK, REVIEWER, MoveTable
from icpportal.outbox.models import Message
from icpportal.outbox.texts import catalogue
from tests.transfers.builders import make_lead_reviewer, moves, sign_in
from tests.transfers.desk import make_complete
from transfers import system_checks
from transfers.models import Order
from transfers.order_page import move_views
from transfers.orders import history, machine, states
from transfers.orders import moves as move_rows
from transfers.orders.guards import kept_in
from transfers.orders.kinds import TRANSFERS
from transfers.orders.machine import ORDER, apply_at_deadline
from transfers.orders.rows import CHANGE, FINISH_OR_ABANDON, OWNERS_TURN, PAPERS, YOU, Button, Move, State, of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ministry", "servers")]

ORIGINALS_DUE = State(
    key="originals_due",
    label="Originals needed",
    heading="Post the originals",
    sentence="Post the originals to us by %(due)s, or the order will be closed",
    turn=YOU,
    tone="amber",
    icon="document",
    part=PAPERS,
    groups=OWNERS_TURN,
    date="Post the originals by",
    calendar="Post the originals: order %(ref)s",
    kept="WAITS_KEPT",
    reminder="originals_wait",
    clock="expire",
    unavailable=((CHANGE, "our reviewers wait for the originals"),),
    blocks=FINISH_OR_ABANDON,
    queue="originals",
)
ASK = Move(
    "ask_for_originals",
    of(states.SUBMITTED),
    ORIGINALS_DUE.key,
    by=REVIEWER,
    due=kept_in(ORIGINALS_DUE),
    notify="originals_wanted",
    said="The originals are needed",
)
POST = Move(
    "originals_posted",
    of(ORIGINALS_DUE),
    states.SUBMITTED.key,
    by=APPLICANT,
    said="The originals are on their way",
    button=Button("I have posted them", is_primary=True),
)
FILES = {"originals_wanted": "Post the originals of order {ref} to us", "originals_wait": "Order {ref} waits for you"}


def with_the_state(row: Move) -> Move:
    """The clock ends the new state like others that wait for their owner."""
    return replace(row, sources=(*row.sources, ORIGINALS_DUE.key)) if row.name == ORIGINALS_DUE.clock else row


@pytest.fixture
def message_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """One file per message and language, beside the existing ones."""
    shutil.copytree(catalogue.FOLDER, tmp_path / "messages")
    for name, words in FILES.items():
        for language in ("en", "zh"):
            text = f"sms: {words}\nsubject: {words}\nbody:\n{words}\n"
            (tmp_path / "messages" / language / f"{name}.txt").write_text(text, "utf-8")
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path / "messages")
    catalogue.sections.cache_clear()
    yield
    catalogue.sections.cache_clear()


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The row of the state, the rows of the moves, and what was derived from the tables at the start of the portal."""
    every_move = (*map(with_the_state, move_rows.MOVES), ASK, POST)
    table = MoveTable(every_move, usual_kinds=TRANSFERS)
    monkeypatch.setattr(states, "STATES", (*states.STATES, ORIGINALS_DUE))
    monkeypatch.setitem(states.BY_KEY, ORIGINALS_DUE.key, ORIGINALS_DUE)
    for module in (move_rows, history, system_checks):
        monkeypatch.setattr(module, "MOVES", every_move)
    for module in (move_rows, machine, system_checks):
        monkeypatch.setattr(module, "TABLE", table)
    monkeypatch.setattr(ORDER, "table", table)
    monkeypatch.setattr(CompiledQuery, "_known", lambda query, _vendor: query._compile())  # of the states of before
    for row in (ASK, POST):
        monkeypatch.setitem(history.ROWS, row.name, row)


@pytest.fixture
def waiting(rows: None, message_files: None) -> Order:
    """An order for which a reviewer has requested the originals."""
    order = make_complete(state=states.SUBMITTED.key)
    ORDER.apply(order, ASK.name, by=REVIEWER, actor=make_lead_reviewer())
    return order


def page(client: Client, order: Order, address: str) -> str:
    client.cookies["django_language"] = "en"
    return sign_in(client, order.owner).get(address).content.decode()


def test_the_portal_starts_with_a_state_and_moves_that_are_only_rows_and_files(rows: None, message_files: None) -> None:
    assert system_checks.check_orders() == []


def test_the_portal_does_not_start_while_the_message_files_are_missing(rows: None) -> None:
    said = {error.msg for error in system_checks.check_orders()}

    assert said == {
        "transfers: no text in both languages for originals_wanted",
        "state originals_due: no text of the message originals_wait",
    }


def test_the_portal_does_not_start_while_no_move_of_the_clock_leaves_the_state(
    rows: None, message_files: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = tuple(row for row in system_checks.MOVES if row.name != ORIGINALS_DUE.clock)
    monkeypatch.setattr(system_checks, "MOVES", without)

    assert "state originals_due: the clock's move expire does not leave it" in {
        error.msg for error in system_checks.check_orders()
    }


def test_the_page_of_the_order_shows_the_rows_texts(client: Client, waiting: Order) -> None:
    html = page(client, waiting, waiting.get_absolute_url())

    assert "Originals needed" in html
    assert "Post the originals to us by" in html
    assert "Post the originals by" in html  # the label of the deadline
    assert "The originals are needed" in html  # the timeline
    assert "our reviewers wait for the originals" in html
    assert "I have posted them" in html
    assert reverse("order-move", args=[waiting.reference, POST.name]) in html


def test_the_calendar_file_has_the_words_of_the_row(client: Client, waiting: Order) -> None:
    assert f"Post the originals: order {waiting.reference}" in page(
        client, waiting, reverse("deadline-file", args=[waiting.reference])
    )


def test_my_filings_shows_the_order_as_its_owners_turn_with_its_button(client: Client, waiting: Order) -> None:
    html = page(client, waiting, reverse("dashboard"))

    assert re.search('aria-current="page">Your turn', html)
    assert "Originals needed" in html
    assert "I have posted them" in html


def test_the_desk_has_a_queue_for_the_state_and_renders_the_case(client: Client, waiting: Order) -> None:
    client.cookies["django_language"] = "en"
    sign_in(client, make_lead_reviewer(language="en"))
    listed = client.get(f"{reverse('admin:transfers_order_changelist')}?queue=originals").content.decode()
    other = client.get(f"{reverse('admin:transfers_order_changelist')}?queue=review").content.decode()
    case = client.get(reverse("admin:transfers_order_case", args=[waiting.pk])).content.decode()
    case += client.get(reverse("admin:transfers_order_more", args=[waiting.pk])).content.decode()

    assert waiting.reference in listed
    assert waiting.reference not in other
    assert "Originals needed" in case
    assert "The originals are needed" in case


def test_the_people_named_by_the_row_are_notified_with_the_text_of_the_file(waiting: Order) -> None:
    told = Message.objects.filter(reference=waiting.reference, template="originals_wanted")

    assert {message.channel for message in told} == {"sms", "email", "site"}
    assert set(told.values_list("user", flat=True)) == {waiting.owner.pk}


def test_the_owner_can_press_the_button_once_the_move_has_a_function(
    client: Client, waiting: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    def act(order: Order, user: object) -> Order:
        ORDER.apply(order, POST.name, by=APPLICANT, actor=user)
        return order

    monkeypatch.setitem(move_views.AT_ONCE, POST.name, act)
    sign_in(client, waiting.owner).post(reverse("order-move", args=[waiting.reference, POST.name]))

    waiting.refresh_from_db()
    assert (waiting.state, moves(waiting)) == (states.SUBMITTED.key, [ASK.name, POST.name])


def test_the_clock_closes_it_after_the_time_of_the_row(waiting: Order) -> None:
    assert waiting.due_at is not None
    assert waiting.due_at - waiting.entered_at == settings.WAITS_KEPT

    apply_at_deadline(waiting, ORIGINALS_DUE.clock, now=timezone.now() + settings.WAITS_KEPT + timedelta(minutes=1))

    assert waiting.state == states.EXPIRED.key
    assert waiting.events.filter(move="expire", by=CLOCK).count() == 1


def test_without_the_rows_nothing_knows_the_move() -> None:
    order = make_complete(state=states.SUBMITTED.key)

    assert not ORDER.can(order, ASK.name, REVIEWER)
