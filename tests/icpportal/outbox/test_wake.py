"""Passing work to the broker: after the commit, never raising."""

import threading
import uuid

import pytest
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from icpportal.outbox.wake import wake_worker

pytestmark = pytest.mark.django_db
TASK = "icpportal.tasks.examine_document"


@pytest.fixture
def sent(monkeypatch):
    calls: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(current_app._get_current_object(), "send_task", lambda name, **how: calls.append((name, how)))
    return calls


def test_a_wake_up_has_ids_and_is_sent_after_the_commit(sent, django_capture_on_commit_callbacks):
    pk = uuid.uuid4()
    with django_capture_on_commit_callbacks(execute=True):
        wake_worker(TASK, pk, 7, "a")
        assert sent == []

    assert sent == [(TASK, {"args": [str(pk), 7, "a"], "retry": False, "ignore_result": True})]


def test_a_transaction_that_rolls_back_wakes_nobody(sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        wake_worker(TASK, 7)
        transaction.set_rollback(True)

    assert sent == []


@pytest.mark.parametrize(
    "trouble", [OperationalError("refused"), OSError("No space left on device"), ConnectionError()]
)
def test_a_broker_that_is_down_is_logged_and_does_no_harm(
    monkeypatch, caplog, django_capture_on_commit_callbacks, trouble: Exception
):
    def down(name: str, **how: object) -> None:
        raise trouble

    monkeypatch.setattr(current_app._get_current_object(), "send_task", down)

    with django_capture_on_commit_callbacks(execute=True):
        wake_worker(TASK, 7)

    (record,) = [record for record in caplog.records if record.message == "broker is down"]
    assert (record.task, record.trouble) == (TASK, type(trouble).__name__)


@pytest.mark.django_db(transaction=True)
def test_a_failing_wake_up_stops_no_other(monkeypatch):
    done: list[str] = []

    def breaks(name: str, **how: object) -> None:
        raise TypeError("a bug")

    monkeypatch.setattr(current_app._get_current_object(), "send_task", breaks)

    with transaction.atomic():
        wake_worker(TASK, 7)
        transaction.on_commit(lambda: done.append("next"))

    assert done == ["next"]


def test_threads_that_send_a_task_make_no_result_backend_each():
    app, found = current_app._get_current_object(), []
    threads = [threading.Thread(target=lambda: found.append(app.backend)) for _ in range(2)]
    for thread in threads:
        thread.start()
        thread.join()

    assert found[0] is found[1]
