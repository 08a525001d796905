"""Approved, cancelled, and the same site transferred again, page by page, over real SOAP."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from demo.ministry.api.client import SimulatorClient
from filings.models import Access, Website
from tests.demo.ministry.conftest import FILING, LEAD
from tests.transfers import cancels, states
from tests.transfers.builders import make_user
from tests.transfers.outside import ALICE, server
from tests.transfers.whole_way import (
    DOMAIN,
    ask_type,
    begin,
    cancel,
    decide,
    pick_server,
    reload,
    round_trip,
    to_the_end,
    type_code,
)
from transfers.models import Order, ParkedAnswer
from verification.models import ServiceCode
from verification.service_codes import actions as service_codes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("servers")]
CHEN = "chen@example.com"
ADMINISTRATOR = {"name": "陈样例", "mobile": "13900000002", "id_number": "649999198806060008"}


@pytest.fixture
def ministry(on_the_wire: SimulatorClient, settings: Any) -> SimulatorClient:
    """The sample filing is on record, with another provider; no phones are verified."""
    settings.DNS_GATEWAY = "icpportal.gateways.dns.fake.FakeResolver"
    on_the_wire.set_province("64", asks_phones=False)
    on_the_wire.add_filing(**{**FILING, "lead": LEAD, "administrator": ADMINISTRATOR})
    return on_the_wire


@pytest.fixture
def lin(ministry: Any) -> Any:
    return make_user(ALICE)


def make_transferred(client: Client, ministry: SimulatorClient, owner: Any) -> Order:
    """The first transfer of the site, with a code of the owner's server."""
    order = begin(client, ask_type(client, owner))
    pick_server(client, order)
    order = to_the_end(client, ministry, order)
    assert (order.state, order.kind) == (states.APPROVED, states.TRANSFER)
    return order


def end_access(client: Client, ministry: SimulatorClient, order: Order) -> Order:
    ending = cancel(client, order)
    assert ending.state == states.AUTHORITY_REVIEW
    decide(ministry, ending, "grant")
    ending = reload(ending)
    assert ending.state == states.CANCELLED
    return ending


def codes() -> list[tuple[int, str, str]]:
    return list(ServiceCode.objects.order_by("instance_id", "slot").values_list("slot", "state", "used_for"))


def page_text(client: Client, url: str) -> str:
    client.cookies["django_language"] = "en"
    return client.get(url, follow=True).content.decode()


def test_the_same_account_transfers_a_cancelled_site_again_and_cancels_it_again(
    client: Client, ministry: SimulatorClient, lin: Any
) -> None:
    first = make_transferred(client, ministry, lin)
    used = ServiceCode.objects.get()
    end_access(client, ministry, first)
    assert codes() == [(1, "used", DOMAIN)]

    check = ask_type(client, lin)
    assert check.outcome == "transfer_another"  # the subject is on file here
    again = begin(client, check)
    client.cookies["django_language"] = "en"
    refused = type_code(client, again, str(used.pk))
    assert "This code already belongs to another site: use another" in refused.content.decode()
    pick_server(client, again)
    assert codes() == [(1, "used", DOMAIN), (2, "bound", "")]
    again = to_the_end(client, ministry, again)

    assert again.state == states.APPROVED
    assert codes() == [(1, "used", DOMAIN), (2, "used", DOMAIN)]
    website = Website.objects.get()
    own = website.accesses.filter(own=True).order_by("since")
    assert [each.ended_at is None for each in own] == [False, True]
    assert len({each.ministry_id for each in own} - {None}) == 2
    assert [each.service_code for each in own] == [str(used.pk), again.service_code]
    assert ParkedAnswer.objects.count() == 0
    assert again.website == website
    assert "2 of 5 issued" in page_text(client, reverse("service-codes"))

    end_access(client, ministry, again)

    assert not website.accesses.filter(own=True, ended_at=None).exists()
    assert codes() == [(1, "used", DOMAIN), (2, "used", DOMAIN)]
    assert Access.objects.filter(own=True).count() == 2


def test_another_account_transfers_a_cancelled_site_with_a_code_of_its_own(
    client: Client, ministry: SimulatorClient, lin: Any, servers: Any
) -> None:
    first = make_transferred(client, ministry, lin)
    used = ServiceCode.objects.get()
    chen = make_user(CHEN)
    servers[CHEN] = [server("i-chen0001")]
    assert ask_type(client, chen).outcome == "other_account"  # while it is with us
    end_access(client, ministry, first)

    check = ask_type(client, chen)
    assert check.outcome == "transfer"
    again = begin(client, check)
    client.cookies["django_language"] = "en"
    refused = type_code(client, again, str(used.pk))
    assert "This service code cannot be used" in refused.content.decode()  # somebody else's: no reason is given
    pick_server(client, again, "i-chen0001")
    again = to_the_end(client, ministry, again)

    assert (again.state, again.owner) == (states.APPROVED, chen)
    assert codes() == [(1, "used", DOMAIN), (1, "used", DOMAIN)]
    website = Website.objects.get()
    assert (website.owner, website.subject.owner) == (chen, chen)
    assert website.accesses.filter(own=True, ended_at=None).count() == 1
    assert DOMAIN in page_text(client, reverse("dashboard"))
    assert reverse("another-of", args=[website.subject_id]) in page_text(client, reverse("filing", args=[website.pk]))
    client.force_login(lin)
    its_end = client.get(reverse("filing", args=[website.pk]))  # an old address leads to the order that ended it
    assert its_end.url == Order.objects.get(owner=lin, kind=states.CANCELLATION).get_absolute_url()
    assert ask_type(client, lin).outcome == "other_account"

    end_access(client, ministry, again)


def test_while_a_cancellation_is_in_progress_the_site_cannot_be_transferred_again(
    client: Client, ministry: SimulatorClient, lin: Any
) -> None:
    first = make_transferred(client, ministry, lin)
    ending = cancel(client, first)

    check = ask_type(client, lin)

    page = strip_tags(page_text(client, reverse("verify-type-outcome", args=[check.reference])))
    assert check.outcome == "own_order"
    assert f"Order {ending.reference} cancels a transfer: wait for the result, then start again" in page
    chen = make_user(CHEN)
    assert ask_type(client, chen).outcome == "other_order"
    assert Order.objects.filter(kind__in=states.TRANSFERS).count() == 1


def test_a_refused_cancellation_leaves_the_site_here_and_its_code_used(
    client: Client, ministry: SimulatorClient, lin: Any
) -> None:
    first = make_transferred(client, ministry, lin)
    ending = cancel(client, first)
    decide(ministry, ending, "turn_down", words="资料不全")

    assert reload(ending).state == states.REFUSED
    assert ask_type(client, lin).outcome == "already_here"
    assert codes() == [(1, "used", DOMAIN)]
    once_more = cancel(client, first)
    assert once_more.state == states.AUTHORITY_REVIEW
    round_trip()
    assert cancels.order_of(first.website).pk == once_more.pk


def test_a_released_code_can_be_used_for_the_same_site_and_the_fifth_is_the_last(
    client: Client, ministry: SimulatorClient, lin: Any, servers: Any
) -> None:
    first = make_transferred(client, ministry, lin)
    end_access(client, ministry, first)
    instance = servers[ALICE][0]
    for slot in (2, 3, 4):
        used = {"account": ALICE, "state": "used", "holder": f"ORDER-{slot}", "used_for": "other.com"}
        ServiceCode.objects.create(instance_id=instance.id, slot=slot, product="ecs", **used)
    free = service_codes.issue(instance, ALICE)
    again = begin(client, ask_type(client, lin))
    type_code(client, again, str(free.pk))
    client.post(reverse("order-move", args=[again.reference, "abandon"]), {"words": ""})
    free.refresh_from_db()
    assert free.state == "free"

    once_more = begin(client, ask_type(client, lin))
    type_code(client, once_more, str(free.pk))
    once_more = to_the_end(client, ministry, once_more)

    free.refresh_from_db()
    assert (once_more.state, free.state, free.used_for) == (states.APPROVED, "used", DOMAIN)
    with pytest.raises(service_codes.CodeRefused):
        service_codes.issue(instance, ALICE)
