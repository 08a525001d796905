"""Every outside system stalls: callers get an answer within seconds, nobody else notices, nothing is counted."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from demo.ministry.api.client import SimulatorClient
from demo.rehearsal.http_browser import Browser
from tests.journeys.portal import Portal, running

pytestmark = [pytest.mark.worker, pytest.mark.alone]

PROCESSES, AT_ONCE = 2, 12  # of the demo's gunicorn; of settings.GATEWAY_REQUESTS_AT_ONCE
ASKERS = PROCESSES * AT_ONCE + 4
EVERYBODY = 50
LONGEST_QUESTION = 6.0  # settings.GATEWAY_REQUEST_SECONDS
MARGIN = 2.0
AT_THE_LATEST = 1.0  # for a page that makes no outside call
BUSY_AT_THE_LATEST = 3.0  # for the "busy" answer to one of a dozen who press at the same moment, on a loaded machine

PLACE = """
import json
from demo.fake_data import organisation
from tests.transfers.builders import PASSWORD, make_order, make_user
import random
owner = make_user("asker@example.com", mobile="13700000001")
first = make_order(owner, province="12", steps=())
second = make_order(owner, province="12", steps=("service_code",))
name, code = organisation(random.Random(1), "12", "天津")
print(json.dumps({"password": PASSWORD, "service_code": first.reference, "filing_password": second.reference,
    "name": name, "code": code}))
"""
LOOK = """
import json
from icpportal.codes.models import Allowance
from transfers.models import Order, TypeCheck
from verification.models import ServiceCode, WrongPassword
mine = Order.objects.filter(owner__email="asker@example.com")
print(json.dumps({
    "counted": sorted((row.name, row.used) for row in Allowance.objects.filter(name__in=[
        "verify_type", "service_code", "filing_password_order", "filing_password_account", "filing_password_number"])),
    "kept": TypeCheck.objects.filter(owner__email="asker@example.com").count() + WrongPassword.objects.count(),
    "bound": ServiceCode.objects.filter(holder__in=[order.reference for order in mine]).count(),
    "versions": sorted(mine.values_list("version", flat=True)),
}))
"""


@dataclass
class Answer:
    """The result of one request, and its seconds."""

    what: str
    seconds: float
    status: int
    text: str

    @property
    def was_counted_as_nothing(self) -> bool:
        return "not counted" in self.text.lower()


class Visitor:
    """Sends requests like one signed-in person from several tabs at once."""

    def __init__(self, portal: Portal, placed: dict[str, str]) -> None:
        self.portal, self.placed = portal, placed
        browser = Browser(portal.url)
        page = browser.get("/account/login/")
        browser.send(page.form("login", "password"), login="asker@example.com", password=placed["password"])
        self.cookies = browser.session.cookies.get_dict()

    def get(self, path: str) -> Answer:
        return self._timed(path, lambda: requests.get(self.portal.url + path, cookies=self.cookies, timeout=30))

    def post(self, path: str, **values: str) -> Answer:
        data = {"csrfmiddlewaretoken": self.cookies["csrf"], **values}
        headers = {"Referer": self.portal.url, "Accept-Language": "en"}
        return self._timed(
            path,
            lambda: requests.post(self.portal.url + path, data=data, cookies=self.cookies, headers=headers, timeout=30),
        )

    def _timed(self, what: str, send: Callable[[], requests.Response]) -> Answer:
        began = time.monotonic()
        answer = send()
        return Answer(what, time.monotonic() - began, answer.status_code, answer.text)

    # --- the three questions of a request, and pages that ask nobody ---

    def verify_type(self) -> Answer:
        return self.post(
            "/transfers/new/",
            nature="enterprise",
            id_type="1",
            id_number=self.placed["code"],
            name=self.placed["name"],
            region_province="12",
            region_city="120100",
            region_county="120101",
            domain="stalled-example.com",
        )

    def service_code(self) -> Answer:
        code = "00000000-0000-4000-8000-000000000077"
        place = f"/transfers/{self.placed['service_code']}/service_code/"
        return self.post(place, product_type="ecs", how="code", service_code=code)

    def server(self) -> Answer:
        place = f"/transfers/{self.placed['service_code']}/service_code/"
        return self.post(place, product_type="ecs", how="instance", instance="i-example-demo0001")

    def filing_password(self) -> Answer:
        place = f"/transfers/{self.placed['filing_password']}/filing_password/"
        return self.post(place, filing_password="NotTheOne1")

    @property
    def questions(self) -> list[Callable[[], Answer]]:
        return [self.verify_type, self.server, self.filing_password]

    @property
    def pages(self) -> list[str]:
        return [
            "/",
            "/rules/",
            "/rules/12/",
            "/filings/",
            f"/transfers/{self.placed['filing_password']}/",
            "/messages/",
        ]


def ministry(portal: Portal) -> SimulatorClient:
    """The desk of the simulated ministry used by the portal."""
    return SimulatorClient(Browser(portal.url).get("/demo/authority/").url)


def look(portal: Portal) -> dict[str, Any]:
    return json.loads(portal.manage("shell", "-v0", "-c", LOOK))


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    folder: Path = tmp_path_factory.mktemp("stalled")
    with running(folder, seeds=False, INVENTORY_GATEWAY="icpportal.gateways.inventory.fake.Stalling") as portal:
        placed = json.loads(portal.manage("shell", "-v0", "-c", PLACE))
        ministry(portal).fault("all", "slow", value=60)
        yield Visitor(portal, placed)


def test_many_call_at_once_and_other_pages_answer_within_a_second(visitor: Visitor) -> None:
    before = look(visitor.portal)
    for path in [*visitor.pages, "/transfers/new/"] * 3:  # both processes load their templates and texts
        assert visitor.get(path).status == 200

    with ThreadPoolExecutor(ASKERS) as pool:
        asked = [pool.submit(visitor.questions[turn % 3]) for turn in range(12)]
        asked += [pool.submit(visitor.questions[turn % 2]) for turn in range(ASKERS - 12)]  # at most five passwords
        time.sleep(1.5)  # by now those who waited for a slot behind the first have their answer
        others = []
        while not all(each.done() for each in asked):
            others += [visitor.get(path) for path in visitor.pages]
        answers = [each.result() for each in asked]

    assert [other for other in others if other.status != 200 or other.seconds > AT_THE_LATEST] == []
    assert len(others) >= 5 * len(visitor.pages)
    stalled = [answer for answer in answers if answer.seconds > BUSY_AT_THE_LATEST]
    assert AT_ONCE <= len(stalled) <= PROCESSES * AT_ONCE
    assert max(answer.seconds for answer in answers) < LONGEST_QUESTION + MARGIN
    assert min(answer.seconds for answer in stalled) > LONGEST_QUESTION - MARGIN
    assert [answer.what for answer in answers if not answer.was_counted_as_nothing or answer.status != 200] == []
    after = look(visitor.portal)
    assert {used for _name, used in after["counted"]} <= {0}
    assert {**after, "counted": []} == {**before, "counted": []}


def test_a_call_of_each_kind_ends_in_its_time_and_counts_nothing(visitor: Visitor) -> None:
    with ThreadPoolExecutor(len(visitor.questions)) as pool:
        answers = list(pool.map(lambda ask: ask(), visitor.questions))

    early_or_late = [it for it in answers if not LONGEST_QUESTION - MARGIN < it.seconds < LONGEST_QUESTION + MARGIN]
    assert early_or_late == []
    assert [answer.what for answer in answers if not answer.was_counted_as_nothing] == []
    assert {used for _name, used in look(visitor.portal)["counted"]} <= {0}


def test_once_the_authority_answers_again_a_wrong_password_is_counted(visitor: Visitor) -> None:
    ministry(visitor.portal).lift_faults()

    answers = [visitor.filing_password(), visitor.verify_type()]

    assert max(answer.seconds for answer in answers) < AT_THE_LATEST
    counted = dict(look(visitor.portal)["counted"])
    assert {counted["filing_password_order"], counted["filing_password_account"], counted["verify_type"]} == {1}


def test_fifty_concurrent_presses_are_all_answered_when_the_authority_is_fast(visitor: Visitor) -> None:
    """With the shipped settings two of eight who pressed step 1 at once were told that the system is busy."""
    ministry(visitor.portal).lift_faults()

    with ThreadPoolExecutor(EVERYBODY) as pool:
        answers = list(pool.map(lambda _number: visitor.verify_type(), range(EVERYBODY)))

    assert [answer.text[:2000] for answer in answers if answer.was_counted_as_nothing or answer.status != 200] == []
