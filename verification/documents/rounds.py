"""Files against rows, both ways: a round through everything, in portions that end in time.

A round walks the files of both places, then the rows that name one. How far it has come is a row, so that each run
goes on where the last one ended, and the time of a run does not grow with the archive.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from django.utils import timezone

from icpportal.alarms import rows
from verification.documents import storage
from verification.models.documents import Document, DocumentState
from verification.models.file_rounds import FileRound

UPLOAD_MAY_TAKE = timedelta(hours=1)  # a file younger than this may be about to get its row
NAMES_AT_ONCE = 500
ROWS = "rows"
PLACES = (*storage.PLACES, ROWS)
PORTION = 10_000  # files and rows of one run
SECONDS = 5.0  # and how long it may take
NOTED = 100  # documents whose file is gone, by reference
LATE = timedelta(days=7)  # since the last round that came to its end


@dataclass
class Orphans:
    """Files no row knows, as (place, name), and ready documents whose file is gone, by reference."""

    files: list[tuple[str, str]] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)

    def __add__(self, other: "Orphans") -> "Orphans":
        return Orphans(self.files + other.files, self.documents + other.documents)


@dataclass(frozen=True)
class Step:
    """What one look found, and where the next one begins."""

    place: str
    at: str
    looked: int
    found: Orphans


def go_on(this: FileRound, now: datetime, *, names: int | None = None, seconds: float | None = None) -> Orphans:
    """Look at the next files and rows, as many as fit; `this` then says how far it came, and whether it is over.

    Raises `StorageDown`; the round goes on from there. A round that is not saved stays so, as for a dry run.
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
    """Write down how far the round came, unless another process has taken it further since."""
    this.looked += looked
    this.files += len(found.files)
    this.documents += len(found.documents)
    this.lost = [*this.lost, *found.documents][:NOTED]
    if this.pk is None:
        return
    columns = ("place", "at", "looked", "files", "documents", "lost", "ended_at")
    mine = FileRound.objects.filter(pk=this.pk, place=before[0], at=before[1], ended_at=None)
    taken = mine.update(**{name: getattr(this, name) for name in columns})
    if taken and this.ended_at:
        FileRound.objects.filter(pk__lt=this.pk).delete()


def current(now: datetime, *, saved: bool = True) -> FileRound:
    """The round under way, a new one when there is none; unless `saved`, a walk from the same point without a trace."""
    this = FileRound.objects.filter(ended_at=None).order_by("-pk").first()
    if this is None or saved:
        return this or begin(now, saved=saved)
    return FileRound(began_at=this.began_at, place=this.place, at=this.at)


def begin(now: datetime, *, saved: bool = True) -> FileRound:
    """A round from the beginning; one under way is left where it is."""
    this = FileRound(began_at=now, place=PLACES[0])
    if saved:
        this.save()
    return this


def last() -> FileRound | None:
    """The last round that came to its end."""
    return FileRound.objects.exclude(ended_at=None).order_by("-ended_at").first()


def age(now: datetime) -> timedelta:
    """How long ago a round last came to its end; until the first one did, how long ago that began."""
    ended = last()
    since = ended.ended_at if ended else FileRound.objects.order_by("pk").values_list("began_at", flat=True).first()
    return now - since if since else timedelta(0)


def still_lost() -> list[str]:
    """The noted documents of both rounds, the last and the one under way, whose file is still gone, by reference."""
    noted = {reference for each in FileRound.objects.all() for reference in each.lost}
    return lost(noted) if noted else []


# --- the walk ---------------------------------------------------------------------------------


def steps(place: str, at: str, now: datetime, loop: rows.Loop) -> Iterator[Step]:
    """Everything behind this point, some hundreds at a time."""
    for here in PLACES[PLACES.index(place) :]:
        after = at if here == place else ""
        yield from of_rows(after, loop) if here == ROWS else of_files(here, after, now, loop)


def of_files(alias: str, after: str, now: datetime, loop: rows.Loop) -> Iterator[Step]:
    """The files of one place, day by day."""
    names = there(alias, after, loop)
    while batch := list(islice(names, NAMES_AT_ONCE)):
        day = f"{alias}/{batch[0].partition('/')[0]}"
        found = loop.attempt(day, partial(lonely, alias, batch, now), reference=day) or []
        yield Step(alias, batch[-1], len(batch), Orphans(files=found))


def there(alias: str, after: str, loop: rows.Loop) -> Iterator[str]:
    """The names behind `after`; a folder that cannot be listed is set aside and stops no other."""
    first = after.partition("/")[0]
    for day in storage.days(alias):
        if day >= first:
            place = f"{alias}/{day}"
            names = loop.attempt(place, partial(listing, alias, day), reference=place) or set()
            yield from sorted(name for name in names if name > after)


def listing(alias: str, day: str) -> set[str]:
    return set(storage.of_day(alias, day))


def lonely(alias: str, names: list[str], now: datetime) -> list[tuple[str, str]]:
    """Those of `names` that no row has and that no upload is about to give one."""
    unknown = sorted(set(names) - known(alias, names))
    return [(alias, name) for name in unknown if is_old(alias, name, now)]


def known(alias: str, names: list[str]) -> set[str]:
    """Those of `names` that a row has."""
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
    """The documents that may be shown, in the order of their names; each folder is listed once."""
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
        yield Step(ROWS, after, len(batch), Orphans(documents=lost(missing) if missing else []))


def lost(references: list[str] | set[str]) -> list[str]:
    """Those of these documents that are ready and have no file: one may have come or gone since it was listed."""
    ready = Document.objects.filter(reference__in=references, state=DocumentState.READY).order_by("stored_name")
    named = ready.values_list("reference", "stored_name")
    return [reference for reference, name in named if storage.changed_at(storage.DOCUMENTS, name) is None]


def delete_orphans(found: Orphans) -> int:
    """Delete the files that no row knows; how many. Rows without a file are for people to look at."""
    loop = rows.Loop("files.deleted", passing=(storage.StorageDown,))
    for alias, name in found.files:
        place = f"{alias}/{name}"
        loop.attempt(place, partial(storage.drop, alias, name), reference=place)
    loop.end()
    return len(found.files) - len(loop.failed)


def orphans(now: datetime | None = None) -> Orphans:
    """What a whole round finds, whatever it takes, and without a trace of it."""
    now = now or timezone.now()
    return go_on(begin(now, saved=False), now, names=2**31, seconds=float("inf"))
