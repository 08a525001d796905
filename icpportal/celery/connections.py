"""A worker's connections to the database: kept from task to task, as a web process keeps them between requests."""

from functools import cached_property
from typing import Any

from celery import Celery, Task, states
from celery.fixups.django import DjangoFixup, DjangoWorkerFixup
from django import db


class KeptConnections(DjangoWorkerFixup):
    """Celery's care for Django in a worker, without a new connection for each task.

    A connection costs PostgreSQL a process with empty caches, and both sides more than most tasks do. It is closed like
    that of a web process, when it is broken or older than `CONN_MAX_AGE`; after a task that failed it is closed at
    once, with what the task may have set on it.
    """

    def on_task_prerun(self, sender: Task, **_told: Any) -> None:
        if not sender.request.is_eager:
            db.close_old_connections()

    def on_task_postrun(self, sender: Task, state: str = "", **told: Any) -> None:
        if state == states.SUCCESS:
            self.on_task_prerun(sender)
        else:
            super().on_task_postrun(sender, **told)


class Fixup(DjangoFixup):
    """Celery's start with Django, with such workers."""

    @cached_property
    def worker_fixup(self) -> KeptConnections:  # type: ignore[override] # a property that can be set
        return KeptConnections(self.app)


def start_with_django(app: Celery) -> DjangoFixup:
    """Prepares Django for the processes of `app`."""
    return Fixup(app).install()
