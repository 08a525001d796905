"""The messages to two people at the desk who apply an approval that came after the order had ended."""

from datetime import timedelta
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
from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import make_order, make_user, moves, sign_in
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


def apply() -> list[str]:
    """Two people apply the only parked answer; returns the last message."""
    press(OPERATIONS, "propose_them", reason="the authority ended it after all")
    return press(LEAD_REVIEWER, "apply_them")


def test_two_people_apply_the_late_grant_of_a_refused_cancellation_and_the_access_ends(
    refused_cancellation: Order,
) -> None:
    Order.objects.filter(pk=refused_cancellation.pk).update(authority_code="1025", authority_words="仅剩一个接入")

    apply()

    order, parked = reload(refused_cancellation), ParkedAnswer.objects.get()
    assert (order.state, moves(order)[-1]) == (states.CANCELLED, "ended_late")
    assert (order.authority_code, order.authority_words) == ("", "")
    assert (parked.closed_at is None, parked.applied_by is None) == (False, False)
    assert not Access.objects.filter(own=True, ended_at=None).exists()
    assert Access.objects.get(own=True).ended_because == "cancelled"
    assert Message.objects.filter(template="transfer_cancelled", channel="email").exists()


def test_a_late_grant_ends_no_access_that_came_after_the_refused_cancellation(refused_cancellation: Order) -> None:
    Access.objects.filter(own=True).update(since=timezone.now() + timedelta(minutes=1))

    assert "no access of ours that this cancellation could end" in str(apply())

    assert (reload(refused_cancellation).state, ParkedAnswer.objects.get().closed_at) == (states.REFUSED, None)
    assert Access.objects.filter(own=True, ended_at=None).exists()


def test_a_late_grant_has_nothing_to_end_where_the_access_has_ended(refused_cancellation: Order) -> None:
    Access.objects.filter(own=True).update(ended_at=timezone.now())

    assert "no access of ours that this cancellation could end" in str(apply())

    assert reload(refused_cancellation).state == states.REFUSED


def test_a_late_grant_waits_while_the_site_is_being_cancelled_again(refused_cancellation: Order) -> None:
    website = refused_cancellation.website
    again = make_order(
        refused_cancellation.owner, kind=states.CANCELLATION, state=states.AUTHORITY_REVIEW, website=website
    )

    assert f"Order {again.reference} is open for this domain or subject: end it first" in str(apply())

    assert reload(refused_cancellation).state == states.REFUSED


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


def test_the_late_grant_of_a_refused_cancellation_approves_no_transfer_of_its_site(
    authority: FakeAuthority, refused_cancellation: Order
) -> None:
    """The access ended in another way, and the site is on its way back to us."""
    Access.objects.filter(own=True).update(ended_at=timezone.now())
    same = {name: getattr(refused_cancellation, name) for name in ("domain", "subject_key")}
    returning = make_order(refused_cancellation.owner, state=states.AUTHORITY_REVIEW, report=1, **same)

    take_answer(authority.waiting[0])

    assert reload(returning).state == states.AUTHORITY_REVIEW
    assert "no access of ours that this cancellation could end" in str(apply())
    assert (reload(returning).state, reload(refused_cancellation).state) == (states.AUTHORITY_REVIEW, states.REFUSED)
