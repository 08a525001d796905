"""The place of the server: taken from the chosen server, printed, signed and reported, and never guessed."""

import hashlib
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from icpportal.alarms.models import Alarm
from icpportal.gateways.errors import Retryable
from icpportal.gateways.inventory import fake
from icpportal.gateways.miit.codes.code_names import PLACES
from tests.transfers import states
from tests.transfers.builders import make_order
from tests.transfers.desk import make_complete
from tests.transfers.outside import ALICE, alice, errors, look, page_of, reload, send, server
from transfers.authority.reports import report_of
from transfers.documents import statement, validity
from transfers.models import Order, OrderDocument
from verification.models import ServiceCode

pytestmark = pytest.mark.django_db
SEVERAL = {"SERVER_PROVINCE": "11, 31,64", "SERVER_PLACES": {"cn-beijing": "11", "上海三区": "31"}}


def several(settings: Any, **changes: Any) -> None:
    for name, value in (SEVERAL | changes).items():
        setattr(settings, name, value)


def draft(**changes: Any) -> Order:
    return make_order(alice(**changes), steps=())


def pick(instance: str = "i-example0001") -> dict[str, str]:
    return {"product_type": "ecs", "how": "instance", "instance": instance}


def place_on_statement(order: Order) -> str:
    """The sheet of this order, with the usual details."""
    order.answers = {**make_order().answers, **order.answers}
    return statement.facts(order).server_place


@pytest.mark.parametrize(
    ("facts", "code", "name"),
    [
        ({"region": "cn-beijing"}, "11", "北京市"),
        ({"region": "上海三区"}, "31", "上海市"),
        ({"region": "somewhere", "province": "64"}, "64", "宁夏回族自治区"),
        ({"region": "cn-beijing", "province": "31"}, "31", "上海市"),
    ],
)
def test_the_place_of_the_chosen_server_is_printed_and_reported(
    client: Client, servers: Any, settings: Any, facts: dict[str, str], code: str, name: str
) -> None:
    several(settings)
    servers[ALICE] = [server(**facts)]
    order = draft()

    answer = send(client, order, "service_code", pick())

    assert answer.status_code == 302
    assert place_on_statement(reload(order)) == name
    assert report_of(reload(order), 1).places == (PLACES[code],)


def test_a_code_of_somebody_elses_server_brings_that_servers_place(client: Client, servers: Any, settings: Any) -> None:
    several(settings)
    fake.FakeInventory.accounts["bob@example.com"] = [server("i-bob", region="上海三区")]
    code = ServiceCode.objects.create(instance_id="i-bob", slot=1, product="ecs", account="bob@example.com")
    order = draft()

    send(client, order, "service_code", {"product_type": "ecs", "how": "code", "service_code": str(code.pk)})

    assert report_of(reload(order), 1).places == (PLACES["31"],)


@pytest.mark.parametrize("province", ["11", "46", "65"])
def test_where_all_servers_are_in_one_province_the_list_need_not_state_it(
    client: Client, servers: Any, settings: Any, province: str
) -> None:
    settings.SERVER_PROVINCE = province
    order = draft()

    send(client, order, "service_code", pick())

    assert report_of(reload(order), 1).places == (PLACES[province],)


@pytest.mark.parametrize("facts", [{"region": "nowhere"}, {"region": ""}, {"region": "cn-beijing", "province": "44"}])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_server_with_an_unknown_place_is_refused_and_reported_to_operations(
    client: Client, servers: Any, settings: Any, facts: dict[str, str], language: str
) -> None:
    """With servers in several provinces the setting is not enough; the other servers can be used."""
    several(settings)
    servers[ALICE] = [server(**facts), server("i-example0002", region="cn-beijing")]
    order = draft(language=language)
    client.cookies["django_language"] = language

    answer = send(client, order, "service_code", pick())

    words = {"en": "We do not know where this server is: call us", "zh-hans": "无法确定该服务器的放置地，请致电我们"}
    assert errors(answer) == {"instance": ["instance_place"]}
    assert words[language] in answer.content.decode()
    named = facts.get("province") or facts["region"]
    assert [(alarm.cause, alarm.reference) for alarm in Alarm.objects.all()] == [
        (f"inventory.place:{named}", order.reference)
    ]
    assert send(client, order, "service_code", pick("i-example0002")).status_code == 302


def test_the_check_page_shows_the_place(client: Client, servers: Any, settings: Any) -> None:
    several(settings)
    servers[ALICE] = [server(region="上海三区")]
    order = make_complete(owner=alice())
    send(client, order, "service_code", pick())

    page = client.get(reverse("check", args=[order.reference])).content.decode()

    assert "上海市" in page


def test_a_sheet_is_outdated_when_the_server_moved_to_another_province(
    client: Client, servers: Any, settings: Any
) -> None:
    """The signed place is the reported one."""
    several(settings)
    servers[ALICE] = [server(region="cn-beijing")]
    order = make_complete(owner=alice())
    send(client, order, "service_code", pick())
    sheet = OrderDocument(order=order, slot="statement", mark=validity.mark_of(reload(order), "statement"))
    assert not validity.is_stale(reload(order), sheet)

    servers[ALICE] = [server(region="上海三区")]
    send(client, order, "service_code", pick())

    assert validity.is_stale(reload(order), sheet)


# --- orders from before, and settings that changed ------------------------------------------------------


def from_before(**columns: Any) -> Order:
    """An order whose server was verified before places were stored."""
    answer = {"ip": "192.0.2.10", "name": "示例服务器"}
    return make_order(alice(), answers={"server": answer, **columns.pop("answers", {})}, **columns)


@pytest.mark.parametrize("state", [states.DRAFT, states.HANDING_OVER])
def test_an_old_order_has_the_only_place_there_is(settings: Any, state: str) -> None:
    settings.SERVER_PROVINCE = "53"
    order = from_before(state=state)

    assert report_of(order, 1).places == (PLACES["53"],)
    assert statement.facts(order).server_place == "云南省"


def test_an_old_draft_is_asked_for_its_server_again_where_there_are_several_places(
    client: Client, servers: Any, settings: Any
) -> None:
    """And prints no sheet without a place."""
    several(settings)
    servers[ALICE] = [server(region="cn-beijing")]
    order = from_before()

    page = look(client, order, "service_code")
    checked = client.get(reverse("check", args=[order.reference]), headers={"accept-language": "en"}).content.decode()
    sheet = client.get(reverse("statement", args=[order.reference]))
    send(client, order, "service_code", pick())

    assert "We need the location of your server: verify it again" in page
    assert "“Product” is not complete" in checked
    assert (sheet.status_code, sheet["Location"]) == (302, page_of(order, "service_code"))
    assert report_of(reload(order), 1).places == (PLACES["11"],)


def test_an_old_returned_order_opens_the_page_of_its_server(client: Client, servers: Any, settings: Any) -> None:
    """Nobody named that page, but it is the only way on."""
    several(settings)
    servers[ALICE] = [server(region="cn-beijing")]
    order = from_before(state=states.DRAFT)
    Order.objects.filter(pk=order.pk).update(state=states.RETURNED)
    order.events.create(move="send_back", from_state=states.SUBMITTED, to_state=states.RETURNED, by="reviewer")

    answer = send(client, order, "service_code", pick())

    assert answer.status_code == 302
    assert reload(order).answer("server")["place"] == "11"


def test_a_place_corrected_in_the_settings_is_requested_again_in_a_draft_and_kept_where_it_was_signed(
    client: Client, servers: Any, settings: Any
) -> None:
    """What was signed and submitted is reported."""
    order = make_order(alice())
    sent = make_order(state=states.HANDING_OVER)
    settings.SERVER_PROVINCE = "11"

    page = look(client, order, "service_code")

    assert "We need the location of your server: verify it again" in page
    assert report_of(sent, 1).places == (PLACES["64"],)


def test_a_place_refused_by_the_authority_and_corrected_in_the_settings_is_reported_corrected(
    servers: Any, settings: Any
) -> None:
    """Operations correct SERVER_PROVINCE and report the held order again; the signed place would be refused again."""
    servers[ALICE] = [server()]
    columns = {"state": states.HANDING_OVER, "held": True, "authority_code": "1035 1036"}
    order = make_order(alice(), **columns)
    before = report_of(order, 1).places
    settings.SERVER_PROVINCE = "31"

    assert (before, report_of(order, 2).places) == ((PLACES["64"],), (PLACES["31"],))


@pytest.mark.parametrize(("province", "stale"), [("64", False), ("31", True)])
def test_an_old_sheet_must_be_signed_again_unless_it_states_the_place(
    settings: Any, province: str, stale: bool
) -> None:
    """A provider without the setting printed Ningxia on every sheet."""
    order = from_before()
    found = statement.facts(order)
    parts = (found.subject_name, found.number, found.site_name, *found.domains, found.administrator, found.ip)
    mark = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
    settings.SERVER_PROVINCE = province

    assert validity.is_stale(order, OrderDocument(order=order, slot="statement", mark=mark)) is stale


def test_an_order_submitted_before_takes_its_place_from_the_list(servers: Any, settings: Any) -> None:
    several(settings)
    servers[ALICE] = [server(region="上海三区")]
    order = from_before(state=states.HANDING_OVER)

    assert report_of(order, 1).places == (PLACES["31"],)


def test_its_report_waits_with_a_reason_while_the_list_states_no_place_and_is_sent_once_it_does(
    servers: Any, settings: Any
) -> None:
    """A setting fixes it, and nobody needs to touch the order."""
    several(settings)
    servers[ALICE] = [server(region="上海四区")]
    order = from_before(state=states.HANDING_OVER)

    with pytest.raises(Retryable):
        report_of(order, 1)
    alarm = Alarm.objects.get(cleared_at=None)
    several(settings, SERVER_PLACES={"上海四区": "31"})
    places = report_of(order, 1).places

    assert (alarm.cause, alarm.reference, alarm.detail) == ("report.place", order.reference, "上海四区")
    assert places == (PLACES["31"],)
    assert not Alarm.objects.filter(cleared_at=None).exists()


@pytest.mark.parametrize("gateway", ["Down", "Refusing", "Nonsense"])
def test_its_report_is_retried_while_the_list_is_down(servers: Any, settings: Any, gateway: str) -> None:
    several(settings)
    order = from_before(state=states.HANDING_OVER)
    settings.INVENTORY_GATEWAY = f"icpportal.gateways.inventory.fake.{gateway}"

    with pytest.raises(Retryable):
        report_of(order, 1)
