"""A kind of order is a row, and the moves that name it (docs/how-to.md): added in memory, its pages show it."""

import sys
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from icpportal.lifecycle import APPLICANT, MoveTable
from tests.transfers.builders import make_order, sign_in
from transfers import system_checks
from transfers.models import Order
from transfers.orders import kinds, machine, states
from transfers.orders import moves as move_rows
from transfers.orders.machine import ORDER
from transfers.orders.rows import Button, Move, of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ministry", "servers")]

RENEWAL = replace(
    kinds.TRANSFER,
    key="renewal",
    name="Renewal",
    outcome="",
    special=(replace(states.SUBMITTED, sentence="We renew it by hand"),),
)
PUT_BACK = Move(
    "put_back",
    of(states.SUBMITTED),
    states.DRAFT.key,
    by=APPLICANT,
    kinds=(RENEWAL.key,),
    said="Put back",
    button=Button("Put it back"),
)


@pytest.fixture(autouse=True)
def rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The row of the kind and of its move, and what was derived from the tables at the start of the portal."""
    every_move = (*move_rows.MOVES, PUT_BACK)
    table = MoveTable(every_move, usual_kinds=(*kinds.TRANSFERS, RENEWAL.key))
    for name in ("TRANSFERS", "ALL"):
        known = getattr(kinds, name)
        for module in [each for each in sys.modules.values() if getattr(each, name, None) is known]:
            monkeypatch.setattr(module, name, (*known, RENEWAL.key))
    monkeypatch.setattr(kinds, "KINDS", (*kinds.KINDS, RENEWAL))
    monkeypatch.setitem(kinds.BY_KEY, RENEWAL.key, RENEWAL)
    monkeypatch.setattr(system_checks, "MOVES", every_move)
    for module in (move_rows, machine, system_checks):
        monkeypatch.setattr(module, "TABLE", table)
    monkeypatch.setattr(ORDER, "table", table)


def page(client: Client, order: Order, address: str) -> str:
    client.cookies["django_language"] = "en"
    return sign_in(client, order.owner).get(address).content.decode()


def test_the_portal_starts_with_a_kind_that_is_only_rows() -> None:
    assert system_checks.check_orders() == []


def test_the_portal_does_not_start_while_no_report_is_built_for_the_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "KINDS", (replace(RENEWAL, report="transfers.authority.reports.renewal"),))

    assert [error.msg for error in system_checks.check_orders()] == [
        "kind renewal: transfers.authority.reports.renewal is not there"
    ]


def test_its_pages_have_its_name_its_stages_and_its_meaning_of_a_state(client: Client) -> None:
    order = make_order(kind=RENEWAL.key, state=states.SUBMITTED.key)

    html = page(client, order, order.get_absolute_url())

    assert "We renew it by hand" in html
    assert "Put it back" in html
    listed = page(client, order, reverse("dashboard"))
    assert order.reference in listed
    assert "Renewal\N{NO-BREAK SPACE}·" in listed


def test_its_move_is_available_to_it_and_to_no_other_kind() -> None:
    transfer, renewal = (make_order(kind=kind, state=states.SUBMITTED.key) for kind in ("transfer", RENEWAL.key))

    assert not ORDER.can(transfer, PUT_BACK.name, APPLICANT)
    assert ORDER.can(renewal, PUT_BACK.name, APPLICANT)
    assert ORDER.can(renewal, "withdraw", APPLICANT)
