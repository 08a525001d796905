"""One submission reports everything that must change, and each thing once: format and content together."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from filings.checks import CHECKS
from tests.transfers.builders import (
    administrator_answers,
    make_order,
    make_user,
    sign_in,
    subject_answers,
    website_answers,
)
from tests.transfers.desk import make_complete
from tests.transfers.outside import as_sent, errors, page_of, send, typed_type
from transfers.filing_type.forms import VerifyTypeForm
from transfers.steps import STEPS

pytestmark = pytest.mark.django_db
GATES = ("service_code", "filing_password")
WRONG_SUBJECT = {
    "lead_email": "lin@",
    "remark": "字" * 301,
    "id_address": "Example Road 1",
    "post_address": "示例路",
    "lead_id_until": "2020-02-14",
    "lead_emergency": "13900000001",
}
WRONG_SITE = {"site_name": "示例@纸业", "home_url": "https://www.example.org/", "needs_approval": "", "content": ["13"]}
WRONG_ADMINISTRATOR = {
    "same_person": "no",
    "admin_email": "chen@",
    "admin_id_number": "",
    "admin_phone1": "13900000001",
    "admin_id_until": "2020-02-14",
}


class Errors(HTMLParser):
    """The summary's entries, and the error at each field."""

    def __init__(self) -> None:
        super().__init__()
        self.summary: list[str] = []
        self.at_fields: list[str] = []
        self.into: list[str] | None = None
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        classes = (given.get("class") or "").split()
        if given.get("role") == "alert":
            self.into, self.depth = self.summary, 1
        elif "field-error" in classes:
            self.into, self.depth = self.at_fields, 1
        elif self.into is not None and tag == "div":
            self.depth += 1
        if self.into is not None and tag in ("li", "p"):
            self.into.append("")

    def handle_endtag(self, tag: str) -> None:
        if self.into is not None and tag == "div":
            self.depth -= 1
            self.into = self.into if self.depth else None

    def handle_data(self, data: str) -> None:
        if self.into:
            self.into[-1] = " ".join(f"{self.into[-1]}{data}".split()).removeprefix("错误：").strip()


def errors_on(answer: Any) -> Errors:
    found = Errors()
    found.feed(answer.content.decode())
    return found


def says_each_once(answer: Any, fields: set[str]) -> None:
    shown = errors_on(answer)
    assert set(errors(answer)) == fields
    assert len(shown.summary) == len(set(shown.summary)) == len(fields)
    assert sorted(shown.at_fields) == sorted(shown.summary)


def test_the_subject_page_reports_format_and_content_at_once_and_is_done_when_they_are_changed(client: Client) -> None:
    order = make_order(steps=GATES)

    wrong = send(client, order, "subject", as_sent(subject_answers(**WRONG_SUBJECT)))

    says_each_once(wrong, set(WRONG_SUBJECT))
    mended = as_sent(subject_answers())
    assert send(client, order, "subject", mended)["Location"] == page_of(order, "website")


def test_the_website_page_reports_format_and_content_at_once(client: Client) -> None:
    order = make_order(steps=(*GATES, "subject"))

    wrong = send(client, order, "website", as_sent(website_answers(order.domain, **WRONG_SITE)))

    says_each_once(wrong, set(WRONG_SITE))


def test_the_administrators_page_reports_format_and_content_at_once(client: Client) -> None:
    order = make_order(steps=(*GATES, "subject", "website"))

    wrong = send(client, order, "administrator", as_sent(administrator_answers(**WRONG_ADMINISTRATOR)))

    says_each_once(wrong, {"admin_email", "admin_id_number", "admin_phone1", "admin_id_until"})


@pytest.mark.parametrize("place", [{}, {"region_province": "", "region_city": "", "region_county": ""}])
def test_the_filing_type_page_reports_format_and_content_at_once_with_a_province_and_without(
    client: Client, ministry: Any, place: dict[str, str]
) -> None:
    wrong = {"id_number": "91649999000000018L", "name": "Ningxia Paper", "domain": "example"}

    answer = sign_in(client, make_user()).post(reverse("verify-type"), typed_type(**wrong, **place))

    says_each_once(answer, {*wrong, *place})


def test_a_refused_answer_is_not_checked_with_the_saved_one(client: Client) -> None:
    order = make_order(steps=(*GATES, "subject"), answers={"subject": subject_answers(post_region="640106")})
    typed = subject_answers(post_region="110101", lead_phone2="086-029-55501000")

    answer = sign_in(client, order.owner).post(page_of(order, "subject"), as_sent(typed))

    assert errors(answer) == {"post_region": ["choose"]}


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (
            {"id_type": "2", "id_number": "119999199009090002", "name": "O’Neill"},
            "An ID card shows only Chinese characters",
        ),
        (
            {"id_type": "2", "id_number": "119999199009090002", "name": "赵样本😀"},
            "An ID card shows only Chinese characters",
        ),
        ({"id_type": "7", "id_number": "E12345678", "name": "JANE 😀"}, "remove “😀”"),
        ({"id_type": "7", "id_number": "E12345678", "name": "JANE 2"}, "remove “2”"),
        ({"id_type": "7", "id_number": "E12345678", "name": "O’Neill"}, ""),
        ({"id_type": "7", "id_number": "E12345678", "name": "محمد بن علي"}, ""),
    ],
)
def test_a_name_must_be_possible_for_its_kind_of_document_and_the_page_says_what_is(
    client: Client, ministry: Any, who: dict[str, str], said: str
) -> None:
    typed = typed_type("12", nature="individual", **who)

    answer = sign_in(client, make_user()).post(reverse("verify-type"), typed, headers={"accept-language": "en"})

    assert [said in each for each in errors_on(answer).at_fields] == ([True] if said else [])
    assert answer.status_code == (200 if said else 302)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_error_repeats_the_words_at_its_field(language: str) -> None:
    fields = {(step.key, name): field for step in STEPS for name, field in step.form_class.base_fields.items()}
    fields |= {("type", name): field for name, field in VerifyTypeForm.base_fields.items()}
    with override(language):
        said = [(check.step, check.field, str(check.sentence)) for check in CHECKS]
        said += [(*key, str(words)) for key, field in fields.items() for words in field.error_messages.values()]
        repeated = [
            (step, name)
            for step, name, words in said
            if (field := fields.get((step, name))) is not None
            and words.rstrip(".。") in {str(text).rstrip(".。") for text in (field.label, field.help_text)}
        ]

    assert repeated == []


def test_advice_waits_for_the_check_page_whether_or_not_the_page_is_refused(client: Client) -> None:
    """The refused page had a place for it, which stayed empty once refusals were shown after a redirect."""
    order = make_complete()
    advice = "This number range may not receive the ministry"
    typed = as_sent(subject_answers(lead_phone1="16212345678"))
    client.cookies["django_language"] = "en"

    refused = send(client, order, "subject", {**typed, "lead_name": ""})
    saved = send(client, order, "subject", typed)
    checked = client.get(reverse("check", args=[order.reference])).content.decode()

    assert set(errors(refused)) == {"lead_name"}
    assert advice not in refused.content.decode()
    assert saved.status_code == 302
    assert advice in checked
