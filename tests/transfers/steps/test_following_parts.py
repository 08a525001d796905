"""A returned part is changed to any other answer: whatever that answer requires is open beside it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.test import Client
from django.urls import reverse
from lxml import html

from icpportal.fields.form_types import flat_choices
from tests.transfers.builders import administrator_answers, sign_in, subject_answers, website_answers
from tests.transfers.outside import as_sent, errors, look, reload, send
from tests.transfers.steps.test_editable_parts import make_returned
from transfers.documents.slots import SLOTS
from transfers.models import Order
from transfers.returns.labels import FORMS
from transfers.returns.returned_parts import returned_parts
from transfers.steps.base import StepForm
from transfers.steps.editable_parts import FOLLOWING

pytestmark = pytest.mark.django_db
PAGES = ("subject", "website", "administrator")
ALONE = {"administrator": {"same_person": "yes"}}
OF_NEWS = {"needs_approval": "yes", "approval_types": ["1"], "approval_number": "示例批文1号"}


def controls(page: str) -> set[str]:
    found = html.fromstring(page).xpath("//form[@id='page-form']//*[self::input or self::select or self::textarea]")
    return {each.get("name") for each in found if each.get("type") != "hidden"}


def test_an_administrator_who_was_the_lead_becomes_another_person(client: Client) -> None:
    order = make_returned("administrator.same_person", province="44", answers=ALONE)
    shown = controls(look(client, order, "administrator"))

    answer = send(client, order, "administrator", as_sent(administrator_answers()))

    assert shown == set(administrator_answers())
    assert answer.status_code == 302
    assert reload(order).answer("administrator") == administrator_answers()


def test_what_another_administrator_lacks_is_reported_at_fields_of_the_page(client: Client) -> None:
    order = make_returned("administrator.same_person", province="44", answers=ALONE)

    answer = send(client, order, "administrator", {"same_person": "no"})

    page = html.fromstring(answer.content.decode())
    links = page.xpath("//*[contains(@class, 'error-summary')]//a/@href")
    assert set(errors(answer)) <= controls(answer.content.decode())
    assert links
    assert all(page.xpath(f"//*[@id='{link.removeprefix('#')}']") for link in links)


def test_a_website_that_needs_approval_after_all_gets_its_number_and_its_paper(client: Client) -> None:
    order = make_returned("website.needs_approval")
    shown = look(client, order, "website")

    answer = send(client, order, "website", as_sent({**website_answers(order.domain), **OF_NEWS}))

    assert controls(shown) == {"needs_approval", "approval_types", "approval_number"}
    assert html.fromstring(shown).xpath("//fieldset[@data-shown-when='needs_approval=yes']//@name") != []
    assert answer.status_code == 302
    assert OF_NEWS.items() <= reload(order).answer("website").items()
    paper = sign_in(client, order.owner).get(reverse("slot", args=[order.reference, "approval_paper"]))
    assert (paper.status_code, b'type="file"' in paper.content) == (200, True)


def test_a_website_that_needs_no_approval_after_all_drops_it(client: Client) -> None:
    order = make_returned("website.needs_approval")
    order.answers = {**order.answers, "website": {**website_answers(order.domain), **OF_NEWS}}
    order.save()

    answer = send(client, order, "website", {"needs_approval": "no"})

    assert answer.status_code == 302
    assert reload(order).answer("website")["approval_types"] == []


def test_the_approvals_named_by_themselves_are_shown_whatever_was_answered(client: Client) -> None:
    order = make_returned("website.approval_types", "website.approval_number")
    order.answers = {**order.answers, "website": {**website_answers(order.domain), **OF_NEWS}}
    order.save()

    page = look(client, order, "website")

    assert controls(page) == {"approval_types", "approval_number"}
    assert "data-shown-when" not in page


def test_content_that_needs_approval_has_the_approval_beside_it(client: Client) -> None:
    order = make_returned("website.content")

    answer = send(client, order, "website", as_sent(website_answers(order.domain, content=["5"])))
    again = send(client, order, "website", as_sent({**website_answers(order.domain, content=["5"]), **OF_NEWS}))

    assert errors(answer) == {"content": ["content_approval"]}
    assert {"needs_approval", "approval_types", "approval_number"} <= controls(answer.content.decode())
    assert again.status_code == 302
    assert reload(order).answer("website")["content"] == ["5"]


SAME = subject_answers(id_address="宁夏银川市金凤区示例路1号", post_address="宁夏银川市金凤区示例路1号")
RIGHT = "宁夏银川市金凤区更正路2号"

# what the page sends where its owner corrected the document's address alone
AS_SHOWN = {
    **{name: SAME[name] for name in ("post_region", "post_address", "lead_phone2")},
    "id_address": RIGHT,
}


def make_returned_with_one_address(*parts: str) -> Order:
    """Its owner said that letters arrive at the address on the document."""
    order = make_returned(*parts)
    order.answers = {**order.answers, "subject": SAME}
    order.came_back = {"before": order.answers}
    order.save()
    return order


def test_a_mailing_address_that_is_the_documents_follows_its_correction(client: Client) -> None:
    order = make_returned_with_one_address("subject.id_address")
    page = html.fromstring(look(client, order, "subject"))

    answer = send(client, order, "subject", {**AS_SHOWN, "post_same": "on", "post_address": "示例路1号"})

    assert page.xpath("//input[@name='post_same']/@checked")
    assert page.xpath("//fieldset[@data-shown-when='post_same=']//@name") == ["post_region", "post_address"]
    assert answer.status_code == 302
    assert reload(order).answer("subject") == {**SAME, "id_address": RIGHT, "post_address": RIGHT}


def test_letters_can_go_elsewhere_once_the_documents_address_is_corrected(client: Client) -> None:
    order = make_returned_with_one_address("subject.id_address")

    answer = send(client, order, "subject", AS_SHOWN)

    assert answer.status_code == 302
    assert reload(order).answer("subject") == {**SAME, "id_address": RIGHT}


def test_letters_can_go_to_another_county_once_the_documents_address_is_corrected(client: Client) -> None:
    order = make_returned_with_one_address("subject.id_address")
    elsewhere = {
        "post_region": "640202",
        "post_address": "宁夏石嘴山市大武口区示例路3号",
        "lead_phone2": "086-0952-0000000",
    }

    answer = send(client, order, "subject", {**AS_SHOWN, **elsewhere})

    assert answer.status_code == 302
    assert reload(order).answer("subject") == {**SAME, "id_address": RIGHT, **elsewhere}


def test_the_mailing_address_stands_between_the_documents_and_the_phones(client: Client) -> None:
    order = make_returned_with_one_address("subject.id_address", "subject.lead_phone1")

    page = html.fromstring(look(client, order, "subject"))

    fields = page.xpath("//form[@id='page-form']//div[@class='fields']//*[self::input or self::select]/@name")
    assert fields == [
        *("id_address", "post_same", "post_region", "post_address", "no_door_number"),
        *("lead_phone1", "lead_phone2"),
    ]


def test_a_mailing_address_that_was_named_too_is_shown_with_what_is_wrong_about_it(client: Client) -> None:
    order = make_returned_with_one_address("subject.id_address", "subject.post_address")

    page = look(client, order, "subject")

    assert {"id_address", "post_address"} <= controls(page)
    assert "data-shown-when" not in page


def test_returned_for_where_letters_arrive_another_address_counts_as_the_change(client: Client) -> None:
    order = make_returned_with_one_address("subject.post_same")
    elsewhere = {"post_region": SAME["post_region"], "post_address": RIGHT, "lead_phone2": SAME["lead_phone2"]}
    (named,) = returned_parts(order)

    answer = send(client, order, "subject", elsewhere)

    (changed,) = returned_parts(reload(order))
    assert answer.status_code == 302
    assert [named.is_changed, changed.is_changed] == [False, True]


def test_every_dependent_part_exists_in_an_order() -> None:
    fields = {f"{step}.{name}" for step, form in FORMS.items() for name in form.base_fields}
    parts = {*fields, *(f"paper.{slot}" for slot in SLOTS)}

    assert {part for each, others in FOLLOWING.items() for part in (each, *others)} - parts == set()


def answers_to(field: forms.Field) -> Iterator[Any]:
    """Every answer that a choice or a box offers; several choices are taken one by one."""
    if isinstance(field, forms.BooleanField):
        yield from (True, False)
    for choice in flat_choices(field) if getattr(field, "choices", None) else ():
        yield from [[choice[0]]] if isinstance(field, forms.MultipleChoiceField) else flat(choice)


def flat(choice: tuple[str, Any]) -> list[str]:
    """One answer, or those of a group of them."""
    key, label = choice
    return [inner for inner, _label in label] if isinstance(label, list | tuple) else [key]


def form_of(order: Order, step: str, **data: Any) -> StepForm:
    initial = {**order.answer(step)}
    return FORMS[step](as_sent({**initial, **data}) if data else None, row=order, initial=initial)


CHOICES = [
    (step, name)
    for step in PAGES
    for name, field in FORMS[step].base_fields.items()
    if isinstance(field, forms.BooleanField) or getattr(field, "choices", None) or name == "post_region"
]
NOBODY: dict[str, Any] = {}
MORE = [
    NOBODY,
    {
        "subject": subject_answers(
            is_legal_rep="no", investor="示例控股有限公司", no_door_number=True, post_address="村口"
        )
    },
    {"website": website_answers("example.com", **OF_NEWS)},
    ALONE,
]


@pytest.mark.parametrize("province", ["64", "44"])
@pytest.mark.parametrize(("step", "name"), CHOICES)
def test_every_other_answer_to_a_part_named_by_itself_is_accepted_or_reports_what_is_missing_on_the_page(
    step: str, name: str, province: str
) -> None:
    order = make_returned(f"{step}.{name}", province=province, domain="example.com")
    before = order.answers
    dead_ends = []

    for answers in MORE:
        order.answers = {**before, **answers}
        field = form_of(order, step).fields.get(name)
        for answer in answers_to(field) if field else ():
            form = form_of(order, step, **{name: answer})
            refused = set(form.errors) - {each.name for each in (*form.open_fields, *form.open_group)}
            dead_ends += [(answer, {part: form.errors[part] for part in refused})] if refused else []

    assert dead_ends == []
