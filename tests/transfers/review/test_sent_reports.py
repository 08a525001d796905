"""Reviewers see on the order what was sent to the ministry, when, and the answer."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from icpportal.gateways.miit.models import Report, ReportState
from tests.icpportal.gateways.miit.ministry_rows import file, report
from tests.transfers.builders import make_order, make_reviewer
from tests.transfers.review.desk import case_of, english, press

pytestmark = pytest.mark.django_db


def _sent(page: str) -> str:
    return page.partition('id="sent"')[2].partition("</section>")[0]


def test_the_reports_of_an_order_are_shown_on_it_with_their_answers_and_without_their_content(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    order, other = make_order(submitted_at=timezone.now()), make_order(domain="other.cn")
    cache.clear()
    desk = english(client, make_reviewer())
    press(desk, order, "look", **{"look-words": "the customer asks"})
    assert "Nothing yet." in _sent(desk.get(case_of(order, "more")).content.decode())

    for each, number in ((order, 1), (other, 2)):
        row = report(number, each.reference)
        file(row, 70 + number)
        Report.objects.filter(pk=row.pk).update(
            state=ReportState.ANSWERED, code="1029", answered_at=timezone.now(), reason="宁夏示例"
        )
    with django_assert_max_num_queries(15):
        told = _sent(desk.get(case_of(order, "more")).content.decode())

    assert [words in told for words in (f"{order.reference}.1", "answered", "71", "1029", "New access")] == [True] * 5
    assert [words in told for words in (other.reference, "宁夏示例")] == [False] * 2
    assert not re.search(r"\b72\b", told)  # which may be part of a reference
