"""The wizard stores its answers on the row, once, and never on a row that has left its editable state."""

from datetime import date

import pytest

from icpportal.wizard.storage import RowClosed, as_form_data, as_json, change, keep, seen_mark
from tests.transfers import states
from tests.transfers.builders import make_order
from transfers.models import Order

pytestmark = pytest.mark.django_db


def test_answers_are_stored_on_the_row_and_increase_its_version() -> None:
    order = make_order(steps=())

    keep(order, "website", {"site_name": "示例"})

    after = Order.objects.get(pk=order.pk)
    assert (after.answer("website"), after.version) == ({"site_name": "示例"}, order.version)
    assert after.version == 1


def test_the_same_answers_again_write_nothing(django_assert_num_queries) -> None:
    order = make_order()

    with django_assert_num_queries(0):
        keep(order, "subject", order.answer("subject"))


def test_two_tabs_that_save_different_pages_keep_both() -> None:
    order = make_order(steps=())
    first, second = Order.objects.get(pk=order.pk), Order.objects.get(pk=order.pk)

    keep(first, "website", {"site_name": "示例"})
    keep(second, "subject", {"lead_name": "林示范"})

    after = Order.objects.get(pk=order.pk)
    assert (after.answer("website"), after.answer("subject")) == ({"site_name": "示例"}, {"lead_name": "林示范"})


@pytest.mark.parametrize("state", [state for state in states.ALL if state not in states.EDITABLE])
def test_a_row_that_left_its_editable_state_keeps_its_answers(state: str) -> None:
    order = make_order()
    Order.objects.filter(pk=order.pk).update(state=state)

    with pytest.raises(RowClosed):
        keep(order, "subject", {"lead_name": "王冒充"})

    assert Order.objects.get(pk=order.pk).answer("subject")["lead_name"] == "林示范"


def test_columns_are_written_with_the_answers_or_not_at_all() -> None:
    order = make_order(steps=())
    stale = Order.objects.get(pk=order.pk)
    Order.objects.filter(pk=order.pk).update(state=states.ABANDONED, version=9)

    with pytest.raises(RowClosed):
        change(stale, lambda answers: {**answers, "server": {}}, service_code="x")

    assert Order.objects.get(pk=order.pk).service_code == ""


def test_a_lost_race_is_retried_on_the_newer_row() -> None:
    order = make_order(steps=())
    stale = Order.objects.get(pk=order.pk)
    keep(order, "website", {"site_name": "示例"})

    change(stale, lambda answers: {**answers, "server": {"ip": "192.0.2.1"}}, instance="i-1")

    after = Order.objects.get(pk=order.pk)
    assert (after.answer("website"), after.answer("server"), after.instance) == (
        {"site_name": "示例"},
        {"ip": "192.0.2.1"},
        "i-1",
    )


def test_the_check_mark_depends_only_on_the_answers_of_its_page() -> None:
    order = make_order()
    subject, website = seen_mark(order, "subject"), seen_mark(order, "website")

    order.answers = {**order.answers, "website": {"site_name": "新名称"}}

    assert seen_mark(order, "subject") == subject
    assert seen_mark(order, "website") != website


def test_dates_are_stored_as_text_and_returned_as_a_browser_sends_them() -> None:
    kept = as_json({"until": date(2035, 2, 14), "told": True, "no": False, "none": None, "list": ["1", "2"]})

    sent = as_form_data(kept)

    assert kept["until"] == "2035-02-14"
    assert {name: sent.getlist(name) for name in sent} == {"until": ["2035-02-14"], "told": ["on"], "list": ["1", "2"]}
