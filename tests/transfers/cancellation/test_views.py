"""Cancel a transfer: five plain pages, each only for its owner, safe to press twice, to leave and to come back to."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from lxml.html import document_fromstring

from icpportal.accounts import actions as accounts
from icpportal.accounts.models import Pending
from icpportal.gateways.dns.fake import FakeResolver
from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.types import Answer, AnswerKind
from icpportal.outbox.models import Message
from icpportal.outbox.texts import formats
from icpportal.time_format import long_words, short_words
from tests.transfers import states
from tests.transfers.builders import make_order, make_user, moves, sign_in
from tests.transfers.cancels import (
    ADMINISTRATOR,
    LEAD,
    begin,
    enter_code,
    enter_password,
    make_website,
    newest_code,
    order_of,
    press,
    prove_again,
    reload,
    send_code,
    to_last_look,
    url,
)
from tests.transfers.outside import typed_type
from transfers.authority.results import take_answer
from transfers.deadlines.sweep import sweep
from transfers.models import Order, TypeCheck

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ministry")]


@pytest.fixture(autouse=True)
def names(settings: Any) -> Any:
    settings.DNS_GATEWAY = "icpportal.gateways.dns.fake.FakeResolver"
    FakeResolver.names = {"example.com": ["203.0.113.7"]}
    yield FakeResolver.names
    FakeResolver.names = {}


@pytest.fixture
def owner() -> Any:
    return make_user("lin@example.com", mobile="13911110001")


def page(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def consequences(client: Client, website: Any) -> str:
    return page(client, reverse("cancel", args=[website.pk]))


# --- the consequences ------------------------------------------------------------------------------


def test_the_filing_page_links_to_the_consequences(client: Client, owner: Any) -> None:
    website = make_website(owner)
    prove_again(client, owner)

    assert reverse("cancel", args=[website.pk]) in page(client, reverse("filing", args=[website.pk]))
    said = consequences(client, website)

    for words in (
        "The link of example.com with us. The domain must no longer point to our servers.",
        "stays valid.",
        "Transfer to the new provider at once",
        "The service code cannot be used again.",
        "Once submitted, it cannot be stopped.",
        "示例纸业官网",
    ):
        assert words in said
    for words in (
        "We are the only known provider",
        "The domain still points to our servers",
        "could not be checked",
        "Suffix",
    ):
        assert words not in said


def test_opening_the_page_begins_nothing_and_needs_no_fresh_proof(client: Client, owner: Any) -> None:
    website = make_website(owner)

    consequences(sign_in(client, owner), website)

    assert Order.objects.count() == 0


def test_an_anonymous_reader_cannot_reach_it(client: Client, owner: Any) -> None:
    website = make_website(owner)
    order = to_last_look(prove_again(Client(), owner), website)

    for address in (reverse("filing", args=[website.pk]), reverse("cancel", args=[website.pk]), url(order, "confirm")):
        for answer in (client.get(address), client.post(address, {"understood": "on"})):
            assert answer.url.startswith("/account/login/")
    assert reload(order).state == states.DRAFT


def test_a_stranger_finds_nothing(client: Client, owner: Any) -> None:
    website = make_website(owner)
    chen = make_user("chen@example.com")
    prove_again(client, chen)

    assert client.get(reverse("cancel", args=[website.pk])).status_code == 404
    assert begin(client, website).status_code == 404
    assert Order.objects.count() == 0


@pytest.mark.parametrize("page", ["cancel-code", "cancel-password", "cancel-confirm"])
def test_a_stranger_without_a_fresh_proof_finds_nothing_either(client: Client, owner: Any, page: str) -> None:
    begin(prove_again(client, owner), make_website(owner))
    address = reverse(page, args=[Order.objects.get().reference])

    chen = Client()
    sign_in(chen, make_user("chen@example.com"))

    assert (chen.get(address).status_code, chen.post(address).status_code) == (404, 404)


@pytest.mark.parametrize(
    ("addresses", "words"),
    [
        (["192.0.2.10"], "The domain still points to our servers"),
        (["192.0.2.99"], "The domain still points to our servers"),  # another server of ours
        (["203.0.113.7"], "The domain no longer points to our servers."),
        ([], "The domain does not point anywhere at the moment."),
    ],
)
def test_it_says_where_the_domain_points(client: Client, owner: Any, names: Any, addresses: Any, words: str) -> None:
    names["example.com"] = addresses

    assert words in consequences(prove_again(client, owner), make_website(owner))


@pytest.mark.parametrize("gateway", ["Down", "Stalling"])
def test_a_failed_lookup_is_shown_as_unknown(client: Client, owner: Any, settings: Any, gateway: str) -> None:
    settings.DNS_GATEWAY = f"icpportal.gateways.dns.fake.{gateway}"
    settings.DNS_SECONDS = 0.1

    said = consequences(prove_again(client, owner), make_website(owner))

    assert "Where the domain points could not be checked" in said


def test_a_suffix_that_is_not_approved_causes_a_warning(client: Client, owner: Any) -> None:
    website = make_website(owner, domain="example.org")

    assert "Suffix .org is not approved" in consequences(prove_again(client, owner), website)


def test_other_websites_of_the_account_are_named_as_not_affected(client: Client, owner: Any) -> None:
    website = make_website(owner)
    make_website(owner, domain="second.example.com")

    said = consequences(prove_again(client, owner), website)

    assert "Your other websites here are not affected:" in said
    assert "second.example.com" in said


def test_without_the_tick_nothing_begins(client: Client, owner: Any) -> None:
    website = make_website(owner)
    prove_again(client, owner)

    answer = client.post(reverse("cancel", args=[website.pk]), {"alone": "on"})

    assert "Tick the box to show that you understand, then continue" in answer.content.decode()
    assert Order.objects.count() == 0


def test_the_last_known_access_needs_a_second_tick_which_is_recorded(client: Client, owner: Any) -> None:
    website = make_website(owner, others=0)
    prove_again(client, owner)

    html = begin(client, website).content.decode()
    assert "We are the only known provider" in html
    assert "Tick the box to confirm, then continue" in html
    begin(client, website, understood="on", alone="on")

    assert order_of(website).events.get().words == "last known access"


def test_the_last_known_access_stays_where_the_operator_says_so(client: Client, owner: Any, settings: Any) -> None:
    settings.CANCEL_REFUSE_LAST_ACCESS = True
    website = make_website(owner, others=0)
    prove_again(client, owner)

    answer = begin(client, website, understood="on", alone="on")

    assert "We are the only known provider: transfer to another provider first" in answer.content.decode()
    assert Order.objects.count() == 0


def test_where_another_provider_is_known_that_setting_has_no_effect(client: Client, owner: Any, settings: Any) -> None:
    settings.CANCEL_REFUSE_LAST_ACCESS = True
    website = make_website(owner, others=1)

    assert begin(prove_again(client, owner), website).status_code == 302


def test_after_a_change_of_contact_it_opens_a_day_later(client: Client, owner: Any) -> None:
    website = make_website(owner)
    type(owner).objects.filter(pk=owner.pk).update(contact_changed_at=timezone.now() - timedelta(hours=23))
    prove_again(client, owner)

    assert "you can cancel from" in begin(client, website).content.decode()
    assert Order.objects.count() == 0

    type(owner).objects.filter(pk=owner.pk).update(contact_changed_at=timezone.now() - timedelta(hours=25))
    assert begin(client, website).status_code == 302


def test_a_change_of_contact_in_between_stops_it(client: Client, owner: Any) -> None:
    website = make_website(owner)
    order = to_last_look(prove_again(client, owner), website)
    type(owner).objects.filter(pk=owner.pk).update(contact_changed_at=timezone.now())

    answer = press(client, order)

    assert answer.url == url(order)
    assert reload(order).state == states.DRAFT


def test_a_draft_delayed_by_a_change_of_contact_outlasts_the_pause(client: Client, owner: Any) -> None:
    website, start = make_website(owner), timezone.now().replace(hour=4, minute=0)
    with time_machine.travel(start, tick=False):
        begin(prove_again(client, owner), website)
        order = order_of(website)
    with time_machine.travel(start + timedelta(hours=23, minutes=59), tick=False):
        pending = accounts.begin(Pending.Kind.MOBILE, destination="13911110009", language="en", user=owner)
        accounts.confirm_mobile(pending)
        with override("en"):
            kept, shortly = (shown(start + timedelta(hours=71, minutes=59)) for shown in (long_words, short_words))
        assert f"The draft is kept until {kept}." in page(prove_again(client, owner), url(order))
        listed = " ".join(document_fromstring(page(client, reverse("dashboard"))).text_content().split())
        assert f"{shortly} Kept until" in listed

    with time_machine.travel(start + timedelta(hours=48), tick=False):
        sweep()
        answer = client.post(url(order), {"understood": "on"})

    assert answer.url == url(order, "code")
    assert (reload(order).state, moves(order)) == (states.DRAFT, ["start", "deadline_moved"])


def test_an_open_order_blocks_it_and_is_named_with_the_options(client: Client, owner: Any) -> None:
    website = make_website(owner)
    blocker = make_order(owner, state=states.SUBMITTED, domain="example.com")
    prove_again(client, owner)

    html = begin(client, website).content.decode()

    assert f"Order {blocker.reference} is open: finish it, then cancel" in html
    assert blocker.get_absolute_url() in html
    assert reverse("order-move", args=[blocker.reference, "withdraw"]) in html
    assert not Order.objects.filter(kind=states.CANCELLATION).exists()


def test_two_presses_and_two_tabs_begin_one_order(client: Client, owner: Any) -> None:
    website = make_website(owner)
    prove_again(client, owner)

    first, second = begin(client, website), begin(client, website)

    assert first.url == second.url == url(order_of(website), "code")
    assert Order.objects.count() == 1
    assert client.get(reverse("cancel", args=[website.pk])).url == url(order_of(website), "code")


# --- who is asking ---------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["code", "password", "confirm"])
def test_a_session_without_a_fresh_proof_goes_no_further(client: Client, owner: Any, where: str) -> None:
    website = make_website(owner)
    order = to_last_look(prove_again(client, owner), website)
    stolen = sign_in(Client(), owner)

    for answer in (stolen.get(url(order, where)), stolen.post(url(order, where), {"code": "123456"})):
        assert answer.status_code == 302
        assert answer.url.startswith("/account/step-up/")
    assert reload(order).state == states.DRAFT


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_two_proofs_of_a_cancellation_have_different_names(client: Client, owner: Any, language: str) -> None:
    """Two pages in a row asked "Confirm it is you": people thought the first had not worked."""
    website = make_website(owner)
    prove_again(client, owner)
    begin(client, website)
    at_the_filing = url(order_of(website), "code")
    client.cookies["django_language"] = language
    second = client.get(at_the_filing, follow=True).content.decode()
    stolen = sign_in(Client(), owner)  # proved too long ago
    stolen.cookies["django_language"] = language
    first = stolen.get(at_the_filing, follow=True).content.decode()

    names = [str(document_fromstring(page).xpath("string(//h1)")).strip() for page in (first, second)]

    expected = {
        "en": ["Confirm it is you", "Confirm with the phone on the filing"],
        "zh-hans": ["确认本人身份", "用备案中的手机号确认"],
    }
    assert names == expected[language]


@pytest.mark.parametrize("where", ["consequences", "code", "password", "confirm"])
def test_the_pages_of_somebody_elses_order_do_not_exist(client: Client, owner: Any, where: str) -> None:
    order = to_last_look(prove_again(client, owner), make_website(owner))
    chen = make_user("chen@example.com")
    prove_again(client, chen)

    assert client.get(url(order, where)).status_code == 404
    assert client.post(url(order, where)).status_code == 404
    assert reload(order).state == states.DRAFT


def test_a_page_before_its_turn_redirects_to_the_current_one(client: Client, owner: Any) -> None:
    website = make_website(owner)
    begin(prove_again(client, owner), website)
    order = order_of(website)

    assert client.get(url(order, "password")).url == url(order, "code")
    assert press(client, order).url == url(order, "code")
    assert enter_password(client, order).url == url(order, "code")
    assert (reload(order).state, reload(order).password_kept) == (states.DRAFT, False)


def test_the_pages_of_a_transfer_do_not_work_for_a_cancellation(client: Client, owner: Any) -> None:
    order = to_last_look(prove_again(client, owner), make_website(owner))

    for name in ("documents", "people", "check", "photo", "phones", "order-type", "gates-passed"):
        assert client.get(reverse(name, args=[order.reference])).status_code == 404
    assert client.get(reverse("step", args=[order.reference, "service_code"])).status_code == 404
    assert client.get(url(make_order(owner, domain="other.example.com"))).status_code == 404


# --- the code --------------------------------------------------------------------------------------


def test_the_code_goes_to_the_filed_mobile_and_the_page_masks_it(client: Client, owner: Any) -> None:
    website = make_website(owner)
    begin(prove_again(client, owner), website)
    order = order_of(website)

    send_code(client, order)
    page_text = page(client, url(order, "code"))

    letter = Message.objects.get(template="code_cancel")
    assert (letter.channel, letter.payload["to"]) == ("sms", ADMINISTRATOR)
    assert "139****0002" in page_text
    assert "陈样例" not in page_text
    assert (ADMINISTRATOR in page_text, letter.payload["context"]["code"] in page_text) == (False, False)


def test_the_leads_mobile_can_be_chosen_and_no_other(client: Client, owner: Any) -> None:
    website = make_website(owner)
    begin(prove_again(client, owner), website)
    order = order_of(website)

    send_code(client, order, to="subject_lead")
    assert send_code(client, order, to="13912345678").status_code == 200

    assert [letter.payload["to"] for letter in Message.objects.filter(template="code_cancel")] == [LEAD]


def test_a_code_can_be_requested_again_only_after_a_while(client: Client, owner: Any, settings: Any) -> None:
    settings.CODE_RESEND_SECONDS = 60
    website = make_website(owner)
    begin(prove_again(client, owner), website)
    order = order_of(website)

    send_code(client, order)
    again = send_code(client, order)

    assert "You can resend in" in again.content.decode()
    assert Message.objects.filter(template="code_cancel").count() == 1


def test_a_wrong_code_says_how_many_attempts_are_left_and_the_fifth_that_none_is(client: Client, owner: Any) -> None:
    website = make_website(owner)
    begin(prove_again(client, owner), website)
    order = order_of(website)
    send_code(client, order)
    wrong = "000000" if newest_code() != "000000" else "111111"

    said = [enter_code(client, order, wrong).content.decode() for _ in range(6)]

    assert said[0].count("The code is wrong. 4 attempts left") == 2  # above and beside the field
    assert "No attempts left: send a new code" in said[4]
    assert "No attempts left: send a new code" in said[5]
    assert client.get(url(order, "password")).url == url(order, "code")


def test_an_input_of_six_letters_is_no_attempt(client: Client, owner: Any) -> None:
    website = make_website(owner)
    begin(prove_again(client, owner), website)
    order = order_of(website)
    send_code(client, order)

    assert "Enter the 6-digit code" in enter_code(client, order, "12345").content.decode()
    assert enter_code(client, order).status_code == 302


def test_an_expired_code_requires_a_new_one(client: Client, owner: Any, time_machine: Any) -> None:
    website = make_website(owner)
    begin(prove_again(client, owner), website)
    order = order_of(website)
    send_code(client, order)
    code = newest_code()

    time_machine.move_to(timezone.now() + timedelta(minutes=10))

    assert "The code has expired: send a new one" in enter_code(client, order, code).content.decode()


def test_a_code_of_another_order_or_purpose_is_invalid(client: Client, owner: Any) -> None:
    website, other = make_website(owner), make_website(make_user("chen@example.com"), domain="chen.example.com")
    begin(prove_again(client, owner), website)
    order = order_of(website)
    send_code(client, order)
    mine = newest_code()
    theirs = prove_again(Client(), other.owner)
    begin(theirs, other)
    foreign = order_of(other)

    assert enter_code(theirs, foreign, mine).status_code == 200
    assert enter_code(client, order, mine).status_code == 302


def test_a_code_counts_for_ten_minutes_then_a_new_one_is_required(
    client: Client, owner: Any, time_machine: Any
) -> None:
    website = make_website(owner)
    order = to_last_look(prove_again(client, owner), website)
    assert client.get(url(order, "confirm")).status_code == 200

    time_machine.move_to(timezone.now() + timedelta(minutes=10))

    assert press(client, order).url == url(order, "code")
    assert reload(order).state == states.DRAFT


def test_the_right_code_pressed_twice_continues_and_counts_from_the_first(client: Client, owner: Any) -> None:
    website = make_website(owner)
    begin(prove_again(client, owner), website)
    order = order_of(website)
    send_code(client, order)
    code = newest_code()
    enter_code(client, order, code)
    until = reload(order).answer("proof")["until"]

    again = enter_code(client, order, code)

    assert again.url == url(order, "password")
    assert reload(order).answer("proof")["until"] == until


# --- the filing password ---------------------------------------------------------------------------


def test_a_wrong_filing_password_goes_no_further(client: Client, owner: Any) -> None:
    website = make_website(owner)
    begin(prove_again(client, owner), website)
    order = order_of(website)
    send_code(client, order)
    enter_code(client, order)

    html = enter_password(client, order, "wrong-one").content.decode()

    assert "The filing password is wrong. 4 attempts left" in html
    assert "wrong-one" not in html
    assert press(client, order).url == url(order, "password")


def test_while_the_ministry_is_down_nothing_is_counted(
    client: Client, owner: Any, ministry: Any, settings: Any
) -> None:
    website = make_website(owner)
    begin(prove_again(client, owner), website)
    order = order_of(website)
    send_code(client, order)
    enter_code(client, order)

    def away(*args: Any, **kwargs: Any) -> None:
        raise Retryable("down")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ministry, "check_password", away)
        said = [enter_password(client, order).content.decode() for _ in range(7)]

    assert all("This attempt was not counted. Try again later" in each for each in said)
    assert enter_password(client, order).url == url(order, "confirm")


def test_the_way_to_a_forgotten_password_leads_back(client: Client, owner: Any) -> None:
    website = make_website(owner)
    begin(prove_again(client, owner), website)
    order = order_of(website)

    page_text = page(client, reverse("password-forgotten", args=[order.reference]))

    assert url(order, "password") in page_text


def test_a_profile_without_filing_passwords_has_no_such_page(client: Client, owner: Any, settings: Any) -> None:
    settings.RULE_PROFILE = "current-2020"
    website = make_website(owner)
    begin(prove_again(client, owner), website)
    order = order_of(website)
    send_code(client, order)

    assert enter_code(client, order).url == url(order, "confirm")
    assert client.get(url(order, "password")).status_code == 404
    assert "Step 3 of 3" in page(client, url(order, "confirm"))
    press(client, order)

    assert reload(order).state == states.HANDING_OVER


# --- the last look ---------------------------------------------------------------------------------


def test_the_last_look_is_one_sentence_and_one_button(client: Client, owner: Any) -> None:
    order = to_last_look(prove_again(client, owner), make_website(owner))

    page_text = page(client, url(order, "confirm"))

    assert "Cancel the transfer of example.com" in page_text
    assert "Once submitted, it cannot be stopped." in page_text
    assert reload(order).state == states.DRAFT  # opening the page sends nothing


def test_it_is_sent_once_however_often_it_is_pressed_and_everybody_is_notified(client: Client, owner: Any) -> None:
    order = to_last_look(prove_again(client, owner), make_website(owner))

    answers = [press(client, order) for _ in range(2)]

    assert [answer.url for answer in answers] == [order.get_absolute_url()] * 2
    assert (reload(order).state, reload(order).report) == (states.HANDING_OVER, 1)
    assert moves(order) == ["start", "confirm_cancel"]
    assert Message.objects.filter(channel="authority").count() == 1
    told = Message.objects.filter(template="cancel_started")
    texts = [letter.payload["to"] for letter in told.filter(channel="sms")]
    mails = [letter.payload["to"] for letter in told.filter(channel="email")]
    assert sorted(texts) == sorted([owner.mobile, LEAD, ADMINISTRATOR])
    assert sorted(mails) == ["chen@example.com", "lin@example.com"]  # the account's address is the lead's


def test_the_back_button_after_the_last_press_shows_the_order(client: Client, owner: Any) -> None:
    order = to_last_look(prove_again(client, owner), make_website(owner))
    press(client, order)

    for where in ("consequences", "code", "password", "confirm"):
        assert client.get(url(order, where)).url == order.get_absolute_url()
    for pressed in (
        begin(client, order.website),
        client.post(url(order), {"understood": "on"}),
        enter_code(client, order, "1"),
    ):
        assert pressed.url in (order.get_absolute_url(), url(order, "code"))
    assert moves(order) == ["start", "confirm_cancel"]
    page_text = page(client, order.get_absolute_url())
    assert "Cancellation" in page_text
    assert reverse("order-move", args=[order.reference, "abandon"]) not in page_text


def test_an_order_elsewhere_that_was_claimed_since_is_not_named(client: Client, owner: Any) -> None:
    website = make_website(owner)
    begin(prove_again(client, owner), website)
    order = order_of(website)
    send_code(client, order)
    enter_code(client, order)
    theirs = make_order(make_user("chen@example.com"), state=states.SUBMITTED, domain="example.com")

    html = enter_password(client, order).content.decode()

    assert "Another account has an open order for this domain or document" in html
    assert theirs.reference not in html
    assert reload(order).state == states.DRAFT


# --- leaving it ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "title"), [("en", "Keep the transfer"), ("zh-hans", "保留接入")])
def test_the_page_that_keeps_the_transfer_is_not_titled_abandoning_the_filing(
    client: Client, owner: Any, language: str, title: str
) -> None:
    """A screen reader said 放弃备案, and the heading "Abandon order", although nothing happens to the filing."""
    order = to_last_look(prove_again(client, owner), make_website(owner))
    client.cookies["django_language"] = language

    html = client.get(reverse("order-move", args=[order.reference, "abandon"])).content.decode()

    assert re.search(r"<title>\s*(.*?)\s*·", html)[1] == title  # type: ignore[index]
    assert re.search(r"<h1>\s*(.*?)\s*</h1>", html)[1] == title  # type: ignore[index]


def test_a_draft_can_be_given_up_and_the_transfer_stays(client: Client, owner: Any) -> None:
    website = make_website(owner)
    order = to_last_look(prove_again(client, owner), website)
    page_text = page(client, order.get_absolute_url())
    assert "Keep the transfer" in page_text
    assert "Not submitted yet" in page_text

    client.post(reverse("order-move", args=[order.reference, "abandon"]))

    assert reload(order).state == states.ABANDONED
    assert reload(order).password_kept is False
    assert website.accesses.filter(own=True, ended_at=None).count() == 1
    assert "The transfer stays as it is" in page(client, order.get_absolute_url())


def test_a_draft_is_closed_after_a_day(client: Client, owner: Any, time_machine: Any) -> None:
    website = make_website(owner)
    order = to_last_look(prove_again(client, owner), website)

    time_machine.move_to(timezone.now() + timedelta(days=1))

    page_text = page(sign_in(client, owner), order.get_absolute_url())
    assert reload(order).state == states.EXPIRED
    assert "Closed: not confirmed in time" in page_text


def test_with_a_cooling_off_time_it_can_be_stopped_until_it_is_sent(client: Client, owner: Any, settings: Any) -> None:
    settings.CANCEL_COOL_OFF = timedelta(hours=24)
    website = make_website(owner)
    order = to_last_look(prove_again(client, owner), website)
    assert "You can stop it until then" in page(client, url(order, "confirm"))

    press(client, order)
    press(client, order)
    page_text = page(client, order.get_absolute_url())

    assert (reload(order).state, moves(order)) == (states.COOLING_OFF, ["start", "cool"])
    assert "Stop the cancellation" in page_text
    assert not Message.objects.filter(channel="authority").exists()
    told = Message.objects.filter(template="cancel_cooling", channel="email")
    assert [one.payload["context"]["due"] for one in told] == [formats.pack(reload(order).due_at)] * 2
    assert not Message.objects.filter(template__in=("cancel_started", "cancel_received")).exists()

    stop = reverse("order-move", args=[order.reference, "stop"])
    assert client.get(stop).status_code == 404
    assert sign_in(Client(), make_user("chen@example.com")).post(stop).status_code == 404
    client.post(stop)
    client.post(stop)
    assert (reload(order).state, moves(order)) == (states.ABANDONED, ["start", "cool", "stop"])
    warned, calmed = (
        {(each.channel, each.payload["to"]) for each in Message.objects.filter(template=template)}
        for template in ("cancel_cooling", "cancel_stopped")
    )
    assert calmed == warned


def test_after_the_cooling_off_time_it_is_sent_and_can_no_longer_be_stopped(
    client: Client, owner: Any, settings: Any, time_machine: Any
) -> None:
    settings.CANCEL_COOL_OFF = timedelta(hours=24)
    order = to_last_look(prove_again(client, owner), make_website(owner))
    press(client, order)

    time_machine.move_to(timezone.now() + timedelta(hours=24))
    sign_in(client, owner).post(reverse("order-move", args=[order.reference, "stop"]))

    assert (reload(order).state, moves(order)) == (states.HANDING_OVER, ["start", "cool", "cooled"])
    assert Message.objects.filter(channel="authority").count() == 1
    assert Message.objects.filter(template="cancel_received").exists()


def test_afterwards_the_same_site_can_be_transferred_again(client: Client, owner: Any) -> None:
    website = make_website(owner)
    order = to_last_look(prove_again(client, owner), website)
    press(client, order)
    answer = Answer(id="1", kind=AnswerKind.GRANTED, report_key=reload(order).report_key, at=timezone.now())
    take_answer(answer)

    page_text = page(client, order.get_absolute_url())
    assert reload(order).state == states.CANCELLED
    assert "To come back to us later, start a new transfer with a new service code." in page_text
    assert "Transfer to the new provider at once: a filing without a provider may be deleted." in page_text
    assert "宁ICP备00000000号-1" in page_text
    assert "On file with us" not in page(client, reverse("dashboard"))
    client.post("/transfers/new/", typed_type())
    check = TypeCheck.objects.latest("created_at")
    assert check.outcome == "transfer_another"  # the subject is on file here, the site has no access of ours
    begun = client.post(reverse("verify-type-start", args=[check.reference]))

    fresh = Order.objects.exclude(pk=order.pk).get()
    assert begun.status_code == 302
    assert (fresh.kind, fresh.state, fresh.domain) == (states.TRANSFER_ANOTHER, states.DRAFT, website.domain)


def test_an_address_from_before_the_end_leads_to_the_cancellation(client: Client, owner: Any) -> None:
    website = make_website(owner)
    order = to_last_look(prove_again(client, owner), website)
    press(client, order)
    take_answer(Answer(id="1", kind=AnswerKind.GRANTED, report_key=reload(order).report_key, at=timezone.now()))
    kept = [reverse("filing", args=[website.pk]), reverse("cancel", args=[website.pk])]

    assert [client.get(address).headers["Location"] for address in kept] == [order.get_absolute_url()] * 2
    sign_in(client, make_user())
    assert [client.get(address).status_code for address in kept] == [404, 404]


@pytest.mark.parametrize("count", [1, 3])
def test_the_consequences_take_as_many_queries_with_one_website_as_with_three(
    client: Client, owner: Any, count: int, django_assert_max_num_queries: Any
) -> None:
    website = make_website(owner)
    for number in range(count - 1):
        make_website(owner, domain=f"more{number}.example.com")
    prove_again(client, owner)

    with django_assert_max_num_queries(17) as found:
        consequences(client, website)
    costs.setdefault("all", set()).add(len(found))
    assert len(costs["all"]) == 1


costs: dict[str, set[int]] = {}
