"""Entries in the form found on people's documents are accepted and stored in one form."""

from typing import Any

import pytest
from django.test import Client

from tests.transfers.builders import (
    administrator_answers,
    make_order,
    sign_in,
    subject_answers,
    website_answers,
)
from tests.transfers.outside import as_sent, errors, page_of, reload, send, typed_type
from transfers.filing_type.forms import VerifyTypeForm
from transfers.models import Order

pytestmark = pytest.mark.django_db
GATES = ("service_code", "filing_password")
FOREIGN = {"lead_name": "John Smith", "lead_id_type": "7", "lead_id_number": "E12345678"}
NO_SUCH_DAY = {"en": "There is no such day: compare it with the document", "zh-hans": "没有这一天，请对照证件核对"}


def draft() -> Order:
    return make_order(steps=GATES)


def send_step(client: Client, step: str, **answers: Any) -> tuple[Any, Order]:
    order = draft()
    ready = {"subject": subject_answers(), "administrator": administrator_answers()}
    answer = send(client, order, step, as_sent({**ready.get(step, website_answers(order.domain)), **answers}))
    return answer, reload(order)


@pytest.mark.parametrize("investor", ["", "John Smith"])
def test_a_foreign_legal_representative_is_accepted_as_the_investor(client: Client, investor: str) -> None:
    answer, order = send_step(client, "subject", investor=investor, **FOREIGN)

    assert answer.status_code == 302, errors(answer)
    assert order.answer("subject")["investor"] == "John Smith"


def test_an_investor_in_latin_letters_is_refused_where_the_lead_is_not_the_legal_representative(client: Client) -> None:
    answer, _order = send_step(client, "subject", investor="John Smith", is_legal_rep="no", **FOREIGN)

    assert errors(answer)["investor"] == ["chinese_needed"]


@pytest.mark.parametrize(
    "typed",
    [
        "2036-02-29",
        "2036.02.29",
        "2036/2/29",
        "20360229",
        "２０３６－０２－２９",
        "2036年2月29日",
        "2036 年 02 月 29 日",
        "２０３６．０２．２９",
    ],
)
@pytest.mark.parametrize(("step", "name"), [("subject", "lead_id_until"), ("administrator", "admin_id_until")])
def test_the_last_day_of_a_document_is_accepted_as_people_write_it(
    client: Client, step: str, name: str, typed: str
) -> None:
    answer, order = send_step(client, step, **{name: typed})

    assert answer.status_code == 302, errors(answer)
    assert order.answer(step)[name] == "2036-02-29"


@pytest.mark.parametrize("typed", ["长期", " 长期有效 ", "长 期", "永久"])
def test_a_document_without_an_expiry_is_entered_as_printed_on_the_card(client: Client, typed: str) -> None:
    answer, order = send_step(client, "subject", lead_id_until=typed)

    assert answer.status_code == 302, errors(answer)
    assert not order.answer("subject")["lead_id_until"]


@pytest.mark.parametrize("language", NO_SUCH_DAY)
@pytest.mark.parametrize("typed", ["2027-02-29", "2027年13月1日", "２０２７０４３１"])
def test_a_day_missing_in_the_calendar_is_reported(client: Client, typed: str, language: str) -> None:
    order = draft()

    answer = sign_in(client, order.owner).post(
        page_of(order, "subject"), as_sent(subject_answers(lead_id_until=typed)), headers={"accept-language": language}
    )

    assert errors(answer) == {"lead_id_until": ["no_such_day"]}
    assert NO_SUCH_DAY[language] in answer.content.decode()


@pytest.mark.parametrize("typed", ["2036-02", "02/29/2036", "36-02-29", "长", "soon"])
def test_an_invalid_day_gets_an_example(client: Client, typed: str) -> None:
    answer, _order = send_step(client, "subject", lead_id_until=typed)

    assert errors(answer) == {"lead_id_until": ["invalid"]}


NAMES = [
    ("赵 样", "赵样"),
    ("赵\u3000样", "赵样"),
    ("赵．买买提", "赵·买买提"),
    ("赵•买买提", "赵·买买提"),
    ("赵‧买买提", "赵·买买提"),
    ("赵・买买提", "赵·买买提"),
    ("赵 · 买买提", "赵·买买提"),
]


@pytest.mark.parametrize(("typed", "name"), NAMES)
def test_a_chinese_name_is_stored_as_printed_on_the_card(client: Client, typed: str, name: str) -> None:
    answer, order = send_step(client, "subject", lead_name=typed, investor=typed)
    other, others = send_step(client, "administrator", admin_name=typed)

    assert (answer.status_code, other.status_code) == (302, 302)
    assert (order.answer("subject")["lead_name"], order.answer("subject")["investor"]) == (name, name)
    assert others.answer("administrator")["admin_name"] == name


@pytest.mark.parametrize(("typed", "name"), NAMES)
def test_an_individual_is_recognised_by_the_name_on_the_card(typed: str, name: str) -> None:
    person = {"nature": "individual", "id_type": "2", "id_number": "119999199009090002", "name": typed}

    form = VerifyTypeForm(typed_type("12", **person))

    assert form.is_valid(), form.errors
    assert form.answers()["name"] == name


def test_the_spaces_of_a_latin_name_and_of_an_organisations_name_are_kept(client: Client) -> None:
    _answer, order = send_step(client, "subject", **FOREIGN, investor="")
    form = VerifyTypeForm(typed_type(name="示例 纸业"))

    assert order.answer("subject")["lead_name"] == "John Smith"
    assert form.is_valid(), form.errors
    assert form.answers()["name"] == "示例 纸业"


@pytest.mark.parametrize("rest", ["", "/", "/index.html?a=1", ":8443/"])
def test_a_home_page_without_its_scheme_is_completed(client: Client, rest: str) -> None:
    order = draft()

    answer = send(
        client, order, "website", as_sent(website_answers(order.domain, home_url=f"www.{order.domain}{rest}"))
    )

    assert answer.status_code == 302, errors(answer)
    assert reload(order).answer("website")["home_url"] == f"https://www.{order.domain}{rest}"


@pytest.mark.parametrize("typed", ["mailto:a@{}", "ftp://{}/", "http:/{}", "home page", "javascript:{}"])
def test_an_invalid_address_is_not_completed(client: Client, typed: str) -> None:
    order = draft()

    answer = send(client, order, "website", as_sent(website_answers(order.domain, home_url=typed.format(order.domain))))

    assert errors(answer) == {"home_url": ["url_bad"]}
