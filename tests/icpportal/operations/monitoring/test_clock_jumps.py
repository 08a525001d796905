"""A host starts with its clock ahead: workers lapse nothing and delete nothing until somebody says that it is right."""

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from icpportal import tasks
from icpportal.alarms import restored
from icpportal.backup import database
from icpportal.models import Heartbeat
from icpportal.operations.monitoring import clock_jumps, health
from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import make_order

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NOW = timezone.now()
DAY = timedelta(days=1)
BY_CLOCK = (
    tasks.sweep_deadlines,
    tasks.sweep_documents,
    tasks.finish_lone_requests,
    tasks.sweep_rights,
    tasks.retain,
    tasks.tidy,
)


@pytest.fixture(autouse=True)
def production(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEMO = False
    monkeypatch.setattr(database, "clock", timezone.now)  # PostgreSQL does not travel in time


def work(at: datetime) -> None:
    """The jobs of one minute."""
    with time_machine.travel(at, tick=False):
        for task in (tasks.watch, *BY_CLOCK):
            task.apply()


def clock(*words: str, at: datetime) -> str:
    out = StringIO()
    with time_machine.travel(at, tick=False):
        call_command("clock", *words, stdout=out)
    return out.getvalue()


def test_no_deadline_passes_and_nothing_is_deleted_after_a_jump_and_all_goes_on_once_it_is_set_right() -> None:
    order = make_order(state=states.DRAFT, due_at=NOW + 3 * DAY)
    old = Message.objects.create(key="old", channel="webhook", state="sent", payload={})
    work(NOW)

    work(NOW + 200 * DAY)
    work(NOW + 200 * DAY)

    order.refresh_from_db()
    assert order.state == states.DRAFT
    assert Message.objects.filter(pk=old.pk).exists()
    with time_machine.travel(NOW + 200 * DAY, tick=False):
        finding = health.deep_checks(timezone.now())["deadlines"]()
    assert (finding["ok"], finding["why"]) == (False, "clock")

    work(NOW + DAY)
    assert "why" not in health.deep_checks(NOW + DAY)["deadlines"]()
    assert Heartbeat.objects.get(name="sweep_deadlines").at == NOW + DAY
    work(NOW + 4 * DAY)
    order.refresh_from_db()
    assert order.state == states.EXPIRED


def test_after_a_long_pause_a_person_says_that_the_clock_is_right() -> None:
    order = make_order(state=states.DRAFT, due_at=NOW + 3 * DAY)
    work(NOW)
    later = NOW + 20 * DAY
    with pytest.raises(CommandError, match="the portal last worked at .+ UTC, 20 days before .+ clock --trust"):
        clock(at=later)

    assert "Trusted: " in clock("--trust", at=later)

    work(later)
    order.refresh_from_db()
    assert order.state == states.EXPIRED
    assert "right" in clock(at=later)


def test_a_clock_that_differs_from_the_one_of_the_database_moves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    order = make_order(state=states.DRAFT, due_at=NOW - DAY)
    monkeypatch.setattr(database, "clock", lambda: timezone.now() - timedelta(hours=8))  # a time zone set wrong

    work(NOW)

    order.refresh_from_db()
    assert order.state == states.DRAFT
    with pytest.raises(CommandError, match="that of the database says"):
        clock("--trust", at=NOW)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_set_by_an_hour_stops_no_deadline(monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    order = make_order(state=states.DRAFT, due_at=NOW - DAY)
    monkeypatch.setattr(database, "clock", lambda: timezone.now() + timedelta(hours=hours, minutes=1))

    work(NOW)

    order.refresh_from_db()
    assert order.state == states.EXPIRED


def test_a_pause_of_six_days_needs_nobody() -> None:
    order = make_order(state=states.DRAFT, due_at=NOW + DAY)
    work(NOW)
    work(NOW + 6 * DAY)
    order.refresh_from_db()
    assert order.state == states.EXPIRED


def test_a_restored_portal_goes_by_the_clock_of_the_person_who_releases_it() -> None:
    work(NOW)
    restored.hold("20261129T000000Z")
    work(NOW + 20 * DAY)
    restored.go()

    assert clock_jumps.doubt(NOW + 20 * DAY) == ""


def test_a_demo_may_rest_for_as_long_as_it_likes(settings: Any) -> None:
    settings.DEMO = True
    order = make_order(state=states.DRAFT, due_at=NOW + DAY)
    work(NOW)
    work(NOW + 200 * DAY)
    order.refresh_from_db()
    assert order.state == states.EXPIRED


@pytest.mark.parametrize("task", BY_CLOCK, ids=lambda task: task.__name__)
def test_each_job_that_ends_a_time_waits_for_a_clock_in_doubt(task: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock_jumps, "doubt", lambda _now: "it jumped")
    with pytest.raises(clock_jumps.ClockInDoubt, match="it jumped"):
        task()
