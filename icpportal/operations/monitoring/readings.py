"""Metrics read from the database, the disk and the line at each scrape, one row each.

They are read from indexes of the work in hand, counting at most `MOST`, however many orders there are.
"""

import logging
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db.models import Count, Min, Model, QuerySet
from prometheus_client.core import GaugeMetricFamily

from icpportal.alarms.causes import cause_of
from icpportal.alarms.models import SetAside
from icpportal.alarms.queries import open_alarms
from icpportal.codes import texts
from icpportal.gateways.miit.codes.return_codes import BOTH
from icpportal.gateways.miit.models import Report, ReportState
from icpportal.gateways.miit.operations.line_health import line_health
from icpportal.models import Heartbeat
from icpportal.operations import heartbeat
from icpportal.outbox import queries as outbox
from icpportal.outbox.models import Message, State
from icpportal.time_format import BEIJING, to_beijing
from transfers.models import Order
from transfers.orders import queries as orders
from verification.documents import sweep

logger = logging.getLogger(__name__)

MOST = 10_000  # limit of one count; more is equally bad
Labels = tuple[str, ...]
Values = Mapping[Labels, float]
NONE: Labels = ()
WAITS = (ReportState.QUEUED, ReportState.PARKED, ReportState.NUMBERED)
AHEAD = {"now": timedelta(0), "hour": timedelta(hours=1), "day": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Reading:
    """One metric: its name, help text, labels, and how it is read."""

    name: str
    says: str
    labels: Labels
    read: Callable[[datetime], Values]


class Readings:
    """A collector for prometheus-client: all readings as of one moment; a failing one is named and stops none."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Yields each reading, and finally which of them failed."""
        failed = GaugeMetricFamily("portal_reading_failed", "Metrics that could not be read.", labels=["metric"])
        for reading in READINGS:
            family = GaugeMetricFamily(reading.name, reading.says, labels=reading.labels)
            try:
                values = reading.read(self.now)
            except Exception as problem:
                logger.warning("metric not read", extra={"metric": reading.name, "trouble": type(problem).__name__})
                failed.add_metric([reading.name], 1)
                continue
            for labels, value in values.items():
                family.add_metric(labels, value)
            yield family
        yield failed


def _count(rows: QuerySet[Model]) -> Values:
    return {NONE: rows.order_by()[:MOST].count()}


def _seconds(age: timedelta | None) -> Values:
    """Nothing for what never happened."""
    return {} if age is None else {NONE: age.total_seconds()}


def _oldest(moment: datetime | None, now: datetime) -> Values:
    return _seconds(now - moment if moment else timedelta(0))


def _due_messages(now: datetime) -> list[tuple[str, datetime]]:
    return [(channel, due or now) for channel, due in outbox.due(now).values_list("channel", "next_at")[:MOST]]


def outbox_due(now: datetime) -> Values:
    """By channel; 0 for a channel with nothing due."""
    counted = Counter(channel for channel, _due in _due_messages(now))
    return {(channel,): counted[channel] for channel in settings.OUTBOX_CHANNELS}


def outbox_oldest(now: datetime) -> Values:
    ages = dict.fromkeys(settings.OUTBOX_CHANNELS, 0.0)
    for channel, due in _due_messages(now):
        ages[channel] = max(ages.get(channel, 0.0), (now - due).total_seconds())
    return {(channel,): age for channel, age in ages.items()}


def line_at_rest(now: datetime) -> Values:
    found = line_health(now)
    states = {"stopped": found.stopped, "waiting": found.waiting}
    return {(way.value, state): float(way.value in ways) for state, ways in states.items() for way in BOTH}


def line_since(now: datetime) -> Values:
    found = line_health(now)
    ages = {"pull": found.pulled, "send": found.sent, "answer": found.answered}
    return {(name,): age.total_seconds() for name, age in ages.items() if age is not None}


def reports(now: datetime) -> Values:  # noqa: ARG001
    return {(state.value,): Report.objects.filter(state=state).order_by()[:MOST].count() for state in WAITS}


def review(now: datetime) -> dict[str, tuple[int, datetime]]:  # noqa: ARG001
    """How many orders wait for our review, and since when the oldest, by state."""
    return {state: (number, since) for state, number, since in review_backlog()}


def review_backlog() -> QuerySet[Order, tuple[str, int, datetime]]:
    """State, number and oldest of orders waiting for our review."""
    return orders.in_our_review().order_by().values_list("state").annotate(Count("pk"), Min("entered_at"))


def deadlines_due(now: datetime) -> Values:
    return {(name,): orders.due(now + ahead).order_by()[:MOST].count() for name, ahead in AHEAD.items()}


def heartbeats(now: datetime) -> Values:
    """Jobs only: systems, queues and own parts have their own metrics."""
    return {(row.name,): (now - row.at).total_seconds() for row in Heartbeat.objects.all() if _is_job(row.name)}


def _is_job(name: str) -> bool:
    return not name.startswith((heartbeat.GATEWAY, heartbeat.QUEUE, heartbeat.OWN))


def queues(now: datetime) -> Values:
    ages = heartbeat.queue_ages(now)
    return {(name,): age.total_seconds() for name, age in ages.items() if age is not None}


def systems(now: datetime) -> Values:
    return {(name,): float(row.well and now - row.at <= heartbeat.KNOWN) for name, row in heartbeat.gateways().items()}


def texts_counted(now: datetime) -> Values:
    return {(period.name.rpartition("_")[2],): texts.used_amount(period) for period in texts.periods(now)}


def texts_budget(now: datetime) -> Values:
    return {(period.name.rpartition("_")[2],): period.amount for period in texts.periods(now)}


def messages_failed(now: datetime) -> Values:
    midnight = datetime.combine(to_beijing(now).date(), time(), BEIJING)
    failed = Message.objects.filter(failed_at__gte=midnight, state__in=(State.FAILED, State.UNKNOWN))
    counted = Counter(failed.order_by().values_list("channel", flat=True)[:MOST])
    return {(channel,): counted[channel] for channel in settings.OUTBOX_CHANNELS}


def alarms(now: datetime) -> Values:  # noqa: ARG001
    """By the row of the table of causes: causes themselves could be unbounded."""
    counted = Counter(cause_of(cause).key for cause in open_alarms().order_by().values_list("cause", flat=True)[:MOST])
    return {(key,): number for key, number in counted.items()}


def set_aside(now: datetime) -> Values:  # noqa: ARG001
    rows = SetAside.objects.order_by().values_list("job", flat=True)[:MOST]
    return {(job,): number for job, number in Counter(rows).items()}


READINGS = (
    Reading("portal_outbox_due", "Messages that are due and not sent.", ("channel",), outbox_due),
    Reading(
        "portal_outbox_oldest_seconds", "Age of the message that has been due longest.", ("channel",), outbox_oldest
    ),
    Reading(
        "portal_outbox_failed",
        "Failed messages that nobody has dealt with.",
        NONE,
        lambda _n: _count(outbox.failed_messages()),
    ),
    Reading("portal_messages_failed_today", "Messages that failed today, Beijing time.", ("channel",), messages_failed),
    Reading("portal_texts_sent", "Text messages counted against the budget.", ("period",), texts_counted),
    Reading("portal_texts_budget", "The budget for text messages.", ("period",), texts_budget),
    Reading(
        "portal_line_at_rest",
        "Whether sending to or fetching from the ministry is paused.",
        ("way", "state"),
        line_at_rest,
    ),
    Reading("portal_line_seconds_since", "Seconds since the last pull, send and answer.", ("what",), line_since),
    Reading(
        "portal_line_overdue_seconds",
        "Age of the oldest report that could have been sent.",
        NONE,
        lambda now: _seconds(line_health(now).overdue),
    ),
    Reading("portal_reports", "Reports that are not accepted yet.", ("state",), reports),
    Reading(
        "portal_sweep_lag_seconds",
        "Seconds since the sweep of deadlines last succeeded.",
        NONE,
        lambda now: _seconds(heartbeat.age("sweep_deadlines", now)),
    ),
    Reading("portal_deadlines_due", "Orders whose deadline is within this time.", ("within",), deadlines_due),
    Reading(
        "portal_deadline_oldest_seconds",
        "Seconds since the oldest passed deadline of an order.",
        NONE,
        lambda now: _oldest(orders.due(now).values_list("due_at", flat=True).first(), now),
    ),
    Reading(
        "portal_review_orders",
        "Orders waiting for our review.",
        ("state",),
        lambda now: {(state,): number for state, (number, _since) in review(now).items()},
    ),
    Reading(
        "portal_review_oldest_seconds",
        "Age of the order that has waited longest for our review.",
        ("state",),
        lambda now: {(state,): (now - since).total_seconds() for state, (_number, since) in review(now).items()},
    ),
    Reading(
        "portal_pictures_waiting", "Pictures waiting to be examined.", NONE, lambda _now: _count(sweep.to_examine())
    ),
    Reading(
        "portal_picture_oldest_seconds",
        "Age of the picture that has waited longest.",
        NONE,
        lambda now: _oldest(sweep.to_examine().values_list("created_at", flat=True).first(), now),
    ),
    Reading("portal_job_age_seconds", "Seconds since a job last succeeded.", ("job",), heartbeats),
    Reading("portal_queue_age_seconds", "Seconds since a worker last finished a job of the queue.", ("queue",), queues),
    Reading("portal_system_up", "Whether an outside system answered the last query.", ("system",), systems),
    Reading("portal_alarms_open", "Open alarms, by cause.", ("cause",), alarms),
    Reading("portal_rows_set_aside", "Rows that a job could not process.", ("job",), set_aside),
    Reading(
        "portal_disk_free_bytes",
        "Free space in the data folder.",
        NONE,
        lambda _now: {NONE: float(shutil.disk_usage(settings.VAR_DIR).free)},
    ),
)
