"""The demo keeps its printed promises: each filing, order and old record that it offers is walked to its end."""

import json
import random
from collections.abc import Callable
from copy import copy
from typing import Any

import pytest

from demo import fake_data
from demo.management.commands.rehearse import REVIEWER
from demo.rehearsal import cancellation as cancel
from demo.rehearsal import legacy_import as old_platform
from demo.rehearsal import photo_app as app
from demo.rehearsal import transfer as steps
from demo.rehearsal import transfer_another as another
from demo.rehearsal.scenario import Scenario
from demo.seed import accounts as demo_accounts
from demo.seed import free_filings as demo_world
from demo.seed import old_platform as demo_legacy
from demo.seed import orders as demo_orders
from tests.journeys.portal import Portal

pytestmark = pytest.mark.worker
Steps = tuple[tuple[str, Callable[[Scenario], None]], ...]
LIN = demo_accounts.ACCOUNTS[0]
ORDERS = """
import json
from transfers.models import Order
order = Order.objects.get(domain={!r})
print(json.dumps([order.reference, order.subject_number, order.answers], ensure_ascii=False))
"""


def walk_in(portal: Portal, province: str) -> Scenario:
    return Scenario(portal.url, province, REVIEWER, dice=random.Random())


def whom(person: tuple[str, str, str]) -> fake_data.FakePerson:
    name, id_number, mobile = person
    return fake_data.FakePerson(name, id_number, mobile, f"p{mobile[3:]}@example.com")


def transfer_offered(portal: Portal, free: demo_world.FreeFiling) -> Scenario:
    """A new customer who transfers one of the printed filings."""
    walk = walk_in(portal, free.province)
    walk.region, walk.number, walk.domain = free.region, free.number, free.domain
    walk.code, walk.company, walk.filing_password = free.id_number, free.name, free.password
    walk.lead, walk.admin = whom(free.lead), whom(free.administrator)
    if free.id_type != "1":
        walk.nature, walk.id_type = "individual", free.id_type
    return walk


def signed_in_as_lin(portal: Portal, number: int) -> Scenario:
    """The demo's applicant, and the data of the order with this number."""
    reference, filing, answers = json.loads(
        portal.manage("shell", "-v", "0", "-c", ORDERS.format(demo_orders.domain_of(number)))
    )
    walk = walk_in(portal, answers["type"]["region"][:2])
    walk.reference, walk.number, walk.domain = reference, filing, demo_orders.domain_of(number)
    walk.region = answers["type"]["region"]
    walk.account, walk.account_mobile = LIN.email, LIN.mobile
    walk.filing_password = demo_orders.password_of(number)
    walk.lead, walk.admin = person_of(answers["subject"], "lead"), person_of(answers["administrator"], "admin")
    page = walk.me.get("/account/login/")
    walk.me.send(page.form("login", "password"), login=LIN.email, password=demo_accounts.PASSWORD)
    return walk


def person_of(answers: dict[str, Any], prefix: str) -> fake_data.FakePerson:
    asked = ("name", "id_number", "phone1", "email")
    return fake_data.FakePerson(*(answers[f"{prefix}_{key}"] for key in asked))


def after(name: str, table: Steps) -> Steps:
    """The steps after the one of this name."""
    return table[[step[0] for step in table].index(name) + 1 :]


def without(table: Steps, *names: str) -> Steps:
    return tuple(step for step in table if step[0] not in names)


def number_of(line: str) -> int:
    """The order that a printed line is about."""
    return next(n for n in range(len(demo_orders.SEEDS)) if demo_orders.domain_of(n) in line.split())


def test_the_old_record_is_claimed_with_the_papers_of_the_printed_person(portal: Portal) -> None:
    """A record without an account, and the reviewer who compares it.

    Before the person's other website is transferred: then its subject belongs to that account.
    """
    name, id_number, domain = demo_legacy.lines()[1].split(": ")[1].split()
    walk = walk_in(portal, "12")
    steps.sign_up(walk)

    page = walk.me.get("/import/claim/")
    page = walk.me.send(page.form("id_number"), id_type="2", id_number=id_number, name=name, domain=domain)
    claim = page.url
    walk.me.send(page.form("file"), files={"file": ("paper.jpg", steps.picture("paper"), "image/jpeg")})
    walk.wait_for("the paper to be checked", lambda: state_after_sending(walk, claim) == "sent")

    desk = steps.staff(walk)
    page = desk.get("/admin/filings/legacyclaim/")
    cases = [each.attrs["href"] for each in page.find("a") if "/change/" in each.attrs.get("href", "")]
    page = desk.get(cases[0])
    assert domain in page.html
    page = desk.send(steps.form_with(page, "accept"), button=("move", "accept"))
    said = [" ".join(each.text.split()) for each in page.find("ul", class_="told")]
    assert page.url.endswith("/admin/filings/legacyclaim/"), said
    assert state_of(walk, claim) == "accepted"


FIRST, *OTHERS = demo_world.FREE


@pytest.mark.parametrize(
    "free",
    [FIRST, *(pytest.param(free, marks=pytest.mark.long) for free in OTHERS)],
    ids=[free.domain for free in demo_world.FREE],
)
def test_each_offered_filing_is_transferred_to_its_end(portal: Portal, free: demo_world.FreeFiling) -> None:
    """One of the four was refused at step 1, because the last digit of its number was wrong."""
    walk = transfer_offered(portal, free)

    walk.run(without(steps.STEPS, "prepare"))

    assert walk.standing == "approved"


def test_the_further_filing_is_transferred_and_then_the_first_is_cancelled(portal: Portal) -> None:
    """Both are offered to the same customer, and have the same subject."""
    first = signed_in_as_lin(portal, number_of(demo_orders.cancellable()))
    further = copy(first)
    further.domain, further.site, further.steps = demo_orders.transferable().split()[0], 2, []

    rest = without(after("another", another.STEPS), "service_code", "filing_password")
    further.run(
        (
            ("another", of_the_same_subject),
            ("service_code", steps.service_code),
            ("filing_password", steps.filing_password),
            ("subject", the_county_that_is_asked_again),
            *rest,
        )
    )
    first.run(cancel.STEPS[len(steps.STEPS) :])

    assert (further.standing, first.standing) == ("approved", "cancelled")


def of_the_same_subject(walk: Scenario) -> None:
    """The customer has several subjects; selects the one with the printed number."""
    ways = [each.attrs["href"] for each in walk.me.get("/filings/?tab=sites").find("a")]
    for way in (href for href in ways if another.OF_SUBJECT.search(href)):
        if walk.number in walk.me.get(way).html:
            another.another_from(walk, way)
            return
    raise AssertionError(f"{walk.number} is not among the subjects")


def the_county_that_is_asked_again(walk: Scenario) -> None:
    """The authority's record names a city only."""
    page = walk.me.get(walk.url("subject/"))
    walk.moved_on(walk.me.send(page.form("post_region"), post_region=walk.region), "subject")


def test_the_photo_of_the_app_is_fetched_with_the_printed_code(portal: Portal) -> None:
    """The order in Shanghai."""
    domain, *_, code = demo_orders.by_app().split()
    walk = signed_in_as_lin(portal, number_of(domain))

    page = walk.me.get(walk.url("photo/"))
    app.fetch(walk, page, code)

    assert walk.order_state() == "photo_review"


def test_the_old_account_is_imported_with_the_printed_password(portal: Portal) -> None:
    """Both of its websites."""
    email, _, password, _, *domains = demo_legacy.lines()[0].split()
    walk = walk_in(portal, "64")
    steps.sign_up(walk)

    page = old_platform.prove_account(walk, email, password)
    walk.reference = page.url.split("/import/")[1].split("/")[0]
    wanted = [domain.rstrip(",") for domain in domains]
    walk.me.send(page.form("site", action="/run/"), site=wanted)

    for domain in wanted:
        walk.wait_for(f"the import of {domain}", lambda domain=domain: old_platform.outcome(walk, domain) == "imported")


def state_after_sending(walk: Scenario, claim: str) -> str:
    page = walk.me.get(claim)
    if any("words" in form.names for form in page.forms):
        walk.me.send(page.form("words"), button=("send", "1"))
    return state_of(walk, claim)


def state_of(walk: Scenario, claim: str) -> str:
    return next(each.attrs["data-state"] for each in walk.me.get(claim).find() if "data-state" in each.attrs)
