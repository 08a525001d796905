"""Checks of the parts that the work needs: broker, line, pictures, disk; and mail and storage, tested by a worker.

Testing those costs something and the health page is public, so a worker tests them, and the page reads the results.
"""

import logging
import os
import secrets
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from celery import current_app
from django.conf import settings
from django.core.mail import get_connection
from django.utils import timezone

from icpportal.alarms.actions import clear, open_alarm
from icpportal.gateways import storage
from icpportal.gateways.errors import Unknown
from icpportal.gateways.miit.operations.line_health import line_health
from icpportal.gateways.request_budget import call_within
from icpportal.operations import heartbeat
from icpportal.operations.monitoring.findings import Finding, age_finding, seconds
from verification.documents import sweep

logger = logging.getLogger(__name__)

BROKER_SECONDS = 3.0
PICTURES_WAIT = timedelta(minutes=5)
MEGABYTE = 1024 * 1024
FREE_MB_LEAST = 500
FREE_SHARE_LEAST, ENOUGH_MB = 0.05, 5 * 1024  # a twentieth, or enough in absolute terms
TRIED_EVERY = timedelta(minutes=4)
TRIAL_SECONDS = 20.0
NOT_MOUNTED = "storage.not_mounted"
Trial = Callable[[], None]


def broker() -> Finding:
    """Whether a job could be published."""
    app = current_app._get_current_object()  # the thread below has no app of its own
    call_within(lambda: _reach(app.connection_for_write), BROKER_SECONDS)
    folder = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("data_folder_in")
    return {"ok": folder is None or os.access(str(folder), os.W_OK)}


def _reach(connect: Callable) -> None:
    with connect() as connection:
        connection.ensure_connection(max_retries=1, timeout=BROKER_SECONDS)
        if connection.transport.driver_type == "redis":  # it answers when it is full, and refuses every job
            connection.default_channel.client.set("healthz", "", px=1_000)


def line(now: datetime) -> Finding:
    """Whether the line to the ministry works."""
    found = line_health(now)
    return {
        "ok": found.moves,
        "stopped": found.stopped,
        "waiting": found.waiting,
        "pulled": seconds(found.pulled),
        "sent": seconds(found.sent),
        "overdue": round(found.overdue.total_seconds()),
    }


def pictures(now: datetime) -> Finding:
    """Whether pictures are examined soon after upload."""
    oldest = sweep.to_examine().values_list("created_at", flat=True).first()
    return age_finding(now - oldest if oldest else timedelta(0), PICTURES_WAIT)


def disk() -> Finding:
    """Whether our data folder has room left."""
    used = shutil.disk_usage(settings.VAR_DIR)
    free = used.free // MEGABYTE
    is_little = free < ENOUGH_MB and used.free < FREE_SHARE_LEAST * used.total
    return {"ok": free >= FREE_MB_LEAST and not is_little, "free_mb": free}


def last_finding(name: str, now: datetime) -> Finding:
    """The result of a worker's last test of `name`."""
    row = heartbeat.last_result(name)
    if row is None or now - row.at > heartbeat.KNOWN:
        return {"ok": False, "why": "not tried lately"}
    return {"ok": row.well} if row.well else {"ok": False, "why": row.trouble}


def try_storages(marks: dict[str, str], unmounted: list[storage.NotMounted]) -> None:
    """Raises when one of the storages accepts no file, or its folder is `unmounted` or does not bear its mark."""
    for gone in unmounted:
        raise gone
    for alias in storage.PLACES:
        storage.try_place(alias, f"trial-{secrets.token_hex(8)}", marks.get(alias, ""))


def storage_trial() -> Trial:
    """What it needs of the database it reads before."""
    return partial(try_storages, storage.known_marks(), storage.find_unmounted())


def try_mail() -> None:
    """Raises when the mail server refuses the connection; sends nothing."""
    connection = get_connection()
    try:
        connection.open()
    finally:
        connection.close()


TRIALS: dict[str, Callable[[], Trial]] = {"storage": storage_trial, "mail": lambda: try_mail}


def examine(*, now: datetime | None = None) -> None:
    """Records whether outside systems answer and our own parts work; the latter are tested every few minutes."""
    now = now or timezone.now()
    heartbeat.ask_gateways(now=now)
    for name, trial in TRIALS.items():
        known = heartbeat.last_result(name)
        if known is None or not known.well or now - known.at >= TRIED_EVERY:
            problem = _problem(trial())
            heartbeat.note(name, _trouble(problem) if problem else "", now=now)
            if name == "storage":
                _tell_of_volume(problem, now)


def _tell_of_volume(problem: Exception | None, now: datetime) -> None:
    """A volume that is away has an alarm of its own; folders that work are marked, so that they are known again."""
    if isinstance(problem, storage.NotMounted):
        open_alarm(NOT_MOUNTED, reference=str(problem), detail=problem.explanation, now=now)
    elif problem is None:  # another trouble may have come first, and says nothing of the volume
        clear(NOT_MOUNTED, now=now)
        if storage.known_marks().keys() != set(storage.PLACES):
            storage.mark_folders()


def _problem(trial: Trial) -> Exception | None:
    try:
        call_within(trial, TRIAL_SECONDS)
    except Exception as problem:
        logger.warning("a part of the portal does not work", extra={"trouble": _trouble(problem)})
        return problem
    return None


def _trouble(problem: Exception) -> str:
    """For a public page: of other systems only the type, as their messages may say anything."""
    if isinstance(problem, storage.StorageDown) and not isinstance(problem, storage.NotMounted):
        return problem.explanation
    if isinstance(problem, Unknown):  # by `call_within`
        return str(problem)
    return type(problem).__name__
