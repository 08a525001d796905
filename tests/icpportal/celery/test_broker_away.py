"""Redis is down for hours: workers keep trying to reconnect."""

from unittest.mock import Mock

import pytest
from celery.worker.consumer import Consumer
from kombu import Connection
from kombu.utils import functional

from icpportal.celery import app

HOURS = 1_000  # attempts, 32 seconds apart at most


def test_a_worker_continues_when_the_broker_comes_back_after_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    connection, there = Connection("redis://redis.invalid:6379/0"), object()
    looks = Mock(side_effect=[*[ConnectionRefusedError("redis is away")] * HOURS, there])
    monkeypatch.setattr(connection, "_connection_factory", looks)
    monkeypatch.setattr(functional, "sleep", lambda _seconds: None)
    worker = Mock(app=app, broker_connection_retry_attempt=0, first_connection_attempt=False)

    assert Consumer.ensure_connected(worker, connection) is connection

    assert looks.call_count == HOURS + 1
