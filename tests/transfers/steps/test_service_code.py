"""Step 2: one of my servers, or a code I was given."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from icpportal.codes import limits
from icpportal.gateways import request_budget
from icpportal.gateways.inventory import fake
from icpportal.wizard import storage
from tests.transfers import states
from tests.transfers.builders import make_order, make_user, sign_in
from tests.transfers.outside import ALICE, alice, cost, errors, look, page_of, reload, send, server
from transfers.models import Order
from transfers.steps import service_code
from verification.models import ServiceCode
from verification.service_codes import actions as service_codes

pytestmark = pytest.mark.django_db
FAKES = "icpportal.gateways.inventory.fake"


def draft(**changes: Any) -> Order:
    return make_order(changes.pop("owner", None) or alice(), steps=changes.pop("steps", ()), **changes)


def own(instance: str = "i-example0001") -> dict[str, str]:
    return {"product_type": "ecs", "how": "instance", "instance": instance}


def type_code(code: object) -> dict[str, str]:
    return {"product_type": "ecs", "how": "code", "service_code": str(code)}


def code_of(account: str = "bob@example.com", **changes: Any) -> ServiceCode:
    """A free code of somebody's server on the list."""
    there = server(changes.pop("instance", "i-bob"), **changes)
    fake.FakeInventory.accounts.setdefault(account, []).append(there)
    return ServiceCode.objects.create(instance_id=there.id, slot=1, product="ecs", account=account)


def bound_to(order: Order) -> list[str]:
    return [str(pk) for pk in ServiceCode.objects.filter(holder=order.reference).values_list("pk", flat=True)]


# --- one of my servers -------------------------------------------------------------------------


def test_a_chosen_server_gets_its_own_code_bound_to_the_order(client: Client, servers: Any) -> None:
    order = draft()

    answer = send(client, order, "service_code", own())

    after = reload(order)
    assert (answer.status_code, answer["Location"]) == (302, page_of(order, "filing_password"))
    assert bound_to(order) == [after.service_code]
    assert after.instance == "i-example0001"
    assert after.answer("server") == {"ip": "192.0.2.10", "name": "示例服务器", "product": "ecs", "place": "64"}


def test_choosing_the_same_server_again_takes_no_second_code(client: Client, servers: Any) -> None:
    order = draft()
    send(client, order, "service_code", own())
    first = reload(order).service_code

    send(client, order, "service_code", own())

    assert (reload(order).service_code, ServiceCode.objects.count()) == (first, 1)


def test_another_server_releases_the_code_of_the_first(client: Client, servers: Any) -> None:
    servers[ALICE].append(server("i-example0002"))
    order = draft()
    send(client, order, "service_code", own())

    send(client, order, "service_code", own("i-example0002"))

    assert reload(order).instance == "i-example0002"
    assert [code.state for code in ServiceCode.objects.order_by("instance_id")] == ["free", "bound"]


TODAY = date.today()
RULES = [
    ("instance_region", {"mainland": False}),
    ("instance_term", {"started_on": TODAY - timedelta(days=10), "ends_on": TODAY + timedelta(days=20)}),
    ("instance_no_ip", {"public_ip": ""}),
    ("instance_ipv6", {"public_ip": "2001:db8::10"}),
    ("instance_expired", {"ends_on": TODAY - timedelta(days=1)}),
    ("instance_payg", {"billing": "payg", "ends_on": None}),
    ("instance_quota", {"codes_max": 0}),
]


@pytest.mark.parametrize(("rule", "changes"), RULES, ids=[row[0] for row in RULES])
def test_the_rule_broken_by_my_server_is_named(
    client: Client, servers: Any, rule: str, changes: dict[str, Any]
) -> None:
    servers[ALICE] = [server(**changes)]
    order = draft()

    answer = send(client, order, "service_code", own())

    assert errors(answer) == {"instance": [rule]}
    assert (reload(order).service_code, reload(order).answers) == ("", order.answers)


@pytest.mark.parametrize(("rule", "address"), [("instance_no_ip", ""), ("instance_ipv6", "2001:db8::10")])
def test_a_server_that_lost_its_ipv4_address_is_refused_when_it_is_verified_again(
    client: Client, servers: Any, rule: str, address: str
) -> None:
    order = draft()
    send(client, order, "service_code", own())
    servers[ALICE] = [server(public_ip=address)]

    answer = send(client, order, "service_code", own())

    assert errors(answer) == {"instance": [rule]}
    assert reload(order).answer("server")["ip"] == "192.0.2.10"


def test_the_sixth_code_of_a_server_is_refused(client: Client, servers: Any) -> None:
    for slot in range(1, 6):
        ServiceCode.objects.create(
            instance_id="i-example0001", slot=slot, product="ecs", account=ALICE, state="used", holder=f"old{slot}"
        )
    order = draft()

    answer = send(client, order, "service_code", own())

    assert errors(answer) == {"instance": ["instance_quota"]}


def test_a_server_of_another_account_cannot_be_chosen(client: Client, servers: Any) -> None:
    code_of()
    order = draft()

    answer = send(client, order, "service_code", own("i-bob"))

    assert errors(answer) == {"instance": ["code_not_usable"]}
    assert bound_to(order) == []


def test_without_a_chosen_server_an_error_is_shown_and_nothing_is_bound(client: Client, servers: Any) -> None:
    order = draft()

    answer = send(client, order, "service_code", own(""))

    assert errors(answer) == {"instance": ["choose"]}
    assert not ServiceCode.objects.exists()


# --- a code that somebody gave me ----------------------------------------------------------------


def forms_of(code: ServiceCode) -> list[str]:
    plain = code.pk.hex
    return [
        str(code.pk),
        str(code.pk).upper(),
        plain,
        " ".join(plain[at : at + 4] for at in range(0, 32, 4)),
        str(code.pk).replace("-", "－"),
        "".join(chr(ord(char) + 0xFEE0) for char in plain),
        plain.replace("0", "O").replace("1", "l"),
    ]


@pytest.mark.parametrize("at", range(7))
def test_a_free_code_of_another_account_works_however_it_is_pasted(client: Client, servers: Any, at: int) -> None:
    code = code_of()
    order = draft()

    answer = send(client, order, "service_code", type_code(forms_of(code)[at]))

    assert answer.status_code == 302
    assert (reload(order).service_code, reload(order).instance) == (str(code.pk), "i-bob")


@pytest.mark.parametrize("text", ["", "123", "g" * 32, "0" * 33, "００００"])
def test_an_invalid_code_is_refused_without_costing_an_attempt(
    client: Client, servers: Any, text: str, settings: Any
) -> None:
    settings.LIMITS = {**settings.LIMITS, "service_code": (1, 3600)}
    order = draft()

    answer = send(client, order, "service_code", type_code(text))

    assert errors(answer) == {"service_code": ["code_shape"]}
    assert limits.consume("service_code", str(order.owner.pk)).ok


def unknown() -> str:
    return "00000000-0000-4000-8000-00000000000f"


def make_used() -> str:
    code = code_of()
    ServiceCode.objects.filter(pk=code.pk).update(state="used", holder="gone")
    return str(code.pk)


def elsewhere() -> str:
    code = code_of()
    service_codes.bind(code.pk, "SOME-ELSE")
    return str(code.pk)


def make_expired() -> str:
    code = code_of(ends_on=TODAY - timedelta(days=1))
    ServiceCode.objects.filter(pk=code.pk).update(state="expired")
    return str(code.pk)


def other_product() -> str:
    code = code_of()
    ServiceCode.objects.filter(pk=code.pk).update(product="hosting")
    return str(code.pk)


@pytest.mark.parametrize("make", [unknown, make_used, elsewhere, make_expired, other_product])
def test_a_strangers_unusable_code_always_gets_the_same_page_after_the_same_work(
    client: Client, servers: Any, make: Callable[[], str]
) -> None:
    order = draft()
    text = make()
    sign_in(client, order.owner)
    plain = cost(lambda: client.post(page_of(order, "service_code"), type_code(unknown())))
    plain = cost(
        lambda: client.post(page_of(order, "service_code"), type_code(unknown()))
    )  # the first creates the counter

    this = cost(lambda: client.post(page_of(order, "service_code"), type_code(text)))

    answer = client.post(page_of(order, "service_code"), type_code(text))
    assert this == plain
    assert errors(answer) == {"service_code": ["code_not_usable"]}
    assert "SOME-ELSE" not in answer.content.decode()
    assert answer.content.decode().count(text) == 1  # the entry stays in the field


def test_my_own_bound_code_names_its_order(client: Client, servers: Any) -> None:
    order, other = draft(), make_order(steps=())
    code = ServiceCode.objects.create(instance_id="i-example0001", slot=1, product="ecs", account=ALICE)
    service_codes.bind(code.pk, other.reference)

    answer = send(client, order, "service_code", type_code(code.pk))

    assert errors(answer) == {"service_code": ["code_bound"]}
    assert other.reference in answer.content.decode()


def test_attempts_with_typed_codes_are_limited_and_the_limit_says_until_when(
    client: Client, servers: Any, settings: Any
) -> None:
    settings.LIMITS = {**settings.LIMITS, "service_code": (2, 3600)}
    code, order = code_of(), draft()
    for _ in range(2):
        send(client, order, "service_code", type_code(unknown()))

    answer = send(client, order, "service_code", type_code(code.pk))

    assert errors(answer) == {"service_code": ["too_many"]}
    assert reload(order).service_code == ""


# --- a server list that is down ----------------------------------------------------------------


@pytest.mark.parametrize("gateway", ["Down", "Refusing", "Nonsense"])
@pytest.mark.parametrize("what", [own(), type_code("00000000-0000-4000-8000-000000000001")])
def test_an_outage_counts_no_attempt_and_keeps_the_entries(
    client: Client, servers: Any, settings: Any, gateway: str, what: dict[str, str]
) -> None:
    settings.LIMITS = {**settings.LIMITS, "service_code": (1, 3600)}
    order, usual = draft(), settings.INVENTORY_GATEWAY
    settings.INVENTORY_GATEWAY = f"{FAKES}.{gateway}"

    answer = send(client, order, "service_code", what)

    assert errors(answer) == {"__all__": ["service_busy"]}
    settings.INVENTORY_GATEWAY = usual
    assert (what.get("instance") or what["service_code"]) in look(client, order, "service_code")
    assert limits.consume("service_code", str(order.owner.pk)).ok
    assert reload(order).version == order.version


def test_the_page_still_opens_when_the_list_is_down_and_offers_the_code(
    client: Client, servers: Any, settings: Any
) -> None:
    order = draft()
    settings.INVENTORY_GATEWAY = f"{FAKES}.Down"

    page = look(client, order, "service_code")

    assert "The server list is unavailable" in page
    assert "You can enter a service code instead" in page


def test_a_busy_process_says_so_at_once_and_counts_nothing(client: Client, servers: Any, settings: Any) -> None:
    settings.GATEWAY_REQUESTS_AT_ONCE = 0
    settings.LIMITS = {**settings.LIMITS, "service_code": (1, 3600)}
    order = draft()

    answer = send(client, order, "service_code", type_code(unknown()))

    assert errors(answer) == {"__all__": ["service_busy"]}
    assert limits.consume("service_code", str(order.owner.pk)).ok


@pytest.mark.parametrize("what", [own("i-nobody"), type_code("00000000-0000-4000-8000-00000000000f")])
def test_a_refused_page_queries_the_list_within_one_call_each_time(
    client: Client, servers: Any, monkeypatch: pytest.MonkeyPatch, what: dict[str, str]
) -> None:
    opened: list[int] = []
    take = request_budget.ConcurrencyLimit.take
    monkeypatch.setattr(
        request_budget.ConcurrencyLimit, "take", lambda self, most: opened.append(most) or take(self, most)
    )
    order = draft()

    refused = sign_in(client, order.owner).post(page_of(order, "service_code"), what, follow=False)
    asked = len(opened)
    client.get(refused.url)

    assert (asked, len(opened) - asked) == (1, 1)


def test_a_stalled_list_costs_the_time_of_one_call_though_the_page_is_rendered_again(
    client: Client, servers: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(fake.time, "sleep", waits.append)
    settings.INVENTORY_GATEWAY = f"{FAKES}.Stalling"
    order = draft()

    refused = sign_in(client, order.owner).post(page_of(order, "service_code"), own())

    assert errors(refused) == {"__all__": ["service_busy"]}
    assert len(waits) == 1
    later = time.time() + 11
    monkeypatch.setattr(service_code.time, "time", lambda: later)
    look(client, order, "service_code")
    assert len(waits) == 2  # later it is queried again
    assert max(waits) <= settings.GATEWAY_REQUEST_SECONDS


# --- what a stranger, a skip and a race come to ---------------------------------------------------


def test_an_order_submitted_in_the_meantime_keeps_its_code(
    client: Client, servers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers[ALICE].append(server("i-example0002"))
    order = draft()
    send(client, order, "service_code", own())
    first = reload(order).service_code

    def sent_first(row: Order, edit: object, **columns: object) -> None:
        Order.objects.filter(pk=row.pk).update(state=states.SUBMITTED)
        raise storage.RowClosed(row)

    monkeypatch.setattr("transfers.steps.service_code.change", sent_first)
    answer = send(client, order, "service_code", own("i-example0002"))

    assert (answer.status_code, answer["Location"]) == (302, order.get_absolute_url())
    assert bound_to(order) == [first] == [reload(order).service_code]


def test_a_stranger_finds_no_such_order_and_binds_nothing(client: Client, servers: Any) -> None:
    order, stranger = draft(), make_user()

    got = sign_in(client, stranger).get(page_of(order, "service_code"))
    posted = client.post(page_of(order, "service_code"), own())

    assert (got.status_code, posted.status_code) == (404, 404)
    assert not ServiceCode.objects.exists()


def test_opening_the_page_changes_nothing(client: Client, servers: Any) -> None:
    order = draft()

    sign_in(client, order.owner).get(page_of(order, "service_code"))

    assert (reload(order).version, ServiceCode.objects.count()) == (0, 0)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_servers_are_listed_with_their_codes_or_their_errors(client: Client, servers: Any, language: str) -> None:
    servers[ALICE] += [server("i-abroad", mainland=False)]
    order = draft(owner=alice(language=language))

    page = look(client, order, "service_code", language)

    words = {
        "en": ("5 codes left", "The server must be in mainland China: choose another server"),
        "zh-hans": ("还可用 5 个", "服务器须在中国大陆，请选择其他服务器"),
    }[language]
    assert [text in page for text in words] == [True, True]


def test_a_step_takes_at_most_ten_queries_to_show_and_thirteen_to_submit(client: Client, servers: Any) -> None:
    code, order = code_of(), draft()
    sign_in(client, order.owner)

    shown = cost(lambda: client.get(page_of(order, "service_code")))
    sent = cost(lambda: client.post(page_of(order, "service_code"), own()))
    again = cost(lambda: client.post(page_of(order, "service_code"), type_code(code.pk)))

    assert reload(order).service_code == str(code.pk)
    assert (shown <= 10, sent <= 13, again <= 13) == (True, True, True), (shown, sent, again)
