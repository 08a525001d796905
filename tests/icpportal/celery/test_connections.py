"""A worker keeps its connection to the database from task to task."""

from types import SimpleNamespace
from typing import Any

import pytest
from celery import states
from django.db import connection

from icpportal.celery import app

pytestmark = pytest.mark.django_db
TASK: Any = SimpleNamespace(request=SimpleNamespace(is_eager=False))


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Why the connection was closed: it was old or broken, or in any case."""
    found: list[str] = []
    monkeypatch.setattr(connection, "close", lambda: found.append("in any case"))
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: found.append("if old or broken"))
    return found


@pytest.fixture
def worker() -> Any:
    (fixup,) = app._fixups
    return fixup.worker_fixup


def test_a_worker_closes_only_an_old_or_broken_connection_around_a_task(worker: Any, closed: list[str]):
    worker.on_task_prerun(sender=TASK)
    worker.on_task_postrun(sender=TASK, state=states.SUCCESS)

    assert closed == ["if old or broken"] * 2


def test_a_task_that_failed_leaves_nothing_set_on_a_connection(worker: Any, closed: list[str]):
    worker.on_task_postrun(sender=TASK, state=states.FAILURE)

    assert closed == ["in any case"]


def test_a_task_that_runs_within_a_request_closes_no_connection_of_it(worker: Any, closed: list[str]):
    eager: Any = SimpleNamespace(request=SimpleNamespace(is_eager=True))

    worker.on_task_prerun(sender=eager)
    for state in (states.SUCCESS, states.FAILURE):
        worker.on_task_postrun(sender=eager, state=state)

    assert closed == []
