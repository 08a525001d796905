"""The pages of a hand-over: a texted code first, the right account answers, and both see the result."""

import html as escapes
import re
from typing import Any

import pytest
from django.urls import reverse
from lxml.html import document_fromstring

from icpportal.outbox.models import Message
from icpportal.privacy.masks import mask_email
from tests.transfers.builders import make_order, make_user, sign_in
from tests.transfers.outside import ALICE, alice, cost, send, server
from verification.models import CodeHandover, ServiceCode
from verification.service_codes import actions as service_codes
from verification.service_codes import handovers

pytestmark = pytest.mark.django_db

CHEN = "chen@example.com"


@pytest.fixture(autouse=True)
def desk_world(servers: Any, settings: Any) -> None:
    settings.CODE_RESEND_SECONDS = 60


@pytest.fixture
def lin():
    return alice(language="en")


@pytest.fixture
def chen(servers):
    servers[CHEN] = []
    return make_user(CHEN)


def code_of(user, slot=1, **columns):
    return ServiceCode.objects.create(
        instance_id="i-example0001", slot=slot, product="ecs", account=user.email, **columns
    )


def post(client, user, code, **typed):
    client.cookies["django_language"] = "en"
    return sign_in(client, user).post(reverse("service-code-hand-over", args=[code.reference]), typed)


def texted_code():
    """The digits of the newest text message."""
    row = Message.objects.filter(template="code_handover", channel="sms").order_by("-created_at").first()
    return row.payload["context"]["code"]


def ask(client, user, code, target=CHEN):
    return post(client, user, code, target_account=target, send="1")


def hand_over(client, user, code, target=CHEN):
    ask(client, user, code, target)
    return post(client, user, code, target_account=target, sms_code=texted_code(), hand_over="1")


def answer(client, user, offered, how):
    client.cookies["django_language"] = "en"
    return sign_in(client, user).post(reverse("code-offer-answer", args=[offered.reference, how]), follow=True)


def page(client, user, name, *args):
    client.cookies["django_language"] = "en"
    return sign_in(client, user).get(reverse(name, args=args))


def text(response):
    return escapes.unescape(response.content.decode())


def wrong(response):
    found = response.context["form"].errors.as_data()
    return {field: [each.code for each in errors] for field, errors in found.items()}


# --- offering ---------------------------------------------------------------------------------------


def test_a_code_goes_to_my_own_mobile_and_then_the_offer_is_made(client, lin, chen):
    code = code_of(lin)

    asked = ask(client, lin, code)
    before = CodeHandover.objects.count()
    made = post(client, lin, code, target_account=CHEN, sms_code=texted_code(), hand_over="1")

    assert "Enter the code we texted to" in text(asked)
    assert f'value="{CHEN}"' in text(asked)
    assert Message.objects.get(template="code_handover").payload["to"] == lin.mobile
    assert before == 0
    assert made.url == reverse("service-code", args=[code.reference])
    assert CodeHandover.objects.get().taker == chen
    assert "Waiting for the other account to accept" in text(client.get(made.url))


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("nobody@example.com", "handover_unknown"),
        (ALICE, "handover_self"),
        (ALICE.upper(), "handover_self"),
        ("no address", "email_bad"),
        ("", "required"),
    ],
)
def test_an_impossible_recipient_is_reported_and_nothing_is_texted(client, lin, chen, target, error):
    response = ask(client, lin, code_of(lin), target)

    assert wrong(response) == {"target_account": [error]}
    assert not Message.objects.exists()


@pytest.mark.parametrize("columns", [{"is_active": False}, {"mobile_confirmed_at": None}])
def test_an_account_that_could_not_use_it_counts_as_none(client, lin, columns):
    user = make_user(CHEN)
    type(user).objects.filter(pk=user.pk).update(**columns)

    assert wrong(ask(client, lin, code_of(lin))) == {"target_account": ["handover_unknown"]}


def test_a_wrong_code_makes_no_offer_and_keeps_the_entries(client, lin, chen):
    code = code_of(lin)
    ask(client, lin, code)
    typed = "000000" if texted_code() != "000000" else "111111"

    response = post(client, lin, code, target_account=CHEN, sms_code=typed, hand_over="1")

    assert wrong(response) == {"sms_code": ["code_wrong"]}
    assert f'value="{CHEN}"' in text(response)
    assert not CodeHandover.objects.exists()


def test_a_code_texted_for_one_account_hands_nothing_to_another(client, lin, chen):
    make_user("wu@example.com")
    code = code_of(lin)
    ask(client, lin, code)

    response = post(client, lin, code, target_account="wu@example.com", sms_code=texted_code(), hand_over="1")

    assert wrong(response) == {"sms_code": ["code_expired"]}
    assert not CodeHandover.objects.exists()


def test_without_a_texted_code_nothing_is_handed_over(client, lin, chen):
    response = post(client, lin, code_of(lin), target_account=CHEN, sms_code="", hand_over="1")

    assert wrong(response) == {"sms_code": ["required"]}


def test_a_second_code_waits_a_minute(client, lin, chen):
    code = code_of(lin)
    ask(client, lin, code)

    assert wrong(ask(client, lin, code)) == {"__all__": ["code_wait"]}
    assert Message.objects.filter(template="code_handover").count() == 1


def test_looking_up_accounts_has_a_limit(client, lin, chen, settings):
    settings.LIMITS = {**settings.LIMITS, "service_code_handover": (2, 3600)}
    code = code_of(lin)

    found = [wrong(ask(client, lin, code, f"guess{number}@example.com")) for number in range(3)]

    assert found[1:] == [{"target_account": ["handover_unknown"]}, {"__all__": ["too_many"]}]


def test_pressed_twice_it_is_one_offer_and_no_error(client, lin, chen):
    code = code_of(lin)
    first = hand_over(client, lin, code)

    second = post(client, lin, code, target_account=CHEN, sms_code=texted_code(), hand_over="1")

    assert first.url == second.url
    assert CodeHandover.objects.count() == 1
    assert "take it back first" not in text(client.get(second.url))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"state": "used", "holder": "X"}, "Only a free code can be handed over"),
        ({"state": "bound", "holder": "X"}, "Only a free code can be handed over"),
        ({"kept_by": CHEN}, "Only a free code can be handed over"),
    ],
)
def test_a_code_that_is_not_free_has_no_such_page(client, lin, chen, columns, words):
    code = code_of(lin, **columns)

    response = page(client, lin, "service-code-hand-over", code.reference)

    assert words in text(client.get(response.url))


# --- answering --------------------------------------------------------------------------------------


@pytest.fixture
def offered(lin, chen):
    return handovers.offer(code_of(lin), lin, chen)


def test_the_other_account_finds_it_on_its_desk_without_the_code(client, offered, chen):
    desk = text(page(client, chen, "service-codes"))
    own = text(page(client, chen, "code-offer", offered.reference))

    assert f'href="{offered.get_absolute_url()}"' in desk
    assert "Accept" in own
    assert "Waiting for your answer" in own
    assert "Waiting for an answer" in text(page(client, offered.giver, "code-offer", offered.reference))
    assert mask_email(ALICE) in own
    for html in (desk, own):
        assert str(offered.code.code) not in html
        assert ALICE not in html
    assert page(client, chen, "service-code", offered.code.reference).status_code == 404


def test_who_is_offered_two_codes_of_one_server_can_tell_them_apart(client, offered, lin, chen):
    """Two links had the same words, and nothing said who had offered the codes, and when."""
    handovers.offer(code_of(lin, slot=2), lin, chen)

    lines = document_fromstring(text(page(client, chen, "service-codes"))).xpath('//ul[@class="code-offers"]/li')

    assert len({line.xpath("string(a)").strip() for line in lines}) == 2
    assert [mask_email(ALICE) in line.text_content() for line in lines] == [True, True]
    own = text(page(client, chen, "code-offer", offered.reference))
    assert offered.code.masked in own


def test_accepted_both_see_it_and_the_taker_sees_the_code(client, offered, lin, chen):
    said = text(answer(client, chen, offered, "accept"))

    taken = text(page(client, chen, "service-code", offered.code.reference))
    given = text(page(client, lin, "service-code", offered.code.reference))
    desks = [text(page(client, user, "service-codes")) for user in (lin, chen)]
    assert "Accepted. Both accounts see it" in said
    assert str(offered.code.code) in taken
    assert reverse("service-code-hand-over", args=[offered.code.reference]) in taken
    assert "Handed over" in given
    assert mask_email(CHEN) in given
    assert reverse("service-code-hand-over", args=[offered.code.reference]) not in given
    assert all(f'data-code="{offered.code.reference}"' in html for html in desks)
    assert "Handed over to you" in desks[1]


@pytest.mark.parametrize(("how", "who", "state"), [("decline", "chen", "declined"), ("take-back", "lin", "taken_back")])
def test_declined_or_taken_back_it_stays_with_the_giver(client, offered, lin, chen, how, who, state):
    answer(client, {"lin": lin, "chen": chen}[who], offered, how)

    offered.refresh_from_db()
    again = answer(client, chen, offered, "accept")
    code = ServiceCode.objects.get()
    assert (offered.state, code.kept_by) == (state, "")
    assert {"declined": "Declined", "taken_back": "Taken back"}[state] in text(again)
    assert "Hand over" in text(page(client, lin, "service-code", code.reference))


@pytest.mark.parametrize(
    ("who", "how"),
    [
        *(("stranger", how) for how in ("accept", "decline", "take-back")),
        *(("lin", how) for how in ("accept", "decline")),
        *(("chen", how) for how in ("take-back", "steal")),
    ],
)
def test_the_wrong_account_gets_404_and_changes_nothing(client, offered, lin, chen, who, how):
    stranger = make_user("wu@example.com")
    handovers.offer(code_of(stranger, 2), stranger, lin)

    response = answer(client, {"lin": lin, "chen": chen, "stranger": stranger}[who], offered, how)

    assert response.status_code == 404
    offered.refresh_from_db()
    assert offered.is_open
    assert offered.code.kept_by == ""


def test_a_strangers_hand_over_is_404(client, offered):
    assert page(client, make_user("wu@example.com"), "code-offer", offered.reference).status_code == 404


@pytest.mark.parametrize("how", ["accept", "decline", "take-back"])
def test_a_get_of_an_answers_address_answers_nothing(client, offered, chen, how):
    response = sign_in(client, chen).get(reverse("code-offer-answer", args=[offered.reference, how]))

    assert response.status_code == 405
    offered.refresh_from_db()
    assert offered.is_open


def test_a_code_that_was_handed_over_names_the_other_account_once(client, offered, lin, chen):
    answer(client, chen, offered, "accept")

    said = text(sign_in(client, lin).get(reverse("service-code", args=[offered.code.reference])))

    assert said.count(mask_email(CHEN)) == 1


def test_two_tabs_accept_once_and_both_show_it(client, offered, chen):
    pages = [text(answer(client, chen, offered, "accept")) for _ in range(2)]

    assert all("Accepted. Both accounts see it" in html for html in pages)
    assert Message.objects.filter(template="handover_accepted", channel="site").count() == 2


def test_a_code_taken_by_an_order_in_the_meantime_is_not_handed_over(client, offered, lin, chen):
    order = make_order(lin)
    service_codes.bind(offered.code_id, order.reference)

    before = text(page(client, chen, "code-offer", offered.reference))
    said = text(answer(client, chen, offered, "accept"))

    code = ServiceCode.objects.get()
    assert "This service code is no longer free" in before
    assert "This service code is no longer free" in said
    assert (code.state, code.holder, code.kept_by) == ("bound", order.reference, "")


# --- using it ---------------------------------------------------------------------------------------


def use(client, user, code):
    order = make_order(user, answers={}, service_code="", instance="")
    response = send(
        client, order, "service_code", {"product_type": "ecs", "how": "code", "service_code": str(code.code)}
    )
    return order, response


def test_the_taker_uses_it_in_an_order_and_the_giver_sees_that_it_is_in_one(client, offered, lin, chen):
    handovers.accept(offered)

    order, response = use(client, chen, offered.code)

    code = ServiceCode.objects.get()
    html = text(page(client, lin, "service-code", code.reference))
    assert response.status_code == 302
    assert (code.state, code.holder) == ("bound", order.reference)
    assert "Another account's order" in html
    assert order.reference not in html
    assert order.reference in text(page(client, chen, "service-codes"))


def test_the_giver_who_types_it_afterwards_is_told_that_it_was_handed_over(client, offered, lin):
    handovers.accept(offered)

    _order, response = use(client, lin, offered.code)

    assert wrong(response) == {"service_code": ["code_handed_over"]}


def test_a_third_account_with_the_code_learns_nothing(client, offered, servers):
    handovers.accept(offered)
    servers["wu@example.com"] = [server("i-wu")]

    _order, response = use(client, make_user("wu@example.com"), offered.code)

    assert wrong(response) == {"service_code": ["code_not_usable"]}


# --- what it costs --------------------------------------------------------------------------------------


def test_the_page_takes_as_many_queries_for_one_offer_as_for_three(client, servers):
    def of(rows):
        lin, chen = make_user(), make_user()
        servers[lin.email] = [server(f"i-{lin.pk}")]
        for slot in range(1, rows + 1):
            code = ServiceCode.objects.create(instance_id=f"i-{lin.pk}", slot=slot, product="ecs", account=lin.email)
            handovers.offer(code, lin, chen)
        costs = []
        for user in (lin, chen):
            client.force_login(user)
            costs.append(cost(lambda: client.get(reverse("service-codes"))))
        return costs

    assert of(1) == of(3)


def test_no_address_of_a_hand_over_contains_the_code_or_an_email_address(client, offered, lin, chen):
    for user in (lin, chen):
        html = text(page(client, user, "code-offer", offered.reference))
        links = re.findall(r'(?:href|action)="([^"]*)"', html)
        assert not any("@" in link or offered.code.code.hex in link.replace("-", "") for link in links)
