"""Cancellations over real SOAP: completed, refused with an explanation, the same site transferred again."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from demo.ministry.api.client import SimulatorClient
from filings.actions import record_access
from filings.models import Access
from icpportal.gateways.miit.gateway import MinistryAuthority
from icpportal.gateways.miit.models import Report, ReportState
from icpportal.outbox.delivery import deliver
from tests.transfers import states
from tests.transfers.builders import make_order, make_user, sign_in
from tests.transfers.wired import DIGEST, FILING_PASSWORD, put_on_record, wired_order
from transfers.authority.approval import access_facts
from transfers.authority.results import pull
from transfers.cancellation import actions as cancelling
from transfers.models import Order, ParkedAnswer
from transfers.orders import queries
from transfers.orders.machine import ORDER, queue_report
from verification.models import ServiceCode
from verification.service_codes import actions as service_codes

pytestmark = pytest.mark.django_db(transaction=True)


def reload(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def round_trip() -> None:
    """Sends what is queued, and fetches the answers."""
    deliver()
    MinistryAuthority().send()
    pull()


def decide(ministry: SimulatorClient, order: Order, decision: str, **how: str) -> None:
    waiting = [row for row in ministry.reports(stage="waiting") if row["domain"] == order.domain]
    ministry.decide(waiting[0]["key"], decision, **how)
    pull()


def code_of(order: Order) -> ServiceCode:
    return ServiceCode.objects.create(
        instance_id="i-example0001",
        slot=1,
        product="ecs",
        account=order.owner.email,
        state="bound",
        holder=order.reference,
    )


def approve(ministry: SimulatorClient, **columns: Any) -> Order:
    """A granted transfer; the register has the authority's id of its access."""
    order = wired_order(state=states.HANDING_OVER, report=0, rule_profile="current-2020", **columns)
    put_on_record(ministry, [order], phones=())
    return make_granted(ministry, order)


def make_granted(ministry: SimulatorClient, order: Order) -> Order:
    queue_report(order, "authority")
    round_trip()
    decide(ministry, order, "grant")
    order = reload(order)
    assert order.state == states.APPROVED
    return order


def cancel(transferred: Order, **columns: Any) -> Order:
    """A confirmed and reported cancellation of that transfer."""
    website = transferred.website
    assert website is not None
    order = cancelling.begin(website, owner=transferred.owner)
    for name, value in columns.items():
        setattr(order, name, value)
    order.save(update_fields=columns)
    ORDER.apply(order, "confirm_cancel", by="applicant", facts=queries.facts_of(order))
    round_trip()
    return reload(order)


def test_a_cancelled_site_can_be_transferred_again_with_another_service_code(on_the_wire: SimulatorClient) -> None:
    first = approve(on_the_wire)
    # the code of the first transfer was spent by its approval
    code = code_of(first)
    service_codes.spend(first.reference)
    assert Access.objects.get(own=True).ministry_id is not None

    ending = cancel(first)
    assert ending.state == states.AUTHORITY_REVIEW
    decide(on_the_wire, ending, "grant")

    assert reload(ending).state == states.CANCELLED
    access = Access.objects.get(own=True)
    assert (access.ended_at is None, access.website.ended_at) == (False, None)
    code.refresh_from_db()
    assert (code.state, service_codes.bind(code.pk, "OTHER-ORDER", account=code.account)) == ("used", False)

    again = make_order(
        first.owner,
        state=states.HANDING_OVER,
        report=0,
        domain=first.domain,
        subject_key=access.website.subject.subject_key,  # as corrected by the authority's record
        subject_number=first.subject_number,
        site_number=first.site_number,
        password_digest=DIGEST,
        rule_profile="current-2020",
    )
    make_granted(on_the_wire, again)

    live = Access.objects.filter(own=True, ended_at=None)
    assert [each.website_id for each in live] == [access.website_id]
    assert (Access.objects.filter(own=True).count(), ParkedAnswer.objects.count()) == (2, 0)


def test_the_filing_password_is_reported_and_a_wrong_one_is_refused_with_an_explanation(
    on_the_wire: SimulatorClient, client: Client
) -> None:
    order = cancel(approve(on_the_wire), password_digest="0" * 32)

    pull()

    assert (reload(order).state, reload(order).authority_code) == (states.REFUSED, "1018")
    client.cookies["django_language"] = "en"
    html = sign_in(client, order.owner).get(order.get_absolute_url()).content.decode()
    assert "The transfer stays as it is" in html
    assert Access.objects.filter(own=True, ended_at=None).count() == 1


def test_the_last_access_at_the_authority_is_refused_with_1025(on_the_wire: SimulatorClient, client: Client) -> None:
    owner = make_user()
    order = wired_order(owner=owner, state=states.AUTHORITY_REVIEW, report=1)
    filing = {
        "number": order.subject_number, "province": "64", "id_type_code": 1, "id_number": "91649999000000027F",
        "name": "示例", "password": FILING_PASSWORD,
        "lead": {"name": "林示范", "mobile": "13900000001", "id_number": "649999198502140009"},
        "administrator": {"name": "林示范", "mobile": "13900000001", "id_number": "649999198502140009"},
        "sites": [{"domain": order.domain, "name": "示例", "number": order.site_number, "providers": [], "ours": True}],
    }  # fmt: skip
    on_the_wire.add_filing(**filing)
    ORDER.apply(order, "grant", by="authority", facts=queries.facts_of(order))
    order.subject, order.website = record_access(access_facts(order, order.report_key))
    on_the_wire.push("BASJ", number=order.subject_number)
    pull()

    ending = cancel(order)
    pull()

    ending = reload(ending)
    assert (ending.state, ending.authority_code) == (states.REFUSED, "1025")
    client.cookies["django_language"] = "zh-hans"
    html = sign_in(client, owner).get(ending.get_absolute_url()).content.decode()
    assert "仅剩一个接入" in html


def test_an_earlier_request_waits_for_the_authority(on_the_wire: SimulatorClient) -> None:
    first = approve(on_the_wire)
    once = cancel(first)
    Order.objects.filter(pk=once.pk).update(state=states.ABANDONED)  # as if it had been requested elsewhere
    Report.objects.filter(key=once.report_key).update(state=ReportState.ANSWERED)

    twice = cancel(first)
    pull()

    report = Report.objects.get(key=twice.report_key)
    assert (report.state, report.tries, reload(twice).held) == (ReportState.QUEUED, 1, False)


def test_an_access_that_is_not_ours_is_held_with_1047(on_the_wire: SimulatorClient) -> None:
    first = approve(on_the_wire)
    theirs = Access.objects.filter(own=False).values_list("ministry_id", flat=True).first()
    assert theirs is not None
    Access.objects.filter(own=True).update(ministry_id=theirs)

    ending = cancel(first)
    pull()

    assert (reload(ending).held, reload(ending).authority_code) == (True, "1047")
    assert Access.objects.filter(own=True, ended_at=None).count() == 1


@pytest.mark.parametrize("code", ["1016", "1050"])
def test_a_cancellation_of_an_access_missing_at_the_authority_ends_as_cancelled(
    on_the_wire: SimulatorClient, client: Client, code: str
) -> None:
    """Refused with "The transfer stays as it is", and the access stayed for ever."""
    first = approve(on_the_wire)
    ending = cancel(first)

    decide(on_the_wire, ending, "turn_down", code=code, words="网站已注销")
    pull()

    ending = reload(ending)
    assert (ending.state, ending.authority_code, ending.authority_words) == (states.CANCELLED, code, "网站已注销")
    assert list(Access.objects.filter(own=True).values_list("ended_because", flat=True)) == ["cancelled"]
    assert "网站已注销" in sign_in(client, first.owner).get(ending.get_absolute_url()).content.decode()
    assert ParkedAnswer.objects.count() == 0


def test_a_cancellation_before_the_record_waits_and_is_sent_with_it(on_the_wire: SimulatorClient) -> None:
    first = approve(on_the_wire)
    Access.objects.filter(own=True).update(ministry_id=None)

    ending = cancel(first)
    assert (ending.state, on_the_wire.reports(kind="cancellation")) == (states.HANDING_OVER, [])
    on_the_wire.push("BASJ", number=first.subject_number)
    pull(now=timezone.now())
    round_trip()

    assert reload(ending).state == states.AUTHORITY_REVIEW
