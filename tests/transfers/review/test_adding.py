"""A button of the case is a function and its place in the template (docs/how-to.md): the function, added in memory."""

import pytest
from django.test import Client
from django.urls import reverse

from icpportal.accounts.models import User
from icpportal.accounts.roles import AUDITOR
from icpportal.accounts.roles import ensure as ensure_roles
from tests.transfers import states
from tests.transfers.builders import make_order, make_reviewer, make_user, sign_in
from transfers.models import Order
from transfers.review.cases import buttons, views
from transfers.review.cases.drafts import TypedText

pytestmark = pytest.mark.django_db


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The callers and their orders."""
    rung: list[tuple[int, int]] = []
    actions = dict(buttons.ACTIONS)
    for module in (buttons, views):
        monkeypatch.setattr(module, "ACTIONS", actions)

    @buttons.case_action("The bell was rung", decides=False, stays=True)
    def _ring(order: Order, reviewer: User, typed: TypedText) -> None:
        rung.append((order.pk, reviewer.pk))

    return rung


def press(client: Client, order: Order, user: User) -> tuple[int, str]:
    answer = sign_in(client, user).post(
        reverse("admin:transfers_order_case", args=[order.pk]), {"move": "ring", "seen": order.version}, follow=True
    )
    return answer.status_code, answer.content.decode()


def test_a_reviewer_presses_it_and_reads_the_result(client: Client, rung: list[tuple[int, int]]) -> None:
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer(language="en")

    status, html = press(client, order, reviewer)

    assert (status, rung) == (200, [(order.pk, reviewer.pk)])
    assert "The bell was rung" in html


def test_it_cannot_be_pressed_with_read_permission_only(client: Client, rung: list[tuple[int, int]]) -> None:
    ensure_roles()
    order = make_order(state=states.SUBMITTED)

    status, _html = press(client, order, make_user(held_roles=(AUDITOR,)))

    assert (status, rung) == (403, [])
