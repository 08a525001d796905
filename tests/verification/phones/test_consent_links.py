"""A request for consent by a texted link: one row a holder, however many ask at once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from icpportal.codes.shares import Requester
from icpportal.outbox.models import Message
from tests.rivals import just_before
from verification.models.consents import ConsentRequest
from verification.phones import consent_links

pytestmark = pytest.mark.django_db
MOBILE = "13900000002"


def text_link(mobile: str = MOBILE, now: datetime | None = None) -> ConsentRequest:
    facts: Any = {"domain": "example.com", "ref": "T7Q4-M2KX"}
    return consent_links.ask(
        holder="T7Q4-M2KX",
        person_key="p" * 64,
        mobile=mobile,
        language="en",
        requester=Requester(),
        link=lambda token: f"https://icp.example.com/{token}",
        context=facts,
        now=now,
    )


def test_of_two_windows_that_ask_first_the_later_link_counts():
    with just_before("INSERT", lambda: text_link("13900000003"), of=ConsentRequest):
        asked = text_link()

    stored = ConsentRequest.objects.get()
    assert (stored, stored.digest, stored.mobile) == (asked, asked.digest, MOBILE)


def test_a_person_who_agrees_at_the_moment_of_a_second_press_is_not_asked_again():
    text_link()
    later, token = timezone.now() + timedelta(minutes=5), "of the first link"
    ConsentRequest.objects.update(digest=consent_links.digest(token))

    with just_before("SAVEPOINT", lambda: consent_links.answer(token, consent_links.AGREED, language="en")):
        asked = text_link(now=later)

    assert [asked.answer, ConsentRequest.objects.get().answer] == [consent_links.AGREED] * 2
    assert Message.objects.count() == 1


def test_a_person_who_declined_is_asked_again_in_the_same_row():
    first = text_link()
    ConsentRequest.objects.update(answer=ConsentRequest.DECLINED)

    again = text_link("13900000003")

    assert (again, again.answer) == (first, "")
    assert ConsentRequest.objects.get().mobile == "13900000003"
