"""The alarm about a parked answer, as operations read it: in words of their language."""

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from icpportal.accounts.roles import OPERATIONS
from icpportal.alarms.actions import open_alarm
from icpportal.alarms.models import Alarm
from icpportal.gateways.miit.types import AnswerKind
from tests.transfers import states
from tests.transfers.authority.test_results import answer
from tests.transfers.builders import make_order, make_user, sign_in
from transfers.authority.results import take_answer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Approved · The order could not take it in the state it was in: Abandoned"),
        ("zh-hans", "通过 · 订单当时的状态无法接受该答复：已放弃"),
    ],
)
def test_an_answer_that_its_order_could_not_take_is_listed_in_words(language: str, said: str) -> None:
    take_answer(answer(make_order(state=states.ABANDONED, report=1), AnswerKind.GRANTED))
    reader, client = make_user(language=language, held_roles=(OPERATIONS,)), Client()
    client.cookies["django_language"] = language
    sign_in(client, reader)

    listed = unescape(client.get(reverse("admin:alarms_alarm_changelist")).content.decode())
    opened = unescape(client.get(reverse("admin:alarms_alarm_change", args=[Alarm.objects.get().pk])).content.decode())

    assert [said in page for page in (listed, opened)] == [True, True]
    assert [" by authority" in page for page in (listed, opened)] == [False, False]


def test_a_detail_of_an_earlier_version_is_shown_as_it_is() -> None:
    open_alarm("authority.answer_parked", reference="2026-1:1", detail="answered twice")
    client = sign_in(Client(), make_user(held_roles=(OPERATIONS,)))

    assert "answered twice" in client.get(reverse("admin:alarms_alarm_changelist")).content.decode()
