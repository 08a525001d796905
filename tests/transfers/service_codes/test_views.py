"""The desk of service codes: which servers give codes and why others do not, five codes and no sixth, one per press."""

import html as escapes
import re
import threading
import uuid
from datetime import date, timedelta

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from tests.transfers import states
from tests.transfers.builders import make_order, make_user, sign_in
from tests.transfers.outside import ALICE, alice, cost, server
from transfers.orders.machine import close
from verification.models import ServiceCode, ServiceCodeState
from verification.service_codes import actions as service_codes

pytestmark = pytest.mark.django_db

DESK = "service-codes"
CHEN = "chen@example.com"
TODAY = date.today()
BROKEN = {
    "instance_region": (
        {"mainland": False},
        "The server is not in mainland China, so it needs no filing and has no service codes",
    ),
    "instance_payg": (
        {"billing": "payg", "ends_on": None},
        "Pay-as-you-go does not qualify: switch to subscription, then apply",
    ),
    "instance_expired": ({"ends_on": TODAY}, "The server has expired: renew it, then apply"),
    "instance_term": (
        {"ends_on": TODAY + timedelta(days=50)},
        "The subscription is under 3 months: extend it, then apply",
    ),
    "instance_no_ip": ({"public_ip": ""}, "The server has no public IP: add bandwidth, then apply"),
    "instance_ipv6": (
        {"public_ip": "2001:db8::10"},
        "The authority accepts only IPv4, and the server has only IPv6: add an IPv4 address, then apply",
    ),
    "instance_quota": (
        {"codes_max": 0},
        "All 0 service codes of this server are used. Renewing gives no more: choose another server",
    ),
}  # fmt: skip


def page(client, user, name=DESK, *args, **query):
    client.cookies["django_language"] = "en"
    return sign_in(client, user).get(reverse(name, args=args), query)


def text(answer):
    return escapes.unescape(answer.content.decode())


def press(client, user, instance="i-example0001", slot=1):
    return sign_in(client, user).post(reverse("service-code-apply"), {"instance": instance, "slot": slot})


def code_of(user, slot=1, instance_id="i-example0001", **columns):
    return ServiceCode.objects.create(
        instance_id=instance_id, slot=slot, product="ecs", account=user.email, **columns
    )  # fmt: skip


def slots():
    return list(ServiceCode.objects.order_by("instance_id", "slot").values_list("instance_id", "slot", "state"))


# --- the servers -------------------------------------------------------------------------------


def test_each_server_is_shown_with_region_term_address_and_codes_used(client, servers):
    servers[ALICE] = [server(region="银川示例机房", started_on=date(2025, 3, 2), ends_on=date(2031, 5, 1))]
    user = alice()
    code_of(user)
    code_of(user, 2)

    html = text(page(client, user))

    for words in ("i-example0001", "示例服务器", "银川示例机房", "Subscription", "192.0.2.10", "2 of 5 issued"):
        assert words in html, words
    assert "2025-03-02 – 2031-05-01" in html


@pytest.mark.parametrize("rule", BROKEN)
def test_a_server_that_gives_no_code_explains_why(client, servers, rule):
    changes, words = BROKEN[rule]
    servers[ALICE] = [server(**changes)]

    html = text(page(client, alice()))

    assert f'data-rule="{rule}"' in html
    assert words in html
    assert "/codes/apply/" not in html


@pytest.mark.parametrize("rule", BROKEN)
def test_pressing_for_a_server_that_gives_no_code_makes_none_and_says_why(client, servers, rule):
    changes, words = BROKEN[rule]
    servers[ALICE] = [server(**changes)]
    user = alice()
    client.cookies["django_language"] = "en"

    answer = sign_in(client, user).post(
        reverse("service-code-apply"), {"instance": "i-example0001", "slot": 1}, follow=True
    )

    assert words in text(answer)
    assert slots() == []


def test_an_account_without_servers_gets_advice(client, servers):
    html = text(page(client, make_user()))

    assert "No server in this account" in html
    assert "Sign in with the account that bought the server" in html


def test_while_the_list_is_down_the_codes_are_shown_and_no_new_one_can_be_applied_for(client, settings, servers):
    user = alice()
    code = code_of(user)
    settings.INVENTORY_GATEWAY = "icpportal.gateways.inventory.fake.Down"

    html = text(page(client, user))
    answer = press(client, user, slot=2)

    assert "The server list is unavailable: try again later" in html
    assert f'data-code="{code.reference}"' in html
    assert answer.url == reverse(DESK)
    assert len(slots()) == 1


def test_codes_of_a_server_that_left_the_list_stay_visible(client, servers):
    user = alice()
    code = code_of(user, instance_id="i-gone")

    html = text(page(client, user))

    assert "Servers that are not in your list" in html
    assert f'data-code="{code.reference}"' in html


def test_many_servers_are_paginated(client, servers):
    servers[ALICE] = [server(f"i-{number:02}") for number in range(25)]
    user = alice()

    first, second = text(page(client, user)), text(page(client, user, **{"from": "20"}))

    assert (first.count("<article"), second.count("<article")) == (20, 5)
    assert "?from=20" in first
    assert "?from=0" in second


@pytest.mark.parametrize("begin", ["-1", "x", "٣", "9" * 30, "1e3"])
def test_an_invalid_page_is_the_first(client, servers, begin):
    assert 'data-instance="i-example0001"' in text(page(client, alice(), **{"from": begin}))


# --- the codes ---------------------------------------------------------------------------------


def test_codes_are_masked_on_the_desk_and_complete_on_their_own_page_with_a_copy_button(client, servers):
    user = alice()
    code = code_of(user)

    desk, own = text(page(client, user)), page(client, user, "service-code", code.reference)

    assert str(code.code) not in desk
    assert code.masked in desk
    assert f"<code>{code.code}</code>" in text(own)
    assert "data-copy" in text(own)
    assert "no-store" in own["Cache-Control"]


def test_no_address_contains_the_code_itself(client, servers):
    user = alice()
    code = code_of(user)

    links = re.findall(r'(?:href|action)="([^"]*)"', text(page(client, user, "service-code", code.reference)))

    assert any("/codes/" in link for link in links)
    assert not any(str(code.code) in link or code.code.hex in link for link in links)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "Free"),
        ({"state": "used", "holder": "X", "used_for": "sample.com"}, "Used"),
        ({"state": "used", "holder": "X", "used_for": "sample.com"}, "sample.com"),
        ({"state": "bound", "holder": "X"}, "Another account's order"),
        ({"state": "expired"}, "Expired"),
        ({"state": "revoked"}, "Revoked"),
        ({"state": "forfeited"}, "Cancelled with its order"),
        ({"kept_by": CHEN}, "Handed over"),
    ],
)
def test_each_state_of_a_code_is_described_in_words(client, servers, columns, words):
    user = alice()
    code_of(user, **columns)

    assert words in text(page(client, user))


def test_a_code_in_an_order_of_mine_links_to_it_and_one_in_a_strangers_does_not_name_it(client, servers):
    user = alice()
    mine, strange = make_order(user), make_order()
    code_of(user, 1, state="bound", holder=mine.reference)
    code_of(user, 2, state="bound", holder=strange.reference)

    html = text(page(client, user))

    assert f'href="{mine.get_absolute_url()}"' in html
    assert strange.reference not in html


# --- applying ------------------------------------------------------------------------------------


def test_applying_asks_once_and_then_shows_the_new_code(client, servers):
    user = alice()

    asked = text(page(client, user, "service-code-apply", instance="i-example0001"))
    made = press(client, user)

    code = ServiceCode.objects.get()
    assert "Apply for one service code for i-example0001. 5 left." in asked
    assert 'name="slot" value="1"' in asked
    assert made.url == reverse("service-code", args=[code.reference])
    assert (code.account, code.silent, code.state, code.slot) == (ALICE, False, "free", 1)


def test_opening_the_confirmation_page_creates_no_code(client, servers):
    user = alice()

    for _ in range(2):
        page(client, user, "service-code-apply", instance="i-example0001")

    assert slots() == []


def test_a_server_gives_five_codes_and_no_sixth(client, servers):
    user = alice()

    for slot in range(1, 6):
        press(client, user, slot=slot)
    sixth = press(client, user, slot=6)
    html = text(page(client, user))

    assert [slot for _, slot, _ in slots()] == [1, 2, 3, 4, 5]
    assert sixth.url == reverse(DESK)
    assert "5 of 5 issued" in html
    assert "This server gives no more service codes. 5 of them are still free: use one of those" in html


def test_codes_that_were_handed_over_do_not_count_as_usable(client, servers):
    """An owner who had handed over two was told to use them."""
    user = alice()
    for slot in range(1, 6):
        code_of(user, slot, **({"kept_by": CHEN} if slot > 2 else {}))

    html = text(page(client, user))

    assert "This server gives no more service codes. 2 of them are still free" in html


def test_a_server_whose_codes_are_all_used_suggests_another_server(client, servers):
    user = alice()
    for slot in range(1, 6):
        press(client, user, slot=slot)
    ServiceCode.objects.exclude(slot=1).update(state=ServiceCodeState.REVOKED)
    one_is_left = text(page(client, user))
    ServiceCode.objects.update(state=ServiceCodeState.REVOKED)

    assert "1 of them is still free: use that one" in one_is_left
    assert "All 5 service codes of this server are used" in text(page(client, user))


def test_applying_at_a_server_that_gives_no_more_codes_names_those_that_are_still_free(client, servers):
    servers[ALICE] = [server("i-example0001", codes_max=2)]
    user = alice()
    code_of(user, 1), code_of(user, 2, state="used", holder="X", used_for="sample.com")

    client.cookies["django_language"] = "en"
    answer = sign_in(client, user).get(reverse("service-code-apply"), {"instance": "i-example0001"}, follow=True)

    said = [str(each) for each in answer.context["messages"]]
    assert said == ["This server gives no more service codes. 1 of them is still free: use that one"]


def test_pressed_twice_in_two_tabs_or_after_going_back_it_is_one_code(client, servers):
    user = alice()

    answers = [press(client, user).url for _ in range(3)]

    assert len(slots()) == 1
    assert len(set(answers)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_make_one_code(servers):
    user = alice()
    start, answers = threading.Barrier(2), []

    def one():
        client = sign_in(Client(), user)
        start.wait()
        answers.append(client.post(reverse("service-code-apply"), {"instance": "i-example0001", "slot": 1}).url)
        connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(slots()) == 1
    assert len(set(answers)) == 1


def test_a_second_press_costs_no_attempt(client, servers, settings):
    settings.LIMITS = {**settings.LIMITS, "service_code_apply": (2, 3600)}
    user = alice()

    for _ in range(5):
        press(client, user)
    press(client, user, slot=2)

    assert [slot for _, slot, _ in slots()] == [1, 2]


def test_applying_has_a_limit(client, servers, settings):
    settings.LIMITS = {**settings.LIMITS, "service_code_apply": (1, 3600)}
    user = alice()

    press(client, user)
    second = press(client, user, slot=2)

    assert [each.code for each in second.context["form"].errors.as_data()["__all__"]] == ["too_many"]
    assert len(slots()) == 1


def test_a_slot_taken_by_an_order_in_the_meantime_is_not_shown_as_mine_to_give(client, servers):
    user = alice()
    order = make_order(user)
    service_codes.pick_instance("i-example0001", ALICE, order.reference)
    client.cookies["django_language"] = "en"

    answer = press(client, user)

    assert "A service code of this server was just used for an order" in text(answer)
    assert 'name="slot" value="2"' in text(answer)
    assert len(slots()) == 1


@pytest.mark.parametrize("slot", ["", "0", "-1", "x", "101", "9" * 40])
def test_a_forged_slot_creates_no_code(client, servers, slot):
    press(client, alice(), slot=slot)

    assert slots() == []


def test_a_strangers_server_is_404(client, servers):
    servers[CHEN] = [server("i-chen")]

    user = alice()

    answers = [
        page(client, user, "service-code-apply", instance="i-chen"),
        press(client, user, "i-chen"),
        press(client, user, ""),
    ]

    assert [each.status_code for each in answers] == [404, 404, 404]
    assert slots() == []


# --- revoking ------------------------------------------------------------------------------------


def test_a_free_code_is_revoked_after_a_confirmation_and_its_slot_stays_taken(client, servers):
    user = alice()
    code = code_of(user)
    address = reverse("service-code-revoke", args=[code.reference])

    asked = text(page(client, user, "service-code-revoke", code.reference))
    before = slots()
    answers = [sign_in(client, user).post(address) for _ in range(2)]

    assert "Nobody can use it any more" in asked
    assert [state for *_, state in before] == ["free"]
    assert slots() == [("i-example0001", 1, "revoked")]
    assert {each.url for each in answers} == {reverse("service-code", args=[code.reference])}
    assert "1 of 5 issued" in text(page(client, user))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"state": "used", "holder": "X"}, "This service code is used by a website and cannot be revoked"),
        ({"state": "bound", "holder": "X"}, "This service code is used in an order"),
        ({"kept_by": CHEN}, "only the other account can revoke it"),
    ],
)
def test_a_code_that_is_not_free_is_not_revoked_and_the_page_says_why(client, servers, columns, words):
    user = alice()
    code = code_of(user, **columns)
    client.cookies["django_language"] = "en"

    answer = sign_in(client, user).post(reverse("service-code-revoke", args=[code.reference]), follow=True)

    assert words in text(answer)
    code.refresh_from_db()
    assert code.state == columns.get("state", "free")


# --- strangers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["service-code", "service-code-revoke", "service-code-hand-over"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_strangers_code_is_404(client, servers, name, method):
    code, chen = code_of(alice()), make_user(CHEN)
    code_of(chen, instance_id="i-chen")

    answer = getattr(sign_in(client, chen), method)(reverse(name, args=[code.reference]))

    assert answer.status_code == (405 if (name, method) == ("service-code", "post") else 404)
    code.refresh_from_db()
    assert code.is_free


def test_a_strangers_codes_are_not_on_my_desk_but_count_for_the_server_that_i_have_now(client, servers):
    chen = make_user(CHEN)
    old = code_of(chen)

    html = text(page(client, alice()))

    assert old.reference not in html
    assert "1 of 5 issued" in html


@pytest.mark.parametrize("name", [DESK, "service-code-apply"])
def test_an_anonymous_reader_must_sign_in(client, name):
    assert client.get(reverse(name)).status_code == 302


# --- the ways to it ----------------------------------------------------------------------------------


def test_the_dashboard_the_step_and_the_menu_link_to_the_desk(client, servers):
    user = alice()
    order = make_order(user)

    pages = [page(client, user, "dashboard"), page(client, user, "step", order.reference, "service_code")]

    # the menu's, and the step's own
    assert [text(each).count(f'href="{reverse(DESK)}"') for each in pages] == [1, 2]


# --- what becomes of a code with its order -------------------------------------------------------------


def test_a_code_of_an_approved_filing_stays_used_and_names_the_site(client, servers):
    order = make_order(alice())
    code = service_codes.pick_instance("i-example0001", ALICE, order.reference)
    order.state = states.APPROVED
    close(order)

    html = text(page(client, order.owner))

    code.refresh_from_db()
    assert (code.state, code.used_for) == (ServiceCodeState.USED, order.domain)
    assert order.domain in html
    assert not service_codes.release(order.reference)
    assert not service_codes.revoke(code.pk, ALICE)


@pytest.mark.parametrize(
    ("returned", "state", "becomes"),
    [
        (True, states.ABANDONED, "free"),
        (True, states.WITHDRAWN, "free"),
        (False, states.ABANDONED, "forfeited"),
        (False, states.WITHDRAWN, "forfeited"),
        (False, states.EXPIRED, "forfeited"),
        (False, states.REFUSED, "free"),
        (False, states.APPROVED, "used"),
    ],
)
def test_whether_an_abandoned_order_gives_its_code_back_is_the_providers_policy(
    servers, settings, returned, state, becomes
):
    settings.SERVICE_CODE_RETURNED = returned
    order = make_order(alice())
    service_codes.pick_instance("i-example0001", ALICE, order.reference)
    order.state = state

    close(order)

    assert [each[2] for each in slots()] == [becomes]


@pytest.mark.parametrize(("move", "state"), [("abandon", states.DRAFT), ("withdraw", states.SUBMITTED)])
@pytest.mark.parametrize(
    ("returned", "words"),
    [(True, "its service code can be used again"), (False, "its service code cannot be used again")],
)
def test_before_abandoning_an_order_its_owner_reads_what_happens_to_its_code(
    client, settings, move, state, returned, words
):
    settings.SERVICE_CODE_RETURNED = returned
    order = make_order(state=state)

    assert words in text(page(client, order.owner, "order-move", order.reference, move))


def test_by_default_a_code_is_given_back(settings):
    assert settings.SERVICE_CODE_RETURNED is True


# --- what it costs ---------------------------------------------------------------------------------------


def test_the_page_takes_as_many_queries_for_one_row_as_for_three(client, servers):
    def of(rows):
        user = make_user(f"{uuid.uuid4().hex}@example.com")
        servers[user.email] = [server(f"i-{user.pk}-{number}") for number in range(rows)]
        for number in range(rows):
            order = make_order(user)
            code_of(user, 1, f"i-{user.pk}-{number}", state="bound", holder=order.reference)
            code_of(user, 2, f"i-{user.pk}-{number}")
            code_of(make_user(), 1, f"i-{user.pk}-{number}-other", kept_by=user.email)
        client.force_login(user)
        return cost(lambda: client.get(reverse(DESK)))

    one, three = of(1), of(3)

    assert one == three
    assert one <= 12


def test_the_server_of_a_code_is_listed_under_its_name_in_chinese(client, servers):
    """It was listed under "choose a server"."""
    user = alice()
    code = code_of(user)
    client.cookies["django_language"] = "zh-hans"

    html = text(sign_in(client, user).get(reverse("service-code", args=[code.reference])))

    assert re.search(r"<dt>服务器</dt>\s*<dd>i-example0001</dd>", html)
