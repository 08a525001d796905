"""The ministry's text message is mentioned where the rules of the order send one, and nowhere else."""

import pytest
from django.test import Client

from tests.transfers.builders import make_order, type_answers
from tests.transfers.outside import look
from transfers.models import Order

pytestmark = pytest.mark.django_db
GATES = ("service_code", "filing_password")
PERSON = {"nature": "individual", "id_type": "2", "id_number": "119999199009090002", "name": "赵样本"}
WORDS = {"en": ("text message", "texts"), "zh-hans": ("短信",)}


def order_in(province: str, profile: str = "seed-2018", **who: str) -> Order:
    order = make_order(province=province, steps=(*GATES, "subject", "website"), rule_profile=profile)
    if who:
        order.answers = {**order.answers, "type": type_answers(province, **who)}
        order.save()
    return order


def promises(client: Client, order: Order, step: str, language: str) -> bool:
    page = look(client, order, step, language).partition("<h1")[2].partition("rules-brief")[0]
    return any(word in page for word in WORDS[language])


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("step", ["subject", "administrator"])
@pytest.mark.parametrize("who", [{}, PERSON])
def test_where_the_ministry_texts_nobody_no_page_promises_a_text(
    client: Client, who: dict[str, str], step: str, language: str
) -> None:
    assert not promises(client, order_in("44", **who), step, language)


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("step", ["subject", "administrator"])
def test_where_the_ministry_texts_both_people_both_pages_say_so(client: Client, step: str, language: str) -> None:
    assert promises(client, order_in("64"), step, language)


def test_where_only_the_administrator_is_texted_the_lead_is_told_who_it_is(client: Client) -> None:
    lead = look(client, order_in("64", "current-2020"), "subject")
    person = look(client, order_in("64", "current-2020", **PERSON), "subject")

    assert "The ministry texts only the website administrator" in lead
    assert "The ministry&#x27;s text message goes only to the number on the filing" in person


@pytest.mark.parametrize("step", ["subject", "administrator"])
@pytest.mark.parametrize("province", ["12", "44", "64"])
def test_mere_information_is_no_warning_before_the_first_field(client: Client, province: str, step: str) -> None:
    before_the_form = look(client, order_in(province), step).partition("<h1")[2].partition('id="page-form"')[0]

    assert before_the_form.count('class="notice ') <= 1
    assert 'class="quiet"' in before_the_form
