"""On an English page every Chinese word is inside an element marked as Chinese, for browsers and screen readers."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from filings.provinces import PROVINCES
from filings.queries import websites_of
from icpportal.accounts.models import User
from icpportal.fields.language_marks import has_han
from tests.transfers import states
from transfers.documents import slots
from transfers.filing_type.decision import Outcome
from transfers.models import Order, TypeCheck
from transfers.photo.places import choose
from transfers.review.unsent_orders import opens
from verification.models import PhotoPlace

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
UNREAD = ("script", "style")
STEPS = ("service_code", "filing_password", "subject", "website", "administrator")
ACCOUNT_PAGES = (
    "account", "terms", "account_step_up", "account_change_password", "usersessions_list", "mfa_index",
    "notifications", "dashboard", "help", "privacy", "start", "verify-type", "rules",
)  # fmt: skip
STRANGERS_PAGES = (
    "account_login",
    "account_signup",
    "account_reset_password",
    "start",
    "rules",
    "help",
    "privacy",
    "terms",
)


def server_names(html: str) -> str:
    """Without the names people gave their servers: an option cannot contain markup."""
    return re.sub(r'<option value="i-[^"]+"[^>]*>[^<]*</option>', "", html)


class Han(HTMLParser):
    """Collects Chinese text that no enclosing element declares as Chinese."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.found: list[str] = []
        self.language = ""

    def handle_starttag(self, tag, attrs):
        lang = dict(attrs).get("lang") or (self.open[-1][1] if self.open else "")
        self.language = self.language or lang
        if tag not in VOID:
            self.open.append((tag, lang))

    def handle_endtag(self, tag):
        while self.open and any(name == tag for name, _lang in self.open):
            if self.open.pop()[0] == tag:
                return

    def handle_data(self, data):
        tag, lang = self.open[-1] if self.open else ("", "")
        if has_han(data) and tag not in UNREAD and not lang.startswith("zh"):
            self.found.append(" ".join(data.split()))


def unmarked_texts(html: str) -> list[str]:
    """The unmarked Chinese texts of an English page."""
    reader = Han()
    reader.feed(html)
    assert reader.language == "en", "the page is not English"
    return reader.found


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, simulator):
    """The demo's data, created once for this file and rolled back at its end; its accounts read English."""
    simulator.client.reset(world=True)
    around = transaction.atomic()
    around._from_testcase = True  # as Django's own TestCase: durable blocks inside may be rolled back here
    given = {**simulator.settings, "CANCEL_COOL_OFF": timedelta(hours=24)}  # or no cancellation cools off
    with django_db_blocker.unblock(), override_settings(**given), around:
        call_command("seed_demo", verbosity=0)
        User.objects.update(language="en")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(world, db):
    """The world, for one test."""


def signed_in(email: str) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.cookies["django_language"] = "en"
    if email:
        client.force_login(User.objects.get(email=email))
    return client


def wrong_pages(client: Client, addresses: list[str]) -> dict[str, list[str]]:
    """The pages with unmarked Chinese, and that text; every address must answer with a page."""
    found = {}
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, f"{answer.status_code} {address} {answer.headers.get('Location', '')}"
        texts = unmarked_texts(server_names(answer.content.decode()))
        if texts:
            found[address] = texts
    return found


def of_the_applicant():
    return Order.objects.filter(owner__email="lin@example.com")


def order_in(state: str) -> Order:
    """One of them; some states have several."""
    return of_the_applicant().filter(state=state).order_by("domain")[0]


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<html lang="en"><p>Name 林示范</p>', ["Name 林示范"]),
        ('<html lang="en"><p>Name <span lang="zh-Hans">林示范</span></p>', []),
        ('<html lang="en"><p>A <br> <span lang="zh-Hans">林<b>示</b></span> 范</p>', ["范"]),
        ('<html lang="en"><script>"林"</script><style>/*林*/</style><input value="林">', []),
        ('<html lang="en"><select lang="zh-Hans"><option>银川<option>天津</select>', []),
    ],
)
def test_unmarked_chinese_is_found(html, found):
    assert unmarked_texts(html) == found


def test_a_page_in_another_language_proves_nothing():
    with pytest.raises(AssertionError, match="not English"):
        unmarked_texts('<html lang="zh-Hans"><p>网站备案</p>')


def test_pages_for_everybody_show_no_unmarked_chinese(demo):
    addresses = [reverse(name) for name in STRANGERS_PAGES]

    assert wrong_pages(signed_in(""), addresses) == {}


@pytest.mark.parametrize("code", sorted(PROVINCES))
def test_the_rules_of_a_province_show_no_unmarked_chinese(client, db, code):
    client.cookies["django_language"] = "en"

    assert wrong_pages(client, [reverse("rules-province", args=[code])]) == {}


def test_account_pages_and_the_dashboard_show_no_unmarked_chinese(demo):
    addresses = [reverse(name) for name in ACCOUNT_PAGES]

    assert wrong_pages(signed_in("lin@example.com"), addresses) == {}


def test_messages_on_the_site_show_no_unmarked_chinese(demo):
    client = signed_in("lin@example.com")
    page = client.get(reverse("notifications")).content.decode()
    addresses = sorted(set(re.findall(r'href="(/messages/[0-9a-f-]{36}/)"', page)))

    assert wrong_pages(client, addresses) == {}


def test_the_page_of_an_order_shows_no_unmarked_chinese_in_any_state(demo):
    orders = of_the_applicant()

    assert {order.state for order in orders} == set(states.ALL)
    assert wrong_pages(signed_in("lin@example.com"), [order.get_absolute_url() for order in orders]) == {}


def test_pages_of_filings_show_no_unmarked_chinese(demo):
    mine = websites_of(User.objects.get(email="lin@example.com"))
    addresses = [reverse("filing", args=[pk]) for pk in mine.values_list("pk", flat=True)]

    assert addresses
    assert wrong_pages(signed_in("lin@example.com"), addresses) == {}


def test_pages_of_a_returned_order_show_no_unmarked_chinese(demo):
    order = order_in(states.RETURNED)
    Order.objects.filter(pk=order.pk).update(state=states.DRAFT)
    pages = ("people", "documents", "check", "order-type", "gates-passed", "password-forgotten")
    addresses = [reverse(name, args=[order.reference]) for name in pages]
    addresses += [reverse("step", args=[order.reference, step]) for step in STEPS]
    addresses += [reverse("slot", args=[order.reference, slot.key]) for slot in slots.needed_slots(order)]
    addresses += [reverse("order-move", args=[order.reference, "abandon"])]
    client = signed_in("lin@example.com")

    as_draft = wrong_pages(client, addresses)
    Order.objects.filter(pk=order.pk).update(state=states.RETURNED)
    returned = wrong_pages(client, [reverse(name, args=[order.reference]) for name in ("people", "documents", "check")])
    named = wrong_pages(client, [reverse("slot", args=[order.reference, "statement"])])

    assert (as_draft, returned, named) == ({}, {}, {})


def test_photo_phones_and_the_moves_that_ask_first(demo):
    phones = order_in(states.PHONE_DUE).reference
    waiting = Order.objects.filter(state=states.PHOTO_DUE)
    for order in waiting.exclude(province="31"):
        choose(order, PhotoPlace.objects.get(region="440300"))
    addresses = [
        *(reverse("photo", args=[order.reference]) for order in waiting),
        *(reverse("photo-place-slip", args=[order.reference]) for order in waiting.exclude(province="31")),
        reverse("demo-photo-app"),
        reverse("phones", args=[phones]),
        reverse("phones-lost", args=[phones]),
        reverse("order-move", args=[order_in(states.SUBMITTED).reference, "withdraw"]),
    ]

    assert wrong_pages(signed_in("lin@example.com"), addresses) == {}


def test_every_outcome_of_verify_type(demo):
    owner = User.objects.get(email="lin@example.com")
    answers = order_in(states.SUBMITTED).answer("type")
    checks = [TypeCheck.objects.create(owner=owner, answers=answers, outcome=outcome) for outcome in Outcome]
    addresses = [reverse("verify-type-outcome", args=[check.reference]) for check in checks]

    assert wrong_pages(signed_in("lin@example.com"), addresses) == {}


def test_error_pages(demo):
    answer = signed_in("lin@example.com").get("/transfers/nothing-here/")

    assert answer.status_code == 404
    assert unmarked_texts(answer.content.decode()) == []


@pytest.mark.parametrize("role", ["reviewer", "lead", "ops"])
def test_the_review_desk_and_its_queue(demo, role):
    queue = reverse("admin:transfers_order_changelist")
    addresses = [
        reverse("admin:index"),
        queue,
        f"{queue}?queue=all",
        f"{queue}?queue=held",
    ]

    assert wrong_pages(signed_in(f"{role}@example.com"), addresses) == {}


def test_the_auditor_reads_only_the_log_at_the_desk(demo):
    client = signed_in("auditor@example.com")
    refused = client.get(reverse("admin:transfers_order_changelist"))

    assert (refused.status_code, unmarked_texts(refused.content.decode())) == (403, [])
    assert wrong_pages(client, [reverse("admin:index"), reverse("admin:privacy_accessnote_changelist")]) == {}


@pytest.mark.parametrize("role", ["reviewer", "lead"])
def test_the_figures_of_the_desk_show_no_unmarked_chinese(demo, role):
    address = reverse("admin:desk_figures")

    assert wrong_pages(signed_in(f"{role}@example.com"), [address, f"{address}?weeks=13"]) == {}


def test_the_case_page_of_every_order_shows_no_unmarked_chinese(demo):
    addresses = [reverse("admin:transfers_order_case", args=[order.pk]) for order in of_the_applicant() if opens(order)]

    assert len(addresses) > 10
    assert wrong_pages(signed_in("lead@example.com"), addresses) == {}
