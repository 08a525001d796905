"""This process's counters: requests, tasks, answers of outside systems. Labels are neither personal nor unbounded.

Each process counts on its own; if `/metrics` is on, in files below `METRICS_DIR` (`processes.py`).
"""

from http import HTTPMethod
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, values

from icpportal.metrics.reserved import ReservedDict

values.MmapedDict = ReservedDict  # type: ignore[misc] # the library offers no other way
REGISTRY: Final = CollectorRegistry()
METHODS = frozenset(HTTPMethod)
OTHER = "other"

REQUESTS = Counter("portal_requests", "Requests answered, by route.", ["route", "method", "status"], registry=REGISTRY)
REQUEST_SECONDS = Histogram(
    "portal_request_seconds",
    "How long answers took, by route.",
    ["route"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
TASKS = Counter("portal_tasks", "Tasks of the workers, by how they ended.", ["task", "outcome"], registry=REGISTRY)
TASK_SECONDS = Histogram(
    "portal_task_seconds",
    "How long tasks took.",
    ["task"],
    buckets=(0.1, 0.5, 1, 5, 30, 120, 270),
    registry=REGISTRY,
)
ANSWERS = Counter(
    "portal_gateway_answers", "Questions to outside systems, by their answer.", ["system", "outcome"], registry=REGISTRY
)
ANSWER_SECONDS = Histogram(
    "portal_gateway_seconds",
    "How long outside systems took.",
    ["system"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
    registry=REGISTRY,
)
REPORTS = Counter(
    "portal_delivery_reports", "What was said of messages that left.", ["channel", "outcome"], registry=REGISTRY
)


def count_request(route: str, method: str, status: int, seconds: float) -> None:
    """Counts one response; `route` is the pattern of its URL, never the URL."""
    REQUESTS.labels(route, method if method in METHODS else OTHER, str(status)).inc()
    REQUEST_SECONDS.labels(route).observe(seconds)


def count_task(task: str, outcome: str, seconds: float | None) -> None:
    """Counts one ended task; without `seconds`, one that never began."""
    TASKS.labels(task, outcome).inc()
    if seconds is not None:
        TASK_SECONDS.labels(task).observe(seconds)


def count_answer(system: str, outcome: str, seconds: float) -> None:
    """Counts one call to an outside system."""
    ANSWERS.labels(system, outcome).inc()
    ANSWER_SECONDS.labels(system).observe(seconds)


def count_report(channel: str, outcome: str) -> None:
    """Counts one delivery report."""
    REPORTS.labels(channel, outcome).inc()
