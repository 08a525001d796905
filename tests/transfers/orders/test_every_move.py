"""Every move as people see it: its sources, its actor, its words in the timeline, its recipients by mail."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from icpportal.lifecycle import ACTORS, APPLICANT, AUTHORITY, CLOCK, LEAD, OPERATIONS, REVIEWER
from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import make_order
from transfers.models import Order
from transfers.models.cause import Cause
from transfers.order_page.timeline import timeline
from transfers.orders import queries
from transfers.orders.machine import ORDER
from transfers.orders.moves import TABLE

pytestmark = pytest.mark.django_db

NOBODY: tuple[str, ...] = ()
ACCOUNT, BOTH, ALL = ("account",), ("account", "lead"), ("account", "administrator", "lead")
PHOTOGRAPHED = ("account", "administrator")
AT_AUTHORITY = (states.PHONE_DUE, states.AUTHORITY_REVIEW)


@dataclass(frozen=True)
class Made:
    """What people see of one move."""

    name: str
    leaves: tuple[str, ...]
    by: str
    leads_to: str
    said: str
    told: tuple[str, ...] = NOBODY
    template: str = ""
    reports: int = 0
    facts: tuple[tuple[str, Any], ...] = ()
    instead: tuple[tuple[str, str], ...] = ()  # another message from this state


TRANSFER = (
    Made(
        "submit",
        states.EDITABLE,
        APPLICANT,
        states.SUBMITTED,
        "Submitted for review",
        BOTH,
        "order_received",
        instead=((states.RETURNED, "order_received_again"),),
    ),
    Made("send_back", (states.SUBMITTED,), REVIEWER, states.RETURNED, "Returned for changes", BOTH, "order_returned"),
    Made(
        "accept",
        (states.SUBMITTED,),
        REVIEWER,
        states.PHOTO_DUE,
        "Details and documents accepted",
        ALL,
        "photo_requested",
    ),
    Made(
        "look_again", (states.PHOTO_REVIEW,), REVIEWER, states.SUBMITTED, "We are reviewing details and documents again"
    ),
    Made("send_photo", (states.PHOTO_DUE,), APPLICANT, states.PHOTO_REVIEW, "The photo was submitted"),
    Made(
        "refuse_photo",
        (states.PHOTO_REVIEW,),
        REVIEWER,
        states.PHOTO_DUE,
        "The photo has to be taken again",
        PHOTOGRAPHED,
        "photo_returned",
    ),
    Made(
        "accept_photo",
        (states.PHOTO_REVIEW,),
        REVIEWER,
        states.HANDING_OVER,
        "The photo was accepted",
        BOTH,
        "order_submitted",
        reports=1,
    ),
    Made(
        "reported",
        (states.HANDING_OVER, states.AUTHORITY_REVIEW),
        AUTHORITY,
        states.PHONE_DUE,
        "Submitted to the authority",
        ALL,
        "confirm_phones",
        facts=(("phone_window", timedelta(hours=48)),),
    ),
    Made(
        "reported",
        (states.HANDING_OVER, states.AUTHORITY_REVIEW),
        AUTHORITY,
        states.AUTHORITY_REVIEW,
        "Submitted to the authority",
        BOTH,
        "order_with_authority",
        facts=(("phone_window", None), ("no_longer_valid", True)),  # an expired paper stops no report in progress
    ),
    Made(
        "waits",
        (states.HANDING_OVER, states.PHONE_DUE, states.LAPSED, states.AUTHORITY_REVIEW),
        AUTHORITY,
        states.AUTHORITY_REVIEW,
        "The authority must decide another request first. The order is then reported again automatically",
    ),
    Made(
        "report_failed",
        AT_AUTHORITY,
        AUTHORITY,
        states.HANDING_OVER,
        "We have to submit the order again. You do not need to do anything",
        ACCOUNT,
        "report_problem",
    ),
    Made(
        "phones_done",
        (states.PHONE_DUE,),
        AUTHORITY,
        states.AUTHORITY_REVIEW,
        "All phones are verified",
        BOTH,
        "order_with_authority",
    ),
    Made(
        "go_on",
        (states.PHONE_DUE,),
        CLOCK,
        states.AUTHORITY_REVIEW,
        "The time for phone verification is over. The order went on to the authority's review",
        BOTH,
        "order_with_authority",
    ),
    Made(
        "lapse",
        (states.PHONE_DUE,),
        CLOCK,
        states.LAPSED,
        "Phone verification was not completed in time",
        ALL,
        "order_lapsed",
    ),
    Made(
        "phones_failed",
        (*AT_AUTHORITY, states.AUTHORITY_RETURNED),
        AUTHORITY,
        states.LAPSED,
        "Phone verification failed",
        ALL,
        "order_phones_failed",
    ),
    Made(
        "grant",
        (
            *(states.RETURNED, *states.IN_REVIEW, states.PHOTO_DUE, states.HANDING_OVER),
            *(*AT_AUTHORITY, states.LAPSED, states.AUTHORITY_RETURNED),
        ),
        AUTHORITY,
        states.APPROVED,
        "Approved",
        ALL,
        "order_approved",
    ),
    Made(
        "grant_late",
        (states.ABANDONED, states.WITHDRAWN, states.EXPIRED, states.REFUSED),
        AUTHORITY,
        states.APPROVED,
        "Approved",
        ALL,
        "order_approved",
    ),
    Made(
        "turn_down",
        (*AT_AUTHORITY, states.LAPSED),
        AUTHORITY,
        states.AUTHORITY_RETURNED,
        "Returned by the authority",
        ALL,
        "order_returned_by_authority",
    ),
    Made("resubmit", (states.LAPSED,), APPLICANT, states.HANDING_OVER, "Resubmitted unchanged", reports=1),
    Made("mend", (states.LAPSED, states.AUTHORITY_RETURNED), APPLICANT, states.RETURNED, "Reopened for changes"),
    Made(
        "withdraw",
        (states.SUBMITTED, states.PHOTO_DUE),
        APPLICANT,
        states.WITHDRAWN,
        "Withdrawn",
        BOTH,
        "order_withdrawn",
    ),
    Made(
        "abandon",
        (*states.EDITABLE, states.LAPSED, states.AUTHORITY_RETURNED),
        APPLICANT,
        states.ABANDONED,
        "Abandoned",
    ),
    Made("refuse", states.IN_REVIEW, LEAD, states.REFUSED, "Refused", BOTH, "order_refused"),
    Made(
        "expire_draft",
        states.EDITABLE,
        CLOCK,
        states.EXPIRED,
        "Closed: not submitted in time",
        ACCOUNT,
        "draft_expired",
    ),
    Made(
        "expire",
        (states.PHOTO_DUE, states.LAPSED, states.AUTHORITY_RETURNED),
        CLOCK,
        states.EXPIRED,
        "Closed: it was not continued in time",
        BOTH,
        "order_expired",
    ),
    Made(
        "close",
        (*states.EDITABLE, *states.IN_REVIEW, states.PHOTO_DUE, states.LAPSED, states.AUTHORITY_RETURNED),
        OPERATIONS,
        states.ABANDONED,
        "Closed, because it could not be read any more",
    ),
    Made(
        "withdraw_consent",
        (*states.EDITABLE, *states.IN_REVIEW, states.PHOTO_DUE, states.LAPSED, states.AUTHORITY_RETURNED),
        APPLICANT,
        states.WITHDRAWN,
        "Closed: the consent to the use of document pictures was withdrawn",
        ACCOUNT,
        "consent_withdrawn",
        facts=(("what", {"zh": "网站负责人", "en": "website administrator"}),),
    ),
)
CANCELLATION = (
    Made("cool", (states.DRAFT,), APPLICANT, states.COOLING_OFF, "The cancellation is waiting. You can still stop it"),
    Made(
        "confirm_cancel",
        (states.DRAFT,),
        APPLICANT,
        states.HANDING_OVER,
        "The cancellation was confirmed",
        ACCOUNT,
        "cancel_received",
        reports=1,
    ),
    Made(
        "cancel_for_cause",
        (states.DRAFT,),
        LEAD,
        states.HANDING_OVER,
        "The provider cancels the transfer for cause",
        ALL,
        "cancelled_for_cause",
        reports=1,
    ),
    Made("abandon", (states.DRAFT,), APPLICANT, states.ABANDONED, "Abandoned"),
    Made(
        "stop",
        (states.COOLING_OFF,),
        APPLICANT,
        states.ABANDONED,
        "The cancellation was stopped",
        ALL,
        "cancel_stopped",
    ),
    Made(
        "cooled",
        (states.COOLING_OFF,),
        CLOCK,
        states.HANDING_OVER,
        "The cancellation is submitted",
        ACCOUNT,
        "cancel_received",
        reports=1,
    ),
    Made(
        "reported",
        (states.HANDING_OVER, states.AUTHORITY_REVIEW),
        AUTHORITY,
        states.AUTHORITY_REVIEW,
        "Submitted to the authority",
    ),
    Made(
        "waits",
        (states.HANDING_OVER, states.AUTHORITY_REVIEW),
        AUTHORITY,
        states.AUTHORITY_REVIEW,
        "The authority must decide another request first. The order is then reported again automatically",
    ),
    Made(
        "report_failed",
        (states.AUTHORITY_REVIEW,),
        AUTHORITY,
        states.HANDING_OVER,
        "We have to submit the order again. You do not need to do anything",
        ACCOUNT,
        "report_problem",
    ),
    Made(
        "ended",
        (states.HANDING_OVER, states.AUTHORITY_REVIEW),
        AUTHORITY,
        states.CANCELLED,
        "The transfer has ended",
        ALL,
        "transfer_cancelled",
    ),
    Made(
        "ended_late",
        (states.REFUSED,),
        AUTHORITY,
        states.CANCELLED,
        "The transfer has ended",
        ALL,
        "transfer_cancelled",
    ),
    Made(
        "cancel_refused",
        (states.AUTHORITY_REVIEW,),
        AUTHORITY,
        states.REFUSED,
        "The authority refused the cancellation",
        ALL,
        "cancel_refused",
    ),
    Made(
        "expire_draft",
        (states.DRAFT,),
        CLOCK,
        states.EXPIRED,
        "Closed: not submitted in time",
        ACCOUNT,
        "cancel_expired",
    ),
    Made(
        "close",
        (states.DRAFT, states.COOLING_OFF),
        OPERATIONS,
        states.ABANDONED,
        "Closed, because it could not be read any more",
    ),
)
ROWS = [*((states.TRANSFER, made) for made in TRANSFER), *((states.CANCELLATION, made) for made in CANCELLATION)]
MADE = [
    pytest.param(kind, made, state, id=f"{kind}-{state}-{made.name}-{made.leads_to}")
    for kind, made in ROWS
    for state in made.leaves
]
OTHERS = [pytest.param(kind, made, id=f"{kind}-{made.name}-{made.leads_to}") for kind, made in ROWS]
REASON = str(Cause.OWNER_ASKED)  # stands for anything a reviewer or the authority wrote, too


@pytest.fixture(autouse=True)
def _can_be_stopped(settings: Any) -> None:
    settings.CANCEL_COOL_OFF = timedelta(hours=2)


def an_order(kind: str, state: str) -> Order:
    dated = {"due_at": timezone.now() + timedelta(hours=2)} if state == states.COOLING_OFF else {}
    return make_order(state=state, kind=kind, **dated)


def facts_of(order: Order, made: Made) -> dict[str, Any]:
    """Facts with which every guard lets the order pass."""
    words = {"zh": REASON, "en": REASON}
    applied = {"applied": True, "authority_unreachable": True, "sent_at": timezone.now(), "phone_window": timedelta(1)}
    told = {"reason": words, "reasons": words, "n": 1, "mobiles": "", "due": timezone.now()}
    return {**queries.facts_of(order), **applied, **told, **dict(made.facts)}


def mails(order: Order) -> set[tuple[str, str]]:
    people = {order.owner.email: "account", "lin@example.com": "lead", "chen@example.com": "administrator"}
    sent = Message.objects.filter(reference=order.reference, channel="email")
    return {(message.template, people[message.payload["to"]]) for message in sent}


@pytest.mark.parametrize("kind", [states.TRANSFER, states.CANCELLATION])
def test_every_move_of_the_table_is_listed_above(kind: str) -> None:
    above = {made.name for of, made in ROWS if of == kind}

    assert above == {row.name for row in TABLE.rows if TABLE.holds_for(row, kind)}


@pytest.mark.parametrize(("kind", "made", "state"), MADE)
def test_a_move_reaches_its_target_is_in_the_timeline_and_notifies_those_concerned(
    kind: str, made: Made, state: str
) -> None:
    order = an_order(kind, state)
    reports = order.report

    ORDER.apply(order, made.name, by=made.by, note=REASON, facts=facts_of(order, made))

    order.refresh_from_db()
    assert order.state == made.leads_to
    with override("en"):
        assert [str(row.what) for row in timeline(order, chinese=False)] == [made.said]
    template = dict(made.instead).get(state, made.template)
    assert mails(order) == {(template, person) for person in made.told}
    assert order.report == reports + made.reports
    assert Message.objects.filter(reference=order.reference, channel="authority").count() == made.reports


@pytest.mark.parametrize(("kind", "made"), OTHERS)
def test_a_move_leaves_no_other_state_and_nobody_else_can_make_it(kind: str, made: Made) -> None:
    order = an_order(kind, states.DRAFT)
    facts = facts_of(order, made)

    leaves, makers = [], set()
    for state in states.ALL:
        order.state = state
        if ORDER.can(order, made.name, made.by, facts):
            leaves.append(state)
            makers |= {by for by in ACTORS if ORDER.can(order, made.name, by, facts)}

    assert sorted(leaves) == sorted(made.leaves)
    assert makers == {made.by} | ({LEAD} if made.by == REVIEWER else set())  # a lead may do what a reviewer may
