"""What a backup consists of. The manifest is sealed with the portal's key and names it, so that who restores knows
which key is needed; it holds the keys of the streams.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from icpportal.backup.streams import Line, Sealed
from icpportal.backup.targets import Damaged, Target, plain
from icpportal.privacy.crypto import Unreadable, seal, unseal

FORMAT = 1
BACKUPS, KEYS, FILES = "backups", "file-keys", "files"
MANIFEST = "manifest"
STAMP = "%Y%m%dT%H%M%SZ"


class NoBackup(Exception):
    """There is no such backup in the target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One backup."""

    stamp: str  # when it was made, in UTC; its name
    version: str  # of the portal
    engine: str  # postgresql or sqlite
    tables: dict[str, int]  # rows of each, but for the keys of files
    file_keys: int  # how many there were
    files: int
    bytes: int  # of all files
    database: Sealed
    keys: Sealed  # lies apart, and not for long
    list: Sealed  # of the files: place, name, size and hash of each as it lies there, sealed


def made_at(stamp: str) -> datetime:
    """When a backup of this name was made; raises `ValueError` for a name that is none."""
    return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)


def stamps(target: Target) -> list[str]:
    """The backups that are whole, the oldest first: a manifest is written last."""
    return [stamp for stamp in target.listed(BACKUPS)[0] if target.size(_name(stamp)) is not None]


def write(target: Target, manifest: Manifest) -> None:
    told = {"format": FORMAT, **asdict(manifest)}
    target.put(_name(manifest.stamp), plain(seal(json.dumps(told).encode(), bound_to=_bound_to(manifest.stamp))))


def read(target: Target, stamp: str = "") -> Manifest:
    """One backup, the newest unless it is named; raises `NoBackup`, `Damaged`, or `KeyMissing` with the key's name."""
    stamp = stamp or next(reversed(stamps(target)), "")
    try:
        token = target.read(_name(stamp)).decode("ascii", "replace") if stamp else ""
    except FileNotFoundError:
        token = ""
    if not token:
        raise NoBackup(f"no backup {stamp} in {target.where}" if stamp else f"no backup in {target.where}")
    try:
        told: Line = json.loads(unseal(token, bound_to=_bound_to(stamp)))
    except ValueError as error:
        raise Damaged(f"the manifest of {stamp} does not read") from error
    told |= {name: Sealed.of(told[name]) for name in ("database", "keys", "list")}
    if told.pop("format") != FORMAT:
        raise Damaged(f"the backup {stamp} was made by a later version: restore it with that one")
    return Manifest(**told)


def key_of(target: Target, stamp: str) -> str:
    """The name of the key that opens a backup."""
    return target.read(_name(stamp)).decode("ascii", "replace").split(":")[1]


def all_of(target: Target) -> Iterator[Manifest]:
    """Those that the keys of this portal open, the newest first."""
    for stamp in reversed(stamps(target)):
        try:
            yield read(target, stamp)
        except Unreadable:
            continue


def folder(stamp: str) -> str:
    return f"{BACKUPS}/{stamp}"


def _name(stamp: str) -> str:
    return f"{folder(stamp)}/{MANIFEST}"


def _bound_to(stamp: str) -> str:
    return f"backup:{stamp}"
