"""An order whose phones were not verified and in which something has expired since: mail and page say the same."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from icpportal.gateways.miit.types import AnswerKind
from tests.transfers.builders import sign_in, subject_answers
from tests.transfers.notifications.test_texted_mobiles import handed_over, receipt, texted, words
from transfers.authority.results import take_answer
from transfers.deadlines.reminders import remind
from transfers.deadlines.sweep import sweep
from transfers.models import Order

pytestmark = pytest.mark.django_db
UNCHANGED = {"en": ("unchanged", "no new review"), "zh-hans": ("原样", "无需再次审核")}
CHANGED = {"en": "Something in it has expired", "zh-hans": "有内容已过期"}
HOW = ["order_lapsed", "order_phones_failed", "lapsed_reminder"]
YESTERDAY = (timezone.localdate() - timedelta(days=1)).isoformat()


def return_for_phones(authority: Any, how: str, language: str, *, expired: str) -> Order:
    """An order that was returned because of its phones, and its message; `expired` is what no longer holds."""
    until = {"subject": subject_answers(lead_id_until=YESTERDAY)} if expired == "document" else {}
    order = handed_over("seed-2018", **until)
    type(order.owner).objects.filter(pk=order.owner_id).update(language=language)
    if expired == "password":
        Order.objects.filter(pk=order.pk).update(password_kept=False)
    authority.phone_states = [texted()]
    take_answer(receipt(order))
    if how == "order_phones_failed":
        take_answer(replace(receipt(order), id="no", kind=AnswerKind.TURNED_DOWN, code="1002", words="短信核验未通过"))
    else:
        over = timezone.now() + timedelta(days=3)
        Order.objects.filter(pk=order.pk).update(due_at=over - timedelta(hours=1))
        sweep(now=over)
    order.refresh_from_db()
    if how == "lapsed_reminder":
        assert order.due_at is not None
        remind(order, (order.due_at - timedelta(days=1)).replace(hour=4))  # noon in Beijing
    return order


def page_of(client: Client, order: Order, language: str) -> str:
    answer = sign_in(client, order.owner).get(order.get_absolute_url(), headers={"accept-language": language})
    return str(answer.content.decode())


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("expired", ["document", "password"])
@pytest.mark.parametrize("how", HOW)
def test_who_has_to_change_what_expired_is_not_told_to_resubmit_it_unchanged_without_a_new_review(
    client: Client, authority: Any, how: str, expired: str, language: str
) -> None:
    """The page offers changes alone, and a changed order is reviewed: the mail promised neither was needed."""
    order = return_for_phones(authority, how, language, expired=expired)

    mail, page = words(order, "email", how), page_of(client, order, language)
    assert [said in mail for said in UNCHANGED[language]] == [False, False]
    assert CHANGED[language] in mail
    assert [said in page for said in UNCHANGED[language]] == [False, False]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("how", HOW)
def test_who_can_resubmit_it_unchanged_reads_so(authority: Any, how: str, language: str) -> None:
    order = return_for_phones(authority, how, language, expired="")

    mail = words(order, "email", how)
    assert [said in mail for said in UNCHANGED[language]] == [True, True]
    assert CHANGED[language] not in mail
