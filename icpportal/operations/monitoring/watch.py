"""Runs every minute: failing checks become alarms, alarms messages, and the dead-man's switch is pinged."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import requests
from django.conf import settings
from django.utils import timezone

from icpportal.alarms import restored, rows
from icpportal.alarms.actions import clear, open_alarm
from icpportal.gateways.request_budget import call_within
from icpportal.operations import heartbeat
from icpportal.operations.monitoring import alerts, clock_jumps, clock_steps, health
from icpportal.operations.monitoring.findings import Finding, run_check
from icpportal.outbox.sending import trial
from icpportal.time_format import to_beijing
from icpportal.workdays.calendar import calendar

logger = logging.getLogger(__name__)

HOLIDAYS_MISSING = "workdays.holidays_missing"
AHEAD = timedelta(days=31)  # from the first of December on
PING, PING_SECONDS = "deadman", 5.0
SEEN_TWICE = "health:"  # prefix of a check's name


def watch(*, now: datetime | None = None) -> None:
    """Runs every part on its own: a failing one raises an alarm and stops no other."""
    now = now or timezone.now()
    parts = rows.Parts("watch")
    steps: dict[str, Callable[[], object]] = {
        "clock": lambda: clock_steps.catch_up(now),
        "jumps": lambda: clock_jumps.note(now),
        "health": lambda: watch_health(now),
        "outbox": lambda: trial.try_put_off(now),
        "holidays": lambda: watch_holidays(now),
        "alerts": lambda: alerts.tell(now=now),
        "ping": lambda: ping(now),
    }
    for name, act in steps.items():
        parts.run(name, act)


def watch_health(now: datetime) -> None:
    """Opens an alarm for each check that fails twice in a row, and clears those of passing ones."""
    heartbeat.expect(["reconcile"], now=now)  # beat starts it ten minutes after a new portal
    for name, check in health.deep_checks(now).items():
        finding = run_check(check)
        if finding["ok"] or _has_its_own(name, finding):
            heartbeat.note(SEEN_TWICE + name, "", now=now)
            clear(f"health.{name}", now=now)
            continue
        before = heartbeat.last_result(SEEN_TWICE + name)
        heartbeat.note(SEEN_TWICE + name, "red", now=now)
        if before and not before.well:
            open_alarm(f"health.{name}", reference=name, detail=_in_words(finding), now=now)


def _has_its_own(name: str, finding: Finding) -> bool:
    """Whether another alarm reports it already: a stop of the line, a round through the files."""
    return name == "files" or bool(finding.get("stopped"))


def _in_words(finding: Finding) -> str:
    """Its numbers in one line, without those that are well."""
    facts = {name: value for name, value in finding.items() if name != "ok" and value not in ("", [], {}, None)}
    if isinstance(systems := facts.get("systems"), dict):
        facts["systems"] = {name: state for name, state in systems.items() if state != "ok"}
    return ", ".join(f"{name}: {value}" for name, value in facts.items())


def watch_holidays(now: datetime) -> None:
    """Raises an alarm in December while next year's holidays are unknown."""
    soon = to_beijing(now).date() + AHEAD
    if calendar(soon, soon).is_certain(soon):
        clear(HOLIDAYS_MISSING, now=now)
    else:
        open_alarm(HOLIDAYS_MISSING, reference=str(soon.year), now=now)


def ping(now: datetime) -> None:
    """Tells the dead-man's switch that beat and a worker run; its failure is reported once, and it is pinged again."""
    if not settings.DEADMAN_URL or restored.is_held():  # a restored copy must not hide a dead portal
        return
    before = heartbeat.last_result(PING)
    trouble = _ping(settings.DEADMAN_URL)
    if trouble and (before is None or before.well):
        logger.warning("the dead-man's switch does not answer", extra={"trouble": trouble})
    heartbeat.note(PING, trouble, now=now)


def _ping(url: str) -> str:
    """Only the type of error: the URL may contain a token."""
    try:
        answer = call_within(lambda: requests.get(url, timeout=PING_SECONDS, allow_redirects=False), 2 * PING_SECONDS)
    except Exception as problem:  # noqa: BLE001 -- it is theirs, whatever it is
        return type(problem).__name__
    return "" if answer.ok else str(answer.status_code)
