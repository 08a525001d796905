"""Accepting the claim of an old filing takes two reviewers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from filings.legacy_import.claims import claims as claiming
from filings.models import LegacyClaim, LegacyRecord
from filings.models import legacy_states as states
from icpportal.accounts.models import User
from icpportal.approvals import actions as approvals
from icpportal.approvals.models import CLAIM, ApprovalRequest
from tests.filings.legacy_import.dumps import personal
from tests.filings.legacy_import.test_admin import case_of, read, send_claim
from tests.transfers.builders import make_reviewer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("second_person")]


@pytest.fixture
def claim(lin, old):
    old(personal())
    return send_claim(lin, LegacyRecord.objects.get(domain="example.cn"))


@pytest.fixture
def gao():
    return make_named("高扬")


@pytest.fixture
def wu():
    return make_named("吴桐")


def make_named(name):
    user = make_reviewer(language="en")
    User.objects.filter(pk=user.pk).update(name=name)
    return User.objects.get(pk=user.pk)


def desk_of(user):
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user)
    return client


def press(claim, user, move, **typed):
    asked = ApprovalRequest.objects.filter(key=str(claim.pk), outcome="").first()
    known = {"request": str(asked.pk) if asked else ""}
    return desk_of(user).post(case_of(claim), {"move": move, **known, **typed}, follow=True).content.decode()


def page_of(claim, user):
    return desk_of(user).get(case_of(claim)).content.decode()


def test_one_asks_and_another_allows_and_both_are_in_the_log(claim, gao, wu):
    assert "a second person has to allow it" in press(claim, gao, "accept")
    assert (read(claim).state, LegacyRecord.objects.get().imported_at) == (states.SENT, None)
    page = page_of(claim, wu)
    assert ["高扬" in page, 'value="allow_request"' in page, 'value="accept"' in page] == [True, True, False]
    listed = desk_of(wu).get(reverse("admin:index")).content.decode().partition("Second-person requests")[2]
    assert ["example.cn</a>" in listed, claim.reference in listed] == [True, False]

    press(claim, wu, "allow_request")

    assert read(claim).state == states.ACCEPTED
    assert claim.events.get(move="accept").actor == gao
    log = page_of(claim, wu).partition("What happened so far")[2]
    assert "高扬 · asked a second person: Accepting the claim of an old filing" in log
    assert "吴桐 · allowed what 高扬 had asked" in log


def test_a_claim_withdrawn_before_the_second_person_answers_can_be_declined_once_it_is_sent_again(claim, gao, wu):
    press(claim, gao, "accept")
    claiming.withdraw(claim)
    claiming.send(claim, "")

    page = press(claim, wu, "decline", words="照片看不清")

    assert "has asked a second person" not in page
    assert (read(claim).state, ApprovalRequest.objects.get().outcome) == (states.DECLINED, ApprovalRequest.FAILED)


def test_the_asker_may_not_answer_and_declining_waits(claim, gao, wu):
    press(claim, gao, "accept")

    assert "A second person must decide" in press(claim, gao, "allow_request")
    late = press(claim, wu, "decline", words="照片看不清")
    assert "has asked a second person" in late
    assert "照片看不清" in late.partition("You typed this and it was not used")[2]
    assert "has asked a second person" in press(claim, wu, "accept")

    assert (read(claim).state, ApprovalRequest.objects.get().outcome) == (states.SENT, "")
    press(claim, wu, "decline_request")
    assert (read(claim).state, ApprovalRequest.objects.get().outcome) == (states.SENT, "declined")
    press(claim, wu, "decline", words="照片看不清")
    assert read(claim).state == states.DECLINED


def test_a_reviewer_who_is_alone_waits_for_a_day(claim, gao):
    press(claim, gao, "accept")
    due = ApprovalRequest.objects.get().alone_at

    assert approvals.finish_due(now=due - timedelta(seconds=1)) == 0
    assert read(claim).state == states.SENT
    assert approvals.finish_due(now=due) == 1

    assert read(claim).state == states.ACCEPTED
    assert "no second person was there" in page_of(claim, gao)


def test_what_an_owner_requested_before_a_refusal_is_not_done(claim, gao):
    LegacyClaim.objects.update(owner=gao)
    asked = ApprovalRequest.objects.create(
        kind=CLAIM,
        key=str(claim.pk),
        reference=claim.reference,
        owner=gao,
        said={"account": "", "version": claim.version},
        asked_by=gao,
        alone_at=timezone.now(),
    )

    approvals.finish_due(now=asked.alone_at)

    assert (read(claim).state, ApprovalRequest.objects.get().outcome) == (states.SENT, "failed")


def test_a_record_that_has_gone_makes_it_fail_with_an_explanation(claim, gao, wu):
    press(claim, gao, "accept")
    LegacyRecord.objects.update(imported_at=timezone.now())

    said = press(claim, wu, "allow_request")

    assert "Nothing was done: it has changed since the request was made" in said
    assert (LegacyClaim.objects.get().state, ApprovalRequest.objects.get().outcome) == (states.SENT, "failed")


def test_nobody_is_asked_to_accept_the_claim_of_a_record_that_has_gone(claim, gao):
    LegacyRecord.objects.update(imported_at=timezone.now())

    said = press(claim, gao, "accept")

    assert "The record was imported or claimed by somebody else: decline this claim" in said
    assert not ApprovalRequest.objects.exists()


def test_the_setting_lets_one_person_accept_at_once(claim, gao, settings):
    settings.SECOND_PERSON = False

    press(claim, gao, "accept")

    assert (read(claim).state, ApprovalRequest.objects.count()) == (states.ACCEPTED, 0)
