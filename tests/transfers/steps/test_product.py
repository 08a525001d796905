"""The product of an order follows from its server: another one is refused, and a false one is never reported."""

import hashlib
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from icpportal.accounts.models import User
from icpportal.alarms.models import Alarm
from icpportal.gateways.inventory import fake
from icpportal.gateways.miit.codes.code_names import METHODS
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order, sign_in
from tests.transfers.desk import make_complete
from tests.transfers.outside import ALICE, alice, errors, look, reload, send, server
from transfers.authority.reports import report_of
from transfers.documents import statement, validity
from transfers.models import Order, OrderDocument
from verification.models import ServiceCode
from verification.service_codes import actions as service_codes

pytestmark = pytest.mark.django_db
BOB = "bob@example.com"
CLOUD, HOSTING = (METHODS["cloud"],), (METHODS["hosting"],)


def draft(**changes: Any) -> Order:
    return make_order(alice(**changes), steps=())


def pick(product: str, instance: str = "i-example0001") -> dict[str, str]:
    return {"product_type": product, "how": "instance", "instance": instance}


def type_code(product: str, code: object) -> dict[str, str]:
    return {"product_type": product, "how": "code", "service_code": str(code)}


def make_code(account: str, product: str, *, listed_as: str = "", **columns: Any) -> ServiceCode:
    """A free code of an account's server with this product."""
    there = server(f"i-{account[:3]}", product=listed_as or product)
    fake.FakeInventory.accounts[account] = [there]
    return ServiceCode.objects.create(instance_id=there.id, slot=1, product=product, account=account, **columns)


def error_words(answer: Any, field: str) -> list[str]:
    return [str(each) for each in answer.context["form"].errors.get(field, [])]


# --- what was sent contradicts the server ----------------------------------------------------------


def test_the_page_does_not_ask_for_the_product(client: Client, servers: Any) -> None:
    assert 'name="product_type"' not in look(client, draft(), "service_code")


def test_hosting_sent_for_a_cloud_server_is_ignored(client: Client, servers: Any) -> None:
    order = draft()

    assert send(client, order, "service_code", pick("hosting")).status_code == 302

    assert reload(order).answer("service_code")["product_type"] == "ecs"
    assert report_of(reload(order), 1).methods == CLOUD


@pytest.mark.parametrize(("true", "sent"), [("hosting", "ecs"), ("simple", "hosting"), ("ecs", "simple"), ("ecs", "")])
@pytest.mark.parametrize("account", [ALICE, BOB])
def test_a_typed_code_is_for_the_product_of_its_server(
    client: Client, servers: Any, account: str, true: str, sent: str
) -> None:
    """The server's owner passes a code on, and the person who types it cannot know the product."""
    code, order = make_code(account, true), draft()

    assert send(client, order, "service_code", type_code(sent, code.pk)).status_code == 302

    assert reload(order).answer("service_code")["product_type"] == true


def test_a_code_handed_over_is_for_the_product_of_its_server(client: Client, servers: Any) -> None:
    code, order = make_code(BOB, "hosting", kept_by=ALICE), draft()

    assert send(client, order, "service_code", type_code("ecs", code.pk)).status_code == 302

    assert report_of(reload(order), 1).methods == HOSTING


def test_the_only_server_of_the_account_is_preselected(client: Client, servers: Any) -> None:
    page = look(client, draft(), "service_code")

    assert re.search(r'value="i-example0001"[^>]*selected', page)
    assert "From your account" in page


def test_of_two_servers_none_is_preselected(client: Client, servers: Any) -> None:
    servers[ALICE].append(server("i-example0002"))

    page = look(client, draft(), "service_code")

    assert not re.search(r'value="i-example000[12]"[^>]*selected', page)
    assert "From your account" not in page


def test_a_missing_product_follows_from_the_server(client: Client, servers: Any) -> None:
    servers[ALICE] = [server(product="hosting")]
    order = draft()

    answer = send(client, order, "service_code", {"how": "instance", "instance": "i-example0001"})

    assert answer.status_code == 302
    assert reload(order).answer("service_code")["product_type"] == "hosting"
    assert report_of(reload(order), 1).methods == HOSTING


def test_the_name_of_a_strangers_server_does_not_reveal_its_product(client: Client, servers: Any) -> None:
    """Guessing the name of a server reveals nothing about it."""
    make_code(BOB, "hosting")
    order = draft()

    answer = send(client, order, "service_code", pick("ecs", "i-bob"))

    assert errors(answer) == {"instance": ["code_not_usable"]}


def test_a_server_of_an_unknown_product_is_refused_and_reported_to_operations(client: Client, servers: Any) -> None:
    """Its access method is unknown, so it is not guessed."""
    servers[ALICE] = [server(product="quantum"), server("i-example0002")]
    order = draft()

    answer = send(client, order, "service_code", pick("ecs"))

    assert errors(answer) == {"instance": ["instance_product"]}
    assert [(alarm.cause, alarm.reference, alarm.detail) for alarm in Alarm.objects.all()] == [
        ("inventory.product:quantum", order.reference, "quantum")
    ]
    assert send(client, order, "service_code", pick("ecs", "i-example0002")).status_code == 302


def test_a_typed_code_of_such_a_server_gets_the_same_answer_whoever_owns_it(client: Client, servers: Any) -> None:
    code, order = make_code(BOB, "quantum"), draft()

    answer = send(client, order, "service_code", type_code("ecs", code.pk))

    assert errors(answer) == {"service_code": ["instance_product"]}
    assert Alarm.objects.get().detail == "quantum"


# --- where it is shown ------------------------------------------------------------------------------


def test_each_server_is_listed_with_its_product(client: Client, servers: Any) -> None:
    servers[ALICE].append(server("i-example0002", product="hosting"))

    page = look(client, draft(), "service_code")

    assert re.search(r"i-example0001 · 示例服务器 · .{0,30}Elastic Compute Service", page)
    assert re.search(r"i-example0002 · 示例服务器 · .{0,30}Web hosting", page)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Web hosting", "虚拟主机 (web hosting)", "宁夏回族自治区 (Ningxia)")),
        ("zh-hans", ("云虚拟主机", "虚拟主机", "宁夏回族自治区")),
    ],
)
def test_the_check_page_and_the_reviewer_see_product_access_method_and_place(
    client: Client, servers: Any, language: str, words: tuple[str, ...]
) -> None:
    servers[ALICE] = [server(product="hosting")]
    order = make_complete(owner=alice(language=language))
    send(client, order, "service_code", pick("hosting"))
    client.cookies["django_language"] = language

    checked = client.get(reverse("check", args=[order.reference])).content.decode()
    Order.objects.filter(pk=order.pk).update(state=states.SUBMITTED)
    reviewer = sign_in(client, make_lead_reviewer())
    case = reviewer.get(reverse("admin:transfers_order_case", args=[order.pk])).content.decode()
    missing = [
        text for page in (checked, case) for text in (*words, "192.0.2.10") if text not in re.sub("<[^>]+>", "", page)
    ]
    assert missing == []


# --- orders from before -------------------------------------------------------------------------------


def from_before(product: str, said: str, *, state: str = states.DRAFT, **columns: Any) -> Order:
    """An order whose applicant stated one product while its code is another's; the product was not stored."""
    code = ServiceCode.objects.create(instance_id="i-example0001", slot=1, product=product, account=ALICE)
    answer = {"product_type": said, "how": "instance", "instance": "i-example0001", "service_code": ""}
    server_then = {"ip": "192.0.2.10", "name": "示例服务器"}
    order = make_order(
        state=state, answers={"service_code": answer, "server": server_then}, service_code=str(code.pk), **columns
    )
    service_codes.bind(code.pk, order.reference)
    return order


@pytest.mark.parametrize(
    ("product", "said", "methods", "words"),
    [
        ("ecs", "hosting", CLOUD, "云接入"),
        ("hosting", "ecs", HOSTING, "虚拟主机"),
        ("hosting", "", HOSTING, "虚拟主机"),
        ("simple", "simple", CLOUD, "云接入"),
    ],
)
def test_an_order_with_a_false_product_reports_and_prints_the_true_one(
    product: str, said: str, methods: tuple[int], words: str
) -> None:
    order = from_before(product, said, state=states.HANDING_OVER)

    assert report_of(order, 1).methods == methods
    assert statement.facts(order).access_method == words


def mark_from_before(order: Order) -> str:
    """The digest of a sheet signed before product and place were part of it."""
    found = statement.facts(order)
    parts = (found.subject_name, found.number, found.site_name, *found.domains, found.administrator, found.ip)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


@pytest.mark.parametrize(("said", "stale"), [("hosting", True), ("ecs", False), ("simple", False)])
def test_a_sheet_signed_with_a_false_access_method_must_be_signed_again(said: str, stale: bool) -> None:
    order = from_before("ecs", said)
    sheet = OrderDocument(order=order, slot="statement", mark=mark_from_before(order))

    assert validity.is_stale(order, sheet) is stale


def test_a_provider_names_the_access_method_of_a_product_of_its_own(
    client: Client, servers: Any, settings: Any
) -> None:
    """The provider decides which product is web hosting, not the key."""
    settings.PROVIDER_PRODUCTS = [
        {"key": "vhost", "zh": "主机空间", "en": "Shared space", "method": "hosting"},
        {"key": "rack", "zh": "机柜", "en": "Rack", "method": "colocation"},
        {"key": "vm", "zh": "云主机", "en": "Machine"},
    ]
    expected = {"vhost": ("hosting", "虚拟主机"), "rack": ("colocation", "主机托管"), "vm": ("cloud", "云接入")}
    found = {}
    for product in expected:
        servers[ALICE] = [server(f"i-{product}", product=product)]
        order = make_order(alice_again(), steps=())
        send(client, order, "service_code", pick(product, f"i-{product}"))
        found[product] = (report_of(reload(order), 1).methods, facts_of(reload(order)).access_method)

    assert found == {key: ((METHODS[method],), words) for key, (method, words) in expected.items()}


def alice_again() -> Any:
    return User.objects.filter(email=ALICE).first() or alice()


def facts_of(order: Order) -> Any:
    return statement.facts(with_details(order))


def with_details(order: Order) -> Order:
    order.answers = {**make_order().answers, **order.answers}
    return order
