"""Is the portal well? Three addresses for machines, JSON, nothing personal and nothing that names a customer.

`/healthz`       this process answers
`/readyz`        it can serve: database, migrations; the cache is shown, and pages do without it
`/healthz/deep`  the work gets done: each of `deep_checks`
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from icpportal.gateways.registry import ADVICE
from icpportal.operations import cleanup, heartbeat
from icpportal.operations.monitoring import clock_jumps, migrations, parts
from icpportal.operations.monitoring.findings import Finding, age_finding, run_check
from icpportal.outbox import queries as outbox
from verification.documents import rounds

OUTBOX_WAITS = timedelta(minutes=5)
SWEEP_RESTS = timedelta(minutes=5)
RECONCILE_RESTS = timedelta(minutes=30)  # beat asks for it every ten
WORKER_RESTS = timedelta(minutes=3)
TIDYING_RESTS = timedelta(days=1)
# jobs that call the ministry are monitored by its answers
JOBS_REST = {
    "deliver_codes": timedelta(minutes=5),
    "deliver_outbox": timedelta(minutes=5),
    "ask_receipts": timedelta(minutes=15),
    "finish_decisions": timedelta(minutes=5),
    "finish_lone_requests": timedelta(minutes=10),
    "ask_phones": timedelta(minutes=10),
    "sweep_documents": timedelta(minutes=5),
    "sweep_imports": timedelta(minutes=10),
    "store_bodies": timedelta(hours=3),
    "check_footers": timedelta(minutes=10),
    "count_durations": timedelta(days=1),
    "count_desk": timedelta(days=1),
    "fill_natures": timedelta(hours=1),
    "keep_audit": timedelta(hours=3),
    "retain": timedelta(hours=3),
    "sweep_rights": timedelta(minutes=10),
    "tidy": timedelta(hours=3),
    "watch": timedelta(minutes=5),
}
SPARED = frozenset({"cache"})  # ignored by readiness: pages work without it, and all processes lose it at once
WITHOUT_DATABASE = frozenset({"database", "cache", "broker", "disk"})  # all others query it
READ_ONLY = "read-only"


@never_cache
@require_safe
def alive(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """200 while the process answers at all."""
    return JsonResponse({"state": "green"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """200 when a request can be served, else 503 with what is missing."""
    return _answer({"database": _database, "migrations": _migrations, "cache": _cache}, unless=SPARED)


@never_cache
@require_safe
def deep(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """200 when the work is being done, else 503 with what is late."""
    return _answer(deep_checks(timezone.now()))


def deep_checks(now: datetime) -> dict[str, Callable[[], Finding]]:
    """Everything needed for the work to be done, by the name under which it is reported."""
    return {
        "database": _writable_database,
        "broker": parts.broker,
        "outbox": lambda: _outbox(now),
        "deadlines": lambda: _deadlines(now),
        "worker": lambda: _queues(now),
        "gateways": lambda: _gateways(now),
        "line": lambda: parts.line(now),
        "mail": lambda: parts.last_finding("mail", now),
        "storage": lambda: parts.last_finding("storage", now),
        "disk": parts.disk,
        "pictures": lambda: parts.pictures(now),
        "jobs": lambda: _jobs(now),
        "reconcile": lambda: age_finding(heartbeat.age("reconcile", now), RECONCILE_RESTS),
        "tidying": lambda: _tidying(now),
        "files": lambda: age_finding(rounds.age(now), rounds.LATE),
    }


def _answer(checks: dict[str, Callable[[], Finding]], *, unless: frozenset[str] = frozenset()) -> JsonResponse:
    """The results of all checks; 503 when one is not well, `unless` it is among these.

    A silent database costs its five seconds once, not for each check: callers would have timed out.
    """
    findings: dict[str, Finding] = {}
    for name, check in checks.items():
        is_away = name not in WITHOUT_DATABASE and not _answers(findings["database"])
        findings[name] = {"ok": False, "why": "database"} if is_away else run_check(check)
    well = all(finding["ok"] for name, finding in findings.items() if name not in unless)
    body = {"state": "green" if well else "red", "checks": findings}
    return JsonResponse(body, status=200 if well else 503)


def _database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return {"ok": cursor.fetchone() == (1,)}


def _writable_database() -> Finding:
    """Pages that only read are served from one that cannot be written, but no work is done."""
    found = _database()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_read_only")
            if cursor.fetchone() == ("on",):
                return {"ok": False, "why": READ_ONLY}
    return found


def _answers(database: Finding) -> bool:
    return database["ok"] or database.get("why") == READ_ONLY


def _migrations() -> Finding:
    missing = migrations.missing()
    return {"ok": missing == 0, "missing": missing}


def _cache() -> Finding:
    key, value = "readyz", secrets.token_hex(4)
    cache.set(key, value, timeout=10)
    return {"ok": cache.get(key) is not None}


def _outbox(now: datetime) -> Finding:
    """Whether messages leave: neither may they wait for a worker, nor may a supplier refuse them all."""
    waiting, refused = outbox.oldest_waiting(now), outbox.refused_channels(now)
    found = age_finding(now - waiting if waiting else timedelta(0), OUTBOX_WAITS)
    return {**found, "ok": False, "refused": refused} if refused else found


def _deadlines(now: datetime) -> Finding:
    """Whether the sweep runs; `why` is "clock" where it waits because the clock is in doubt."""
    if clock_jumps.doubt(now):
        return {"ok": False, "why": "clock"}
    return age_finding(heartbeat.age("sweep_deadlines", now), SWEEP_RESTS)


def _gateways(now: datetime) -> Finding:
    answers = heartbeat.gateways()
    states = {name: _gateway(row, now) for name, row in answers.items()}
    needed = [state for name, state in states.items() if name not in ADVICE]
    return {"ok": bool(needed) and all(state == "ok" for state in needed), "systems": states}


def _gateway(row: heartbeat.Heartbeat, now: datetime) -> str:
    if now - row.at > heartbeat.KNOWN:
        return "not asked lately"
    return "ok" if row.well else row.trouble


def _queues(now: datetime) -> Finding:
    """Each queue needs a worker: those of one queue do nothing for another."""
    found = {name: age_finding(age, WORKER_RESTS) for name, age in heartbeat.queue_ages(now).items()}
    seconds = {name: each["seconds"] for name, each in found.items()}
    return {"ok": all(each["ok"] for each in found.values()), "queues": seconds, "most": WORKER_RESTS.seconds}


def _jobs(now: datetime) -> Finding:
    """Jobs of beat that succeeded once and not recently."""
    return _none_late(heartbeat.ages(list(JOBS_REST), now), JOBS_REST)


def _tidying(now: datetime) -> Finding:
    """The hourly jobs one by one: a slow or failing one is named."""
    most = {f"{cleanup.PULSE}{name}": TIDYING_RESTS for name in cleanup.JOBS}
    return _none_late(heartbeat.ages(list(most), now), most)


def _none_late(ages: dict[str, timedelta], most: dict[str, timedelta]) -> Finding:
    late = {name: round(age.total_seconds()) for name, age in ages.items() if age > most[name]}
    return {"ok": not late, "late": late}
