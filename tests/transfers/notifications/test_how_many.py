"""How many messages one person gets about one order: each duty and each result once, and nothing twice."""

from collections import Counter
from typing import Any

import pytest
from django.utils import timezone

from icpportal.desk.own_words import EN, ZH
from icpportal.gateways.miit.types import Answer, AnswerKind
from icpportal.outbox.models import Message
from icpportal.outbox.texts.message_content import content_of
from tests.transfers import states
from tests.transfers.builders import (
    administrator_answers,
    fire,
    make_order,
    make_reason,
    make_reviewer,
    make_user,
    subject_answers,
    type_answers,
)
from transfers.authority.results import take_answer
from transfers.models import Order
from transfers.notifications.messages import notify_recipients, recipients
from transfers.orders import queries
from transfers.orders.actions import submit
from transfers.orders.rows import EVERYBODY, OWNER_AND_LEAD
from transfers.review.actions import ReturnedField, accept, accept_photo, send_back

pytestmark = pytest.mark.django_db
MINE = {"mobile": "13900000001", "email": "lin@example.com"}
MOST = 14


def order_of_one_person(**columns: Any) -> Order:
    """An individual who owns the account, leads the subject and administers the website."""
    answers = {
        "type": type_answers("12", nature="individual", id_type="2", id_number="649999198502140009", name="林示范"),
        "subject": subject_answers(lead_phone1=MINE["mobile"], lead_email=MINE["email"]),
        "administrator": {"same_person": "yes"},
    }
    owner = make_user(MINE["email"], mobile=MINE["mobile"])
    return make_order(owner, province="12", answers=answers, **columns)


def answer(order: Order, kind: AnswerKind, **facts: Any) -> None:
    order.refresh_from_db()
    take_answer(Answer(id=f"{kind}", kind=kind, report_key=order.report_key, at=timezone.now(), **facts))
    order.refresh_from_db()


def walk_to_approval(order: Order) -> None:
    """Submitted, returned once, corrected, photographed, reported, its phone verified, approved."""
    reviewer, owner = make_reviewer(), order.owner
    submit(order, actor=owner)
    send_back(order, reviewer, [ReturnedField("website.site_name", make_reason(), {"zh": "示例纸业官网"})])
    submit(order, actor=owner)
    accept(order, reviewer)
    fire(order, "send_photo", "applicant")
    accept_photo(order, reviewer)
    answer(order, AnswerKind.ACCEPTED, sent_at=timezone.now())
    fire(order, "phones_done", "authority", facts=queries.facts_of(order))
    answer(order, AnswerKind.GRANTED, subject_number="津ICP备00000000号", site_number="津ICP备00000000号-1")
    assert order.state == states.APPROVED


def messages_of(order: Order) -> list[tuple[str, str, str]]:
    """Every mail and text: message, channel, address."""
    rows = Message.objects.filter(reference=order.reference, channel__in=("email", "sms")).order_by("created_at")
    return [(row.template, row.channel, row.payload["to"]) for row in rows]


def test_one_person_gets_at_most_fourteen_messages_about_an_order_with_one_return() -> None:
    order = order_of_one_person()

    walk_to_approval(order)

    told = messages_of(order)
    assert {address for _template, _channel, address in told} == set(MINE.values())
    assert len(told) <= MOST
    assert max(Counter(told).values()) == 1


def test_no_duty_and_no_result_is_left_out_for_one_person() -> None:
    order = order_of_one_person()

    walk_to_approval(order)

    both = {(template, channel) for template, channel, _address in messages_of(order)}
    for template in ("order_received", "order_returned", "photo_requested", "confirm_phones", "order_approved"):
        assert {(template, "email"), (template, "sms")} <= both, template
    # so is the report to the authority; news without anything to do is sent by mail only
    assert {("order_submitted", "email"), ("order_submitted", "sms")} <= both
    assert {("order_received_again", "sms"), ("order_with_authority", "sms")}.isdisjoint(both)
    assert {("order_received_again", "email"), ("order_with_authority", "email")} <= both


def test_every_message_is_on_the_site_whatever_its_channels() -> None:
    order = order_of_one_person()

    walk_to_approval(order)

    notes = Message.objects.filter(reference=order.reference, channel="site")
    assert notes.count() == 8


def test_two_people_are_notified_at_their_own_addresses() -> None:
    order = make_order()

    told = recipients(order, EVERYBODY)

    assert [reader.role for reader in told] == ["account", "subject_lead", "administrator"]


@pytest.mark.parametrize(
    ("lead", "administrator", "roles"),
    [
        ({"lead_phone1": MINE["mobile"]}, {}, ["account", "administrator"]),
        ({"lead_email": MINE["email"].upper()}, {}, ["account", "administrator"]),
        ({}, {"same_person": "yes"}, ["account", "subject_lead"]),
        ({}, {"admin_phone1": "13900000021"}, ["account", "subject_lead"]),
        ({}, {"admin_email": "two@example.com", "admin_name": "林示范"}, ["account", "subject_lead"]),
        # a mailbox that two people share: the second is only texted
        ({}, {"admin_email": "two@example.com"}, ["account", "subject_lead", "administrator"]),
    ],
)
def test_one_mobile_or_one_mailbox_is_one_person(lead: Any, administrator: Any, roles: list[str]) -> None:
    base = {"lead_phone1": "13900000021", "lead_email": "two@example.com"}
    order = make_order(
        make_user(MINE["email"], mobile=MINE["mobile"]),
        answers={
            "subject": subject_answers(**{**base, **lead}),
            "administrator": administrator_answers(**administrator),
        },
    )

    assert [reader.role for reader in recipients(order, EVERYBODY)] == roles


@pytest.mark.parametrize(
    ("template", "texts"),
    [("order_received", [MINE["mobile"]]), ("confirm_phones", [MINE["mobile"], "13900000021"])],
)
def test_a_phone_with_something_to_do_is_texted_even_if_its_owner_is_notified_already(
    template: str, texts: list[str]
) -> None:
    """The account and the subject lead share a mailbox; the ministry texts the lead's phone."""
    answers = {"subject": subject_answers(lead_phone1="13900000021", lead_email=MINE["email"])}
    order = make_order(make_user(MINE["email"], mobile=MINE["mobile"]), answers=answers)

    notify_recipients(order, template, event_id=1, roles=OWNER_AND_LEAD)

    rows = Message.objects.filter(reference=order.reference)
    assert sorted(row.payload["to"] for row in rows.filter(channel="sms")) == texts
    assert [row.payload["to"] for row in rows.filter(channel="email")] == [MINE["email"]]


def test_the_return_names_each_part_its_reason_and_the_reviewers_own_words() -> None:
    order = make_order(state=states.SUBMITTED)
    reason = make_reason(text_en="The name should say what kind of site it is")
    parts = [
        ReturnedField("website.site_name", reason, {ZH: "示例纸业官网"}),
        ReturnedField("subject.lead_name", None, {EN: "As on the ID card"}),
    ]

    send_back(order, make_reviewer(), parts)

    letter, text = (
        content_of(Message.objects.get(template="order_returned", channel=channel, key__contains=":account:")).words
        for channel in ("email", "sms")
    )
    assert "(2): resubmit by" in letter.subject
    assert (
        "1. Website details · Website name\n   The name should say what kind of site it is\n"
        "   Written in Chinese: “示例纸业官网”\n"
    ) in letter.text
    assert "2. Subject and subject lead · Name\n   “As on the ID card”\n" in letter.text
    assert "needs changes (2): Website name, Name. Sign in at" in text.text
