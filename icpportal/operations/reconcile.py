"""Finds what no page or sweep will fix by itself: stuck orders, messages and rows, files against rows."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from icpportal.alarms import rows
from icpportal.alarms.actions import clear, open_alarm
from icpportal.alarms.models import SetAside
from icpportal.codes import texts
from icpportal.gateways import storage
from icpportal.gateways.miit.incoming import downloads
from icpportal.gateways.miit.outgoing import succession
from icpportal.outbox import queries as outbox
from icpportal.time_format import to_beijing
from transfers.authority import parked
from transfers.deadlines import long_waits
from verification.documents import rounds
from verification.models import FileRound

logger = logging.getLogger(__name__)
ORPHANS_KEPT = timedelta(hours=24)
# why orders are stuck → the alarm about all with this reason
ALARMS = {
    long_waits.NO_ANSWER: "authority.review_late",
    long_waits.NO_ID: "authority.id_missing",
    long_waits.HELD: "orders.held",
    long_waits.OVERDUE: "orders.overdue",
    long_waits.STANDING: "orders.standing",
}
ROUND_LATE = "files.round_late"
DOWNLOAD_PARKED = "ministry.download_parked"
KINDS = ("order", "message", "answer", "download", "report", "row", "file", "document", "part")


@dataclass(frozen=True)
class Finding:
    """One thing a person must look at: kind, reference, what is the matter. Nothing personal."""

    kind: str  # of `KINDS`
    reference: str
    trouble: str

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}: {self.trouble}"


@dataclass(frozen=True)
class LastRound:
    """The last complete comparison of files and rows: when it ended and what it found."""

    ended_at: datetime | None  # None: not yet
    looked: int = 0
    files: int = 0
    documents: int = 0

    def __str__(self) -> str:
        if self.ended_at is None:
            return "no full round through the files yet"
        return (
            f"last full round through the files ended {to_beijing(self.ended_at):%Y-%m-%d %H:%M}:"
            f" looked at {self.looked}, {self.files} without a row, {self.documents} rows without their file"
        )


@dataclass
class ReconcileResult:
    """The findings, how many orphan files were deleted, and the last complete round through the files."""

    findings: list[Finding] = field(default_factory=list)
    deleted: int = 0
    last_round: LastRound = LastRound(None)

    @property
    def totals(self) -> dict[str, int]:
        """How many of each kind."""
        counted = Counter(finding.kind for finding in self.findings)
        kinds = {f"{kind}s": counted[kind] for kind in KINDS}
        return {**kinds, "deleted": self.deleted}


def reconcile(
    *,
    now: datetime | None = None,
    dry_run: bool = False,
    everything: bool = False,
    progress: Callable[[FileRound], None] | None = None,
) -> ReconcileResult:
    """Checks everything in hand and the next portion of the files, or all of them with `everything`.

    Deletes only files without a row for 24 hours, and none with `dry_run`. A check that fails is itself a finding and
    stops no other. `progress` is called after each portion.
    """
    now = now or timezone.now()
    result = ReconcileResult()
    parts = rows.Parts("reconcile")
    looks: dict[str, Callable[[], list[Finding]]] = {
        "orders": lambda: stuck_orders(now),
        "messages": lambda: troubled_messages(now),
        "answers": lambda: parked_answers(now),
        "downloads": lambda: parked_downloads(now),
        "reports": lambda: late_reports(now),
        "set_aside": rows_set_aside,
        "files": lambda: files_against_rows(now, result, dry_run=dry_run, everything=everything, progress=progress),
        "texts": lambda: texts_not_entered(now, dry_run=dry_run),
        "round": lambda: watch_round(now, result, dry_run=dry_run),
    }
    for name, look in looks.items():
        found = parts.run(name, look)
        result.findings += [Finding("part", name, "could not be looked at")] if found is None else found
    for finding in result.findings:
        logger.warning(
            "reconcile found",
            extra={"kind": finding.kind, "reference": finding.reference, "trouble": finding.trouble},
        )
    return result


def texts_not_entered(now: datetime, *, dry_run: bool) -> list[Finding]:
    """Number ranges to which codes are texted that nobody types."""
    found = texts.few_entered(now) if dry_run else texts.watch_entered(now)
    return [Finding("message", name, f"{sent} codes sent, {entered} entered") for name, sent, entered in found]


def files_against_rows(
    now: datetime,
    result: ReconcileResult,
    *,
    dry_run: bool,
    everything: bool = False,
    progress: Callable[[FileRound], None] | None = None,
) -> list[Finding]:
    """Files without rows and rows without files; deletes old enough ones."""
    found = rounds.Orphans()
    this = rounds.begin(now, saved=not dry_run) if everything else rounds.current(now, saved=not dry_run)
    try:
        while True:
            portion = rounds.go_on(this, now)
            found += portion
            if not dry_run:
                result.deleted += rounds.delete_orphans(rounds.Orphans(files=is_due(portion.files, now)))
                this = FileRound.objects.filter(pk=this.pk).first() or this  # another process may be working on it, too
            if progress:
                progress(this)
            if not everything or this.ended_at:
                break
        noted = rounds.still_lost()
    except storage.StorageDown:
        return [*orphan_files(found), Finding("file", "storage", "does not answer")]
    return orphan_files(rounds.Orphans(found.files, list(dict.fromkeys([*found.documents, *noted]))))


def watch_round(now: datetime, result: ReconcileResult, *, dry_run: bool) -> list[Finding]:
    """Reports when all files were last compared; raises an alarm when that was too long ago."""
    last = rounds.last()
    if last:
        result.last_round = LastRound(last.ended_at, last.looked, last.files, last.documents)
    age = rounds.age(now)
    if not dry_run and age > rounds.LATE:
        open_alarm(ROUND_LATE, detail=f"{age.days} days", now=now)
    if not dry_run and age <= rounds.LATE:
        clear(ROUND_LATE, now=now)
    return []


def rows_set_aside() -> list[Finding]:
    """Rows that jobs have set aside: which job, why, how often, since when."""
    return [
        Finding(
            "row",
            row.reference,
            f"{row.job}: {row.trouble}, {row.tries} tries since {to_beijing(row.since):%Y-%m-%d %H:%M}",
        )
        for row in SetAside.objects.order_by("since", "pk")
    ]


def stuck_orders(now: datetime) -> list[Finding]:
    """Orders that stay in a state longer than they should; `late_reports` has those behind another report.

    Opens or clears the alarm of each reason.
    """
    behind = {each.reference for each in succession.waiting(now)}
    found = [each for each in long_waits.stuck(now) if each.reference not in behind]
    for reason, cause in ALARMS.items():
        _tell(cause, [each.reference for each in found if each.reason == reason], now)
    return [Finding("order", each.reference, f"{each.state}, {each.reason}") for each in found]


def _tell(cause: str, references: list[str], now: datetime) -> None:
    if references:
        open_alarm(cause, reference=references[0], detail=str(len(references)), now=now)
    else:
        clear(cause, now=now)


def parked_answers(now: datetime) -> list[Finding]:
    """Answers of the authority that no order could take."""
    return [Finding("answer", found.report_key or "-", found.words(now)) for found in parked.parked_answers()]


def parked_downloads(now: datetime) -> list[Finding]:
    """Parked downloads; opens or clears the alarm."""
    found = downloads.list_parked()
    _tell(DOWNLOAD_PARKED, [each.name for each in found], now)
    return [Finding("download", each.name, each.words(now)) for each in found]


def late_reports(now: datetime) -> list[Finding]:
    """Reports that wait too long for the answer to an earlier one of their order; opens or clears the alarm."""
    return [Finding("report", found.key, str(found)) for found in succession.watch(now)]


def troubled_messages(now: datetime) -> list[Finding]:
    """Messages that finally failed, wait too long, or are retried again and again."""
    return [Finding("message", f"{found.channel} {found.key}", found.reason) for found in outbox.trouble(now)]


def orphan_files(orphans: rounds.Orphans) -> list[Finding]:
    """Files without a row, and rows without their file."""
    files = [Finding("file", f"{place}/{name}", "no row knows it") for place, name in sorted(orphans.files)]
    return files + [Finding("document", reference, "its file is gone") for reference in orphans.documents]


def is_due(files: list[tuple[str, str]], now: datetime) -> list[tuple[str, str]]:
    """Those of `files` that are 24 hours old: younger ones may still get their row."""
    changed = ((place, name, storage.changed_at(place, name)) for place, name in files)
    return [(place, name) for place, name, at in changed if at is not None and at <= now - ORPHANS_KEPT]
