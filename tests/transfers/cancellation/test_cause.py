"""The provider cancels an access for a cause: never by one person alone, and never without notifying the owner."""

from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from filings.models import Access, Website
from icpportal.accounts.roles import AUDITOR, OPERATIONS
from icpportal.accounts.roles import ensure as ensure_roles
from icpportal.approvals import actions as approvals
from icpportal.approvals.models import ApprovalRequest
from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order, make_reviewer, make_user, moves, sign_in
from tests.transfers.cancels import approve, begin, decline, make_website, press_answer, prove_again
from transfers.cancellation import cause as for_cause
from transfers.models import CauseCancellation, Order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("second_person")]
ADD = reverse("admin:transfers_causecancellation_add")
ASKED = {"domain": "example.com", "cause": "shell_site", "words": "域名解析到别处"}


@pytest.fixture
def website() -> Website:
    return make_website(make_user("lin@example.com", mobile="13911110001"))


def english(client: Client, user: Any) -> Client:
    client.cookies["django_language"] = "en"
    return sign_in(client, user)


def request_for_cause(website: Website, by: Any = None) -> CauseCancellation:
    return for_cause.request_cancellation(
        website, cause="shell_site", words="域名解析到别处", actor=by or make_reviewer()
    )


def press(user: Any, move: str, request: CauseCancellation) -> str:
    return press_answer(prove_again(Client(), user), request, move).content.decode()


def page_of(request: CauseCancellation, user: Any) -> str:
    page = reverse("admin:transfers_causecancellation_change", args=[request.pk])
    return english(Client(), user).get(page).content.decode()


def test_a_reviewer_requests_a_lead_allows_it_is_reported_and_everybody_is_notified(
    client: Client, website: Website
) -> None:
    lead = make_lead_reviewer()
    answer = prove_again(client, make_reviewer()).post(ADD, ASKED, follow=True).content.decode()
    request = CauseCancellation.objects.get()
    assert "Nothing is ended yet: a second person has to allow it" in answer
    assert ("End the access of example.com" in answer, "shell_site" in answer) == (True, False)
    assert Order.objects.count() == 0
    assert Message.objects.count() == 0
    home = english(Client(), lead).get(reverse("admin:index")).content.decode()
    listed = home.partition("Second-person requests")[2].partition("</section>")[0]
    assert reverse("admin:transfers_causecancellation_change", args=[request.pk]) in listed
    assert ["example.com</a>" in listed, f"#{request.pk}" in listed] == [True, False]
    page = page_of(request, lead)
    shown = ("域名解析到别处", "example.com", "192.0.2.10", "the website is not hosted here", "cannot stop it")
    assert [each for each in shown if each not in page] == []
    assert "only known provider" not in page

    assert "Allowed" in press(lead, "allow_request", request)

    request.refresh_from_db()
    assert request.decided_by == lead
    order = Order.objects.get()
    assert (request.decision, request.order) == ("approved", order)
    assert (order.owner, order.kind, order.state) == (website.owner, states.CANCELLATION, states.HANDING_OVER)
    assert moves(order) == ["start", "cancel_for_cause"]
    assert Message.objects.filter(channel="authority").count() == 1
    told = Message.objects.filter(template="cancelled_for_cause")
    assert sorted(told.values_list("channel", flat=True)) == ["email"] * 2 + ["site"] + ["sms"] * 3
    assert Access.objects.filter(own=True, ended_at=None).count() == 1  # until the authority has agreed
    case = f'href="{reverse("admin:transfers_order_case", args=[order.pk])}"'
    assert case in page_of(request, lead)


def test_the_owner_reads_the_cause_and_not_what_colleagues_wrote(client: Client, website: Website) -> None:
    approve(request_for_cause(website), actor=make_lead_reviewer())
    order = Order.objects.get()

    page = english(client, website.owner).get(order.get_absolute_url()).content.decode()

    assert "the website is not hosted here" in page
    assert "域名解析到别处" not in page
    assert reverse("order-move", args=[order.reference, "stop"]) not in page


def test_the_owner_reads_the_cause_at_the_head_and_no_steps_that_nobody_took(client: Client, website: Website) -> None:
    approve(request_for_cause(website), actor=make_lead_reviewer())
    order = Order.objects.get()
    for state in (states.HANDING_OVER, states.AUTHORITY_REVIEW):
        Order.objects.filter(pk=order.pk).update(state=state)

        page = english(client, website.owner).get(order.get_absolute_url()).content.decode()

        head = page.partition('class="order-head"')[2].partition("</div>")[0]
        assert "We are ending the transfer of example.com to us" in page
        assert "The reason: the website is not hosted here. Point the domain to another server now" in head
        assert "Code by text" not in page


def test_the_asker_cannot_decide_but_can_withdraw(website: Website) -> None:
    lead, _other = make_lead_reviewer(), make_lead_reviewer()
    request = request_for_cause(website, lead)
    page = page_of(request, lead)
    assert ["allow_request" in page, "withdraw_request" in page] == [False, True]

    said = press(lead, "allow_request", request)

    assert "A second person must decide: not the one who made the request" in said
    request.refresh_from_db()
    assert (request.decision, Order.objects.count()) == ("", 0)
    with pytest.raises(IntegrityError), transaction.atomic():  # nor past the code
        CauseCancellation.objects.filter(pk=request.pk).update(decided_by=lead)
    press(lead, "withdraw_request", request)
    request.refresh_from_db()
    assert (request.decision, request.decided_by) == ("dropped", None)
    request_for_cause(website, lead)  # and may ask again


def test_a_reviewer_without_the_lead_role_cannot_decide(website: Website) -> None:
    request, other = request_for_cause(website), make_reviewer()
    make_lead_reviewer()
    assert "allow_request" not in page_of(request, other)

    for move in ("allow_request", "decline_request"):
        assert "A second person must decide" in press(other, move, request)

    request.refresh_from_db()
    assert (request.decision, Order.objects.count()) == ("", 0)


def test_no_list_action_decides_a_request_that_nobody_has_read(client: Client, website: Website) -> None:
    request = request_for_cause(website)
    desk = reverse("admin:transfers_causecancellation_changelist")

    lead = prove_again(client, make_lead_reviewer())
    lead.post(desk, {"action": "approve_them", "_selected_action": [request.pk]}, follow=True)

    assert 'name="action"' not in lead.get(desk).content.decode()
    assert Order.objects.count() == 0


def test_its_history_names_it_by_the_day_it_was_requested_in_beijing(website: Website) -> None:
    request = request_for_cause(website)
    CauseCancellation.objects.update(asked_at=datetime(2026, 11, 30, 16, tzinfo=UTC))
    history = reverse("admin:transfers_causecancellation_history", args=[request.pk])

    page = english(Client(), make_lead_reviewer()).get(history).content.decode()

    assert ["Shell website: it is not hosted here · 2026-12-01" in page, "2026-11-30" in page] == [True, False]


def test_a_lead_who_is_alone_waits_for_a_day_and_all_staff_are_notified_without_the_domain() -> None:
    website, lead = make_website(make_user("lin@example.com"), domain="quiet-site.cn"), make_lead_reviewer()
    request = request_for_cause(website, lead)
    due = ApprovalRequest.objects.get().alone_at
    assert due is not None
    ensure_roles()
    home = english(Client(), make_user(held_roles=(AUDITOR,))).get(reverse("admin:index")).content.decode()
    told = home.partition("acts without a second person")[2].partition("</")[0]
    assert ["Ending an access for cause, #" in told, "quiet-site" in home] == [True, False]

    assert approvals.finish_due(now=due - timedelta(seconds=1)) == 0
    mail = Message.objects.get()  # to the lead, the only member of staff by then: to nobody on the filing
    assert (Order.objects.count(), mail.template, mail.payload["to"]) == (0, "acts_alone", lead.email)
    assert "quiet-site" not in str(mail.payload)
    assert approvals.finish_due(now=due) == 1

    request.refresh_from_db()
    assert (request.decision, request.decided_by, request.order) == ("approved", None, Order.objects.get())
    assert Message.objects.filter(template="cancelled_for_cause").count() == 6
    assert "no second person was there" in page_of(request, lead)


def test_a_reviewer_without_any_lead_waits_for_one_however_long(website: Website) -> None:
    request = request_for_cause(website)

    assert approvals.finish_due(now=timezone.now() + timedelta(days=30)) == 0

    press(make_lead_reviewer(), "allow_request", request)
    assert Order.objects.get().state == states.HANDING_OVER


def test_behind_another_order_it_ends_without_effect_and_can_be_requested_again(website: Website) -> None:
    lead = make_lead_reviewer()
    request = request_for_cause(website, lead)
    make_order(website.owner, state=states.SUBMITTED, domain="example.com")

    approvals.finish_due(now=timezone.now() + timedelta(days=2))

    request.refresh_from_db()
    assert (request.decision, request.order) == ("failed", None)
    assert "it had changed since" in page_of(request, lead)
    request_for_cause(website, lead)


def test_an_access_that_has_ended_is_not_reported(website: Website) -> None:
    request = request_for_cause(website)
    Access.objects.filter(own=True).update(ended_at=timezone.now())

    said = press(make_lead_reviewer(), "allow_request", request)

    assert "Nothing was done: it has changed since the request was made" in said
    request.refresh_from_db()
    assert (request.decision, Order.objects.count()) == ("failed", 0)


def test_without_a_fresh_proof_of_identity_nothing_is_requested_or_allowed_and_no_word_is_lost(
    client: Client, website: Website
) -> None:
    reviewer = english(client, make_reviewer())
    proof = reverse("account_step_up")

    assert reviewer.get(ADD)["Location"].startswith(proof)
    page = reviewer.post(ADD, ASKED).content.decode()
    assert [each in page for each in ("Nothing is asked yet", proof, "域名解析到别处")] == [True, True, True]
    assert CauseCancellation.objects.count() == 0

    request = request_for_cause(website)
    answer = press_answer(english(Client(), make_lead_reviewer()), request, "allow_request")
    assert answer.redirect_chain[0][0].startswith(proof)
    assert Order.objects.count() == 0


@pytest.mark.parametrize("role", [AUDITOR, OPERATIONS])
def test_other_roles_can_neither_request_nor_decide(client: Client, website: Website, role: str) -> None:
    request = request_for_cause(website)
    prove_again(client, make_user(held_roles=(role,)))

    assert client.post(ADD, ASKED).status_code in (302, 403)
    assert press_answer(client, request, "allow_request").status_code == 403

    request.refresh_from_db()
    assert (request.decision, CauseCancellation.objects.count()) == ("", 1)


def test_it_is_approved_once_and_declined_finally(website: Website) -> None:
    lead, other = make_lead_reviewer(), make_lead_reviewer()
    request = request_for_cause(website)

    assert decline(request, actor=lead) is True
    assert approve(request, actor=other) is False
    assert Order.objects.count() == 0

    again = request_for_cause(website)
    assert approve(again, actor=lead) is True
    assert approve(again, actor=other) is False
    assert Order.objects.count() == 1


def test_only_one_request_per_website_waits_at_a_time(client: Client, website: Website) -> None:
    request_for_cause(website)

    html = prove_again(client, make_reviewer()).post(ADD, ASKED).content.decode()

    assert "A request for this website is already pending" in html
    with pytest.raises(for_cause.AlreadyRequested):
        request_for_cause(website)


@pytest.mark.parametrize("domain", ["nobody.example", "gone.com", "unowned.com"])
def test_only_a_website_with_our_access_and_an_account_can_be_named(
    client: Client, website: Website, domain: str
) -> None:
    gone = make_website(make_user("chen@example.com"), domain="gone.com")
    Access.objects.filter(website=gone).update(ended_at=gone.since)
    unowned = make_website(make_user("wu@example.com"), domain="unowned.com")
    Website.objects.filter(pk=unowned.pk).update(owner=None)

    answer = prove_again(client, make_reviewer()).post(ADD, {**ASKED, "domain": domain})

    assert answer.status_code == 200
    assert CauseCancellation.objects.count() == 0


def test_another_open_order_of_the_owner_prevents_it_and_the_request_goes_on_waiting(
    website: Website,
) -> None:
    make_order(website.owner, state=states.SUBMITTED, domain="example.com")
    request = request_for_cause(website)

    said = press(make_lead_reviewer(), "allow_request", request)

    assert "The owner has another open order: finish it first" in said
    request.refresh_from_db()
    assert (request.decision, request.decided_by) == ("", None)


def test_a_draft_the_owner_had_begun_becomes_the_order(client: Client, website: Website) -> None:
    begin(prove_again(client, website.owner), website)

    approve(request_for_cause(website), actor=make_lead_reviewer())

    order = Order.objects.get()
    assert (order.state, moves(order)) == (states.HANDING_OVER, ["start", "cancel_for_cause"])


@pytest.mark.parametrize("cause", list(for_cause.WORDS))
def test_every_cause_has_texts_in_both_languages_and_fits_a_text_message(cause: str) -> None:
    with override("zh-hans"):
        chinese = str(for_cause.WORDS[cause])
    with override("en"):
        english = str(for_cause.WORDS[cause])

    assert chinese != english
    assert (len(chinese) <= 18, len(english) <= 38) == (True, True)


# --- cancellations in the queue --------------------------------------------------------------------


def test_the_queue_and_the_case_say_that_a_cancellation_waits_for_its_id(client: Client, website: Website) -> None:
    Access.objects.filter(own=True).update(ministry_id=None)
    approve(request_for_cause(website), actor=make_lead_reviewer())
    order = Order.objects.get()
    english(client, make_lead_reviewer())

    queue = client.get(reverse("admin:transfers_order_changelist"), {"queue": "all"}).content.decode()
    case = client.get(reverse("admin:transfers_order_case", args=[order.pk])).content.decode()
    assert "waiting for the authority&#x27;s number of the access" in queue
    assert "The authority has not given us its number for this access (Jrid) yet." in case

    Access.objects.filter(own=True).update(ministry_id=900001)
    queue = client.get(reverse("admin:transfers_order_changelist"), {"queue": "all"}).content.decode()
    assert "waiting for the authority&#x27;s number of the access" not in queue


def test_the_case_of_a_held_cancellation_explains_the_code(client: Client, website: Website) -> None:
    approve(request_for_cause(website), actor=make_lead_reviewer())
    Order.objects.update(held=True, authority_code="1047", authority_words="只能取消本接入商的接入")
    order = Order.objects.get()

    case = english(client, make_lead_reviewer()).get(reverse("admin:transfers_order_case", args=[order.pk]))

    assert "Not our access: compare the ministry&#x27;s id of the access" in case.content.decode()
    assert "只能取消本接入商的接入" in case.content.decode()


def test_a_request_waiting_before_an_upgrade_goes_on_waiting_and_can_be_allowed() -> None:
    website = make_website(make_user())
    row = CauseCancellation.objects.create(
        website=website, cause="shell_site", words="域名解析到别处", asked_by=make_reviewer()
    )
    decided = CauseCancellation.objects.create(
        website=website, cause="shell_site", words="x", asked_by=row.asked_by, decision="declined"
    )
    ask_again = import_module("transfers.migrations.0037_ended_for_cause").ask_again

    ask_again(apps, None)
    ask_again(apps, None)  # interrupted and run again

    asked = ApprovalRequest.objects.get()
    assert (asked.kind, asked.key, asked.words) == ("ending", str(row.pk), "域名解析到别处")
    assert (asked.asked_by, asked.owner) == (row.asked_by, website.owner)
    assert "Allowed" in press(make_lead_reviewer(), "allow_request", row)
    assert {each.pk: each.decision for each in CauseCancellation.objects.all()} == {
        row.pk: "approved",
        decided.pk: "declined",
    }
