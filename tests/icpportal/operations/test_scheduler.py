"""Beat continues whatever the clock of its machine does."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from celery import Celery

from icpportal.operations.scheduler import SteadyScheduler

BEGAN = datetime(2026, 11, 24, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Noted(SteadyScheduler):
    """Records what it would send."""

    def apply_entry(self, entry, producer=None):
        self.noted.append(entry.name)


@pytest.fixture
def scheduler(tmp_path: Path):
    app = Celery("trial", set_as_current=False)
    app.conf.beat_schedule = {
        "often": {"task": "often", "schedule": 60.0},
        "seldom": {"task": "seldom", "schedule": 300.0},
    }
    Noted.noted = []
    with time_machine.travel(BEGAN, tick=False):
        made = Noted(app, schedule_filename=str(tmp_path / "schedule"), lazy=True)
        made.setup_schedule()
    yield made
    made.close()


def within(scheduler, clock, minutes):
    """The tasks it sends in so many minutes."""
    Noted.noted.clear()
    for _minute in range(minutes):
        clock.shift(timedelta(minutes=1))
        while not scheduler.tick():
            pass
    return sorted(Noted.noted)


def test_set_back_by_an_hour_it_sends_tasks_as_often_as_before(scheduler):
    with time_machine.travel(BEGAN, tick=False) as clock:
        assert within(scheduler, clock, 5) == ["often"] * 5 + ["seldom"]
        clock.shift(-HOUR)
        assert within(scheduler, clock, 6) == ["often"] * 5 + ["seldom"]


def test_set_forward_and_back_again_it_sends_once_for_each_and_then_as_before(scheduler):
    with time_machine.travel(BEGAN, tick=False) as clock:
        within(scheduler, clock, 5)
        clock.shift(HOUR)
        assert within(scheduler, clock, 1) == ["often", "seldom"]
        clock.shift(-HOUR)
        assert within(scheduler, clock, 6) == ["often"] * 5 + ["seldom"]
