"""Service codes and servers belong to the account: they survive a changed address, and its next holder gets nothing."""

import importlib
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from icpportal.accounts import actions as accounts
from icpportal.accounts.models import FormerAddress, Pending, User
from tests.transfers.builders import make_order, make_user, sign_in
from tests.transfers.outside import ALICE, alice, send, server
from transfers.models import Order
from transfers.service_codes.panels import CodeList, Servers
from verification.models import CodeHandover, ServiceCode
from verification.service_codes import handovers

pytestmark = pytest.mark.django_db
NEW, THIRD, BOB = "alice.new@example.com", "alice.third@example.com", "bob@example.com"
SERVER = "i-example0001"


def change_address(user: Any, address: str) -> Any:
    """As the page does once the code sent to the new address was entered."""
    pending = accounts.begin(Pending.Kind.EMAIL, destination=address, language="en", user=user)
    accounts.confirm_email(pending)
    return User.objects.get(pk=user.pk)


def newcomer(address: str, mobile: str = "13900000077") -> Any:
    """Signs up with an address that another account had before."""
    return make_user(address, mobile=mobile)


def desk(user: Any) -> Any:
    client = Client()
    client.cookies["django_language"] = "en"
    return sign_in(client, user).get(reverse("service-codes"))


def visible_to(user: Any) -> dict[str, list[str]]:
    """The servers, own codes and received codes on the desk of an account."""
    panels = desk(user).context["panels"]
    servers = [row for panel in panels if isinstance(panel, Servers) for row in panel.rows]
    lists = {panel.key: panel.rows for panel in panels if isinstance(panel, CodeList)}
    return {
        "servers": [row.server.instance.id for row in servers],
        "codes": sorted(str(code.code.code) for row in servers for code in row.rows),
        "handed": sorted(str(row.code.code) for row in lists.get("handed", ())),
        "gone": sorted(str(row.code.code) for row in lists.get("gone", ())),
    }


def apply(user: Any, slot: int = 1, instance: str = SERVER) -> Any:
    answer = sign_in(Client(), user).post(reverse("service-code-apply"), {"instance": instance, "slot": slot})
    return answer, ServiceCode.objects.filter(instance_id=instance, slot=slot).first()


NOTHING: dict[str, list[str]] = {"servers": [], "codes": [], "handed": [], "gone": []}


def test_a_changed_address_keeps_codes_and_servers_and_the_next_holder_gets_none(servers):
    """Apply for a code, change the address: 0 of 1; sign up with the old address: the code was there."""
    user = alice()
    _answer, code = apply(user)
    before = visible_to(user)

    user = change_address(user, NEW)
    stranger = newcomer(ALICE)

    assert before == {**NOTHING, "servers": [SERVER], "codes": [str(code.code)]}
    assert visible_to(user) == before
    assert visible_to(stranger) == NOTHING
    page = sign_in(Client(), stranger).get(reverse("service-code", args=[code.reference]))
    assert page.status_code == 404


def test_the_holder_of_the_old_address_cannot_apply_for_its_servers_and_its_account_still_can(servers):
    """The server list belongs to the account like the codes."""
    user = change_address(alice(), NEW)
    stranger = newcomer(ALICE)

    refused, none = apply(stranger)
    given, code = apply(user)

    assert (refused.status_code, none) == (404, None)
    assert (given.status_code, code.account) == (302, user.customer)


def test_servers_of_the_new_address_are_listed_too(servers):
    """An owner who changed the address at the provider too finds everything."""
    servers[NEW] = [server("i-new")]

    assert visible_to(change_address(alice(), NEW))["servers"] == ["i-new", SERVER]


def test_an_intermediate_address_stays_the_accounts_too(servers):
    """Each former address of an account, not only its first."""
    servers[NEW] = [server("i-between")]
    user = change_address(change_address(alice(), NEW), THIRD)
    strangers = [newcomer(NEW), newcomer(ALICE, "13900000078")]

    assert sorted(visible_to(user)["servers"]) == ["i-between", SERVER]
    assert [visible_to(each) for each in strangers] == [NOTHING, NOTHING]
    assert len({user.customer, *(each.customer for each in strangers)}) == 3


def test_returning_to_the_old_address_keeps_everything(servers):
    """The account is the same throughout."""
    user = alice()
    _answer, code = apply(user)
    user = change_address(change_address(user, NEW), ALICE)

    assert visible_to(user) == {**NOTHING, "servers": [SERVER], "codes": [str(code.code)]}
    assert visible_to(newcomer(NEW)) == NOTHING


def test_a_handed_over_code_stays_with_the_account_that_accepted_it(servers):
    """The keeper of a code is an account too."""
    giver, taker = alice(), make_user(BOB, mobile="13900000066")
    _answer, code = apply(giver)
    handovers.accept(handovers.offer(code, giver, taker))

    taker, giver = change_address(taker, "bob.new@example.com"), change_address(giver, NEW)
    stranger = newcomer(BOB)

    assert visible_to(taker)["handed"] == [str(code.code)]
    assert visible_to(stranger) == NOTHING
    html = desk(giver).content.decode()
    assert "b***@example.com" in html
    assert handovers.revoke(ServiceCode.objects.get(), stranger.customer) is False


def test_an_offer_is_accepted_after_both_have_changed_their_address(servers):
    """An earlier offer is for the same code afterwards."""
    giver, taker = alice(), make_user(BOB, mobile="13900000066")
    _answer, code = apply(giver)
    handovers.offer(code, giver, taker)
    change_address(giver, NEW)
    taker = change_address(taker, "bob.new@example.com")

    handovers.accept(CodeHandover.objects.select_related("giver", "taker", "code").get())

    assert visible_to(taker)["handed"] == [str(code.code)]


def test_an_order_picks_the_server_after_its_owner_changed_the_address(servers):
    """The order's page queries the servers of the account."""
    user = change_address(alice(), NEW)
    order = make_order(user, province="64", steps=())

    stranger = newcomer(ALICE)
    other = make_order(stranger, province="64", steps=())
    typed = {"product_type": "ecs", "how": "instance", "instance": SERVER}

    answers = [send(Client(), each, "service_code", typed) for each in (other, order)]

    (code,) = ServiceCode.objects.all()
    assert [answer.status_code for answer in answers] == [200, 302]
    assert (code.instance_id, code.account, code.holder) == (SERVER, user.customer, order.reference)


def test_an_unproved_address_is_not_recorded(servers):
    """A wrong address entered by staff must not take over its real owner's servers."""
    user = accounts.open_account(email="wrong@example.com", password=None, confirmed=False)
    change_address(user, NEW)

    assert not FormerAddress.objects.exists()


# --- operations ------------------------------------------------------------------------------


def test_operations_release_an_address_that_the_provider_gave_to_somebody_else(servers, capsys):
    """Then its servers are listed for the new holder; the codes stay with the account."""
    user = alice()
    _answer, code = apply(user)
    user = change_address(user, NEW)
    stranger = newcomer(ALICE)

    call_command("addresses", "release", ALICE)

    assert visible_to(stranger) == {**NOTHING, "servers": [SERVER]}
    assert visible_to(user) == {**NOTHING, "gone": [str(code.code)]}
    with pytest.raises(CommandError, match="no account"):
        call_command("addresses", "release", ALICE)


# --- codes from before -----------------------------------------------------------------------

BIND = importlib.import_module("icpportal.migrations.0002_codes_of_accounts").bind_codes
DAY = timedelta(days=1)


def old_code(account: str, slot: int = 1, **columns: Any) -> ServiceCode:
    return ServiceCode.objects.create(
        instance_id=SERVER, slot=slot, product="ecs", account=account, issued_at=timezone.now() - 9 * DAY, **columns
    )


def make_joined(address: str, days: int, mobile: str) -> Any:
    user = make_user(address, mobile=mobile)
    User.objects.filter(pk=user.pk).update(date_joined=timezone.now() - days * DAY)
    return User.objects.get(pk=user.pk)


def bind_twice() -> None:
    BIND(apps, None)
    first = list(ServiceCode.objects.order_by("slot").values())
    BIND(apps, None)
    assert list(ServiceCode.objects.order_by("slot").values()) == first


def test_old_codes_go_to_the_account_that_had_the_address_when_they_were_issued(servers):
    """Known from an offer or from an order with that server; a newer account gets nothing."""
    user = make_joined(NEW, 30, "13900000071")  # once had ALICE's address
    newer = make_joined(ALICE, 2, "13900000072")
    order = make_order(user, province="64", steps=())
    old_code(ALICE, silent=True, state="bound", holder=order.reference)
    old_code(ALICE, 2)

    bind_twice()

    assert set(ServiceCode.objects.values_list("account", flat=True)) == {user.customer}
    assert len(visible_to(user)["codes"]) == 2
    assert visible_to(newer) == NOTHING


def test_old_codes_without_a_known_account_wait_for_operations(servers):
    """Without a trace a newer holder of the address gets nothing, and operations assign them."""
    user = make_joined(NEW, 30, "13900000071")
    newer = make_joined(ALICE, 2, "13900000072")
    old_code(ALICE)

    bind_twice()
    between = (visible_to(user)["codes"], visible_to(newer)["codes"])
    call_command("addresses", "give", ALICE, "--to", NEW)

    assert between == ([], [])
    assert len(visible_to(user)["codes"]) == 1
    assert visible_to(newer) == NOTHING


def test_old_codes_of_an_unchanged_account_and_handed_over_ones_stay(servers):
    """And a handed-over code follows the account that accepted it, whatever its address was then."""
    user, taker = make_joined(ALICE, 30, "13900000071"), make_joined("bob.new@example.com", 30, "13900000072")
    kept = old_code(ALICE)
    handed = old_code(ALICE, 2, kept_by=BOB)
    CodeHandover.objects.create(code=handed, giver=user, taker=taker, state="accepted", ended_at=timezone.now())

    bind_twice()

    kept.refresh_from_db()
    handed.refresh_from_db()
    assert (kept.account, handed.account, handed.kept_by) == (ALICE, ALICE, taker.customer)
    assert Order.objects.count() == 0
