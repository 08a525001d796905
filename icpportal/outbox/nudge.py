"""The only place that hands work to the broker. It is a courtesy: what is owed lies in rows, and beat looks too."""

import logging
from uuid import UUID

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)
DELIVER = "icpportal.tasks.deliver_outbox"


def nudge(task_name: str, *ids: str | int | UUID) -> None:
    """Ask a worker to run `task_name` with these ids once the transaction is committed; never raises."""
    plain = [str(one) if isinstance(one, UUID) else one for one in ids]

    def publish() -> None:  # not a partial: Django names what broke by its __qualname__
        _publish(task_name, plain)

    transaction.on_commit(publish, robust=True)


def _publish(task_name: str, ids: list[str | int]) -> None:
    try:
        current_app.send_task(task_name, args=ids, retry=False, ignore_result=True)
    except (OperationalError, OSError) as trouble:
        logger.warning("broker is down", extra={"task": task_name, "trouble": type(trouble).__name__})
