"""The stored files of a backup, as they are: sealed, each with its own key.

A file never changes under its name, so one taken by an earlier backup is not taken again.
"""

import shutil
from collections.abc import Callable, Iterator, Set
from datetime import datetime, timedelta
from pathlib import Path

from icpportal.backup.manifest import FILES, Manifest
from icpportal.backup.streams import Line
from icpportal.backup.targets import StoredFile, Target
from icpportal.gateways import storage

PLACES = ("documents", "quarantine", "ministry")
NEW = timedelta(days=1)  # a newer file named by no backup may belong to one in progress


def walk(
    place: str, folder: str = "", list_folder: Callable[[str, str], tuple[list[str], list[str]]] = storage.list_folder
) -> Iterator[str]:
    """Yields the names of all files of a place, folder by folder."""
    folders, files = list_folder(place, folder)
    yield from (f"{folder}/{name}".lstrip("/") for name in sorted(files))
    for each in sorted(folders):
        yield from walk(place, f"{folder}/{each}".lstrip("/"), list_folder)


def is_here(place: str, name: str) -> bool:
    """Whether one of the places has this file."""
    return place in PLACES and storage.changed_at(place, name) is not None


def are_there() -> bool:
    """Whether any place has a file; asks no database."""
    return any(next(walk(place, list_folder=storage.list_present), None) is not None for place in PLACES)


def room() -> int | None:
    """Free bytes of all places together; None where one has no known limit, such as S3."""
    free = {}
    for place in PLACES:
        try:
            folder = Path(storage.place(place).path(""))
        except NotImplementedError:
            return None
        while not folder.exists():
            folder = folder.parent
        free[folder.stat().st_dev] = shutil.disk_usage(folder).free  # places may share a disk
    return sum(free.values())


def take(target: Target, known: dict[str, StoredFile]) -> Iterator[Line]:
    """Stores every file not yet in the target; yields a line for each. One deleted meanwhile is left out.

    `known` are the files of the previous backup.
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


def stored_as(line: Line) -> StoredFile:
    """What the file of a line must be in the target."""
    return StoredFile(name_of(line["place"], line["name"]), line["size"], line["sha256"])


def put_back(target: Target, line: Line) -> None:
    """Stores one file in its place; raises `DamagedBackup` when it differs."""
    wanted = stored_as(line)
    target.check(wanted)
    with target.open(wanted.name) as source:
        storage.put_as_it_lay(line["place"], line["name"], source)


def named_by(target: Target, backup: Manifest) -> Iterator[StoredFile]:
    """The files of a backup; raises `DamagedBackup` when its list is damaged."""
    return map(stored_as, backup.list.lines(target))


def drop_unnamed(target: Target, named: Set[str], now: datetime) -> int:
    """Deletes files from the target that no backup names; returns how many."""
    dropped = 0
    for name in list(target.below(FILES)):
        if name not in named and target.changed_at(name) < now - NEW:
            target.drop(name)
            dropped += 1
    return dropped
