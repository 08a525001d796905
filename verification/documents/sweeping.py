"""What no nudge can be trusted with: files that wait, files that are owed to the bin, files without a row."""

import logging
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Substr
from django.utils import timezone

from icpportal.alarms import rows
from verification.documents import storing
from verification.documents.clearing import clear
from verification.documents.examination import examine
from verification.models.documents import Document, DocumentState

logger = logging.getLogger(__name__)

OVERDUE = timedelta(seconds=20)
BUDGET = timedelta(seconds=45)  # a sweep a minute: what is left over is the next one's
AT_ONCE = 100
UPLOAD_MAY_TAKE = timedelta(hours=1)  # a file younger than this may be about to get its row
NAMES_AT_ONCE = 500


@dataclass
class Swept:
    """Totals of one sweep."""

    found: int = 0
    ready: int = 0
    refused: int = 0
    waiting: int = 0
    again: int = 0
    nothing: int = 0
    failed: int = 0
    cleared: int = 0
    set_aside: int = 0  # failed in an earlier sweep, and their next try has not come

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


@dataclass
class Orphans:
    """Files no row knows, as (place, name), and ready documents whose file is gone, by reference."""

    files: list[tuple[str, str]] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)


def sweep_documents(now: datetime | None = None, *, dry_run: bool = False) -> Swept:
    """Examine again what has been checking for longer than 20 seconds, oldest first, and empty the bin."""
    now = now or timezone.now()
    loop = rows.Loop("documents.examined")
    waiting = overdue(now, loop.left_alone())
    totals = Swept(found=len(waiting), set_aside=len(loop.left_alone()))
    if dry_run:
        return totals
    ends = time.monotonic() + BUDGET.total_seconds()
    for document_pk, reference in waiting:
        outcome = loop.attempt(document_pk, partial(examine, document_pk, now=now), reference=reference) or "failed"
        setattr(totals, outcome, getattr(totals, outcome) + 1)
        if outcome == "waiting" or time.monotonic() > ends:
            break  # scanner or storage is down for the others too
    loop.end()
    owed = Document.objects.filter(to_clear=True).order_by("decided_at")
    cleared = rows.each(
        "documents.cleared", owed, lambda document: clear(document.pk), reference="reference", at_most=AT_ONCE
    )
    totals.cleared, totals.failed = len(cleared.done), totals.failed + len(cleared.failed)
    return totals


def overdue(now: datetime, left_alone: list[str]) -> list[tuple[UUID, str]]:
    """Key and reference of what should have been examined, without what was set aside."""
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    late = Document.objects.filter(free, state=DocumentState.CHECKING, created_at__lte=now - OVERDUE)
    return list(late.exclude(pk__in=left_alone).order_by("created_at").values_list("pk", "reference")[:AT_ONCE])


def orphans(now: datetime | None = None, *, days: int | None = None) -> Orphans:
    """Files against rows in both places; `days` looks only at the newest day folders."""
    now = now or timezone.now()
    found = Orphans()
    loop = rows.Loop("files.compared", passing=(storing.StorageDown,))
    for alias in storing.PLACES:
        folders = sorted({*storing.days(alias), *days_of_rows(alias)})
        for day in newest(folders, days):
            place = f"{alias}/{day}"
            loop.attempt(place, partial(compare_day, alias, day, now, found), reference=place)
    loop.end()
    return found


def days_of_rows(alias: str) -> Iterable[str]:
    """Days that ready documents speak of, so that a folder that is gone is missed."""
    if alias != storing.DOCUMENTS:
        return ()
    ready = Document.objects.filter(state=DocumentState.READY).order_by()
    return ready.annotate(day=Substr("stored_name", 1, len("20261125"))).values_list("day", flat=True).distinct()


def newest(folders: list[str], days: int | None) -> list[str]:
    return folders if days is None else folders[-days:] if days else []


def compare_day(alias: str, day: str, now: datetime, found: Orphans) -> None:
    there = set(storing.of_day(alias, day))
    for names in batches(sorted(there)):
        found.files += [(alias, name) for name in set(names) - known(alias, names) if is_old(alias, name, now)]
    if alias == storing.DOCUMENTS:
        ready = Document.objects.filter(state=DocumentState.READY, stored_name__startswith=f"{day}/")
        named = ready.values_list("reference", "stored_name").iterator()
        found.documents += [reference for reference, name in named if name not in there]


def batches(names: list[str]) -> Iterable[list[str]]:
    return (names[at : at + NAMES_AT_ONCE] for at in range(0, len(names), NAMES_AT_ONCE))


def known(alias: str, names: list[str]) -> set[str]:
    """Those of `names` that a row has."""
    columns = ("quarantine_name",) if alias == storing.QUARANTINE else ("stored_name", "preview_name")
    return {
        name
        for column in columns
        for name in Document.objects.filter(**{f"{column}__in": names}).values_list(column, flat=True)
    }


def is_old(alias: str, name: str, now: datetime) -> bool:
    changed = storing.changed_at(alias, name)
    return changed is not None and changed <= now - UPLOAD_MAY_TAKE


def delete_orphans(found: Orphans) -> int:
    """Delete the files that no row knows; how many. Rows without a file are for people to look at."""
    loop = rows.Loop("files.deleted", passing=(storing.StorageDown,))
    for alias, name in found.files:
        place = f"{alias}/{name}"
        loop.attempt(place, partial(storing.drop, alias, name), reference=place)
    loop.end()
    return len(found.files) - len(loop.failed)
