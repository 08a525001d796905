"""A page of the details is a file and two rows (docs/how-to.md): added in memory, every page knows it."""

import sys

import pytest
from django.test import Client
from django.urls import reverse

from icpportal.fields.fields import PlainTextField
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, sign_in
from tests.transfers.desk import make_complete
from transfers import system_checks
from transfers.models import Order
from transfers.orders import queries
from transfers.pages import stages
from transfers.returns import labels
from transfers.review import values
from transfers.steps import STEPS
from transfers.steps.base import Step, StepForm
from transfers.steps.views.step import wizard

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ministry", "servers")]


class ContactForm(StepForm):
    step_key = "contact"
    contact_name = PlainTextField(label="Who may be called", max_length=40)


CONTACT = Step("contact", "People to call", ContactForm, stages.ADMINISTRATORS)


@pytest.fixture
def step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its row in STEPS, as every module has imported it."""
    for module in [each for each in sys.modules.values() if getattr(each, "STEPS", None) is STEPS]:
        monkeypatch.setattr(module, "STEPS", (*STEPS, CONTACT))
    for forms in (wizard.view_initkwargs["form_list"], labels.FORMS, values.FORMS):
        monkeypatch.setitem(forms, CONTACT.key, ContactForm)


@pytest.fixture
def rows(step: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both rows."""
    monkeypatch.setattr(queries, "DETAILS", (*queries.DETAILS, CONTACT.key))


@pytest.fixture
def draft(rows: None) -> Order:
    """A draft that lacks only the new page."""
    return make_complete()


def page(client: Client, order: Order, name: str, *more: str) -> str:
    client.cookies["django_language"] = "en"
    return sign_in(client, order.owner).get(reverse(name, args=[order.reference, *more])).content.decode()


def fill_in(client: Client, order: Order) -> str:
    """Answers the new page; returns the redirect."""
    address = reverse("step", args=[order.reference, CONTACT.key])
    answer = sign_in(client, order.owner).post(address, {"contact_name": "林示范"})
    order.refresh_from_db()
    return answer["Location"]


def test_the_portal_starts_with_a_step_that_is_only_a_file_and_two_rows(rows: None) -> None:
    assert system_checks.check_orders() == []


def test_the_portal_does_not_start_while_the_step_is_not_among_the_details(step: None) -> None:
    assert [error.msg for error in system_checks.check_orders()] == [
        "step contact: the pages of the details are not those of DETAILS in transfers/orders/queries.py"
    ]


def test_the_hub_offers_the_page_and_check_and_send_reports_it_missing(client: Client, draft: Order) -> None:
    assert f'href="{reverse("step", args=[draft.reference, "contact"])}"' in page(client, draft, "people")
    assert "“People to call” is not complete" in page(client, draft, "check")
    assert "Who may be called" in page(client, draft, "step", "contact")


def test_the_details_are_done_once_the_page_is_filled_in(client: Client, draft: Order) -> None:
    assert stages.first_unanswered(draft).key == stages.ADMINISTRATORS

    assert fill_in(client, draft) == reverse("people", args=[draft.reference])

    assert stages.first_unanswered(draft).key == stages.DOCUMENTS
    check = page(client, draft, "check")
    assert "is not complete" not in check
    assert "Who may be called" in check
    assert "林示范" in check


def test_a_reviewer_reads_the_answer_in_the_case(client: Client, rows: None) -> None:
    order = make_complete(state=states.SUBMITTED, answers={"contact": {"contact_name": "林示范"}})
    client.cookies["django_language"] = "en"

    shown = sign_in(client, make_lead_reviewer(language="en")).get(
        reverse("admin:transfers_order_case", args=[order.pk])
    )

    assert "People to call" in shown.content.decode()
    assert "林示范" in shown.content.decode()
    assert values.value_of(order, "contact.contact_name") == "林示范"
