"""Every display of a refusal: the authority's code and words, and our advice in the reader's language."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from filings.models import Access
from icpportal.gateways.miit.types import Answer, AnswerKind
from icpportal.outbox.models import Message
from icpportal.outbox.texts import catalogue, formats
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order, make_user, moves, sign_in
from tests.transfers.cancels import make_website
from tests.transfers.desk import make_complete
from transfers.authority.results import take_answer
from transfers.cancellation import actions as cancelling
from transfers.models import Order
from transfers.orders import queries
from transfers.orders.machine import ORDER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ministry", "servers")]
SAID = "网站名称与备案库中其他网站冲突"
ADVICE = {
    "en": "Another filing has the website name of this filing: change the filing through your current provider first",
    "zh-hans": "备案中的网站名称与其他备案冲突，请先通过原接入商变更备案",
}
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-hans"])


def tell(order: Order, kind: AnswerKind, **values: Any) -> Order:
    take_answer(Answer(id=f"{kind}-{values}", kind=kind, report_key=order.report_key, at=timezone.now(), **values))
    return Order.objects.get(pk=order.pk)


def refuse(**columns: Any) -> Order:
    order = make_complete(state=states.AUTHORITY_REVIEW, report=1, **columns)
    return tell(order, AnswerKind.TURNED_DOWN, code="1020", words=SAID)


def page(client: Client, user: Any, address: str, language: str) -> str:
    user.language = language
    user.save(update_fields=["language"])
    client.cookies["django_language"] = language
    answer = sign_in(client, user).get(address, headers={"accept-language": language})
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode().partition("<main")[2]))


def mail(template: str, order: Order, language: str) -> str:
    letter = Message.objects.get(template=template, channel="email", user=order.owner)
    return catalogue.render(template, "email", language, formats.unpack(letter.payload["context"])).text


@LANGUAGES
def test_the_page_of_the_order_shows_code_words_and_advice(client: Client, language: str) -> None:
    order = refuse()

    shown = page(client, order.owner, order.get_absolute_url(), language)

    assert [text in shown for text in ("1020", SAID, ADVICE[language])] == [True] * 3
    assert ADVICE["en" if language != "en" else "zh-hans"] not in shown


@LANGUAGES
@pytest.mark.parametrize("name", ["order", "people"])
def test_the_returned_order_shows_code_words_and_advice(client: Client, name: str, language: str) -> None:
    """After "Mend", on the page that says what to change."""
    order = refuse()
    ORDER.apply(order, "mend", by="applicant", facts=queries.facts_of(order))

    shown = page(client, order.owner, reverse(name, args=[order.reference]), language)

    assert [text in shown for text in ("1020", SAID, ADVICE[language])] == [True] * 3


@LANGUAGES
def test_the_mail_has_code_words_and_advice(language: str) -> None:
    sent = mail("order_returned_by_authority", refuse(), language)

    assert [text in sent for text in ("1020", SAID, ADVICE[language])] == [True] * 3


@LANGUAGES
@pytest.mark.parametrize(
    ("code", "where"),
    [
        ("1008", {"en": "To change in this order: Documents", "zh-hans": "在此订单中修改：上传资料"}),
        ("1020", {"en": "Nothing to change in this order. Its page asks", "zh-hans": "此订单无需修改，已办理的事项"}),
    ],
)
def test_the_mail_says_where_each_code_is_resolved(language: str, code: str, where: dict[str, str]) -> None:
    order = make_complete(state=states.AUTHORITY_REVIEW, report=1)
    tell(order, AnswerKind.TURNED_DOWN, code=code, words=SAID)

    sent = mail("order_returned_by_authority", order, language)

    assert {"en": f"1. Code {code}\n", "zh-hans": f"1. 代码 {code}\n"}[language] in sent
    assert f"   {where[language]}" in sent


@LANGUAGES
@pytest.mark.parametrize("code", ["1008", "1020"])
def test_who_has_nothing_to_change_is_not_told_by_the_heading_to_make_changes(
    client: Client, language: str, code: str
) -> None:
    """With 1020 the page said "Make changes", and below that there is nothing to change."""
    order = make_complete(state=states.AUTHORITY_REVIEW, report=1)
    tell(order, AnswerKind.TURNED_DOWN, code=code, words=SAID)

    shown = page(client, order.owner, order.get_absolute_url(), language)

    changes = {"en": "Make changes and resubmit", "zh-hans": "请修改后重新提交"}[language]
    elsewhere = {"en": "Settle it elsewhere, then resubmit", "zh-hans": "请另行办妥后重新提交"}[language]
    assert (changes in shown, elsewhere in shown) == (code == "1008", code == "1020")


@LANGUAGES
def test_who_is_only_named_is_asked_neither_to_say_anything_on_a_page_nor_told_of_changes_that_nobody_has_to_make(
    language: str,
) -> None:
    """Only the account can open the page, and here nothing in the order changes."""
    refuse()

    letters = Message.objects.filter(template="order_returned_by_authority", channel="email", user=None)
    sent = [
        catalogue.render(each.template, "email", language, formats.unpack(each.payload["context"])) for each in letters
    ]
    texts = "".join(each.text for each in sent)
    assert sent
    assert [words in texts for words in ("Say on its page", "makes the changes", "请在订单页", "账号修改")] == [
        False
    ] * 4
    assert {"en": "Nothing to change in this order", "zh-hans": "此订单无需修改"}[language] in texts


@LANGUAGES
def test_the_mail_of_a_refusal_without_words_is_complete(language: str) -> None:
    """It stopped after "Its words"."""
    order = make_complete(state=states.AUTHORITY_REVIEW, report=1)
    tell(order, AnswerKind.TURNED_DOWN, code="1020")

    sent = mail("order_returned_by_authority", order, language)

    assert {"en": "The authority's answer:\n\n> 1020\n\n", "zh-hans": "管局答复：\n\n> 1020\n\n"}[language] in sent


@LANGUAGES
def test_the_desk_shows_code_words_and_advice(client: Client, language: str) -> None:
    """On the case, and in its timeline."""
    order = refuse()
    reviewer = make_lead_reviewer()
    case, timeline = (reverse(f"admin:transfers_order_{name}", args=[order.pk]) for name in ("case", "more"))

    assert f"1020 · {ADVICE[language]} · {SAID}" in page(client, reviewer, case, language)
    assert f"1020 · {SAID} · {ADVICE[language]}" in page(client, reviewer, timeline, language)


def test_an_order_refused_by_us_shows_no_authority_answer_of_an_earlier_round(client: Client) -> None:
    """The box is for the authority's answers."""
    order = make_order(state=states.REFUSED, authority_code="1020", authority_words=SAID)

    assert SAID not in page(client, order.owner, order.get_absolute_url(), "en")


@pytest.fixture
def ending() -> Order:
    """A cancellation at the authority."""
    user = make_user()
    order = cancelling.begin(make_website(user), owner=user)
    ORDER.apply(order, "confirm_cancel", by="applicant", facts=queries.facts_of(order))
    return tell(order, AnswerKind.ACCEPTED, sent_at=timezone.now())


@LANGUAGES
def test_a_refused_cancellation_shows_code_words_and_options(client: Client, ending: Order, language: str) -> None:
    """On its page and in the mail; the same code means something else for a new access."""
    order = tell(ending, AnswerKind.TURNED_DOWN, code="1025", words="仅剩一个接入，不能取消")
    advice = {"en": "transfer the filing to another provider first", "zh-hans": "请先通过其他接入商办理接入备案"}[
        language
    ]

    shown = page(client, order.owner, order.get_absolute_url(), language)

    assert order.state == states.REFUSED
    for text in (shown, mail("cancel_refused", order, language)):
        assert [part in text for part in ("1025", "仅剩一个接入，不能取消", advice)] == [True] * 3


@pytest.mark.parametrize("code", ["1016", "1049", "1050", "1058", "1059"])
def test_a_cancellation_of_a_missing_access_ends_with_the_authoritys_words(
    client: Client, ending: Order, code: str
) -> None:
    """It ended as refused, "The transfer stays as it is", and the access stayed."""
    told = {"code": code, "words": "网站已注销"}

    order = tell(ending, AnswerKind.GRANTED, **told)
    order = tell(order, AnswerKind.GRANTED, **told)

    assert (order.state, moves(order)[-1], moves(order).count("ended")) == (states.CANCELLED, "ended", 1)
    assert Access.objects.get(own=True).ended_because == "cancelled"
    shown = page(client, order.owner, order.get_absolute_url(), "en")
    assert [
        text in shown for text in (code, "网站已注销", "on record no longer" if code in "1016 1058 1059" else "with it")
    ] == [True] * 3


def test_a_password_never_requested_is_not_the_applicants_fault() -> None:
    """Under rules without a filing password we fill in the field."""
    columns = {"rule_profile": "current-2020", "password_digest": "", "password_kept": False}
    order = make_order(state=states.AUTHORITY_REVIEW, report=1, **columns)

    order = tell(order, AnswerKind.TURNED_DOWN, code="1018", words="备案密码错误")

    assert (order.state, order.held, order.authority_code) == (states.HANDING_OVER, True, "1018")
    asked = make_order(state=states.AUTHORITY_REVIEW, report=1)
    assert tell(asked, AnswerKind.TURNED_DOWN, code="1018").state == states.AUTHORITY_RETURNED
