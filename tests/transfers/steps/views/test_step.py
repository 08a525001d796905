"""The wizard in a browser: no skipping, no effect of a GET, two tabs, strangers, closed orders, both languages."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.transfers import states
from tests.transfers.builders import make_order, make_user, sign_in, subject_answers, website_answers
from tests.transfers.outside import as_sent, errors, look, page_of, reload
from transfers.models import Order
from transfers.steps import STEPS

pytestmark = pytest.mark.django_db
KEYS = [step.key for step in STEPS]
READY = as_sent(subject_answers())


@pytest.mark.parametrize("step", KEYS)
@pytest.mark.parametrize("verb", ["get", "post"])
def test_a_stranger_finds_nothing_whatever_is_sent(client: Client, step: str, verb: str) -> None:
    order = make_order()
    sign_in(client, make_user())

    answer = getattr(client, verb)(page_of(order, step), READY)

    assert (answer.status_code, reload(order).answers, reload(order).version) == (404, order.answers, 0)


@pytest.mark.parametrize("step", KEYS)
def test_without_an_account_there_is_only_the_way_to_sign_in(client: Client, step: str) -> None:
    assert "/account/login/" in client.get(page_of(make_order(), step))["Location"]


@pytest.mark.parametrize("step", KEYS[1:])
@pytest.mark.parametrize("verb", ["get", "post"])
def test_nobody_skips_a_gate(client: Client, step: str, verb: str) -> None:
    order = make_order(steps=())
    sign_in(client, order.owner)

    answer = getattr(client, verb)(page_of(order, step), READY)

    assert answer["Location"] == page_of(order, "service_code")
    assert reload(order).answers == order.answers


@pytest.mark.parametrize("step", ["subject", "website", "administrator"])
def test_the_pages_after_the_gates_can_be_filled_in_any_order(client: Client, step: str) -> None:
    order = make_order(steps=("service_code", "filing_password"))

    assert sign_in(client, order.owner).get(page_of(order, step)).status_code == 200


@pytest.mark.parametrize("step", ["type2", "done", "photo_", "SUBJECT"])
def test_an_unknown_step_does_not_exist(client: Client, step: str) -> None:
    order = make_order()

    assert sign_in(client, order.owner).get(page_of(order, step)).status_code == 404


@pytest.mark.parametrize("state", [state for state in states.ALL if state not in states.EDITABLE])
@pytest.mark.parametrize("verb", ["get", "post"])
def test_a_closed_order_redirects_its_owner_to_its_page_and_keeps_its_answers(
    client: Client, state: str, verb: str
) -> None:
    order = make_order(state=state)
    sign_in(client, order.owner)

    answer = getattr(client, verb)(page_of(order, "subject"), as_sent(subject_answers(lead_email="x@example.com")))

    assert answer["Location"] == order.get_absolute_url()
    assert reload(order).answers == order.answers


@pytest.mark.parametrize(("verb", "says"), [("post", True), ("get", False)])
def test_what_another_window_sends_after_the_order_was_submitted_is_said_not_to_be_saved(
    client: Client, verb: str, says: bool
) -> None:
    order = make_order(state=states.SUBMITTED)
    sign_in(client, order.owner)
    client.cookies["django_language"] = "en"
    pages = [
        page_of(order, "website"),
        reverse("slot", args=[order.reference, "statement"]),
        reverse("prove-phone", args=[order.reference, "administrator"]),
        reverse("administrator-consent", args=[order.reference]),
    ]

    answers = [getattr(client, verb)(page, {"site_name": "后来改的网站"}, follow=True) for page in pages]

    assert ["Nothing was saved" in answer.content.decode() for answer in answers] == [says] * len(pages)


@pytest.mark.parametrize("step", KEYS)
def test_a_get_changes_nothing(client: Client, servers: Any, step: str) -> None:
    order = make_order()

    look(client, order, step)

    assert (reload(order).answers, reload(order).version, order.events.count()) == (order.answers, 0, 0)


def test_a_tampered_field_of_another_step_or_of_the_order_changes_nothing(client: Client) -> None:
    order = make_order()
    forged = READY | {"state": "approved", "owner": "1", "domain": "x.com", "site_name": "冒充", "claimed": "0"}

    sign_in(client, order.owner).post(page_of(order, "subject"), forged)

    assert (reload(order).answers, reload(order).state, reload(order).domain) == (order.answers, "draft", order.domain)


# --- two tabs ------------------------------------------------------------------------------------


def test_a_page_saved_in_another_tab_is_shown_for_comparison_and_then_saved(client: Client) -> None:
    order = make_order()
    page = page_of(order, "website")
    first = sign_in(client, order.owner).get(page).context["seen"]
    one = as_sent(website_answers(order.domain, site_name="示例纸业首页")) | {"seen": first}
    two = as_sent(website_answers(order.domain, site_name="示例纸业商城")) | {"seen": first}
    client.post(page, one)

    shown = client.post(page, two)

    text = shown.content.decode()
    assert errors(shown) == {"__all__": ["changed_elsewhere"]}
    assert ('value="示例纸业商城"' in text, "示例纸业首页" in text) == (True, True)
    assert reload(order).answer("website")["site_name"] == "示例纸业首页"
    again = client.post(page, two | {"seen": shown.context["seen"]})
    assert (again.status_code, reload(order).answer("website")["site_name"]) == (302, "示例纸业商城")


def test_a_second_press_of_the_same_button_is_no_conflict(client: Client) -> None:
    order = make_order()
    page = page_of(order, "website")
    seen = sign_in(client, order.owner).get(page).context["seen"]
    typed = as_sent(website_answers(order.domain, site_name="示例纸业首页")) | {"seen": seen}

    answers = [client.post(page, typed) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]


def test_an_order_submitted_while_its_page_is_saved_keeps_what_was_submitted(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = make_order()
    sign_in(client, order.owner)

    def sent_meanwhile(self: Any, form: Any) -> bool:
        Order.objects.filter(pk=order.pk).update(state=states.SUBMITTED, version=5)
        return False

    monkeypatch.setattr("transfers.steps.views.step.OrderWizard._changed_elsewhere", sent_meanwhile)

    answer = client.post(page_of(order, "subject"), as_sent(subject_answers(lead_email="x@example.com")))

    assert answer["Location"] == order.get_absolute_url()
    assert reload(order).answers == order.answers


# --- both languages, the frame ----------------------------------------------------------------------

TITLES = {
    "service_code": ("验证产品", "Verify your product"),
    "filing_password": ("验证备案密码", "Verify the filing password"),
    "subject": ("主体信息和主体负责人", "Subject and subject lead"),
    "website": ("网站信息", "Website details"),
    "administrator": ("网站负责人", "Website administrator"),
}


@pytest.mark.parametrize("step", KEYS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_step_exists_in_both_languages(client: Client, servers: Any, step: str, language: str) -> None:
    page = look(client, make_order(), step, language)

    assert f"<h1>{TITLES[step][language == 'en']}</h1>" in page
    assert TITLES[step][language != "en"] not in page.split("<h1>")[1].split("<form")[0]


@pytest.mark.parametrize(("step", "number"), [("service_code", 2), ("filing_password", 3), ("subject", 4)])
def test_every_step_shows_its_place(client: Client, servers: Any, step: str, number: int) -> None:
    order = make_order(province="12")
    sign_in(client, order.owner)

    stepper = client.get(page_of(order, step)).context["stepper"]

    assert (stepper.number, stepper.total) == (number, 7)


def test_errors_are_shown_above_the_form_and_in_the_title(client: Client) -> None:
    order = make_order()
    sign_in(client, order.owner)

    answer = client.post(page_of(order, "subject"), READY | {"lead_email": "lin@"}, headers={"accept-language": "en"})

    page = answer.content.decode()
    assert ("<title>Error:" in page, 'href="#id_lead_email"' in page, 'value="lin@"' in page) == (True, True, True)


def test_a_saved_gate_leads_to_the_next_and_a_saved_page_to_its_hub(client: Client) -> None:
    order = make_order()
    sign_in(client, order.owner)

    answer = client.post(page_of(order, "subject"), READY)

    assert answer["Location"] == reverse("people", args=[order.reference])
