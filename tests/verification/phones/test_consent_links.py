"""A request for consent by a texted link: one row a holder, however many ask at once."""

from typing import Any

import pytest

from tests.rivals import just_before
from verification.models.consents import ConsentRequest
from verification.phones import consent_links

pytestmark = pytest.mark.django_db
MOBILE = "13900000002"


def text_link(mobile: str = MOBILE) -> ConsentRequest:
    facts: Any = {"domain": "example.com", "ref": "T7Q4-M2KX"}
    return consent_links.ask(
        holder="T7Q4-M2KX",
        person_key="p" * 64,
        mobile=mobile,
        language="en",
        link=lambda token: f"https://icp.example.com/{token}",
        context=facts,
    )


def test_of_two_windows_that_ask_first_the_later_link_counts():
    with just_before("INSERT", lambda: text_link("13900000003"), of=ConsentRequest):
        asked = text_link()

    stored = ConsentRequest.objects.get()
    assert (stored, stored.digest, stored.mobile) == (asked, asked.digest, MOBILE)


def test_a_person_who_declined_is_asked_again_in_the_same_row():
    first = text_link()
    ConsentRequest.objects.update(answer=ConsentRequest.DECLINED)

    again = text_link("13900000003")

    assert (again, again.answer) == (first, "")
    assert ConsentRequest.objects.get().mobile == "13900000003"
