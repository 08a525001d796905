"""Asking a second person: who may not ask about whose application."""

import pytest

from icpportal.approvals import actions as approvals
from icpportal.approvals.models import CLAIM, ENDING, REASON, REFUSE, ROLE, SECOND_FACTOR, SUBMIT, ApprovalRequest
from tests.transfers.builders import make_lead_reviewer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("second_person")]


def ask(kind, *, owner, actor):
    return approvals.ask(kind, key="1", reference="AB12-CD34", owner=owner, said={}, actor=actor)


@pytest.mark.parametrize("kind", [CLAIM, REFUSE, SUBMIT])
def test_an_applicant_cannot_ask_for_an_approval_to_decide_their_own_application(kind):
    owner, colleague = make_lead_reviewer(), make_lead_reviewer()

    with pytest.raises(approvals.RequestRefused):
        ask(kind, owner=owner, actor=owner)

    assert ApprovalRequest.objects.count() == 0
    assert ask(kind, owner=owner, actor=colleague).asked_by == colleague


@pytest.mark.parametrize("kind", [REASON, ROLE, SECOND_FACTOR, ENDING])
def test_anything_but_an_application_may_be_requested_by_the_person_concerned(kind):
    author = make_lead_reviewer()

    assert ask(kind, owner=author, actor=author).asked_by == author


def test_nobody_waits_for_a_colleague_who_was_only_invited_until_they_come():
    asker, invited = make_lead_reviewer(), make_lead_reviewer()
    password = invited.password
    invited.set_unusable_password()
    invited.save()

    asked = ask(REASON, owner=asker, actor=asker)
    assert asked.alone_at is not None
    invited.password = password
    invited.save()
    done = approvals.finish_due(now=asked.alone_at)

    assert done == 0
    assert ApprovalRequest.objects.values_list("outcome", "alone_at").get() == ("", None)
