"""Over real SOAP: the authority decides about something else first, for weeks; the report is sent again by itself."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from demo.ministry.api.client import SimulatorClient
from icpportal.gateways.miit.line import outcome_queue
from icpportal.gateways.miit.models import Outcome, Report, ReportState
from icpportal.gateways.miit.outgoing import report_queue
from icpportal.operations.reconcile import reconcile
from icpportal.outbox.models import Message
from tests.icpportal.gateways.miit.authority_files import bajg, result
from tests.transfers import states
from tests.transfers.builders import moves, sign_in
from tests.transfers.cancels import make_website
from tests.transfers.whole_way import round_trip
from tests.transfers.wired import put_on_record, wired_order
from transfers.authority.results import pull
from transfers.cancellation import actions as cancelling
from transfers.deadlines.sweep import sweep
from transfers.models import Order, ParkedAnswer, PhoneCheck
from transfers.orders import queries
from transfers.orders.machine import ORDER, queue_report
from transfers.pages.dates import next_date

pytestmark = pytest.mark.django_db(transaction=True)
SAID = "变更审核中，不可再次变更"
DECIDES_FIRST = "The authority must decide another request for this filing first"


@pytest.fixture
def ministry(on_the_wire: SimulatorClient, settings: Any) -> SimulatorClient:
    """It accepts files and answers nothing by itself, and reports no phones."""
    settings.MIIT_PHONES_URL = ""
    on_the_wire.conduct(processing=False)
    return on_the_wire


def reload(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def with_them(ministry: SimulatorClient, province: str = "44") -> Order:
    order = wired_order(state=states.HANDING_OVER, report=0, province=province)
    put_on_record(ministry, [order])
    queue_report(order, "authority")
    round_trip()
    return reload(order)


def put_off(ministry: SimulatorClient, order: Order, code: str = "1017", operation: int = 3) -> Order:
    report = Report.objects.get(key=order.report_key)
    handle = report.access_id if operation == 5 else report.own_id
    ministry.push("BAJG", xml=bajg(result(handle, code, words=SAID, operation=operation)).decode("gbk"))
    pull()
    return reload(order)


def goes_again(order: Order) -> Order:
    """The pause has ended, and the report is accepted again."""
    Report.objects.filter(key=order.report_key).update(next_at=timezone.now())
    round_trip()
    return reload(order)


def settle(order: Order) -> Order:
    """Half an hour later there was no further answer."""
    Outcome.objects.filter(kind="accepted").update(at=timezone.now() - outcome_queue.SETTLED - timedelta(seconds=1))
    pull()
    return reload(order)


def page(client: Client, order: Order, language: str = "en") -> str:
    answer = sign_in(client, order.owner).get(order.get_absolute_url(), headers={"accept-language": language})
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode()))


def count_mails(order: Order, template: str) -> int:
    return Message.objects.filter(template=template, reference=order.reference, channel="email").count()


def test_its_owner_reads_what_it_waits_for_and_that_they_could_withdraw_it(
    ministry: SimulatorClient, client: Client
) -> None:
    """The owner, who could withdraw the other change, was never told."""
    order = with_them(ministry)
    assert DECIDES_FIRST not in page(client, order)

    order = put_off(ministry, order)

    shown = page(client, order)
    assert (order.state, order.held) == (states.AUTHORITY_REVIEW, False)
    assert next_date(order) is None
    for text in (DECIDES_FIRST, "1017", SAID, "You can withdraw the other change"):
        assert text in shown
    assert "不再需要那项变更的，可将其撤销" in page(client, order, "zh-hans")
    assert count_mails(order, "report_delayed") == 1
    letter = Message.objects.get(template="report_delayed", channel="email")
    assert letter.payload["context"]["authority_answer"] == f"1017 · {SAID}"
    assert [each for each in reconcile().findings if order.reference in str(each)] == []


def test_it_is_notified_once_however_often_the_report_is_sent(ministry: SimulatorClient, client: Client) -> None:
    """Weeks of the same answer are one message."""
    order = put_off(ministry, with_them(ministry))

    for _ in range(3):
        order = put_off(ministry, goes_again(order))

    report = Report.objects.get()
    assert (report.state, report.tries, report.code) == (ReportState.QUEUED, 4, "1017")
    assert (count_mails(order, "report_delayed"), moves(order).count("waits")) == (1, 1)
    assert ParkedAnswer.objects.count() == 0


def test_phones_are_not_asked_for_while_it_waits_but_again_once_it_is_accepted(
    ministry: SimulatorClient, client: Client
) -> None:
    """The time for the phones ran out for a report that the authority had postponed."""
    order = with_them(ministry, "12")
    assert order.state == states.PHONE_DUE

    asked = count_mails(order, "confirm_phones")
    order = put_off(ministry, order)
    assert (order.state, order.due_at, PhoneCheck.objects.count()) == (states.AUTHORITY_REVIEW, None, 0)
    sweep(now=timezone.now() + timedelta(days=10))
    assert reload(order).state == states.AUTHORITY_REVIEW

    order = goes_again(order)
    assert (order.state, count_mails(order, "confirm_phones")) == (states.AUTHORITY_REVIEW, asked)
    order = settle(order)
    assert (order.state, order.due_at is not None) == (states.PHONE_DUE, True)
    assert count_mails(order, "confirm_phones") == 2 * asked
    assert PhoneCheck.objects.filter(report=order.report).exists()


def test_once_accepted_it_is_an_order_like_any_other(ministry: SimulatorClient, client: Client) -> None:
    order = settle(goes_again(put_off(ministry, with_them(ministry))))

    assert order.state == states.AUTHORITY_REVIEW
    assert DECIDES_FIRST not in page(client, order)
    ministry.push("BAJG", xml=bajg(result(Report.objects.get().own_id, "1001")).decode("gbk"))
    pull()
    assert reload(order).state == states.APPROVED


def test_after_the_last_retry_the_order_is_held_with_the_first_code(ministry: SimulatorClient, client: Client) -> None:
    """The code was lost, and operations read "5999"."""
    order = goes_again(put_off(ministry, with_them(ministry)))
    Report.objects.update(tries=len(report_queue.IN_REVIEW))

    order = put_off(ministry, order, "5999")

    assert (order.state, order.held, order.authority_code) == (states.HANDING_OVER, True, "1017")
    assert "We submit it once we have fixed the problem" in page(client, order)
    assert Report.objects.get().state == ReportState.PARKED


def test_a_cancellation_waits_in_the_same_way(ministry: SimulatorClient, client: Client) -> None:
    """For an earlier request of its own (1032) too."""
    order = with_them(ministry)
    website = make_website(order.owner, domain="example.net")
    ending = cancelling.begin(website, owner=order.owner)
    ORDER.apply(ending, "confirm_cancel", by="applicant", facts=queries.facts_of(ending))
    round_trip()

    ending = put_off(ministry, reload(ending), "1032", operation=5)

    assert (ending.state, count_mails(ending, "report_delayed")) == (states.AUTHORITY_REVIEW, 1)
    assert "The cancellation was requested before and is with the authority" in page(client, ending)
    assert settle(goes_again(ending)).state == states.AUTHORITY_REVIEW


def make_lapsed(ministry: SimulatorClient) -> Order:
    """Nobody confirmed the code: the order was returned, and the authority still has its report."""
    order = with_them(ministry, "12")
    sweep(now=timezone.now() + timedelta(days=3))
    assert reload(order).state == states.LAPSED
    return reload(order)


def test_a_lapsed_order_whose_report_is_postponed_waits_at_the_authority_again(
    ministry: SimulatorClient, client: Client
) -> None:
    """Its report was sent again, phones were texted for it, and its owner was not notified."""
    order = put_off(ministry, make_lapsed(ministry))

    assert (order.state, order.due_at, count_mails(order, "report_delayed")) == (states.AUTHORITY_REVIEW, None, 1)
    assert DECIDES_FIRST in page(client, order)
    order = settle(goes_again(order))
    assert (order.state, order.report, order.due_at is not None) == (states.PHONE_DUE, 1, True)
    assert (count_mails(order, "confirm_phones") > 0, ParkedAnswer.objects.count()) == (True, 0)


@pytest.mark.parametrize("move", ["abandon", "mend"])
def test_an_order_given_up_or_opened_for_changes_is_not_sent_again(ministry: SimulatorClient, move: str) -> None:
    """The authority could have granted what its owner had given up."""
    order = make_lapsed(ministry)
    ORDER.apply(order, move, by="applicant", facts=queries.facts_of(order))
    state = reload(order).state

    order = put_off(ministry, order)
    files = len(ministry.reports(kind="access"))
    order = goes_again(order)

    assert (order.state, Report.objects.get().state) == (state, ReportState.SUPERSEDED)
    assert len(ministry.reports(kind="access")) == files
    assert (count_mails(order, "report_delayed"), ParkedAnswer.objects.count()) == (0, 0)


@pytest.mark.parametrize("code", ["1017", "5999"])
def test_an_earlier_postponed_report_is_replaced_by_the_later_one(ministry: SimulatorClient, code: str) -> None:
    """Both were sent, and the later one was refused as a duplicate."""
    order = make_lapsed(ministry)
    ORDER.apply(order, "resubmit", by="applicant", facts=queries.facts_of(order))
    round_trip()
    first, later = Report.objects.order_by("pk")
    assert (first.state, later.state) == (ReportState.ACCEPTED, ReportState.QUEUED)

    handle = result(first.own_id, code, words=SAID, operation=3)
    ministry.push("BAJG", xml=bajg(handle).decode("gbk"))
    pull()
    round_trip()

    states_now = list(Report.objects.order_by("pk").values_list("state", flat=True))
    assert states_now == [ReportState.SUPERSEDED, ReportState.ACCEPTED]
    assert (reload(order).state, reload(order).report) == (states.PHONE_DUE, 2)
