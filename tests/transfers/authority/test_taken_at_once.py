"""An answer that is taken in while another answer, or the applicant, changes the order."""

import pytest
from django.utils import timezone

from icpportal.gateways.miit.types import Answer, AnswerKind
from icpportal.lifecycle import MoveNotAllowed
from tests.rivals import just_before
from tests.transfers import states
from tests.transfers.builders import make_order
from transfers.authority.results import take_answer
from transfers.models import Order
from transfers.orders.actions import submit

pytestmark = pytest.mark.django_db


def refusal(order: Order, code: str, words: str) -> Answer:
    key = order.report_key
    return Answer(id=words, kind=AnswerKind.TURNED_DOWN, report_key=key, at=timezone.now(), code=code, words=words)


def reload(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def test_of_two_parts_of_a_refusal_taken_in_at_once_both_are_shown() -> None:
    order = make_order(state=states.AUTHORITY_REVIEW)
    take_answer(refusal(order, "1002", ""))
    one, other = (refusal(order, "1002", words) for words in ("照片不清晰", "核验单缺章"))

    with just_before("UPDATE", lambda: take_answer(other), of=Order):
        take_answer(one)

    assert reload(order).authority_words == "核验单缺章；照片不清晰"


def test_an_order_whose_password_is_erased_at_that_moment_is_not_submitted_without_one() -> None:
    order = make_order(state=states.RETURNED, report=1)
    read_before = reload(order)

    take_answer(refusal(order, "1018", "备案密码错误"))
    with pytest.raises(MoveNotAllowed):
        submit(read_before, actor=order.owner)

    assert (reload(order).state, reload(order).password_kept) == (states.RETURNED, False)
