"""A draft: idle since its last change, warned and closed accordingly; codes and passwords expire after 30 days."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from icpportal.wizard.storage import keep
from tests.transfers import states
from tests.transfers.builders import make_order, make_ready_document, sign_in, subject_answers
from tests.transfers.outside import alice, as_sent, look, page_of, reload, send
from transfers.check.readiness import gaps
from transfers.documents import actions as paper_actions
from transfers.pages import stages

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.mark.parametrize("state", states.EDITABLE)
def test_a_change_restarts_the_60_days_and_clears_the_warning(state: str) -> None:
    order = make_order(state=state, due_at=timezone.now() + DAY, reminded=360)

    keep(order, "subject", subject_answers(lead_email="new@example.com"))

    after = reload(order)
    assert after.due_at > timezone.now() + settings.DRAFT_KEPT - timedelta(minutes=5)
    assert (after.reminded, order.due_at) == (0, after.due_at)


def test_saving_the_same_answers_is_no_change() -> None:
    order = make_order(due_at=timezone.now() + DAY, reminded=360)

    keep(order, "subject", subject_answers())

    assert (reload(order).due_at, reload(order).reminded) == (order.due_at, 360)


def test_an_upload_is_a_change_too() -> None:
    order = make_order(due_at=timezone.now() + DAY)
    make_ready_document(order, "subject_id")

    paper_actions.remove(order, slot="subject_id")

    assert reload(order).due_at > timezone.now() + 59 * DAY


@pytest.mark.parametrize(
    ("column", "step"), [("code_confirmed_at", "service_code"), ("password_confirmed_at", "filing_password")]
)
def test_after_30_days_the_draft_asks_for_it_again_and_keeps_the_rest(client: Client, column: str, step: str) -> None:
    now = timezone.now()
    order = make_order(**{"code_confirmed_at": now, "password_confirmed_at": now, column: now - 30 * DAY})

    answer = sign_in(client, order.owner).get(page_of(order, "subject"))

    assert answer["Location"] == page_of(order, step)
    assert stages.first_unanswered(order).key == step
    assert [gap.url for gap in gaps(order, []) if gap.url == page_of(order, step)] == [page_of(order, step)]
    assert "This was verified more than 30 days ago" in look(client, order, step)
    assert reload(order).answers == order.answers


@pytest.mark.parametrize("column", ["code_confirmed_at", "password_confirmed_at"])
def test_a_second_before_the_30_days_nothing_is_asked(client: Client, column: str) -> None:
    now = timezone.now()
    order = make_order(**{"code_confirmed_at": now, "password_confirmed_at": now, column: now - 30 * DAY})

    with time_machine.travel(now - timedelta(seconds=1), tick=False):
        answer = sign_in(client, order.owner).get(page_of(order, "subject"))

    assert answer.status_code == 200


def test_confirming_the_same_server_again_is_valid_for_30_more_days(client: Client, servers: Any) -> None:
    order = make_order(alice(), steps=())
    chosen = {"product_type": "ecs", "how": "instance", "instance": "i-example0001", "service_code": ""}
    send(client, order, "service_code", chosen)
    code = reload(order).service_code

    with time_machine.travel(timezone.now() + 30 * DAY, tick=False):
        stale = stages.first_unanswered(reload(order)).key
        send(client, order, "service_code", as_sent(chosen))
        following = stages.first_unanswered(reload(order)).key

    assert (stale, following) == ("service_code", "filing_password")
    assert reload(order).service_code == code


def test_a_submitted_order_is_not_asked_again(client: Client) -> None:
    order = make_order(state=states.RETURNED, entered_at=timezone.now() - 40 * DAY)

    assert sign_in(client, order.owner).get(page_of(order, "subject")).status_code == 200


def test_the_reason_of_an_abandoned_order_is_in_its_timeline(client: Client) -> None:
    order = make_order()
    sign_in(client, order.owner).post(reverse("order-move", args=[order.reference, "abandon"]), {"words": "换服务器"})

    html = client.get(order.get_absolute_url()).content.decode()

    assert (reload(order).state, "换服务器" in html) == (states.ABANDONED, True)
