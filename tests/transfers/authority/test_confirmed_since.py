"""A filing password that was confirmed after a refusal outlives what else comes of that refusal."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from icpportal.gateways.miit.types import Answer, AnswerKind, report_key
from tests.transfers import states
from tests.transfers.authority.test_results import NOW, answer, reload
from tests.transfers.builders import fire, make_order, moves
from transfers.authority.results import take_answer
from transfers.models import Order
from transfers.orders import queries
from transfers.orders.actions import keep_password

pytestmark = pytest.mark.django_db
OLD, NEW = "0" * 32, "2" * 32


def refusal(order: Order, *, code: str, words: str = "", report: int = 0, **values: object) -> Answer:
    key = report_key(order.reference, report or order.report)
    return answer(order, AnswerKind.TURNED_DOWN, code=code, words=words, report_key=key, **values)


def make_changes(order: Order) -> None:
    fire(reload(order), "mend", "applicant", facts=queries.facts_of(order))


def confirm(order: Order, digest: str = NEW) -> None:
    """The owner enters the filing password; the ministry says that it is right."""
    order = reload(order)
    keep_password(order, digest, number=order.site_number)


def kept(order: Order) -> tuple[bool, str]:
    order = reload(order)
    return order.password_kept, order.password_digest


def test_the_same_answer_again_erases_no_password_confirmed_since_and_is_not_told_as_another() -> None:
    """The right password, entered a minute ago, was gone, and the order asked for it again."""
    order = make_order(state=states.AUTHORITY_REVIEW)
    refused = refusal(order, code="1018", words="备案密码错误")
    take_answer(refused)
    make_changes(order)
    assert kept(order) == (False, "")
    confirm(order)

    take_answer(replace(refused, at=NOW + timedelta(days=1)))

    assert kept(order) == (True, NEW)
    assert moves(order) == ["turn_down", "mend"]


def test_more_words_of_the_same_refusal_erase_no_password_that_no_report_has_carried() -> None:
    order = make_order(state=states.AUTHORITY_REVIEW, reported_at=NOW - timedelta(hours=1))
    take_answer(refusal(order, code="1018", words="备案密码错误"))
    make_changes(order)
    confirm(order)

    take_answer(refusal(order, code="1018 1002", words="请核对"))

    assert kept(order) == (True, NEW)
    assert moves(order) == ["turn_down", "mend", "earlier_refused"]


def test_the_answer_to_an_earlier_report_again_erases_no_password_confirmed_since() -> None:
    order = make_order(state=states.AUTHORITY_REVIEW, report=2)
    take_answer(refusal(order, code="1056"))
    make_changes(order)
    earlier = refusal(order, code="1018", report=1)
    take_answer(earlier)
    assert kept(order) == (False, "")
    confirm(order)

    take_answer(replace(earlier, at=NOW + timedelta(days=1)))

    assert kept(order) == (True, NEW)
    assert moves(order) == ["turn_down", "mend", "earlier_refused"]


def test_a_password_that_replaced_the_refused_one_stays_when_its_own_report_is_refused_for_something_else() -> None:
    order = make_order(state=states.AUTHORITY_REVIEW)
    refused = refusal(order, code="1018")
    take_answer(refused)
    make_changes(order)
    confirm(order)
    reported = {"state": states.AUTHORITY_REVIEW, "report": 2, "reported_at": timezone.now()}
    Order.objects.filter(pk=order.pk).update(**reported)
    take_answer(refusal(reload(order), code="1056"))
    make_changes(order)

    take_answer(replace(refused, at=NOW + timedelta(days=1)))

    assert kept(order) == (True, NEW)


def test_a_password_that_the_refused_report_carried_is_still_erased() -> None:
    order = make_order(state=states.AUTHORITY_REVIEW, report=2, reported_at=NOW)
    take_answer(refusal(order, code="1056"))
    make_changes(order)
    Order.objects.filter(pk=order.pk).update(password_confirmed_at=NOW - timedelta(days=3))
    assert kept(order) == (True, OLD)

    take_answer(refusal(order, code="1018", report=1))

    assert kept(order) == (False, "")
