"""What a closed account had under way with others: offered service codes, and claims that reviewers have."""

import pytest
from django.test import Client
from django.urls import reverse

from filings.models import LegacyClaim, LegacyRecord
from filings.models import legacy_states as claim_states
from icpportal.outbox.models import Message
from icpportal.outbox.texts.message_content import content_of
from tests.transfers.builders import make_user, sign_in
from tests.transfers.cancels import prove_again
from tests.transfers.rights.test_closure import ENGLISH, close
from transfers.rights import closure
from verification.models import HandoverState, ServiceCode, ServiceCodeState
from verification.service_codes import handovers

pytestmark = pytest.mark.django_db


def test_an_offered_code_waits_for_no_account_that_is_closed_and_the_other_one_is_told(client: Client) -> None:
    """The page of the one that stayed said for ever that the other had to accept, or invited to accept."""
    gone, other = make_user(), make_user("stays@example.com")
    offers = []
    for slot, (giver, taker) in enumerate(((gone, other), (other, gone)), start=1):
        code = ServiceCode.objects.create(instance_id="i-1", slot=slot, product="ecs", account=giver.customer)
        offers.append(handovers.offer(code, giver, taker))

    close(client, gone)
    closure.sweep()

    for offer in offers:
        offer.refresh_from_db()
    assert [offer.state for offer in offers] == [HandoverState.TAKEN_BACK, HandoverState.DECLINED]
    told = Message.objects.filter(template__in=("handover_taken_back", "handover_declined"), channel="email")
    assert {(message.template, message.payload["to"]) for message in told} == {
        ("handover_taken_back", "stays@example.com"),
        ("handover_declined", "stays@example.com"),
    }


def test_the_owner_of_a_server_reads_that_a_code_is_back_when_the_account_that_had_it_is_closed(client: Client) -> None:
    """It was in the list again without a word; nobody is told of a code that was used."""
    gone, owner = make_user(), make_user("owner@example.com", language="zh-hans")
    free, used = (
        ServiceCode.objects.create(
            instance_id="i-1", slot=slot, product="ecs", account=owner.customer, kept_by=gone.customer, **columns
        )
        for slot, columns in enumerate(({}, {"state": ServiceCodeState.USED, "holder": "T7Q4-M2KX"}), start=1)
    )

    close(client, gone)
    closure.sweep()

    free.refresh_from_db()
    told = Message.objects.filter(template="handover_returned")
    assert free.keeper == owner.customer
    assert {(each.channel, each.user) for each in told} == {(name, owner) for name in ("sms", "email", "site")}
    mail = content_of(told.get(channel="email")).words
    address = reverse("service-code", args=[free.reference])
    assert (mail.subject, "i-1" in mail.text, mail.url.endswith(address)) == ("备案服务号已回到您的账号", True, True)
    assert sign_in(client, owner).get(address).status_code == 200
    used.refresh_from_db()
    assert used.kept_by == f"account:{gone.pk}"


def test_reviewers_cannot_give_an_old_filing_to_an_account_that_is_closed(client: Client) -> None:
    """The claim stayed in their list, without its documents, and accepting it took the filing from everybody else."""
    gone = make_user()
    record = LegacyRecord.objects.create(subject_key="k", region="640106", domain="old-example.cn", name="样本")
    claim = LegacyClaim.objects.create(owner=gone, record=record, state=claim_states.SENT)

    close(client, gone)
    closure.sweep()

    claim.refresh_from_db()
    assert (claim.state, claim.erased_at is not None) == (claim_states.OPEN, True)
    assert [event.move for event in claim.events.all()] == ["withdraw"]


def test_who_closes_an_account_reads_before_what_becomes_of_service_codes_and_claims(client: Client) -> None:
    """The page named orders, messages and addresses, and nothing of either."""
    page = prove_again(client, make_user()).get(reverse("data-close"), headers=ENGLISH).content.decode()

    assert "Claims of old filings are withdrawn, and offers of service codes end" in page
