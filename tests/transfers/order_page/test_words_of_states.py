"""The texts of an order's page for its owner, by state: its mark, the sentence at its head, impossible actions."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html

from tests.transfers import states
from tests.transfers.builders import make_order, make_reason, make_reviewer, sign_in
from transfers.review import actions as review

pytestmark = pytest.mark.django_db

WITH_AUTHORITY = "the authority has the order; wait for its result"
SENDING = "the order is on its way to the authority"
ACCEPTED = "details and documents are accepted"

TRANSFER: dict[str, tuple[str, str, str, dict[str, str]]] = {
    states.DRAFT: ("Continue your order", "Draft", "Fill it in and submit it by", {}),
    states.SUBMITTED: (
        "We are reviewing your order",
        "Waiting for review",
        "We will answer by",
        {"Change something": "our reviewers are reading it; withdraw it, or wait for our answer"},
    ),
    states.RETURNED: (
        "Check and resubmit",
        "Changes needed",
        "Check the order and resubmit by",
        {
            "Change something else": "you can change only what was returned",
            "Withdraw": "it is waiting for you; abandon it if you no longer need it",
        },
    ),
    states.PHOTO_DUE: (
        "Submit the photo of the website administrator",
        "Photo needed",
        "Details and documents are accepted. Submit the photo by",
        {"Change something": f"{ACCEPTED}; to change them, withdraw the order and start again"},
    ),
    states.PHOTO_REVIEW: (
        "We are checking the photo",
        "Photo in review",
        "We will answer by",
        {"Change something": ACCEPTED, "Withdraw": "we are looking at the photo; wait for our answer"},
    ),
    states.HANDING_OVER: (
        "We are submitting your order to the authority",
        "Ready to submit",
        "We will submit it to the authority by",
        {"Change something": SENDING, "Withdraw": SENDING},
    ),
    states.PHONE_DUE: (
        "Verify the phones",
        "Phone verification due",
        "Verify the phones by",
        {"Change something": WITH_AUTHORITY, "Withdraw": WITH_AUTHORITY},
    ),
    states.AUTHORITY_REVIEW: (
        "The authority is reviewing your order",
        "With the authority",
        "Usually 3 to 20 working days. You cannot change or withdraw anything now.",
        {"Change something": WITH_AUTHORITY, "Withdraw": WITH_AUTHORITY},
    ),
    states.LAPSED: (
        "Resubmit your order",
        "Expired",
        "Nothing is lost. Resubmit it unchanged by",
        {"Withdraw": "it was returned to you; abandon it if you no longer need it"},
    ),
    states.AUTHORITY_RETURNED: (
        "Make changes and resubmit",
        "Returned by the authority",
        "The authority returned it. Resubmit by",
        {"Withdraw": "the authority has answered; abandon the order if you no longer need it"},
    ),
    states.APPROVED: ("example.com is on file with us", "Approved", "Website number 宁ICP备00000000号-1", {}),
    states.REFUSED: ("Your order was refused", "Refused", ". You can start again", {}),  # nobody wrote a reason
    states.WITHDRAWN: ("You withdrew the order", "Withdrawn", "You can start again with these answers until", {}),
    states.ABANDONED: ("You abandoned the order", "Abandoned", "A new order for this domain is possible", {}),
    states.EXPIRED: (
        "Closed: not submitted in time",
        "Time ran out",
        "You can start again with these answers until",
        {},
    ),
}
CANCELLATION: dict[str, tuple[str, str, str, dict[str, str]]] = {
    states.DRAFT: ("Confirm the cancellation", "Draft", "Not submitted yet. Confirm it by", {}),
    states.COOLING_OFF: (
        "You can still stop the cancellation",
        "Can still be stopped",
        "The cancellation will be submitted on",
        {},
    ),
    states.HANDING_OVER: (
        "We are submitting the cancellation to the authority",
        "Ready to submit",
        "We will submit it to the authority",
        {"Withdraw the request": SENDING},
    ),
    states.AUTHORITY_REVIEW: (
        "The authority is reviewing the cancellation",
        "With the authority",
        "The authority has your request. It cannot be stopped now.",
        {"Withdraw the request": "the authority has the request"},
    ),
    states.REFUSED: ("The authority refused the cancellation", "Refused", "The transfer stays as it is", {}),
    states.ABANDONED: ("The cancellation was stopped", "Abandoned", "The transfer stays as it is", {}),
    states.EXPIRED: ("Closed: not confirmed in time", "Time ran out", "The transfer stays as it is", {}),
    states.CANCELLED: ("The transfer of example.com is cancelled", "Transfer cancelled", "The number stays valid", {}),
}
ROWS = [
    *((states.TRANSFER, state, *words) for state, words in TRANSFER.items()),
    *((states.CANCELLATION, state, *words) for state, words in CANCELLATION.items()),
]


@pytest.mark.parametrize(
    ("kind", "state", "heading", "mark", "sentence", "must_wait"), ROWS, ids=[f"{row[0]}-{row[1]}" for row in ROWS]
)
def test_the_page_describes_the_state_and_what_must_wait(
    client: Client, kind: str, state: str, heading: str, mark: str, sentence: str, must_wait: dict[str, str]
) -> None:
    dated = {"due_at": timezone.now() + timedelta(hours=5)} if state in (states.DRAFT, states.COOLING_OFF) else {}
    order = make_order(state=state, kind=kind, domain="example.com", **dated)
    client.cookies["django_language"] = "en"

    page = html.fromstring(sign_in(client, order.owner).get(order.get_absolute_url()).content)

    head = page.xpath('//div[@class="order-head"]')[0]
    assert page.xpath("//h1")[0].text_content() == heading
    title = heading if "example.com" in heading else f"example.com: {heading}"
    assert page.xpath("//title")[0].text_content().startswith(title)
    assert page.xpath('//aside//span[@class="state-word"]')[0].text_content() == mark
    lead = head.xpath('.//p[@class="lead"]')[0].text_content()
    assert lead.startswith(sentence)
    assert re.search(r"[^.]\.$", lead)
    listed = [each.text_content() for each in page.xpath('//details[@class="not-now"]//li')]
    assert listed == [f"{act}: not available now because {why}" for act, why in must_wait.items()]


@pytest.mark.parametrize("state", [states.SUBMITTED, states.PHOTO_REVIEW, states.HANDING_OVER])
def test_a_late_answer_of_ours_is_not_promised_for_a_past_day(client: Client, state: str) -> None:
    """A week later the page still said "we will answer by" the day before yesterday."""
    order = make_order(state=state, entered_at=timezone.now() - timedelta(days=30))
    client.cookies["django_language"] = "en"

    page = html.fromstring(sign_in(client, order.owner).get(order.get_absolute_url()).content)
    words = " ".join(page.find(".//main").text_content().split())

    assert "is late. You do not need to do anything" in words
    assert "We will answer by" not in words
    assert "We will submit it to the authority by" not in words


def test_an_owner_whose_photo_was_refused_reads_so_at_the_head_of_the_page(client: Client) -> None:
    order = make_order(state=states.PHOTO_REVIEW, domain="example.com")
    review.refuse_photo(order, make_reviewer(), [review.ReturnedField("photo", make_reason("photo_light", "photo"))])
    client.cookies["django_language"] = "en"

    page = html.fromstring(sign_in(client, order.owner).get(order.get_absolute_url()).content)

    assert page.xpath("//h1")[0].text_content() == "The photo has to be taken again"
    lead = page.xpath('//div[@class="order-head"]//p[@class="lead"]')[0].text_content()
    assert lead.startswith("We cannot use the last photo; the page for uploading says why. Submit a new one by")
