"""A returned order: exactly the named parts are open, the rest ignores what is sent, and nobody is locked out."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from tests.transfers import states
from tests.transfers.builders import (
    administrator_answers,
    make_order,
    make_reason,
    make_reviewer,
    sign_in,
    subject_answers,
    website_answers,
)
from tests.transfers.outside import as_sent, cost, errors, look, page_of, reload, send
from transfers.models import FieldVerdict, Order, OrderEvent, ReviewRound
from transfers.steps.editable_parts import open_parts

pytestmark = pytest.mark.django_db


def make_returned(*fields: str, **changes: Any) -> Order:
    """An order that a reviewer returned, naming these fields."""
    order = make_order(state=states.RETURNED, **changes)
    OrderEvent.objects.create(
        order=order, move="send_back", from_state=states.SUBMITTED, to_state=states.RETURNED, by="reviewer"
    )
    latest = ReviewRound.objects.create(order=order, number=1, decision="send_back", reviewer=make_reviewer())
    for field in fields:
        FieldVerdict.objects.create(
            round=latest, field=field, verdict=FieldVerdict.RETURN, value="旧值", reason=make_reason("subject_name")
        )
    return order


def test_the_named_field_is_changed_and_every_other_ignores_what_is_sent(client: Client) -> None:
    order = make_returned("subject.lead_email")
    forged = as_sent(subject_answers(lead_email="new@example.com", lead_name="王冒充", lead_phone1="13900000099"))

    answer = send(client, order, "subject", forged)

    assert answer["Location"] == reverse("people", args=[order.reference])
    assert reload(order).answer("subject") == subject_answers(lead_email="new@example.com")


def test_a_page_without_named_fields_keeps_everything_and_leads_on(client: Client) -> None:
    order = make_returned("subject.lead_email")

    answer = send(client, order, "website", as_sent(website_answers(order.domain, site_name="冒充的名称")))

    assert answer["Location"] == reverse("people", args=[order.reference])
    assert (reload(order).answers, reload(order).version) == (order.answers, order.version)
    assert "This page stays as it is" in look(client, order, "website")


@pytest.mark.parametrize(("step", "shown"), [("subject", ["lead_email"]), ("website", [])])
def test_a_closed_page_is_text_with_only_the_named_field_to_edit(client: Client, step: str, shown: list[str]) -> None:
    order = make_returned("subject.lead_email")

    page = html.fromstring(look(client, order, step))

    controls = page.xpath(
        "//form[@id='page-form']//*[self::input or self::select or self::textarea][not(@type='hidden')]"
    )
    words = " ".join(page.xpath("//form[@id='page-form']")[0].text_content().split())
    assert [control.get("name") for control in controls] == shown
    assert ("宁夏回族自治区银川市金凤区示例路1号" if shown else "示例纸业官网") in words


@pytest.mark.parametrize("step", ["service_code", "filing_password"])
def test_a_locked_gate_queries_nobody_and_cannot_fail(client: Client, settings: Any, step: str) -> None:
    settings.AUTHORITY_GATEWAY = "icpportal.gateways.miit.fake.Down"
    settings.INVENTORY_GATEWAY = "icpportal.gateways.inventory.fake.Down"
    order = make_returned("subject.lead_email")

    answer = send(client, order, step, {})

    assert answer.status_code == 302
    assert reload(order).answers == order.answers


def test_the_page_shows_the_reason_and_the_old_value(client: Client) -> None:
    order = make_returned("subject.lead_email")

    english, chinese = look(client, order, "subject"), look(client, order, "subject", "zh-hans")

    assert "Compare with the document character by character" in english
    assert "与证件逐字核对后改填" in chinese
    assert ("旧值" in english, "旧值" in chinese) == (True, True)


def test_a_locked_answer_that_would_be_refused_today_can_be_changed(client: Client) -> None:
    over = timezone.localdate().isoformat()
    order = make_returned("subject.lead_email", answers={"subject": subject_answers(lead_id_until=over)})
    form = sign_in(client, order.owner).get(page_of(order, "subject")).context["form"]

    answer = send(client, order, "subject", as_sent(subject_answers(lead_id_until="2040-01-01", lead_name="王冒充")))

    assert {name for name, field in form.fields.items() if not field.disabled} == {"lead_email", "lead_id_until"}
    assert answer.status_code == 302
    assert reload(order).answer("subject") == subject_answers(lead_id_until="2040-01-01")


def test_a_locked_field_that_no_longer_matches_says_what_to_change(client: Client) -> None:
    order = make_returned("subject.lead_phone1")

    answer = send(client, order, "subject", as_sent(subject_answers(lead_phone1="13900000003")))

    assert errors(answer) == {"__all__": ["emergency_same"]}
    sent = sign_in(client, order.owner).post(
        page_of(order, "subject"),
        as_sent(subject_answers(lead_phone1="13900000003")),
        headers={"accept-language": "en"},
    )
    assert "What you just entered conflicts with Emergency phone, which cannot be changed here" in sent.content.decode()
    assert 'value="13900000003"' in sent.content.decode()


def test_another_person_is_not_opened_where_the_administrator_is_the_lead(client: Client) -> None:
    order = make_returned("website.site_name", answers={"administrator": {"same_person": "yes"}})

    form = sign_in(client, order.owner).get(page_of(order, "administrator")).context["form"]

    assert form.is_locked


@pytest.mark.parametrize(("same", "is_said"), [("yes", False), ("no", True)])
def test_informing_the_administrator_is_asked_for_another_person_only(client: Client, same: str, is_said: bool) -> None:
    answers = administrator_answers(same_person=same, admin_told=False)
    order = make_returned("website.site_name", answers={"administrator": answers})

    page = look(client, order, "administrator")

    assert ("This person has been told and agrees" in page) is is_said


def test_an_erased_password_is_requested_before_anything_else(client: Client) -> None:
    order = make_returned("subject.lead_email", password_kept=False, password_digest="")

    answer = sign_in(client, order.owner).get(page_of(order, "subject"))

    assert answer["Location"] == page_of(order, "filing_password")
    assert open_parts(order) == {"subject.lead_email", "filing_password"}
    assert 'name="filing_password"' in look(client, order, "filing_password")


def test_the_password_of_a_returned_order_is_requested_and_stored_again(client: Client, ministry: Any) -> None:
    order = make_returned("subject.lead_email", password_kept=False, password_digest="")

    answer = send(client, order, "filing_password", {"filing_password": "Abc12345"})

    after = reload(order)
    assert answer["Location"] == reverse("gates-passed", args=[order.reference])
    assert (after.password_kept, after.claimed) == (True, True)
    assert sign_in(client, order.owner).get(page_of(order, "subject")).status_code == 200


def test_a_named_service_code_can_be_replaced(client: Client, servers: Any) -> None:
    order = make_returned("service_code.instance")

    form = sign_in(client, order.owner).get(page_of(order, "service_code")).context["form"]

    assert [name for name, field in form.fields.items() if not field.disabled] == ["instance"]


def test_a_whole_named_step_is_open(client: Client) -> None:
    order = make_returned("administrator")

    form = sign_in(client, order.owner).get(page_of(order, "administrator")).context["form"]

    assert not any(field.disabled for field in form.fields.values())


def test_a_lapsed_order_opened_for_changes_is_open_everywhere() -> None:
    order = make_order(state=states.RETURNED)
    OrderEvent.objects.create(
        order=order, move="mend", from_state=states.LAPSED, to_state=states.RETURNED, by="applicant"
    )

    assert open_parts(order) is None


def test_a_draft_is_open_everywhere() -> None:
    assert open_parts(make_order()) is None


@pytest.mark.parametrize("step", ["subject", "website", "administrator"])
def test_a_returned_page_stays_within_its_queries(client: Client, step: str) -> None:
    order = make_returned(f"{step}.{'site_name' if step == 'website' else 'lead_email'}", "administrator.admin_email")
    ready = {"subject": subject_answers(), "website": website_answers(order.domain)}
    answers = {**ready, "administrator": administrator_answers(admin_email="c@example.com")}[step]
    sign_in(client, order.owner)

    shown = cost(lambda: client.get(page_of(order, step)))
    sent = cost(lambda: client.post(page_of(order, step), as_sent(answers)))

    assert (shown <= 10, sent <= 13) == (True, True), (shown, sent)


def open_for_changes(code: str, **changes: Any) -> Order:
    """An order that the authority returned with this code, opened for changes by its owner."""
    order = make_order(state=states.RETURNED, authority_code=code, **changes)
    OrderEvent.objects.create(
        order=order, move="mend", from_state=states.AUTHORITY_RETURNED, to_state=states.RETURNED, by="applicant"
    )
    return order


CODES = [
    ("1018", {"filing_password"}),
    ("1055", {"paper.statement"}),
    ("1041", set()),
    ("1016 1008", {"paper"}),
    ("9999", {"subject", "website", "administrator", "paper"}),
]


@pytest.mark.parametrize(("code", "opened"), CODES)
def test_after_the_authority_exactly_the_parts_of_its_code_are_open(code: str, opened: set[str]) -> None:
    assert open_parts(open_for_changes(code)) == opened


def test_a_password_refused_by_the_authority_can_be_entered_again(client: Client, ministry: Any) -> None:
    order = open_for_changes("1018")

    answer = send(client, order, "filing_password", {"filing_password": "Abc12345"})

    assert (answer.status_code, reload(order).password_digest) == (302, "1a64a010767f0725fb52111b0a9e9f84")
