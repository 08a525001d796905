"""Pressing twice has one effect: the start of an order, the release of a held report, an objection."""

import pytest

from filings.register.certificates import NATURES
from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import make_order, make_user, moves, type_answers
from transfers.filing_type.decision import Outcome
from transfers.models import Objection, Order, TypeCheck
from transfers.orders import actions

pytestmark = pytest.mark.django_db


def reports(order: Order) -> list[str]:
    """The keys of the reports queued for the order."""
    return sorted(Message.objects.filter(reference=order.reference, channel="authority").values_list("key", flat=True))


def test_a_check_begins_one_order_even_after_that_was_abandoned() -> None:
    check = TypeCheck.objects.create(owner=make_user(), answers=type_answers(), outcome=Outcome.TRANSFER)
    first = actions.start(check)
    actions.abandon(first, actor=check.owner)

    second = actions.start(TypeCheck.objects.get(pk=check.pk))

    assert second == first
    assert list(Order.objects.all()) == [first]
    assert moves(first) == ["start", "abandon"]


def test_a_held_order_released_by_two_of_operations_is_reported_once() -> None:
    order = make_order(state=states.HANDING_OVER, held=True)
    first, second = Order.objects.get(pk=order.pk), Order.objects.get(pk=order.pk)

    released = [actions.release_hold(each, actor=make_user()) for each in (first, second)]

    order.refresh_from_db()
    assert released == [True, False]
    assert (order.held, order.report, moves(order)) == (False, 2, ["released"])
    assert reports(order) == [f"report:{order.report_key}"]


def test_an_order_that_is_not_held_is_not_reported_again() -> None:
    order = make_order(state=states.HANDING_OVER)

    assert actions.release_hold(order, actor=make_user()) is False

    order.refresh_from_db()
    assert (order.report, moves(order), reports(order)) == (1, [], [])


def test_a_subject_of_any_nature_submits_its_order() -> None:
    """Only PostgreSQL checks that it fits its column; SQLite accepts any length."""
    sent = [make_order(answers={"type": {**type_answers(nature=key), "subject_key": key}}) for key in NATURES]

    for order in sent:
        actions.submit(order, actor=order.owner)

    assert sorted(Order.objects.values_list("nature", "state")) == sorted((key, states.SUBMITTED) for key in NATURES)


def test_an_objection_sent_by_two_presses_is_one_and_is_confirmed_once() -> None:
    order, objector = make_order(state=states.SUBMITTED), make_user()
    said = {"owner": objector, "domain": order.domain, "subject_key": "", "words": "域名是我们的"}

    first, second = actions.object_to(**said), actions.object_to(**said)

    assert (second, list(Objection.objects.all())) == (first, [first])
    assert Message.objects.filter(template="objection_received").count() == 1
