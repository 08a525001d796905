"""Stored files in a backup, as they lie: sealed, each under a key of its own. A file never changes under its name, so
one that an earlier backup took is not taken again.
"""

import shutil
from collections.abc import Iterator, Set
from datetime import datetime, timedelta
from pathlib import Path

from icpportal.backup.manifest import FILES, Manifest
from icpportal.backup.streams import Line
from icpportal.backup.targets import Stored, Target
from icpportal.gateways import storage

PLACES = ("documents", "quarantine", "ministry")
NEW = timedelta(days=1)  # a file that is named by no backup may belong to one that is being made


def walk(place: str, folder: str = "") -> Iterator[str]:
    """The names of all files of a place, folder by folder."""
    folders, files = storage.listed(place, folder)
    yield from (f"{folder}/{name}".lstrip("/") for name in sorted(files))
    for each in sorted(folders):
        yield from walk(place, f"{folder}/{each}".lstrip("/"))


def are_there() -> bool:
    """Whether any place holds a file."""
    return any(next(walk(place), None) is not None for place in PLACES)


def room() -> int | None:
    """Free bytes of all places together; None where one has no end that we know of, as S3."""
    free = {}
    for place in PLACES:
        try:
            folder = Path(storage.place(place).path(""))
        except NotImplementedError:
            return None
        while not folder.exists():
            folder = folder.parent
        free[folder.stat().st_dev] = shutil.disk_usage(folder).free  # two places may share a disk
    return sum(free.values())


def take(target: Target, known: dict[str, Stored]) -> Iterator[Line]:
    """Store every file that is not in the target yet; a line for each. One that goes meanwhile is left out.

    `known` are the files of the backup before.
    """
    for place in PLACES:
        for name in walk(place):
            kept_as = name_of(place, name)
            stored = known.get(kept_as)
            if stored is None or target.size(kept_as) != stored.size:
                try:
                    with storage.as_it_lies(place, name) as source:
                        stored = target.put(kept_as, source)
                except storage.Missing:
                    continue
            yield {"place": place, "name": name, "size": stored.size, "sha256": stored.sha256}


def name_of(place: str, name: str) -> str:
    return f"{FILES}/{place}/{name}"


def stored_as(line: Line) -> Stored:
    """What the file of a line must be in the target."""
    return Stored(name_of(line["place"], line["name"]), line["size"], line["sha256"])


def put_back(target: Target, line: Line) -> None:
    """Store one file where it lay; raises `Damaged` when it is another one now."""
    wanted = stored_as(line)
    target.check(wanted)
    with target.open(wanted.name) as source:
        storage.put_as_it_lay(line["place"], line["name"], source)


def named_by(target: Target, backup: Manifest) -> Iterator[Stored]:
    """The files of a backup; raises `Damaged` when its list is."""
    return map(stored_as, backup.list.lines(target))


def drop_unnamed(target: Target, named: Set[str], now: datetime) -> int:
    """Delete from the target what no backup names any more; how many files that were."""
    dropped = 0
    for name in list(target.below(FILES)):
        if name not in named and target.changed_at(name) < now - NEW:
            target.drop(name)
            dropped += 1
    return dropped
