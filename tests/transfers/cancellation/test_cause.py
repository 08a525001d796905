"""The provider ends an access for a cause: never one person alone, and never without telling the owner."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from filings.models import Access, Website
from icpportal.accounts.roles import AUDITOR, OPERATIONS
from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order, make_reviewer, make_user, moves, sign_in
from tests.transfers.cancels import begin, make_website, proved
from transfers.cancellation import cause as for_cause
from transfers.models import CauseCancellation, Order

pytestmark = pytest.mark.django_db
DESK = reverse("admin:transfers_causecancellation_changelist")
ADD = reverse("admin:transfers_causecancellation_add")
ASKED = {"domain": "example.com", "cause": "shell_site", "words": "域名解析到别处"}


@pytest.fixture
def website() -> Website:
    return make_website(make_user("lin@example.com", mobile="13911110001"))


def english(client: Client, user: Any) -> Client:
    client.cookies["django_language"] = "en"
    return sign_in(client, user)


def asked(website: Website, by: Any = None) -> CauseCancellation:
    return for_cause.request_cancellation(
        website, cause="shell_site", words="域名解析到别处", actor=by or make_reviewer()
    )


def press(client: Client, action: str, request: CauseCancellation) -> str:
    answer = client.post(DESK, {"action": action, "_selected_action": [request.pk]}, follow=True)
    return answer.content.decode()


def test_a_reviewer_asks_a_lead_approves_it_is_reported_and_everybody_is_told(client: Client, website: Website) -> None:
    english(client, make_reviewer()).post(ADD, ASKED)
    request = CauseCancellation.objects.get()
    assert Order.objects.count() == 0
    assert Message.objects.count() == 0

    press(english(Client(), make_lead_reviewer()), "approve_them", request)

    request.refresh_from_db()
    order = Order.objects.get()
    assert (request.decision, request.order) == ("approved", order)
    assert (order.owner, order.kind, order.state) == (website.owner, states.CANCELLATION, states.HANDING_OVER)
    assert moves(order) == ["start", "cancel_for_cause"]
    assert Message.objects.filter(channel="authority").count() == 1
    told = Message.objects.filter(template="cancelled_for_cause")
    assert sorted(told.values_list("channel", flat=True)) == ["email"] * 2 + ["site"] + ["sms"] * 3
    assert Access.objects.filter(own=True, ended_at=None).count() == 1  # until the authority has agreed


def test_the_owner_reads_the_cause_and_not_what_colleagues_wrote(client: Client, website: Website) -> None:
    for_cause.approve(asked(website), actor=make_lead_reviewer())
    order = Order.objects.get()

    page = english(client, website.owner).get(order.get_absolute_url()).content.decode()

    assert "the website is not hosted here" in page
    assert "域名解析到别处" not in page
    assert reverse("order-move", args=[order.reference, "stop"]) not in page


def test_who_asked_does_not_decide(client: Client, website: Website) -> None:
    lead = make_lead_reviewer()
    request = asked(website, lead)

    said = press(english(client, lead), "approve_them", request)

    assert "A second person must decide: not the one who made the request" in said
    request.refresh_from_db()
    assert (request.decision, Order.objects.count()) == ("", 0)
    with pytest.raises(IntegrityError):  # nor past the code
        CauseCancellation.objects.filter(pk=request.pk).update(decided_by=lead)


def test_a_reviewer_who_is_no_lead_cannot_decide(client: Client, website: Website) -> None:
    request = asked(website)

    for action in ("approve_them", "decline_them"):
        press(english(client, make_reviewer()), action, request)

    request.refresh_from_db()
    assert (request.decision, Order.objects.count()) == ("", 0)


@pytest.mark.parametrize("role", [AUDITOR, OPERATIONS])
def test_who_decides_no_cases_neither_asks_nor_decides(client: Client, website: Website, role: str) -> None:
    make_reviewer()
    request = asked(website)
    english(client, make_user(held_roles=(role,)))

    assert client.post(ADD, ASKED).status_code in (302, 403)
    client.post(DESK, {"action": "approve_them", "_selected_action": [request.pk]})

    request.refresh_from_db()
    assert (request.decision, CauseCancellation.objects.count()) == ("", 1)


def test_it_is_approved_once_and_declined_for_good(website: Website) -> None:
    lead, other = make_lead_reviewer(), make_lead_reviewer()
    request = asked(website)

    assert for_cause.decline(request, actor=lead) is True
    assert for_cause.approve(request, actor=other) is False
    assert Order.objects.count() == 0

    again = asked(website)
    assert for_cause.approve(again, actor=lead) is True
    assert for_cause.approve(again, actor=other) is False
    assert Order.objects.count() == 1


def test_one_request_a_website_waits_at_a_time(client: Client, website: Website) -> None:
    asked(website)

    said = english(client, make_reviewer()).post(ADD, ASKED).content.decode()

    assert "A request for this website is already pending" in said
    with pytest.raises(for_cause.AlreadyRequested):
        asked(website)


@pytest.mark.parametrize("domain", ["nobody.example", "gone.com", "unowned.com"])
def test_only_a_website_with_our_access_and_an_account_can_be_named(
    client: Client, website: Website, domain: str
) -> None:
    gone = make_website(make_user("chen@example.com"), domain="gone.com")
    Access.objects.filter(website=gone).update(ended_at=gone.since)
    unowned = make_website(make_user("wu@example.com"), domain="unowned.com")
    Website.objects.filter(pk=unowned.pk).update(owner=None)

    said = english(client, make_reviewer()).post(ADD, {**ASKED, "domain": domain})

    assert said.status_code == 200
    assert CauseCancellation.objects.count() == 0


def test_another_open_order_of_the_owner_stops_it_and_the_request_goes_on_waiting(
    client: Client, website: Website
) -> None:
    make_order(website.owner, state=states.SUBMITTED, domain="example.com")
    request = asked(website)

    said = press(english(client, make_lead_reviewer()), "approve_them", request)

    assert "The owner has another open order: finish it first" in said
    request.refresh_from_db()
    assert (request.decision, request.decided_by) == ("", None)


def test_a_draft_the_owner_had_begun_becomes_the_order(client: Client, website: Website) -> None:
    begin(proved(client, website.owner), website)

    for_cause.approve(asked(website), actor=make_lead_reviewer())

    order = Order.objects.get()
    assert (order.state, moves(order)) == (states.HANDING_OVER, ["start", "cancel_for_cause"])


@pytest.mark.parametrize("cause", list(for_cause.WORDS))
def test_every_cause_is_said_in_both_languages_and_fits_a_text(cause: str) -> None:
    with override("zh-hans"):
        chinese = str(for_cause.WORDS[cause])
    with override("en"):
        english = str(for_cause.WORDS[cause])

    assert chinese != english
    assert (len(chinese) <= 18, len(english) <= 38) == (True, True)


# --- cancellations in the queue --------------------------------------------------------------------


def test_the_queue_and_the_case_say_that_a_cancellation_waits_for_its_number(client: Client, website: Website) -> None:
    Access.objects.filter(own=True).update(ministry_id=None)
    for_cause.approve(asked(website), actor=make_lead_reviewer())
    order = Order.objects.get()
    english(client, make_reviewer())

    queue = client.get(reverse("admin:transfers_order_changelist"), {"queue": "all"}).content.decode()
    case = client.get(reverse("admin:transfers_order_case", args=[order.pk])).content.decode()
    assert "waiting for the authority&#x27;s number of the access" in queue
    assert "The authority has not given us its number for this access (Jrid) yet." in case

    Access.objects.filter(own=True).update(ministry_id=900001)
    queue = client.get(reverse("admin:transfers_order_changelist"), {"queue": "all"}).content.decode()
    assert "waiting for the authority&#x27;s number of the access" not in queue


def test_the_case_of_a_held_cancellation_says_the_code_in_words(client: Client, website: Website) -> None:
    for_cause.approve(asked(website), actor=make_lead_reviewer())
    Order.objects.update(held=True, authority_code="1047", authority_words="只能取消本接入商的接入")
    order = Order.objects.get()

    case = english(client, make_reviewer()).get(reverse("admin:transfers_order_case", args=[order.pk]))

    assert "Not our access: compare the ministry&#x27;s id of the access" in case.content.decode()
    assert "只能取消本接入商的接入" in case.content.decode()
