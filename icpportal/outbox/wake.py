"""Wakes a worker through the broker. Best effort: the rows are the queue, and beat polls them as well."""

import logging
import time
from uuid import UUID

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from icpportal.gateways.errors import Unknown
from icpportal.gateways.pause import Pause
from icpportal.gateways.request_budget import call_within

logger = logging.getLogger(__name__)
DELIVER = "icpportal.tasks.deliver_outbox"
DELIVER_CODES = "icpportal.tasks.deliver_codes"
PATIENCE_SECONDS = 2.0  # how long a request waits for the broker
QUICK_SECONDS = 0.2  # a faster refusal costs nothing: the next call asks at once
pause = Pause(15.0)


def wake_worker(task_name: str, *ids: str | int | UUID) -> None:
    """Asks a worker to run `task_name` with these ids after the commit; never raises."""
    plain = [str(one) if isinstance(one, UUID) else one for one in ids]

    def publish() -> None:  # not a partial: Django logs a failing callback's __qualname__
        _publish(task_name, plain)

    transaction.on_commit(publish, robust=True)


def _publish(task_name: str, ids: list[str | int]) -> None:
    if pause.is_on:
        return
    app = current_app._get_current_object()  # the thread below has no app of its own
    began = time.monotonic()
    try:
        call_within(lambda: app.send_task(task_name, args=ids, retry=False, ignore_result=True), PATIENCE_SECONDS)
    except (OperationalError, OSError, Unknown) as trouble:
        if time.monotonic() - began > QUICK_SECONDS:
            pause.begin()
        logger.warning("broker is down", extra={"task": task_name, "trouble": type(trouble).__name__})
