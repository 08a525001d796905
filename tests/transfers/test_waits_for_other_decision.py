"""Over the real wire: the authority decides about something else first, for weeks; the report goes again by itself."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from icpportal.gateways.miit import outcomes, queueing
from icpportal.gateways.miit.models import Outcome, Report, ReportState
from icpportal.gateways.miit.simulator.client import SimulatorClient
from icpportal.outbox.models import Message
from icpportal.reconciliation import reconcile
from tests.icpportal.gateways.miit.authority_files import bajg, result
from tests.transfers.builders import moves, sign_in
from tests.transfers.cancels import make_website
from tests.transfers.whole_way import round_trip
from tests.transfers.wired import put_on_record, wired_order
from transfers import cancelling, queries, states
from transfers.authority import pull
from transfers.deadlines import sweep
from transfers.firing import ORDER, hand_over
from transfers.models import Order, ParkedAnswer, PhoneCheck
from transfers.next_dates import next_date

pytestmark = pytest.mark.django_db(transaction=True)
SAID = "变更审核中，不可再次变更"
DECIDES_FIRST = "The authority decides about something else of this filing first"


@pytest.fixture
def ministry(on_the_wire: SimulatorClient, settings: Any) -> SimulatorClient:
    """It takes files in and says nothing by itself, nor anything of phones."""
    settings.MIIT_PHONES_URL = ""
    on_the_wire.conduct(processing=False)
    return on_the_wire


def reload(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def with_them(ministry: SimulatorClient, province: str = "44") -> Order:
    order = wired_order(state=states.HANDING_OVER, report=0, province=province)
    put_on_record(ministry, [order])
    hand_over(order, "authority")
    round_trip()
    return reload(order)


def put_off(ministry: SimulatorClient, order: Order, code: str = "1017", operation: int = 3) -> Order:
    report = Report.objects.get(key=order.report_key)
    handle = report.access_id if operation == 5 else report.own_id
    ministry.push("BAJG", xml=bajg(result(handle, code, words=SAID, operation=operation)).decode("gbk"))
    pull()
    return reload(order)


def goes_again(order: Order) -> Order:
    """The pause is over, and the report is taken in again."""
    Report.objects.filter(key=order.report_key).update(next_at=timezone.now())
    round_trip()
    return reload(order)


def settle(order: Order) -> Order:
    """Half an hour later nothing more was said of it."""
    Outcome.objects.filter(kind="accepted").update(at=timezone.now() - outcomes.SETTLED - timedelta(seconds=1))
    pull()
    return reload(order)


def page(client: Client, order: Order, language: str = "en") -> str:
    answer = sign_in(client, order.owner).get(order.get_absolute_url(), headers={"accept-language": language})
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode()))


def told(order: Order, template: str) -> int:
    return Message.objects.filter(template=template, reference=order.reference, channel="email").count()


def test_its_owner_reads_what_it_waits_for_and_that_they_could_withdraw_it(
    ministry: SimulatorClient, client: Client
) -> None:
    """M5: the owner, who could withdraw the other change, was never told."""
    order = with_them(ministry)
    assert DECIDES_FIRST not in page(client, order)

    order = put_off(ministry, order)

    shown = page(client, order)
    assert (order.state, order.held) == (states.AUTHORITY_REVIEW, False)
    assert next_date(order) is None
    for text in (DECIDES_FIRST, "1017", SAID, "You can withdraw the other one"):
        assert text in shown
    assert "可撤回那一变更" in page(client, order, "zh-hans")
    assert told(order, "report_waits") == 1
    letter = Message.objects.get(template="report_waits", channel="email")
    assert (letter.payload["context"]["authority_code"], letter.payload["context"]["authority_words"]) == ("1017", SAID)
    assert [each for each in reconcile().findings if order.reference in str(each)] == []


def test_it_is_told_once_however_often_the_report_goes(ministry: SimulatorClient, client: Client) -> None:
    """M5: weeks of the same answer are one message."""
    order = put_off(ministry, with_them(ministry))

    for _ in range(3):
        order = put_off(ministry, goes_again(order))

    report = Report.objects.get()
    assert (report.state, report.tries, report.code) == (ReportState.QUEUED, 4, "1017")
    assert (told(order, "report_waits"), moves(order).count("waits")) == (1, 1)
    assert ParkedAnswer.objects.count() == 0


def test_phones_are_not_asked_for_while_it_waits_and_again_once_it_is_taken_in(
    ministry: SimulatorClient, client: Client
) -> None:
    """M5: the window of the phones ran out over a report that the authority had put off."""
    order = with_them(ministry, "12")
    assert order.state == states.PHONE_DUE

    asked = told(order, "confirm_phones")
    order = put_off(ministry, order)
    assert (order.state, order.due_at, PhoneCheck.objects.count()) == (states.AUTHORITY_REVIEW, None, 0)
    sweep(now=timezone.now() + timedelta(days=10))
    assert reload(order).state == states.AUTHORITY_REVIEW

    order = goes_again(order)
    assert (order.state, told(order, "confirm_phones")) == (states.AUTHORITY_REVIEW, asked)
    order = settle(order)
    assert (order.state, order.due_at is not None) == (states.PHONE_DUE, True)
    assert told(order, "confirm_phones") == 2 * asked
    assert PhoneCheck.objects.filter(report=order.report).exists()


def test_once_taken_in_it_is_an_order_like_any_other(ministry: SimulatorClient, client: Client) -> None:
    """M5"""
    order = settle(goes_again(put_off(ministry, with_them(ministry))))

    assert order.state == states.AUTHORITY_REVIEW
    assert DECIDES_FIRST not in page(client, order)
    ministry.push("BAJG", xml=bajg(result(Report.objects.get().own_id, "1001")).decode("gbk"))
    pull()
    assert reload(order).state == states.APPROVED


def test_after_its_patience_the_order_is_held_under_the_first_code(ministry: SimulatorClient, client: Client) -> None:
    """M5: the code was lost, and operations read "5999"."""
    order = goes_again(put_off(ministry, with_them(ministry)))
    Report.objects.update(tries=len(queueing.IN_REVIEW))

    order = put_off(ministry, order, "5999")

    assert (order.state, order.held, order.authority_code) == (states.HANDING_OVER, True, "1017")
    assert "We are clearing something up with the authority" in page(client, order)
    assert Report.objects.get().state == ReportState.PARKED


def test_a_cancellation_waits_the_same_way(ministry: SimulatorClient, client: Client) -> None:
    """M5: also for an earlier request of its own (1032)."""
    order = with_them(ministry)
    website = make_website(order.owner, domain="example.net")
    ending = cancelling.begin(website, owner=order.owner)
    ORDER.fire(ending, "confirm_cancel", by="applicant", facts=queries.facts_of(ending))
    round_trip()

    ending = put_off(ministry, reload(ending), "1032", operation=5)

    assert (ending.state, told(ending, "report_waits")) == (states.AUTHORITY_REVIEW, 1)
    assert "The cancellation was requested before and is with the authority" in page(client, ending)
    assert settle(goes_again(ending)).state == states.AUTHORITY_REVIEW
