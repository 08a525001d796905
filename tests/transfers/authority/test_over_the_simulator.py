"""Orders over real SOAP: queued here, decided by a simulated authority in its own process, fetched back."""

from typing import Any

import pytest
from django.conf import settings

from filings.models import Access
from icpportal.gateways.miit.gateway import MinistryAuthority
from icpportal.gateways.miit.models import InboxFile
from tests.demo.ministry.conftest import ADMINISTRATOR, FILING, LEAD, NUMBER
from tests.transfers import states
from tests.transfers.builders import make_order, moves
from transfers.authority.reports import report_of
from transfers.authority.results import pull
from transfers.models import Order, ParkedAnswer
from transfers.orders import queries
from transfers.phones import windows as phone_windows

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(simulator: Any, settings: Any) -> Any:
    """The authority's API client, with the sample filing on record and phones verified in its province."""
    simulator.point(settings)
    settings.AUTHORITY_GATEWAY = "icpportal.gateways.miit.gateway.MinistryAuthority"
    settings.AUTHORITY_TELLS_PHONES = True
    client = simulator.client
    client.reset(world=True)
    client.set_province("64", asks_phones=False)
    client.add_filing(**{**FILING, "lead": LEAD, "administrator": ADMINISTRATOR})
    return client


def hand_over(**changes: Any) -> Order:
    """An order whose report is at the authority."""
    digest = "1a64a010767f0725fb52111b0a9e9f84"  # of Abc12345
    facts = {"state": states.HANDING_OVER, "domain": "example.com", "password_digest": digest, **changes}
    order = make_order(**facts)
    MinistryAuthority().queue(report_of(order, order.report))
    assert MinistryAuthority().send() == 1
    pull()
    return Order.objects.get(pk=order.pk)


def reload(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def test_a_grant_moves_the_order_and_its_record_fills_the_register(desk: Any) -> None:
    order = hand_over()
    assert order.state == states.PHONE_DUE  # this profile waits for phones; the desk verifies none

    desk.decide(desk.reports()[0]["key"], "grant")
    pull()
    pull()

    order, access = reload(order), Access.objects.get(own=True)
    assert (order.state, moves(order)) == (states.APPROVED, ["reported", "grant"])
    assert access.ministry_id is not None
    assert (access.website.ministry_id is None, access.website.subject.ministry_id is None) == (False, False)
    assert access.website.subject.subject_number == NUMBER
    assert (ParkedAnswer.objects.count(), InboxFile.objects.filter(state="parked").count()) == (0, 0)


def test_a_grant_adds_our_access_and_changes_nothing_else_of_the_filing(desk: Any) -> None:
    (before,) = desk.filings(number=NUMBER)
    hand_over()

    desk.decide(desk.reports()[0]["key"], "grant")

    (after,) = desk.filings(number=NUMBER)
    (site_before,), (site,) = before.pop("sites"), after.pop("sites")
    accesses_before, accesses = site_before.pop("accesses"), site.pop("accesses")
    assert (after, site) == (before, site_before)
    assert len(accesses_before) == 1  # the previous provider's
    assert accesses[:1] == accesses_before
    assert [each["isp_id"] for each in accesses[1:]] == [settings.MIIT_ISP_ID]


def test_a_refusal_opens_the_parts_of_its_code(desk: Any) -> None:
    order = hand_over()

    desk.decide(desk.reports()[0]["key"], "turn_down", code="1018")
    pull()

    assert (reload(order).state, reload(order).authority_code) == (states.AUTHORITY_RETURNED, "1018")


def test_an_error_of_ours_holds_the_order(desk: Any) -> None:
    order = hand_over()

    desk.decide(desk.reports()[0]["key"], "report_failed", code="1063")
    pull()

    assert (reload(order).state, reload(order).held) == (states.HANDING_OVER, True)


def test_phones_are_reported_and_move_the_order(desk: Any) -> None:
    desk.set_province("64", asks_phones=True, people="administrator", hours=24)
    order = hand_over(rule_profile="current-2020")
    assert order.state == states.PHONE_DUE
    told = [(check.role, check.mobile_masked, check.confirmed_at) for check in queries.phone_checks(order)]
    assert told == [("administrator", "139****0002", None)]

    desk.confirm("example.com")
    phone_windows.ask()

    assert reload(order).state == states.AUTHORITY_REVIEW
