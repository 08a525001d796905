"""Compares files with rows in both directions, round after round, in portions of limited time.

A round walks the files of both places, then the rows that name a file. Its progress is a row, so that each run
continues where the last one stopped, and a run's time does not grow with the archive.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from django.utils import timezone

from icpportal.alarms import rows
from icpportal.gateways import storage
from verification.models.documents import Document, DocumentState
from verification.models.file_rounds import FileRound

UPLOAD_MAY_TAKE = timedelta(hours=1)  # a younger file may still get its row
NAMES_AT_ONCE = 500
ROWS = "rows"
PLACES = (storage.QUARANTINE, storage.DOCUMENTS, ROWS)
PORTION = 10_000  # files and rows in one run
SECONDS = 5.0  # and the time for them
NOTED = 100  # references kept of documents whose file is gone
LATE = timedelta(days=7)  # since the last finished round


@dataclass
class Orphans:
    """Files without a row, as (place, name), and ready documents without their file, by reference."""

    files: list[tuple[str, str]] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)

    def __add__(self, other: "Orphans") -> "Orphans":
        return Orphans(self.files + other.files, self.documents + other.documents)


@dataclass(frozen=True)
class Step:
    """What one look found, and where the next one starts."""

    place: str
    at: str
    looked: int
    found: Orphans


def go_on(this: FileRound, now: datetime, *, names: int | None = None, seconds: float | None = None) -> Orphans:
    """Looks at the next files and rows; afterwards `this` says how far the round is and whether it has ended.

    Raises `StorageDown`; the round continues from there. A round that is not saved stays unsaved, as in a dry run.
    """
    names, before = names or PORTION, (this.place, this.at)
    ends = time.monotonic() + (SECONDS if seconds is None else seconds)
    loop = rows.Loop("files.compared", passing=(storage.StorageDown,))
    found, looked = Orphans(), 0
    try:
        for step in steps(this.place, this.at, now, loop):
            this.place, this.at = step.place, step.at
            found, looked = found + step.found, looked + step.looked
            if looked >= names or time.monotonic() > ends:
                break
        else:
            this.ended_at = now
    finally:
        loop.end()
        note(this, before, found, looked)
    return found


def note(this: FileRound, before: tuple[str, str], found: Orphans, looked: int) -> None:
    """Saves the progress of the round, unless another process has taken it further."""
    this.looked += looked
    this.files += len(found.files)
    this.documents += len(found.documents)
    this.lost = [*this.lost, *found.documents][:NOTED]
    if this.pk is None:
        return
    columns = ("place", "at", "looked", "files", "documents", "lost", "ended_at")
    mine = FileRound.objects.filter(pk=this.pk, place=before[0], at=before[1], ended_at=None)
    saved = mine.update(**{name: getattr(this, name) for name in columns})
    if saved and this.ended_at:
        FileRound.objects.filter(pk__lt=this.pk).delete()


def current(now: datetime, *, saved: bool = True) -> FileRound:
    """The round under way, or a new one; unless `saved`, an unsaved copy that starts at the same point."""
    this = FileRound.objects.filter(ended_at=None).order_by("-pk").first()
    if this is None or saved:
        return this or begin(now, saved=saved)
    return FileRound(began_at=this.began_at, place=this.place, at=this.at)


def begin(now: datetime, *, saved: bool = True) -> FileRound:
    """A round from the beginning; one under way stays where it is."""
    this = FileRound(began_at=now, place=PLACES[0])
    if saved:
        this.save()
    return this


def last() -> FileRound | None:
    """The last finished round."""
    return FileRound.objects.exclude(ended_at=None).order_by("-ended_at").first()


def age(now: datetime) -> timedelta:
    """How long ago a round last ended; before the first has ended, how long ago it began."""
    ended = last()
    since = ended.ended_at if ended else FileRound.objects.order_by("pk").values_list("began_at", flat=True).first()
    return now - since if since else timedelta(0)


def still_lost() -> list[str]:
    """References of the documents noted in the last round and the present one whose file is still missing."""
    noted = {reference for each in FileRound.objects.all() for reference in each.lost}
    return lost_documents(noted) if noted else []


# --- the walk ---------------------------------------------------------------------------------


def steps(place: str, at: str, now: datetime, loop: rows.Loop) -> Iterator[Step]:
    """Walks everything after this point, a few hundred names at a time."""
    for here in PLACES[PLACES.index(place) :]:
        after = at if here == place else ""
        yield from of_rows(after, loop) if here == ROWS else of_files(here, after, now, loop)


def of_files(alias: str, after: str, now: datetime, loop: rows.Loop) -> Iterator[Step]:
    """Walks the files of one place, day by day."""
    names = there(alias, after, loop)
    while batch := list(islice(names, NAMES_AT_ONCE)):
        day = f"{alias}/{batch[0].partition('/')[0]}"
        found = loop.attempt(day, partial(lonely, alias, batch, now), reference=day) or []
        yield Step(alias, batch[-1], len(batch), Orphans(files=found))


def there(alias: str, after: str, loop: rows.Loop) -> Iterator[str]:
    """The names after `after`; a folder that cannot be listed is set aside and does not stop the others."""
    first = after.partition("/")[0]
    for day in storage.days(alias):
        if day >= first:
            place = f"{alias}/{day}"
            names = loop.attempt(place, partial(listing, alias, day), reference=place) or set()
            yield from sorted(name for name in names if name > after)


def listing(alias: str, day: str) -> set[str]:
    return set(storage.of_day(alias, day))


def lonely(alias: str, names: list[str], now: datetime) -> list[tuple[str, str]]:
    """The names without a row that no upload is about to get one for."""
    unknown = sorted(set(names) - known_names(alias, names))
    return [(alias, name) for name in unknown if is_old(alias, name, now)]


def known_names(alias: str, names: list[str]) -> set[str]:
    """The names that a row has."""
    columns = ("quarantine_name",) if alias == storage.QUARANTINE else ("stored_name", "preview_name")
    return {
        name
        for column in columns
        for name in Document.objects.filter(**{f"{column}__in": names}).values_list(column, flat=True)
    }


def is_old(alias: str, name: str, now: datetime) -> bool:
    changed = storage.changed_at(alias, name)
    return changed is not None and changed <= now - UPLOAD_MAY_TAKE


def of_rows(after: str, loop: rows.Loop) -> Iterator[Step]:
    """Walks the documents that may be shown, by name; each folder is listed once."""
    ready = Document.objects.filter(state=DocumentState.READY).order_by("stored_name")
    known_day, names = "", set[str]()
    while batch := list(ready.filter(stored_name__gt=after).values_list("reference", "stored_name")[:NAMES_AT_ONCE]):
        missing = []
        for reference, name in batch:
            day = name.partition("/")[0]
            if day != known_day:
                place = f"{storage.DOCUMENTS}/{day}"
                known_day = day
                names = loop.attempt(place, partial(listing, storage.DOCUMENTS, day), reference=place) or set()
            if name not in names:
                missing.append(reference)
        after = batch[-1][1]
        yield Step(ROWS, after, len(batch), Orphans(documents=lost_documents(missing) if missing else []))


def lost_documents(references: list[str] | set[str]) -> list[str]:
    """Those of these documents that are ready but have no file, checked again since the folder was listed."""
    ready = Document.objects.filter(reference__in=references, state=DocumentState.READY).order_by("stored_name")
    named = ready.values_list("reference", "stored_name")
    return [reference for reference, name in named if storage.changed_at(storage.DOCUMENTS, name) is None]


def delete_orphans(found: Orphans) -> int:
    """Deletes the files without a row; returns how many. Rows without a file are left to people."""
    loop = rows.Loop("files.deleted", passing=(storage.StorageDown,))
    for alias, name in found.files:
        place = f"{alias}/{name}"
        loop.attempt(place, partial(storage.drop, alias, name), reference=place)
    loop.end()
    return len(found.files) - len(loop.failed)


def orphans(now: datetime | None = None) -> Orphans:
    """What a complete round finds, however long it takes; saves nothing."""
    now = now or timezone.now()
    return go_on(begin(now, saved=False), now, names=2**31, seconds=float("inf"))
