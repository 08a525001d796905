"""Applicants read who looked at their orders: the role, the day and the reason, but no name."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from icpportal.privacy.actions import note_access, note_purpose
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order, make_reviewer
from tests.transfers.cancels import prove_again
from tests.transfers.outside import cost

pytestmark = pytest.mark.django_db
URL = reverse("data-looks")


def read(client: Client) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(URL).content.decode()))


def test_a_look_is_listed_with_role_day_and_reason_and_without_a_name(client: Client) -> None:
    order, other = make_order(state=states.SUBMITTED), make_order(state=states.SUBMITTED)
    reviewer, lead = make_reviewer(), make_lead_reviewer()
    reviewer.name = "Gao Yang"
    reviewer.save()
    day = datetime(2026, 11, 25, 8, 20, tzinfo=UTC)
    for _look in range(3):
        note_access(actor=reviewer, what="order", reference=order.reference, reason="lease", now=day, client="")
    note_access(
        actor=lead, what="order", reference=order.reference, reason="Frau Li called about it", now=day, client=""
    )
    note_access(actor=None, what="ministry uploadfile", reference=order.reference, reason="", now=day, client="")
    # asked, and not looked
    note_purpose(actor=lead, what="call number", reference=order.reference, reason="lead", client="")
    note_access(actor=order.owner, what="order", reference=order.reference, reason="lease", now=day, client="")
    note_access(actor=reviewer, what="order", reference=other.reference, reason="audit", now=day, client="")

    shown = read(prove_again(client, order.owner))

    for words in ("Wed 25 Nov", "3 times", "Reviewer", "Holds the case", "Lead reviewer", "Operations, on the server"):
        assert words in shown
    assert "For a reason that was written down" in shown
    secret = ("Gao Yang", "Frau Li", reviewer.email, lead.email, other.reference, "Audit:", "Number to call")
    assert [word for word in secret if word in shown] == []
    assert shown.count(order.reference) == 3


def test_without_a_fresh_proof_of_identity_nothing_is_listed(client: Client) -> None:
    client.force_login(make_order().owner)

    assert "/account/step-up/" in client.get(URL).url


@pytest.mark.usefixtures("steady_cache")
def test_the_page_takes_as_many_queries_for_one_look_as_for_three(client: Client) -> None:
    order, costs = make_order(state=states.SUBMITTED), []
    prove_again(client, order.owner).get(URL)

    for number in (1, 2):
        for _each in range(number):
            note_access(actor=make_reviewer(), what="order", reference=order.reference, reason="lease", client="")
        costs.append(cost(lambda: client.get(URL)))

    assert costs[0] == costs[1]
