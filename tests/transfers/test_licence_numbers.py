"""Filings with the number of a licence, or of the earliest years: from step 1 to the footer, and over SOAP."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from demo.ministry.api.client import SimulatorClient
from filings.models import Website
from icpportal.alarms.models import Alarm
from icpportal.codes import limits
from icpportal.gateways.miit.models import Report
from icpportal.gateways.miit.types import FilingStatus
from tests.demo.ministry.conftest import FILING, LEAD
from tests.transfers import states
from tests.transfers.builders import make_reviewer, make_user, sign_in
from tests.transfers.outside import ALICE, errors, on_file, typed_type
from tests.transfers.whole_way import DOMAIN, ask_type, begin, cancel, decide, pick_server, reload, to_the_end
from transfers.models import ParkedAnswer, TypeCheck

ADMINISTRATOR = {"name": "陈样例", "mobile": "13900000002", "id_number": "649999198806060008"}
BEIJING = {"region_province": "11", "region_city": "110100", "region_county": "110101"}
STEMS = ["京B2-20060259", "京ICP证030173号", "京ICP备050001号", "京ICP备12345号", "合字B2-20090004"]


@pytest.mark.django_db
@pytest.mark.parametrize("stem", STEMS)
def test_a_filing_with_a_licence_number_is_a_transfer_and_its_order_has_the_number(
    client: Client, ministry: Any, stem: str
) -> None:
    on_file(ministry, "example.com", subject=stem)

    check = ask_type(client, make_user(), **BEIJING)
    order = begin(client, check)

    assert (check.outcome, check.subject_number, check.site_number) == ("transfer", stem, f"{stem}-1")
    assert (order.subject_number, order.site_number) == (stem, f"{stem}-1")


@pytest.mark.django_db
@pytest.mark.parametrize("stem", ["京B2-20060259", "京ICP证030173号"])
def test_a_licence_of_another_province_or_of_another_subject_does_not_match(
    client: Client, ministry: Any, stem: str
) -> None:
    on_file(ministry, "example.com", subject=stem)

    assert ask_type(client, make_user()).outcome == "mismatch"  # Ningxia was chosen
    ministry.sites["example.com"] = FilingStatus(True, "京B2-20060250", "示例", "京B2-20060250-1")
    assert ask_type(client, make_user(), **BEIJING).outcome == "mismatch"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number", "form"),
    [("京Q2-20060259-1", "京.9-99999999-9"), ("<html>", ".."), ("", "empty")],
)
def test_a_number_of_an_unknown_format_is_shown_unchanged_and_operations_get_an_alarm(
    client: Client, ministry: Any, settings: Any, number: str, form: str
) -> None:
    settings.LIMITS = {**settings.LIMITS, "verify_type": (1, 3600)}
    settings.PROVIDER_HOTLINE = "400-000-0009"
    ministry.sites["example.com"] = FilingStatus(True, "京ICP备00000000号", "示例", number)
    owner = make_user()

    answer = sign_in(client, owner).post(reverse("verify-type"), typed_type(), headers={"accept-language": "en"})

    assert errors(answer) == {"__all__": ["number_unread"]}
    words = answer.content.decode()
    assert "400-000-0009" in words
    assert "We cannot read the filing number on record" in words
    assert "busy" not in words
    assert "宁夏示例纸业有限公司" in words
    assert limits.consume("verify_type", str(owner.pk)).ok
    assert not TypeCheck.objects.exists()
    alarm = Alarm.objects.get()
    assert (alarm.cause, alarm.reference) == (f"filing_number.unread:{form}", f"account {owner.pk}")


@pytest.fixture
def desk(on_the_wire: SimulatorClient, settings: Any) -> SimulatorClient:
    settings.DNS_GATEWAY = "icpportal.gateways.dns.fake.FakeResolver"
    on_the_wire.set_province("64", asks_phones=False)
    return on_the_wire


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("servers")
@pytest.mark.parametrize(
    ("stem", "handle"), [("宁B2-20060259", "number"), ("宁ICP证030173号", "number"), ("宁ICP备12345号", "own_id")]
)
def test_a_filing_under_a_licence_is_transferred_shown_and_cancelled_over_the_wire(
    client: Client, desk: SimulatorClient, stem: str, handle: str
) -> None:
    desk.conduct(handle=handle)
    desk.add_filing(**{**FILING, "number": stem, "lead": LEAD, "administrator": ADMINISTRATOR})
    order = begin(client, ask_type(client, make_user(ALICE)))
    pick_server(client, order)

    order = to_the_end(client, desk, order)

    assert (order.state, order.subject_number, order.site_number) == (states.APPROVED, stem, f"{stem}-1")
    assert Report.objects.get().site_number == f"{stem}-1"
    website = Website.objects.get(domain=DOMAIN)
    assert (website.site_number, website.subject.subject_number) == (f"{stem}-1", stem)
    assert website.accesses.get(own=True).ministry_id is not None
    for page in (reverse("dashboard"), reverse("filing", args=[website.pk]), order.get_absolute_url()):
        assert f"{stem}-1" in client.get(page).content.decode()
    assert f"{stem}-1&lt;/a&gt;" in client.get(order.get_absolute_url()).content.decode()  # the footer code
    staff = Client()
    staff.force_login(make_reviewer())
    found = staff.get(reverse("admin:filings_website_changelist"), {"q": f"{stem.lower()}－1"})
    assert f"{stem}-1" in found.content.decode()

    ending = cancel(client, order)
    decide(desk, ending, "grant")

    assert reload(ending).state == states.CANCELLED
    assert (ParkedAnswer.objects.count(), Alarm.objects.count()) == (0, 0)
