"""The reports of one order to the ministry, with dates and answers but without content."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.types import Words
from icpportal.gateways.miit.codes.processing_codes import plain_words
from icpportal.gateways.miit.filters import KINDS
from icpportal.gateways.miit.models import Report, ReportState
from icpportal.gateways.miit.types import ReportKind

MOST = 20


@dataclass(frozen=True, slots=True)
class SentReport:
    """One report of an order, there and back."""

    key: str
    kind: Words
    state: Words
    numbers: str  # of its files; "" before it has one
    queued_at: datetime
    sent_at: datetime | None
    accepted_at: datetime | None
    answered_at: datetime | None
    said: str  # the code with its meaning; for our own validation, the field


def of_order(reference: str) -> list[SentReport]:
    """The order's reports, newest first, in one query."""
    found = Report.objects.filter(reference=reference).order_by("-queued_at", "-pk", "files__sequence")
    rows = found.values_list(
        "key", "kind", "state", "queued_at", "answered_at", "code", "field",
        "files__sequence", "files__sent_at", "files__accepted_at",
    )[:MOST]  # fmt: skip
    return [_sent_report(key, list(files)) for key, files in groupby(rows, key=lambda row: row[0])]


def _sent_report(key: str, files: list[Any]) -> SentReport:
    _key, kind, state, queued_at, answered_at, code, field, _number, sent_at, accepted_at = files[-1]
    language = "zh" if reads_chinese() else "en"
    return SentReport(
        key=key,
        kind=KINDS[ReportKind(kind)],
        state=ReportState(state).label,
        numbers=", ".join(str(row[7]) for row in files if row[7] is not None),
        queued_at=queued_at,
        sent_at=sent_at,
        accepted_at=accepted_at,
        answered_at=answered_at,
        said=f"{code} {plain_words(code, kind)[language]}" if code else field,
    )
