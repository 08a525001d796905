"""A cancellation waits for the authority's id of its access, is then sent by itself, or ends when there is none."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from filings.models import Access
from icpportal.gateways.miit.types import (
    Answer,
    AnswerKind,
    FiledAccess,
    FiledContact,
    FiledRecord,
    FiledSite,
    Level,
    StruckRecord,
)
from icpportal.operations.reconcile import stuck_orders
from icpportal.outbox.delivery import deliver
from icpportal.outbox.models import Message
from icpportal.outbox.texts.message_content import content_of
from tests.transfers import states
from tests.transfers.builders import make_user, moves, sign_in
from tests.transfers.cancels import JRID, make_website, reload
from tests.transfers.conftest import FakeAuthority
from transfers.authority.results import take_answer
from transfers.cancellation import actions as cancelling
from transfers.deadlines.sweep import sweep
from transfers.models import Order, ParkedAnswer
from transfers.orders import queries
from transfers.orders.machine import ORDER

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
WAITS = "The authority has not given us its number for this access yet."


def send_cancellation(*, jrid: int | None = None) -> Order:
    """A confirmed cancellation, and one round of the outbox."""
    owner = make_user()
    order = cancelling.begin(make_website(owner, jrid=jrid), owner=owner)
    ORDER.apply(order, "confirm_cancel", by="applicant", facts=queries.facts_of(order))
    deliver()
    return reload(order)


def record(jrid: int = JRID) -> Answer:
    site = FiledSite(
        site_id=800001,
        site_number="宁ICP备00000000号-1",
        names=("示例纸业官网",),
        domains=("example.com",),
        home_url="",
        administrator=FiledContact("", "", "", "", None, ""),
        accesses=(FiledAccess(jrid, provider=100001, own_id=17),),
    )
    filed = FiledRecord(
        subject_id=700001, subject_number="宁ICP备00000000号", name="宁夏示例纸业有限公司", sites=(site,)
    )
    return Answer(id="record", kind=AnswerKind.RECORD, report_key="", at=NOW, record=filed)


def page_text(client: Client, order: Order) -> str:
    client.cookies["django_language"] = "en"
    return sign_in(client, order.owner).get(order.get_absolute_url()).content.decode()


def test_with_the_id_it_is_sent_at_once(authority: FakeAuthority) -> None:
    order = send_cancellation(jrid=JRID)

    assert [(report.key, report.access_id) for report in authority.reports] == [(order.report_key, JRID)]


def test_without_the_id_it_waits_and_says_so_to_owner_and_operations(client: Client, authority: FakeAuthority) -> None:
    order = send_cancellation()

    assert authority.reports == []
    assert (order.state, order.held) == (states.HANDING_OVER, False)
    assert WAITS in page_text(client, order)
    found = stuck_orders(NOW + timedelta(hours=2))
    assert [(each.reference, "waits for the authority's id" in each.trouble) for each in found] == [
        (order.reference, True)
    ]


def test_with_the_record_it_is_sent_by_itself(client: Client, authority: FakeAuthority, settings: Any) -> None:
    settings.MIIT_ISP_ID = 100001
    order = send_cancellation()
    Message.objects.filter(channel="authority").update(next_at=NOW + timedelta(hours=1))

    take_answer(record())
    deliver()

    assert [report.access_id for report in authority.reports] == [JRID]
    assert WAITS not in page_text(client, order)


def test_the_sweep_sends_those_whose_id_came_with_an_import(authority: FakeAuthority) -> None:
    send_cancellation()
    Message.objects.filter(channel="authority").update(next_at=NOW + timedelta(hours=1))
    Access.objects.filter(own=True).update(ministry_id=JRID)

    sweep(now=NOW, dry_run=True)
    deliver()
    assert authority.reports == []
    sweep(now=NOW)
    deliver()

    assert [report.access_id for report in authority.reports] == [JRID]


def test_a_record_of_another_subject_sends_nothing(authority: FakeAuthority, settings: Any) -> None:
    settings.MIIT_ISP_ID = 100009
    send_cancellation()
    Message.objects.filter(channel="authority").update(next_at=NOW + timedelta(hours=1))

    take_answer(record())
    deliver()

    assert authority.reports == []


def test_an_access_cancelled_by_the_authority_ends_the_waiting_request(authority: FakeAuthority) -> None:
    order = send_cancellation()
    Access.objects.filter(own=True).update(ministry_id=JRID)
    struck = Answer(id="struck", kind=AnswerKind.STRUCK, report_key="", at=NOW, struck=StruckRecord(Level.ACCESS, JRID))

    take_answer(struck)
    take_answer(struck)
    deliver()

    assert (reload(order).state, moves(order)) == (states.CANCELLED, ["start", "confirm_cancel", "ended"])
    assert authority.reports == []
    assert Message.objects.filter(template="transfer_cancelled").exists()
    assert ParkedAnswer.objects.count() == 0


def test_a_held_request_is_not_sent_early_and_is_closed_when_its_access_ends(authority: FakeAuthority) -> None:
    order = send_cancellation()
    Order.objects.filter(pk=order.pk).update(held=True)
    Access.objects.filter(own=True).update(ministry_id=JRID)
    due = Message.objects.filter(channel="authority")
    due.update(next_at=NOW + timedelta(hours=1))

    sweep(now=NOW)
    assert due.get().next_at == NOW + timedelta(hours=1)
    Access.objects.filter(own=True).update(ended_at=NOW)
    sweep(now=NOW)

    assert (reload(order).state, reload(order).held) == (states.CANCELLED, False)


@pytest.mark.parametrize(
    ("code", "english", "chinese"),
    [
        (
            "1025",
            "This is the website&#x27;s only access: transfer the filing to another provider first",
            "此网站仅剩这一个接入",
        ),
    ],
)
def test_a_refusal_is_explained_and_leaves_the_transfer(
    client: Client, authority: FakeAuthority, code: str, english: str, chinese: str
) -> None:
    order = send_cancellation(jrid=JRID)
    refusal = Answer(id="no", kind=AnswerKind.TURNED_DOWN, report_key=order.report_key, at=NOW, code=code)

    take_answer(refusal)

    page = page_text(client, reload(order))
    assert english in page
    assert "The transfer stays as it is" in page
    client.cookies["django_language"] = "zh-hans"
    assert chinese in client.get(order.get_absolute_url()).content.decode()
    assert Access.objects.filter(own=True, ended_at=None).count() == 1


def test_a_refused_cancellation_leads_back_to_the_website_as_long_as_it_is_here(
    client: Client, authority: FakeAuthority
) -> None:
    order = send_cancellation(jrid=JRID)
    assert order.website is not None
    way_back = reverse("filing", args=[order.website.pk])
    assert way_back not in page_text(client, order)

    take_answer(Answer(id="no", kind=AnswerKind.TURNED_DOWN, report_key=order.report_key, at=NOW, code="1025"))

    assert f'href="{way_back}"' in page_text(client, reload(order))
    Access.objects.update(ended_at=NOW)
    assert way_back not in page_text(client, reload(order))


def test_an_older_refused_cancellation_does_not_say_that_an_ended_transfer_stays(
    client: Client, authority: FakeAuthority
) -> None:
    order = answered(send_cancellation(jrid=JRID), AnswerKind.TURNED_DOWN, code="1025")

    Access.objects.filter(own=True).update(ended_at=NOW)

    page = page_text(client, order)
    assert "The transfer stays as it is" not in page
    assert "The transfer has ended since" in page


@pytest.mark.parametrize("code", ["1032", "1047"])
def test_an_error_of_ours_is_held_without_blaming_the_owner(
    client: Client, authority: FakeAuthority, code: str
) -> None:
    order = send_cancellation(jrid=JRID)

    take_answer(Answer(id="no", kind=AnswerKind.REPORT_FAILED, report_key=order.report_key, at=NOW, code=code))

    page = page_text(client, reload(order))
    assert (reload(order).state, reload(order).held) == (states.HANDING_OVER, True)
    assert "We submit it once we have fixed the problem" in page
    assert code not in page


def answered(order: Order, kind: AnswerKind, **said: str) -> Order:
    take_answer(Answer(id=f"{kind}-{sorted(said.items())}", kind=kind, report_key=order.report_key, at=NOW, **said))
    return reload(order)


def test_a_refusal_in_two_parts_is_shown_completely(client: Client, authority: FakeAuthority) -> None:
    order = answered(send_cancellation(jrid=JRID), AnswerKind.TURNED_DOWN, code="1002")

    for _ in range(2):
        order = answered(order, AnswerKind.TURNED_DOWN, code="1025", words="仅剩一个接入")

    page = page_text(client, order)
    assert "仅剩一个接入" in page
    assert "transfer the filing to another provider first" in page
    assert moves(order)[-2:] == ["reported", "cancel_refused"]


def test_a_text_about_a_refusal_without_a_reason_says_what_to_do(authority: FakeAuthority) -> None:
    order = answered(send_cancellation(jrid=JRID), AnswerKind.TURNED_DOWN, code="1002", words="网站仍可访问")

    sent = Message.objects.filter(reference=order.reference, template="cancel_refused", channel="sms")
    texts = {content_of(each).words.text.partition(".com: ")[2] for each in sent.filter(user=order.owner)}

    assert texts == {"Do what it asks, then cancel again. It stays in place."}


def test_a_refusal_after_the_end_of_the_access_is_parked_for_a_person(authority: FakeAuthority) -> None:
    order = answered(send_cancellation(jrid=JRID), AnswerKind.GRANTED)

    order = answered(order, AnswerKind.TURNED_DOWN, code="1002", words="网站仍可访问")

    assert (order.state, moves(order)[-1]) == (states.CANCELLED, "ended")
    assert [(each.kind, each.words) for each in ParkedAnswer.objects.all()] == [("turned_down", "网站仍可访问")]
