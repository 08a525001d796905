"""Over real SOAP: the authority answers with a code of each class, and owner and desk read its meaning."""

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from demo.ministry.api.client import SimulatorClient
from icpportal.gateways.miit.codes.processing_codes import plain_words
from icpportal.gateways.miit.models import Report
from icpportal.gateways.miit.types import ReportKind
from tests.icpportal.gateways.miit.authority_files import bajg, result
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, sign_in
from tests.transfers.cancels import make_website
from tests.transfers.whole_way import round_trip
from tests.transfers.wired import put_on_record, wired_order
from transfers.authority.results import pull
from transfers.cancellation import actions as cancelling
from transfers.models import Order, ParkedAnswer
from transfers.orders import queries
from transfers.orders.machine import ORDER, queue_report

pytestmark = pytest.mark.django_db(transaction=True)
SAID = "管局原文示例"
LANGUAGES = {"en": "en", "zh-hans": "zh"}
CLEARING = {"en": "We submit it once we have fixed the problem", "zh-hans": "我们处理后会提交管局"}


@pytest.fixture
def ministry(on_the_wire: SimulatorClient, settings: Any) -> SimulatorClient:
    """It accepts files and answers nothing by itself, and reports no phones."""
    settings.MIIT_PHONES_URL = ""
    on_the_wire.conduct(processing=False)
    return on_the_wire


def reload(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def with_them(ministry: SimulatorClient) -> Order:
    order = wired_order(state=states.HANDING_OVER, report=0, province="44")
    put_on_record(ministry, [order])
    queue_report(order, "authority")
    round_trip()
    return reload(order)


def ending(ministry: SimulatorClient) -> Order:
    """A cancellation at the authority."""
    order = with_them(ministry)
    ending = cancelling.begin(make_website(order.owner, domain="example.net"), owner=order.owner)
    ORDER.apply(ending, "confirm_cancel", by="applicant", facts=queries.facts_of(ending))
    round_trip()
    return reload(ending)


def answer_with(ministry: SimulatorClient, order: Order, codes: str) -> Order:
    report = Report.objects.get(key=order.report_key)
    is_ending = report.kind == ReportKind.CANCELLATION
    handle, operation = (report.access_id, 5) if is_ending else (report.own_id, 3)
    ministry.push("BAJG", xml=bajg(result(handle, *codes.split(), words=SAID, operation=operation)).decode("gbk"))
    pull()
    assert ParkedAnswer.objects.count() == 0
    return reload(order)


def text(client: Client, user: Any, address: str, language: str) -> str:
    user.language = language
    user.save(update_fields=["language"])
    client.cookies["django_language"] = language
    answer = sign_in(client, user).get(address, headers={"accept-language": language})
    assert answer.status_code == 200
    main = answer.content.decode().partition("<main")[2]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", main)))


def read(order: Order, language: str) -> tuple[str, str]:
    """What its owner reads, and what the review desk does."""
    desk = reverse("admin:transfers_order_case", args=[order.pk])
    owner = text(Client(), order.owner, order.get_absolute_url(), language)
    return owner, text(Client(), make_lead_reviewer(), desk, language)


# code → the order's state afterwards, and whether it is held
TO_AN_ACCESS = {
    "1003": (states.AUTHORITY_RETURNED, False),
    "1004": (states.AUTHORITY_RETURNED, False),
    "1008": (states.AUTHORITY_RETURNED, False),
    "1019": (states.AUTHORITY_RETURNED, False),
    "1050": (states.AUTHORITY_RETURNED, False),
    "1058": (states.AUTHORITY_RETURNED, False),
    "1064": (states.AUTHORITY_RETURNED, False),
    "1018 1066": (states.AUTHORITY_RETURNED, False),
    "1052": (states.AUTHORITY_REVIEW, False),
    "1045": (states.HANDING_OVER, True),
    "1057": (states.HANDING_OVER, True),
    "2056": (states.HANDING_OVER, True),
    "7777": (states.HANDING_OVER, True),
}
TO_A_CANCELLATION = {
    "1002": (states.REFUSED, False),
    "1003": (states.REFUSED, False),
    "1018": (states.REFUSED, False),
    "1058": (states.CANCELLED, False),
    "1027": (states.AUTHORITY_REVIEW, False),
    "1026": (states.HANDING_OVER, True),
    "1048": (states.HANDING_OVER, True),
    "3037": (states.HANDING_OVER, True),
}


def check(order: Order, codes: str, kind: ReportKind) -> None:
    for language, words in LANGUAGES.items():
        owner, desk = read(order, language)
        advice = [plain_words(code, kind)[words] for code in codes.split()]
        told = [*codes.split(), SAID, *advice]
        assert [each for each in told if each not in desk] == []
        if order.held:  # our errors are not for the owner to read
            assert [each for each in advice if each in owner] == []
            assert CLEARING[language] in owner
        else:
            assert [each for each in told if each not in owner] == []


@pytest.mark.parametrize("codes", TO_AN_ACCESS)
def test_an_answer_to_a_new_access_is_read_by_its_owner_and_at_the_desk(ministry: SimulatorClient, codes: str) -> None:
    """In both languages, without blaming the owner for our errors."""
    order = answer_with(ministry, with_them(ministry), codes)

    assert (order.state, order.held, order.authority_code) == (*TO_AN_ACCESS[codes], codes)
    check(order, codes, ReportKind.ACCESS)


@pytest.mark.parametrize("codes", TO_A_CANCELLATION)
def test_an_answer_to_a_cancellation_is_read_by_its_owner_and_at_the_desk(
    ministry: SimulatorClient, codes: str
) -> None:
    order = answer_with(ministry, ending(ministry), codes)

    assert (order.state, order.held, order.authority_code) == (*TO_A_CANCELLATION[codes], codes)
    check(order, codes, ReportKind.CANCELLATION)


STAYS = {"en": "stays valid", "zh-hans": "有效"}
GONE = {"en": "its number is no longer valid", "zh-hans": "备案号已失效"}


@pytest.mark.parametrize("code", ["1016", "1049", "1050", "1058", "1059"])
def test_the_number_of_a_deleted_filing_is_not_called_valid(ministry: SimulatorClient, code: str) -> None:
    """The page said so, beside the authority's words that the filing is gone."""
    order = answer_with(ministry, ending(ministry), code)

    for language in LANGUAGES:
        owner, _desk = read(order, language)
        assert (GONE[language] in owner, STAYS[language] in owner) == (code != "1016", code == "1016")
