"""What beat checks every minute so that operations are alerted."""

import logging
from datetime import UTC, datetime, timedelta
from unittest.mock import Mock

import pytest
import requests
from django.db import OperationalError
from django.utils import timezone

from icpportal.alarms import restored, rows
from icpportal.alarms.queries import open_alarms
from icpportal.operations import heartbeat
from icpportal.operations.monitoring import health, watch
from icpportal.workdays.models import WorkCalendarDay

pytestmark = pytest.mark.django_db
NOW = timezone.now()
MINUTE = timedelta(minutes=1)
WELL, RED = {"ok": True}, {"ok": False, "why": "SMTPAuthenticationError", "seconds": None}


def looks(monkeypatch, *findings, name="mail"):
    """One check a minute; the causes open after each."""
    opened = []
    for minute, finding in enumerate(findings):
        monkeypatch.setattr(
            "icpportal.operations.monitoring.health.deep_checks",
            lambda now, finding=finding: {name: lambda: finding},
        )
        watch.watch_health(NOW + minute * MINUTE)
        opened.append([alarm.cause for alarm in open_alarms()])
    return opened


def test_a_check_that_stays_red_is_an_alarm_until_it_is_green(monkeypatch):
    assert looks(monkeypatch, WELL, RED, RED, RED, WELL) == [[], [], ["health.mail"], ["health.mail"], []]


def test_a_check_that_is_briefly_red_alerts_nobody(monkeypatch):
    assert looks(monkeypatch, RED, WELL, RED, WELL) == [[], [], [], []]


def test_the_alarm_names_what_is_wrong(monkeypatch):
    red = {"ok": False, "systems": {"sms": "down", "inventory": "ok"}}
    looks(monkeypatch, red, red, name="gateways")

    alarm = open_alarms().get()
    assert (alarm.reference, alarm.detail) == ("gateways", "systems: {'sms': 'down'}")


@pytest.mark.parametrize(("name", "finding"), [("line", {"ok": False, "stopped": ["sending"]}), ("files", RED)])
def test_a_problem_with_an_alarm_of_its_own_gets_no_second_one(monkeypatch, name, finding):
    assert looks(monkeypatch, finding, finding, name=name) == [[], []]


def test_every_check_can_become_an_alarm():
    """No process runs in a test: everything late is reported, and failures are named."""
    watch.watch_health(NOW)
    watch.watch_health(NOW + MINUTE)

    assert {"health.worker", "health.mail", "health.line"} <= {alarm.cause for alarm in open_alarms()}


def test_a_new_portal_waits_for_its_first_reconcile_and_reports_when_none_comes(monkeypatch):
    all_checks = health.deep_checks
    monkeypatch.setattr(health, "deep_checks", lambda now: {"reconcile": all_checks(now)["reconcile"]})

    for minute, causes in ((0, []), (1, []), (30, []), (31, []), (32, ["health.reconcile"])):
        watch.watch_health(NOW + minute * MINUTE)
        assert [alarm.cause for alarm in open_alarms()] == causes


def test_beat_tries_a_message_of_a_supplier_that_puts_off_all_every_minute(monkeypatch):
    tries = Mock()
    monkeypatch.setattr(watch.trial, "try_put_off", tries)

    watch.watch(now=NOW)

    tries.assert_called_once_with(NOW)


def test_a_failing_part_stops_no_other(monkeypatch, settings):
    settings.DEADMAN_URL = "https://ping.example.com/token"
    monkeypatch.setattr(watch, "watch_health", Mock(side_effect=ValueError("no")))
    monkeypatch.setattr(requests, "get", Mock(return_value=Mock(ok=True)))

    watch.watch(now=NOW)

    assert "watch.health_failed" in {alarm.cause for alarm in open_alarms()}
    assert heartbeat.last_result("deadman").well


# --- the holidays of next year -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "is_open"),
    [(datetime(2026, 11, 30, 15, 59, tzinfo=UTC), False), (datetime(2026, 11, 30, 16, tzinfo=UTC), True)],
)
def test_from_december_on_in_beijing_an_alarm_asks_for_next_years_holidays(day, is_open):
    watch.watch_holidays(day)

    assert [(alarm.cause, alarm.reference) for alarm in open_alarms()] == (
        [("workdays.holidays_missing", "2027")] if is_open else []
    )


def test_it_ends_when_the_notice_is_loaded_and_not_at_new_year():
    watch.watch_holidays(datetime(2026, 12, 5, tzinfo=UTC))
    watch.watch_holidays(datetime(2027, 1, 5, tzinfo=UTC))
    assert open_alarms().count() == 1

    off = [datetime(2027, 2, day, tzinfo=UTC).date() for day in range(1, 12)]
    WorkCalendarDay.objects.bulk_create(WorkCalendarDay(date=day, is_workday=False) for day in off)
    watch.watch_holidays(datetime(2027, 1, 6, tzinfo=UTC))

    assert open_alarms().count() == 0


# --- the dead-man's switch -----------------------------------------------------------------------


def test_without_an_address_nothing_is_pinged(monkeypatch):
    asked = Mock()
    monkeypatch.setattr(requests, "get", asked)

    watch.ping(NOW)

    asked.assert_not_called()


def test_a_restored_copy_does_not_ping_for_a_dead_portal(monkeypatch, settings):
    settings.DEADMAN_URL = "https://ping.example.com/a-token"
    asked = Mock()
    monkeypatch.setattr(requests, "get", asked)
    restored.hold("backup-1")

    watch.ping(NOW)

    asked.assert_not_called()


def test_a_switch_that_does_not_answer_is_reported_once_without_its_address_and_retried(monkeypatch, settings, caplog):
    settings.DEADMAN_URL = "https://ping.example.com/a-token"
    refused = Mock(side_effect=requests.ConnectionError("https://ping.example.com/a-token"))
    monkeypatch.setattr(requests, "get", refused)

    with caplog.at_level(logging.INFO):
        for minute in range(3):
            watch.ping(NOW + minute * MINUTE)

    assert [record.getMessage() for record in caplog.records] == ["the dead-man's switch does not answer"]
    assert "a-token" not in str(caplog.records[0].__dict__)
    assert (refused.call_count, heartbeat.last_result("deadman").trouble) == (3, "ConnectionError")
    assert open_alarms().count() == 0


def test_while_nothing_can_be_written_the_switch_is_not_pinged(monkeypatch, settings):
    settings.DEADMAN_URL = "https://ping.example.com/a-token"
    asked = Mock()
    monkeypatch.setattr(requests, "get", asked)
    full = Mock(side_effect=OperationalError("database or disk is full"))
    monkeypatch.setattr(heartbeat, "note", full)
    monkeypatch.setattr(rows, "open_alarm", full)

    with pytest.raises(OperationalError):
        watch.watch(now=NOW)

    asked.assert_not_called()
