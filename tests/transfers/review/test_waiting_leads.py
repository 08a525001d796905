"""Requests for a second lead are on the first page of every lead except the asker."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from icpportal.accounts.models import User
from icpportal.privacy import holds
from icpportal.privacy.models import LegalHold
from tests.transfers.builders import make_lead_reviewer, make_order
from tests.transfers.review.desk import english, make_named
from transfers.models import ListExport

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


def waits_for(lead: User) -> str:
    home = english(Client(), lead).get(reverse("admin:index")).content.decode()
    return home.partition("Second-person requests")[2].partition("</section>")[0]


def a_list(asker: User) -> str:
    ListExport.objects.create(
        asked_by=asker, because="monthly report", words={"en": "All orders"}, rows=101, keys=["1"], file_type="csv",
        expires_at=timezone.now() + timedelta(days=3),
    )  # fmt: skip
    return "All orders"


def a_hold(asker: User) -> str:
    order = make_order()
    hold = LegalHold(reference=order.reference, owner=order.owner, because="letter of the court")
    holds.set_hold(hold, actor=asker)
    return "Setting a legal hold"


def the_end_of_a_hold(asker: User) -> str:
    a_hold(asker)
    LegalHold.objects.update(confirmed_by=make_lead_reviewer(), proposed_by=asker, proposed_at=timezone.now())
    return "Lifting a legal hold"


@pytest.mark.parametrize("ask", [a_list, a_hold, the_end_of_a_hold])
def test_a_leads_request_for_a_second_one_is_listed_for_the_others(ask: Callable[[User], str]) -> None:
    gao, lin = make_named("高扬", make_lead_reviewer), make_lead_reviewer()

    words = ask(gao)

    listed = waits_for(lin)
    assert (words in listed, "高扬" in listed) == (True, True)
    assert waits_for(gao) == ""


def test_an_answered_request_waits_no_more() -> None:
    gao, lin = make_lead_reviewer(), make_lead_reviewer()
    a_list(gao)
    a_hold(gao)

    ListExport.objects.update(answered_by=lin, answered_at=timezone.now())
    LegalHold.objects.update(confirmed_by=lin)

    assert waits_for(lin) == ""
