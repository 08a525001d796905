"""The calendar file of a deadline, parsed line by line according to RFC 5545."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.transfers import states
from tests.transfers.builders import make_order
from transfers.models import Order
from transfers.notifications.calendar_file import deadline_ics

pytestmark = pytest.mark.django_db
DUE, NOW = datetime(2026, 11, 27, 8, 20, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC)


def waiting(state: str = states.PHONE_DUE, language: str = "en", **changes: Any) -> Order:
    order = make_order(state=state, due_at=DUE, **changes)
    order.owner.language = language
    return order


def lines(order: Order) -> list[str]:
    """The lines of the file, unfolded."""
    text = deadline_ics(order, now=NOW)
    assert text.endswith("\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")


def value(order: Order, name: str) -> str:
    (found,) = [line for line in lines(order) if line.startswith(f"{name}:")]
    return found.partition(":")[2]


def test_the_event_ends_at_the_deadline_and_has_three_alarms_before_it() -> None:
    found = lines(waiting())

    assert [found[0], found[-2]] == ["BEGIN:VCALENDAR", "END:VCALENDAR"]
    assert {"VERSION:2.0", "METHOD:PUBLISH", "DTSTAMP:20261125T000000Z"} <= set(found)
    assert {"DTSTART:20261127T080500Z", "DTEND:20261127T082000Z"} <= set(found)
    assert [line for line in found if line.startswith("TRIGGER")] == ["TRIGGER:-P1D", "TRIGGER:-PT3H", "TRIGGER:-PT30M"]


def test_a_moved_deadline_is_the_same_event_with_a_higher_sequence() -> None:
    order = waiting(version=4)
    before = value(order, "UID"), value(order, "SEQUENCE")
    order.version, order.due_at = 5, DUE.replace(hour=12)

    assert before == (f"{order.reference}-{order.report}@127.0.0.1", "4")
    assert (value(order, "UID"), value(order, "SEQUENCE")) == (before[0], "5")


def test_the_phones_of_the_next_report_are_another_event_than_those_of_the_last() -> None:
    order = waiting()
    first = value(order, "UID")
    order.report += 1

    assert value(order, "UID") != first


@pytest.mark.parametrize(("language", "words"), [("en", "Phone verification: order"), ("zh-hans", "短信核验：订单")])
def test_it_is_in_the_owner_s_language(language: str, words: str) -> None:
    order = waiting(language=language)

    assert value(order, "SUMMARY") == f"{words} {order.reference}"


def test_a_long_address_is_folded_and_restored_when_unfolded(settings: Any) -> None:
    settings.PUBLIC_BASE_URL = f"https://{'filing.' * 12}example.com"
    order = waiting()

    assert value(order, "URL") == settings.PUBLIC_BASE_URL + order.get_absolute_url()


def test_an_order_without_a_deadline_has_no_calendar_file() -> None:
    with pytest.raises(ValueError, match="without a deadline"):
        deadline_ics(make_order(state=states.AUTHORITY_REVIEW))
