"""Alarms: one open row per cause, however many processes see it."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from icpportal.alarms.actions import clear, open_alarm
from icpportal.alarms.models import Alarm
from icpportal.alarms.queries import open_alarms

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def test_a_cause_seen_three_times_is_one_row_with_a_count(caplog):
    with caplog.at_level(logging.ERROR, logger="icpportal.alarms.actions"):
        opened = [
            open_alarm("sms.unknown", reference=f"message {n}", detail="500", now=NOW + timedelta(minutes=n))
            for n in range(3)
        ]

    row = Alarm.objects.get()
    assert opened == [True, False, False]
    assert (row.times, row.reference, row.opened_at, row.seen_at) == (3, "message 2", NOW, NOW + timedelta(minutes=2))
    assert [record.getMessage() for record in caplog.records] == ["alarm opened"]


def test_a_cause_that_returns_after_it_was_cleared_is_a_new_row():
    open_alarm("sms.unknown", now=NOW)

    assert clear("sms.unknown", now=NOW + timedelta(minutes=1)) is True
    assert clear("sms.unknown", now=NOW + timedelta(minutes=2)) is False
    assert open_alarm("sms.unknown", now=NOW + timedelta(minutes=3)) is True

    assert [row.cleared_at for row in Alarm.objects.order_by("opened_at")] == [NOW + timedelta(minutes=1), None]
    assert [row.opened_at for row in open_alarms()] == [NOW + timedelta(minutes=3)]


def test_two_causes_are_two_rows():
    open_alarm("sms.unknown", now=NOW)
    open_alarm("miit.damaged_file", now=NOW)

    assert {row.cause for row in open_alarms()} == {"sms.unknown", "miit.damaged_file"}


def test_a_cause_longer_than_its_column_is_still_one_row():
    assert [open_alarm("x" * 150, now=NOW), open_alarm("x" * 150, now=NOW)] == [True, False]
