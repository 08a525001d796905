"""The documented interface as a whole: docs/inventory.md, a console that follows it, and pages over real HTTP."""

import json
import re
import time

import pytest
from django.conf import settings as portal
from django.urls import reverse

from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.inventory import eligibility, http
from icpportal.gateways.inventory.http import HttpInventory
from icpportal.gateways.inventory.parser import instance_of
from icpportal.gateways.inventory.types import Instance
from tests.icpportal.gateways.inventory.provider import Provider
from tests.icpportal.gateways.inventory.test_parser import RAW
from tests.transfers.builders import make_user, sign_in
from verification.models import ServiceCode

TEXT = (portal.BASE_DIR / "docs" / "inventory.md").read_text("utf-8")
BLOCKS = re.findall(r"^```\n(.*?)\n```", TEXT.partition("## Trying it")[0], re.DOTALL | re.MULTILINE)
ASKED, ANSWERED = BLOCKS[::2], BLOCKS[1::2]
INVENTORY = HttpInventory()
LIN = "lin@example.com"


@pytest.fixture
def provider(settings):
    with Provider() as console:
        settings.INVENTORY_GATEWAY = "icpportal.gateways.inventory.http.HttpInventory"
        settings.INVENTORY_URL, settings.INVENTORY_TOKEN = console.url, console.token
        yield console


def rows(count):
    return [{**RAW, "id": f"i-{number:03}"} for number in range(count)]


# --- the page keeps its word -----------------------------------------------------------------------


def examples():
    """(path, request, status, answer) of each example of the page."""
    for asked, answered in zip(ASKED, ANSWERED, strict=True):
        path, question = asked.removeprefix("POST ").split("\n", 1)
        status, answer = answered.split("\n", 1)
        yield path, json.loads(question), int(status), json.loads(answer)


def test_every_example_is_what_the_portal_requests_and_can_read(provider, monkeypatch):
    given = {(path, json.dumps(question)): (status, answer) for path, question, status, answer in examples()}
    monkeypatch.setattr(Provider, "instances", lambda self, question: given["/instances", json.dumps(question)])
    monkeypatch.setattr(Provider, "instance", lambda self, question: given["/instance", json.dumps(question)])

    found = [row.id for row in INVENTORY.instances(LIN)]
    one, nobody = INVENTORY.instance("i-example0001"), INVENTORY.instance("i-nobody")

    assert found == ["i-example0001", "i-example0002", "i-example0003"]
    assert one is not None
    assert one.public_ip == "192.0.2.10"
    assert nobody is None
    assert [(path.removeprefix("/filing"), json.dumps(question)) for path, question in provider.asked] == list(given)


def test_every_setting_field_and_rule_is_named():
    settings_named = {name for name in dir(portal) if name.startswith(("INVENTORY_", "SERVER_P"))}
    fields = set(Instance.__dataclass_fields__)

    assert {name for name in settings_named | fields if f"`{name}`" not in TEXT} == set()
    assert len(eligibility.RULES) == 6  # the six listed on the page, and the quota
    assert f"At most {http.MOST_PAGES} pages" in TEXT
    assert f"{http.LARGEST // 2**20} MB" in TEXT
    assert f"up to {http.LONGEST_CURSOR} characters" in TEXT
    assert f"{portal.GATEWAY_REQUEST_SECONDS} seconds" in TEXT


def test_an_example_removed_from_the_answer_is_noticed():
    path, question, status, answer = next(examples())

    assert (path, question, status) == ("/instances", {"account": LIN}, 200)
    assert instance_of(answer["instances"][1]).codes_max == 5


# --- paging ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (100, 1), (101, 2), (250, 3)])
def test_a_long_list_is_read_page_by_page(provider, count, pages):
    provider.accounts[LIN] = rows(count)

    found = INVENTORY.instances(LIN)

    assert [row.id for row in found] == [row["id"] for row in rows(count)]
    assert len(provider.asked) == pages
    assert [question.get("cursor") for _, question in provider.asked] == [None, "100", "200"][:pages]


def test_an_instance_moved_to_the_next_page_counts_once(provider, monkeypatch):
    pages = iter([{"instances": rows(2), "next": "a"}, {"instances": rows(3)}])
    monkeypatch.setattr(Provider, "instances", lambda self, question: (200, next(pages)))

    assert [row.id for row in INVENTORY.instances(LIN)] == ["i-000", "i-001", "i-002"]


@pytest.mark.parametrize("last", [None, ""])
def test_an_empty_next_is_the_end(provider, monkeypatch, last):
    monkeypatch.setattr(Provider, "instances", lambda self, question: (200, {"instances": rows(1), "next": last}))

    assert len(INVENTORY.instances(LIN)) == 1


@pytest.mark.parametrize("cursor", [7, ["a"], {"a": 1}, True, "x" * 501])
def test_an_unreadable_next_is_a_temporary_error(provider, monkeypatch, cursor):
    monkeypatch.setattr(Provider, "instances", lambda self, question: (200, {"instances": [], "next": cursor}))

    with pytest.raises(Retryable):
        INVENTORY.instances(LIN)


def test_a_list_whose_pages_form_a_circle_is_given_up(provider, monkeypatch):
    monkeypatch.setattr(Provider, "instances", lambda self, question: (200, {"instances": rows(1), "next": "again"}))

    with pytest.raises(Retryable):
        INVENTORY.instances(LIN)

    assert len(provider.asked) == 2


def test_an_endless_list_is_given_up_after_twenty_pages(provider):
    provider.page = 1
    provider.accounts[LIN] = rows(30)

    with pytest.raises(Retryable):
        INVENTORY.instances(LIN)

    assert len(provider.asked) == 20


def test_an_incomplete_list_is_no_list(provider, monkeypatch):
    pages = iter([(200, {"instances": rows(2), "next": "a"}), (503, {})])
    monkeypatch.setattr(Provider, "instances", lambda self, question: next(pages))

    with pytest.raises(Retryable):
        INVENTORY.instances(LIN)


def test_all_pages_share_the_time_of_one_call(provider):
    provider.page, provider.stall = 1, 0.15
    provider.accounts[LIN] = rows(15)
    begun = time.monotonic()

    with pytest.raises(Retryable):
        INVENTORY.instances(LIN, timeout=0.5)

    assert time.monotonic() - begun < 1


def test_a_wrong_token_is_refused(provider, settings):
    settings.INVENTORY_TOKEN = "wrong"

    with pytest.raises(Refused):
        INVENTORY.check()


# --- the desk over it -----------------------------------------------------------------------------------


def desk(client, user):
    client.cookies["django_language"] = "en"
    return sign_in(client, user).get(reverse("service-codes")).content.decode()


def test_the_desk_lists_servers_and_issues_codes_over_real_http(client, db, provider):
    user = make_user(LIN)
    provider.accounts[LIN] = [{**RAW, "started_on": "2026-01-01", "ends_on": "2099-01-01"}]

    shown = desk(client, user)
    client.post(reverse("service-code-apply"), {"instance": "i-example0001", "slot": 1})

    assert "i-example0001" in shown
    assert ServiceCode.objects.get().account == LIN


@pytest.mark.parametrize("fault", [400, 401, 403, 429, 500, 503])
def test_the_desk_reports_a_failing_console_and_issues_nothing(client, db, provider, fault):
    user = make_user(LIN)
    provider.accounts[LIN] = rows(1)
    provider.fault = fault

    shown = desk(client, user)
    client.post(reverse("service-code-apply"), {"instance": "i-000", "slot": 1})

    assert "The server list is unavailable: try again later" in shown
    assert not ServiceCode.objects.exists()
