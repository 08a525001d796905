"""The messages to two people at the desk who apply an approval that came after the order had ended."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from filings.models import Access
from icpportal.accounts.roles import LEAD_REVIEWER, OPERATIONS, ensure
from icpportal.gateways.miit.types import Answer, AnswerKind
from tests.transfers import states
from tests.transfers.builders import make_order, make_user, sign_in
from tests.transfers.cancels import make_website, reload
from tests.transfers.conftest import FakeAuthority
from transfers.authority.parked import park
from transfers.authority.results import take_answer
from transfers.models import Order, ParkedAnswer

pytestmark = pytest.mark.django_db
QUEUE = reverse("admin:transfers_parkedanswer_changelist")


def press(role: str, action: str, **more: Any) -> list[str]:
    """A person of this role selects the only parked answer and an action; returns the message."""
    ensure()
    client = sign_in(Client(), make_user(held_roles=(role,)))
    chosen = ParkedAnswer.objects.get().pk
    sent = {"action": action, "_selected_action": chosen, **more}
    answer = client.post(QUEUE, sent, headers={"accept-language": "en"})
    return [str(message) for message in get_messages(answer.wsgi_request)]


@pytest.fixture
def refused_cancellation(authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch) -> Order:
    """The authority refused it, so the access stays; later it approves the same report."""
    owner = make_user()
    website = make_website(owner)
    facts = {"kind": states.CANCELLATION, "state": states.REFUSED, "report": 1, "website": website}
    order = make_order(owner, domain=website.domain, **facts)
    late = Answer(id="late", kind=AnswerKind.GRANTED, report_key=order.report_key, at=timezone.now())
    authority.waiting.append(late)
    monkeypatch.setattr("transfers.authority.parked_proposals.authority", lambda: authority)
    take_answer(late)
    return order


@pytest.mark.parametrize("is_ours", [True, False])
def test_a_late_grant_of_a_refused_cancellation_is_not_applied_and_it_says_what_ends_the_access(
    refused_cancellation: Order, is_ours: bool
) -> None:
    Access.objects.filter(own=True).update(ended_at=None if is_ours else timezone.now())
    press(OPERATIONS, "propose_them", reason="the authority ended it after all")

    said = press(LEAD_REVIEWER, "apply_them")

    assert [
        words for words in said if "request the record (BASJ) of the website: it ends the access here" in words
    ] != []
    assert (reload(refused_cancellation).state, ParkedAnswer.objects.get().closed_at) == (states.REFUSED, None)


def test_the_register_of_phones_is_queried_before_any_row_is_locked(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = make_order(state=states.HANDING_OVER, province="12")
    receipt = Answer(id="late", kind=AnswerKind.ACCEPTED, report_key=order.report_key, at=timezone.now())
    authority.waiting.append(receipt)
    monkeypatch.setattr("transfers.authority.parked_proposals.authority", lambda: authority)
    park(receipt, "the order moved meanwhile")
    press(OPERATIONS, "propose_them", reason="the order is where it was again")
    deep, asked = len(connection.savepoint_ids), []
    told = authority.phones_of
    monkeypatch.setattr(authority, "phones_of", lambda keys: asked.append(len(connection.savepoint_ids)) or told(keys))

    press(LEAD_REVIEWER, "apply_them")

    assert (asked, reload(order).state) == ([deep], states.PHONE_DUE)
