"""`fire` moves an order once, records the event, queues messages, and cleans up at the end."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import checks
from django.utils import timezone

from icpportal.lifecycle import APPLICANT, AUTHORITY, CLOCK, LEAD, REVIEWER, MoveNotAllowed
from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import fire, make_order, moves
from transfers.models import Order
from transfers.orders import queries
from transfers.orders.machine import ORDER, note
from transfers.orders.moves import MOVES, TABLE
from transfers.orders.states import BY_KEY
from verification.models import ServiceCode

pytestmark = pytest.mark.django_db


def templates_of(order: Order) -> list[str]:
    return sorted(set(Message.objects.filter(reference=order.reference).values_list("template", flat=True)))


def test_a_move_writes_state_event_and_messages_together() -> None:
    order = make_order()

    fire(order, "submit", APPLICANT, actor=order.owner)

    order.refresh_from_db()
    assert (order.state, order.version, order.due_at) == (states.SUBMITTED, 1, None)
    assert moves(order) == ["submit"]
    assert templates_of(order) == ["order_received"]


def test_the_event_records_source_target_and_actor() -> None:
    order = make_order()

    event = ORDER.apply(order, "submit", by=APPLICANT, actor=order.owner, words="ready")

    assert (event.from_state, event.to_state, event.by, event.actor, event.words) == (
        states.DRAFT,
        states.SUBMITTED,
        APPLICANT,
        order.owner,
        "ready",
    )


@pytest.mark.parametrize(
    ("state", "move", "by"),
    [
        (states.DRAFT, "accept", REVIEWER),
        (states.SUBMITTED, "submit", APPLICANT),
        (states.SUBMITTED, "accept", APPLICANT),
        (states.SUBMITTED, "refuse", REVIEWER),
        (states.AUTHORITY_REVIEW, "withdraw", APPLICANT),
        (states.AUTHORITY_REVIEW, "grant", REVIEWER),
        (states.PHONE_DUE, "lapse", APPLICANT),
        (states.APPROVED, "turn_down", AUTHORITY),
        (states.DRAFT, "no_such_move", APPLICANT),
    ],
)
def test_a_move_that_is_not_in_the_table_changes_nothing(state: str, move: str, by: str) -> None:
    order = make_order(state=state)

    with pytest.raises(MoveNotAllowed, match=f"{move} by {by} from {state}"):
        fire(order, move, by, facts=queries.facts_of(order))

    order.refresh_from_db()
    assert (order.state, moves(order), templates_of(order)) == (state, [], [])


def test_the_second_of_two_readers_of_one_order_is_refused() -> None:
    order = make_order(state=states.SUBMITTED)
    other = Order.objects.get(pk=order.pk)
    fire(order, "withdraw", APPLICANT, facts={"reason": {"zh": "其他", "en": "other"}})

    with pytest.raises(MoveNotAllowed):
        fire(other, "accept", REVIEWER, facts=queries.facts_of(other))

    other.refresh_from_db()
    assert (other.state, moves(other)) == (states.WITHDRAWN, ["withdraw"])


def test_a_lead_may_do_what_a_reviewer_may() -> None:
    order = make_order(state=states.SUBMITTED)

    fire(order, "accept", LEAD, facts=queries.facts_of(order))

    assert order.state == states.PHOTO_DUE


def test_an_accepted_photo_of_the_same_administrator_is_not_requested_again() -> None:
    order = make_order(state=states.SUBMITTED)
    facts = queries.facts_of(order)
    order.photo_accepted_for = facts["administrator_key"]
    order.save()

    fire(order, "accept", REVIEWER, facts=facts)

    assert order.state == states.HANDING_OVER


def test_a_photo_of_another_administrator_is_not_valid() -> None:
    order = make_order(state=states.SUBMITTED, photo_accepted_for="somebody else")

    fire(order, "accept", REVIEWER, facts=queries.facts_of(order))

    assert order.state == states.PHOTO_DUE


def test_reporting_queues_one_report_with_its_own_number() -> None:
    order = make_order(state=states.PHOTO_REVIEW)

    fire(order, "accept_photo", REVIEWER, facts=queries.facts_of(order))

    message = Message.objects.get(channel="authority")
    order.refresh_from_db()
    assert (order.report, message.key) == (1, f"report:{order.report_key}")
    assert message.payload == {"order": str(order.pk), "report": 1}


def test_the_last_move_erases_the_filing_password_and_releases_the_service_code() -> None:
    order = make_order(state=states.SUBMITTED)
    code = ServiceCode.objects.create(
        instance_id="i-example0001",
        slot=1,
        product="ecs",
        account="lin@example.com",
        state="bound",
        holder=order.reference,
    )

    fire(order, "withdraw", APPLICANT, facts={"reason": {"zh": "其他", "en": "other"}})

    order.refresh_from_db()
    code.refresh_from_db()
    assert (order.password_digest, order.password_kept, code.state, code.holder) == ("", False, "free", "")


def test_approval_spends_the_service_code() -> None:
    order = make_order(state=states.AUTHORITY_REVIEW)
    code = ServiceCode.objects.create(
        instance_id="i-example0001",
        slot=1,
        product="ecs",
        account="lin@example.com",
        state="bound",
        holder=order.reference,
    )

    fire(order, "grant", AUTHORITY, facts=queries.facts_of(order))

    code.refresh_from_db()
    order.refresh_from_db()
    assert (code.state, order.password_kept, order.password_digest) == ("used", False, "")


def test_any_other_move_keeps_the_filing_password() -> None:
    order = make_order(state=states.PHONE_DUE)

    fire(order, "lapse", CLOCK, facts=queries.facts_of(order))

    order.refresh_from_db()
    assert (order.password_kept, order.password_digest) == (True, "0" * 32)


def test_a_recorded_fact_is_in_the_timeline_and_moves_nothing() -> None:
    order = make_order(state=states.SUBMITTED)

    note(order, "call", by=REVIEWER, words="answered")

    assert (moves(order), Order.objects.get(pk=order.pk).state) == (["call"], states.SUBMITTED)


@pytest.mark.parametrize(
    ("state", "move", "by", "days"),
    [
        (states.SUBMITTED, "send_back", REVIEWER, 11),
        (states.LAPSED, "mend", APPLICANT, 11),
        (states.AUTHORITY_RETURNED, "mend", APPLICANT, 11),
        (states.SUBMITTED, "accept", REVIEWER, 13),
        (states.PHOTO_REVIEW, "refuse_photo", REVIEWER, 13),
        (states.PHONE_DUE, "lapse", CLOCK, 13),
        (states.AUTHORITY_REVIEW, "turn_down", AUTHORITY, 13),
    ],
)
def test_an_order_waits_for_its_owner_for_the_time_set_for_returns_or_others(
    settings: Any, state: str, move: str, by: str, days: int
) -> None:
    settings.RETURNED_KEPT, settings.WAITS_KEPT = timedelta(days=11), timedelta(days=13)
    now = timezone.now()
    order = make_order(state=state, due_at=now + timedelta(hours=1))
    facts = {**queries.facts_of(order), "n": 1, "reasons": "", "reason": "", "mobiles": "", "due": now}

    fire(order, move, by, facts=facts, now=now)

    assert Order.objects.get(pk=order.pk).due_at == now + timedelta(days=days)


def test_cancellation_moves_do_not_apply_to_transfers() -> None:
    order = make_order()

    assert "confirm_cancel" not in {row.name for row in ORDER.available(order, APPLICANT, queries.facts_of(order))}


def test_every_state_has_exactly_one_sentence() -> None:
    assert set(BY_KEY) == set(states.ALL) == TABLE.states()


def test_the_table_passes_the_system_check() -> None:
    assert [error for error in checks.run_checks() if error.id.startswith("lifecycle.")] == []


def test_the_table_matches_the_architecture() -> None:
    assert [(row.name, row.target) for row in MOVES if row.by == CLOCK] == [
        ("go_on", states.AUTHORITY_REVIEW),
        ("lapse", states.LAPSED),
        ("expire_draft", states.EXPIRED),
        ("expire", states.EXPIRED),
        ("expire_draft", states.EXPIRED),  # of a cancellation
        ("cooled", states.HANDING_OVER),
    ]
