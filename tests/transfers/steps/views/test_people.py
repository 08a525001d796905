"""The hub of step 4 and the test of the mobiles: a code on the page, or a link on the phone."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from bench.inside.pages import signed_in
from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import administrator_answers, make_order, make_user, sign_in
from tests.transfers.outside import cost, errors, page_of, reload
from transfers.models import Order
from transfers.steps import phone_tests
from verification.models import PhoneProof

pytestmark = pytest.mark.django_db
LEAD, ADMIN = "subject_lead", "administrator"


def hub(client: Client, order: Order, language: str = "en") -> Any:
    page = reverse("people", args=[order.reference])
    return sign_in(client, order.owner).get(page, headers={"accept-language": language})


def prove(order: Order, role: str = LEAD) -> str:
    return reverse("prove-phone", args=[order.reference, role])


def text_to(order: Order) -> dict[str, Any]:
    """The content of the order's last text."""
    message = Message.objects.filter(template="code_phone_proof").latest("created_at")
    return dict(message.payload["context"])


def send_code(client: Client, order: Order, role: str = LEAD) -> dict[str, Any]:
    """Presses "send a code" and reads the text."""
    answer = sign_in(client, order.owner).post(prove(order, role), {"send": "1"})
    assert answer["Location"] == prove(order, role)
    return text_to(order)


# --- the hub ------------------------------------------------------------------------------------


def test_the_hub_says_what_is_finished_and_what_is_missing(client: Client) -> None:
    order = make_order(steps=("service_code", "filing_password", "subject"))

    answer = hub(client, order)

    states_of = [(task.url.rstrip("/").rpartition("/")[2], task.state) for task in answer.context["tasks"]]
    assert states_of == [("subject", "done"), ("website", "todo"), ("administrator", "todo"), ("", "todo")]
    assert (answer.context["ready"], answer.context["proofs"]) == (False, [])
    assert "Continue to documents" not in answer.content.decode()


def task_of_phones(page: str) -> str:
    """The list's entry for the phone tests, or "" where there is none."""
    entries = page.partition('class="task-list"')[2].partition("</ul>")[0].split("<li")
    return next((" ".join(entry.split()) for entry in entries if "Test the phones" in entry), "")


def test_the_phone_test_is_a_task_from_the_start_and_finished_when_every_phone_is_proved(client: Client) -> None:
    order = make_order(steps=("service_code", "filing_password"))
    assert "Opens when the pages above are complete" in task_of_phones(hub(client, order).content.decode())

    order = make_order(owner=order.owner)
    task = task_of_phones(hub(client, order).content.decode())
    assert (prove(order) in task, "Needed before you submit" in task) == (True, True)
    for role, word in ((LEAD, "Not started"), (ADMIN, "In progress")):
        task = task_of_phones(hub(client, order).content.decode())
        assert (prove(order, role) in task, word in task) == (True, True)
        client.post(prove(order, role), {"code": send_code(client, order, role)["code"]})

    assert "<a " not in task_of_phones(hub(client, order).content.decode())
    assert hub(client, order).context["tasks"][-1].state == "done"


def test_where_the_ministry_texts_nobody_there_is_no_phone_to_test(client: Client) -> None:
    assert task_of_phones(hub(client, make_order(province="44")).content.decode()) == ""


def test_a_complete_hub_leads_to_the_documents(client: Client) -> None:
    order = make_order(province="44")

    page = hub(client, order).content.decode()

    assert reverse("documents", args=[order.reference]) in page
    assert "Phones that must receive text messages" not in page


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "需要能接收短信的手机"), ("en", "Phones that must receive text messages")]
)
def test_where_the_province_asks_each_mobile_is_shown_masked(client: Client, language: str, words: str) -> None:
    page = hub(client, make_order(province="12"), language).content.decode()

    assert words in page
    assert ("139****0001" in page, "139****0002" in page) == (True, True)
    assert ("13900000001" in page, "13900000002" in page) == (False, False)


@pytest.mark.parametrize("steps", [(), ("service_code",)])
def test_the_hub_opens_only_after_the_gates(client: Client, steps: tuple[str, ...]) -> None:
    order = make_order(steps=steps)

    missing = "filing_password" if steps else "service_code"

    assert hub(client, order)["Location"] == page_of(order, missing)


def test_a_submitted_order_has_no_hub(client: Client) -> None:
    order = make_order(state=states.SUBMITTED)

    assert hub(client, order)["Location"] == order.get_absolute_url()


def test_strangers_find_neither_hub_nor_phones(client: Client) -> None:
    order = make_order(province="12")
    sign_in(client, make_user())

    pages = [reverse("people", args=[order.reference]), prove(order)]

    assert [client.get(page).status_code for page in pages] == [404, 404]
    assert client.post(prove(order), {"send": "1"}).status_code == 404
    assert not Message.objects.filter(template="code_phone_proof").exists()


def test_the_hub_takes_at_most_ten_queries(client: Client) -> None:
    order = make_order(province="12")
    hub(client, order)

    assert cost(lambda: client.get(reverse("people", args=[order.reference]))) <= 10


def test_one_press_in_the_list_sends_the_code_and_asks_for_it(client: Client) -> None:
    order = make_order(province="12")
    [form, _other] = html.fromstring(hub(client, order).content).xpath("//form[contains(@action, '/people/phone/')]")
    [button] = form.xpath(".//button")

    page = client.post(form.get("action"), {button.get("name"): button.get("value")}, follow=True)

    assert (len(text_to(order)["code"]), 'name="code"' in page.content.decode()) == (6, True)
    [again] = html.fromstring(hub(client, order).content).xpath("//main//*[@data-role='subject_lead']//a")
    assert (again.get("href"), again.text_content().split()[:3]) == (prove(order), ["Enter", "the", "code"])


# --- which mobiles -------------------------------------------------------------------------------


def roles(order: Order) -> list[str]:
    return [proof.role for proof in phone_tests.required_tests(order)]


def test_both_people_are_asked_where_the_profile_of_2018_asks() -> None:
    assert roles(make_order(province="12")) == [LEAD, ADMIN]


def test_one_proof_is_enough_for_one_mobile_in_two_roles() -> None:
    shared = {"administrator": administrator_answers(admin_phone1="13900000001")}

    assert roles(make_order(province="12", answers={"administrator": {"same_person": "yes"}})) == ["both"]
    assert roles(make_order(province="12", answers=shared)) == ["both"]


def test_nobody_is_tested_where_the_province_does_not_ask() -> None:
    assert roles(make_order(province="44")) == []


def test_the_profile_of_2020_asks_the_administrator_everywhere() -> None:
    assert roles(make_order(province="44", rule_profile="current-2020")) == [ADMIN]


@pytest.mark.parametrize("role", ["both", "reviewer", "x"])
def test_a_role_missing_in_this_order_does_not_exist(client: Client, role: str) -> None:
    order = make_order(province="12")

    assert sign_in(client, order.owner).get(prove(order, role)).status_code == 404


# --- a code typed on the page -----------------------------------------------------------------------


def test_the_right_code_proves_the_mobile_it_was_sent_to(client: Client) -> None:
    order = make_order(province="12")
    code = send_code(client, order)["code"]

    answer = client.post(prove(order), {"code": f" {code[:3]} {code[3:]} "})

    assert answer["Location"] == reverse("people", args=[order.reference])
    assert [(proof.role, proof.is_proved) for proof in phone_tests.required_tests(order)] == [
        (LEAD, True),
        (ADMIN, False),
    ]
    assert [proof.role for proof in phone_tests.missing(order)] == [ADMIN]


def test_the_code_goes_to_the_entered_mobile_and_to_nobody_else(client: Client) -> None:
    order = make_order(province="12")

    send_code(client, order, ADMIN)

    message = Message.objects.get(template="code_phone_proof")
    assert (message.channel, message.payload["to"]) == ("sms", "13900000002")


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "1234567"])
def test_an_invalid_code_is_refused_without_an_attempt(client: Client, typed: str) -> None:
    order = make_order(province="12")
    code = send_code(client, order)["code"]

    said = errors(client.post(prove(order), {"code": typed}))

    assert said == {"code": ["required" if not typed else "code_len"]}
    assert client.post(prove(order), {"code": code}).status_code == 302


def test_wrong_codes_count_down_and_then_even_the_right_one_is_void(client: Client) -> None:
    order = make_order(province="12")
    code = send_code(client, order)["code"]
    wrong = "000000" if code != "000000" else "111111"

    said = [errors(client.post(prove(order), {"code": wrong}))["code"][0] for _ in range(7)]

    assert set(said) == {"code_wrong", "code_spent"}
    assert said == sorted(said, reverse=True)
    assert errors(client.post(prove(order), {"code": code})) == {"code": ["code_spent"]}
    assert not phone_tests.find(order, LEAD).is_proved


def test_a_code_of_the_other_person_proves_nobody(client: Client) -> None:
    order = make_order(province="12")
    lead_code = send_code(client, order, LEAD)["code"]
    admin_code = send_code(client, order, ADMIN)["code"]

    if lead_code != admin_code:
        client.post(prove(order, ADMIN), {"code": lead_code})

    assert len(phone_tests.missing(order)) == 2


def test_another_mobile_must_be_proved_again(client: Client) -> None:
    order = make_order(province="12")
    client.post(prove(order), {"code": send_code(client, order)["code"]})
    changed = reload(order)
    changed.answers["subject"]["lead_phone1"] = "13900000077"

    assert [proof.role for proof in phone_tests.missing(changed)] == [LEAD, ADMIN]


@pytest.mark.parametrize(("later", "words"), [(18, "42 seconds"), (59, "1 second<")])
def test_a_second_code_at_once_is_refused_with_an_explanation(
    client: Client, settings: Any, later: int, words: str
) -> None:
    settings.CODE_RESEND_SECONDS = 60
    order = make_order(province="12")
    with time_machine.travel("2026-11-24T08:00:00Z", tick=False) as clock:
        send_code(client, order)
        clock.shift(later)
        answer = client.post(prove(order), {"send": "1"}, headers={"accept-language": "en"})

    assert f"You can resend in {words}" in answer.content.decode()
    assert Message.objects.filter(template="code_phone_proof").count() == 1


def test_opening_the_page_sends_nothing(client: Client) -> None:
    order = make_order(province="12")

    sign_in(client, order.owner).get(prove(order))

    assert (PhoneProof.objects.count(), Message.objects.filter(template="code_phone_proof").count()) == (0, 0)


def test_a_submitted_order_accepts_no_more_codes(client: Client) -> None:
    order = make_order(province="12", state=states.SUBMITTED)

    answer = sign_in(client, order.owner).post(prove(order), {"send": "1"})

    assert answer["Location"] == order.get_absolute_url()
    assert not Message.objects.filter(template="code_phone_proof").exists()


# --- a link opened on the phone --------------------------------------------------------------------


def link_of(client: Client, order: Order) -> str:
    link = send_code(client, order)["link"]
    return "/" + str(link).split("/", 3)[3]


def test_the_link_proves_only_when_its_button_is_pressed_and_needs_no_account(client: Client) -> None:
    order = make_order(province="12")
    link, phone = link_of(client, order), Client()

    looked = phone.get(link)
    before = phone_tests.find(order, LEAD).is_proved
    pressed = phone.post(link)

    assert (looked.status_code, before) == (200, False)
    assert pressed.status_code == 200
    assert phone_tests.find(order, LEAD).is_proved


@pytest.mark.parametrize(
    ("language", "confirmed"),
    [("en", "Confirmed: this phone can receive text messages"), ("zh-hans", "此手机可接收短信")],
)
def test_the_link_opened_again_says_that_the_phone_is_confirmed(
    client: Client, time_machine: Any, language: str, confirmed: str
) -> None:
    """A phone that loaded its tabs again said "Ask for a new text message" to somebody who was done."""
    link, phone = link_of(client, make_order(province="12")), Client(headers={"accept-language": language})
    phone.post(link)

    again = phone.get(link)
    time_machine.move_to(timezone.now() + timedelta(minutes=10))

    assert (again.status_code, confirmed in again.content.decode()) == (200, True)
    assert "<form" not in again.content.decode().partition("<main")[2].partition("</main")[0]
    assert phone.get(link).status_code == 404


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "If this phone is confirmed already, there is nothing to do."), ("zh-hans", "此手机已确认过的，无需办理")],
)
def test_the_link_opened_after_its_code_was_entered_asks_for_nothing_more(
    client: Client, language: str, words: str
) -> None:
    order = make_order(province="12")
    sent = send_code(client, order)
    client.post(prove(order), {"code": sent["code"]})

    page = Client(headers={"accept-language": language}).get("/" + str(sent["link"]).split("/", 3)[3])

    assert words in page.content.decode()


def test_the_button_of_the_link_pressed_twice_succeeds_twice_and_expires_after_ten_minutes(
    client: Client, time_machine: Any
) -> None:
    order = make_order(province="12")
    link, phone = link_of(client, order), Client()

    pressed = [phone.post(link) for _ in range(2)]
    time_machine.move_to(timezone.now() + timedelta(minutes=10))

    assert [answer.context["is_done"] for answer in pressed] == [True, True]
    assert phone.post(link).status_code == 404


def test_the_right_code_pressed_twice_continues_twice(client: Client) -> None:
    order = make_order(province="12")
    code = send_code(client, order)["code"]

    answers = [client.post(prove(order), {"code": code}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert phone_tests.find(order, LEAD).is_proved


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "此手机仍在使用"), ("en", "This phone is in use")])
def test_the_page_on_the_phone_reveals_nothing_of_the_order(client: Client, language: str, words: str) -> None:
    order = make_order(province="12")

    page = Client().get(link_of(client, order), headers={"accept-language": language}).content.decode()

    assert words in page
    secrets = (order.reference, order.domain, "林示范", "13900000001", order.owner.email)
    assert [secret in page for secret in secrets] == [False] * 5


def test_an_unknown_link_counts_as_expired(client: Client) -> None:
    assert client.get(reverse("phone-link", args=["x" * 32])).status_code == 404
    assert client.post(reverse("phone-link", args=["x" * 32])).status_code == 404


@pytest.mark.usefixtures("steady_cache")
def test_the_first_text_of_a_day_takes_at_most_ten_queries() -> None:
    order = make_order(province="12")
    client = signed_in(order.owner)
    client.get(reverse("people", args=[order.reference]))

    assert cost(lambda: client.post(prove(order), {"send": "1"}, follow=False)) <= 10
    assert Message.objects.filter(template="code_phone_proof").count() == 1


def test_sending_a_code_takes_at_most_twelve_queries(client: Client) -> None:
    order = make_order(province="12")
    code = send_code(client, order)["code"]

    shown = cost(lambda: client.get(prove(order)))
    entered = cost(lambda: client.post(prove(order), {"code": code}))

    assert (shown <= 10, entered <= 12) == (True, True), (shown, entered)
