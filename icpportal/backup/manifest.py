"""The content of a backup.

The manifest is sealed with the portal's key and names it, so that it is known which key a restore needs; it holds the
keys of the streams.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta

from django.core import signing
from django.utils import timezone

from icpportal.backup.streams import Line, SealedStream
from icpportal.backup.targets import DamagedBackup, Target, plain
from icpportal.privacy.crypto import KeyMissing, Unreadable, seal, unseal

FORMAT = 1  # rises when earlier versions would misread a backup; entries that they do not know, they leave out
BACKUPS, KEYS, FILES = "backups", "file-keys", "files"
MANIFEST = "manifest"
STAMP = "%Y%m%dT%H%M%SZ"
SALT = "backup"


class NoBackup(Exception):
    """There is no such backup in the target."""


AHEAD = timedelta(days=1)  # what clocks and their zones may differ by
UNREAD = (KeyMissing, DamagedBackup, NoBackup)  # exceptions of `read`


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One backup."""

    stamp: str  # its name: when it was made, in UTC
    version: str  # version of the portal
    engine: str  # postgresql or sqlite
    tables: dict[str, int]  # rows of each table, except the keys of files
    file_keys: int  # how many keys of files
    files: int
    bytes: int  # total size of files
    database: SealedStream
    keys: SealedStream  # stored separately, for a shorter time
    list: SealedStream  # place, name, size and hash of each file as stored, sealed
    marks: Sequence[Sequence[str]] = ()  # known words under the keys that it needs; none in earlier backups
    signature: str = ""  # of `stamp`, with SECRET_KEY; none in earlier backups


def made_at(stamp: str) -> datetime:
    """When the backup of this name was made; raises `ValueError` for an invalid name."""
    return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)


def is_stamp(name: str) -> bool:
    """Whether a backup, or the keys beside it, may have this name."""
    try:
        made_at(name)
    except ValueError:
        return False
    return True


def signature_of(stamp: str) -> str:
    """A signature that tells whether SECRET_KEY is still the same."""
    return signing.Signer(salt=SALT).signature(stamp)


def has_other_secret(manifest: Manifest) -> bool:
    """Whether it was signed neither with our SECRET_KEY nor with an earlier one (`SECRET_KEY_FALLBACKS`)."""
    if not manifest.signature:
        return False
    try:
        signing.Signer(salt=SALT).unsign(f"{manifest.stamp}:{manifest.signature}")
    except signing.BadSignature:
        return True
    return False


def stamps(target: Target) -> list[str]:
    """The complete backups, oldest first.

    The manifest is written last. Folders with other names, such as copies, are ignored.
    """
    return [stamp for stamp in _folders(target) if target.size(_name(stamp)) is not None]


def is_in_use(target: Target) -> bool:
    """Whether a backup was ever begun there. A bucket counts: unlike a mount point, it is there or refuses."""
    return target.is_bucket or not {BACKUPS, KEYS}.isdisjoint(target.list_folder("")[0])


def has_backups(target: Target) -> bool:
    """Whether one was completed there, or the keys of one."""
    return bool(stamps(target)) or any(map(is_stamp, target.list_folder(KEYS)[1]))


def newest(target: Target, now: datetime | None = None) -> str:
    """The newest backup, "" where there is none. One whose time has not come was made by a clock that was wrong."""
    found = stamps(target)
    past = [stamp for stamp in found if not is_ahead(stamp, now)]
    return next(reversed(past or found), "")


def is_ahead(stamp: str, now: datetime | None = None) -> bool:
    """Whether the time of a backup has not come: the clock was wrong then, or is now."""
    return made_at(stamp) > (now or timezone.now()) + AHEAD


def unfinished_backups(target: Target) -> list[str]:
    """Those without a manifest: one that is being made, or that was killed."""
    return [stamp for stamp in _folders(target) if target.size(_name(stamp)) is None]


def _folders(target: Target) -> list[str]:
    return list(filter(is_stamp, target.list_folder(BACKUPS)[0]))


def write(target: Target, manifest: Manifest) -> None:
    content = {"format": FORMAT, **asdict(manifest)}
    target.put(_name(manifest.stamp), plain(seal(json.dumps(content).encode(), bound_to=_bound_to(manifest.stamp))))


def read(target: Target, stamp: str = "") -> Manifest:
    """Reads one backup's manifest, the newest by default.

    Raises `NoBackup`, `DamagedBackup`, or `KeyMissing` with the key's name.
    """
    stamp = stamp or newest(target)
    try:
        token = target.read(_name(stamp)).decode("ascii", "replace") if stamp else None
    except FileNotFoundError:
        token = None
    if token is None:
        raise NoBackup(f"no backup {stamp} in {target.where}" if stamp else f"no backup in {target.where}")
    try:
        content: Line = json.loads(unseal(token, bound_to=_bound_to(stamp)))
    except KeyMissing:
        raise
    except (Unreadable, ValueError) as error:
        raise DamagedBackup(
            f"the manifest of {stamp} was changed or cut short, or its key is another of that name"
        ) from error
    if content["format"] != FORMAT:
        raise DamagedBackup(f"the backup {stamp} was made by a later version: restore it with that one")
    content |= {name: SealedStream.of(content[name]) for name in ("database", "keys", "list")}
    return Manifest(**{field.name: content[field.name] for field in fields(Manifest) if field.name in content})


def key_of(target: Target, stamp: str) -> str | None:
    """The name of the key for a backup; None when its manifest is damaged."""
    try:
        _version, name, _sealed = target.read(_name(stamp)).decode("ascii", "replace").split(":")
    except (FileNotFoundError, ValueError):
        return None
    return name


def all_of(target: Target) -> Iterator[Manifest]:
    """The backups with readable manifests, newest first."""
    for stamp in reversed(stamps(target)):
        with suppress(*UNREAD):
            yield read(target, stamp)


def folder(stamp: str) -> str:
    return f"{BACKUPS}/{stamp}"


def _name(stamp: str) -> str:
    return f"{folder(stamp)}/{MANIFEST}"


def _bound_to(stamp: str) -> str:
    return f"backup:{stamp}"
