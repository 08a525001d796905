"""Targets of backups: a folder, or a place in an S3 bucket. What is written is read back and compared."""

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage
from django.utils import timezone

from icpportal.gateways.addresses import names_store
from icpportal.gateways.storage import TROUBLE, StorageDown, says_gone
from icpportal.privacy.files.folders import WholeFiles

CHUNK = 1024 * 1024
S3 = "s3://"
# a bucket that says nothing is asked twice; a slow line needs longer than a page may take for the parts sent at once
CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 5, 20.0, 2
FIRST_SECONDS = 12.0  # the first question carries nothing, and a person waits for its answer


class DamagedBackup(Exception):
    """The stored content is not what was written."""


class WrongBucket(StorageDown):
    """A bucket cannot be asked with these settings."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(where)
        self.why = why

    @property
    def explanation(self) -> str:
        return f"{self} cannot be asked: {self.why}"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of a backup: its name in the target, and its expected content."""

    name: str
    size: int
    sha256: str


class Target:
    """A folder (`/backups`) or `s3://bucket/prefix`; every call may raise `StorageDown`."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.is_bucket = where.startswith(S3)
        self.storage: Storage = _bucket(where) if self.is_bucket else _folder(where)

    def is_there(self) -> bool:
        """Whether the folder exists; in a bucket, it begins with its first file."""
        return self.is_bucket or Path(self.storage.path("")).is_dir()

    def put(self, name: str, source: BinaryIO) -> StoredFile:
        """Stores `source` and reads it back, unless the same is there already; raises `DamagedBackup`."""
        try:
            source.seek(0)
            wanted = measure(name, source)
            if self.size(name) == wanted.size and self._holds(wanted):
                return wanted
            source.seek(0)
            self.drop(name)
            self.storage.save(name, File(source))
        except TROUBLE as trouble:
            raise StorageDown(self.where) from trouble
        self.check(wanted)
        return wanted

    def _holds(self, wanted: StoredFile) -> bool:
        with self.open(wanted.name) as source:
            return measure(wanted.name, source) == wanted

    def check(self, wanted: StoredFile) -> None:
        """Raises `DamagedBackup` when a file is missing or differs."""
        try:
            holds = self._holds(wanted)
        except FileNotFoundError:
            raise DamagedBackup(f"{wanted.name} is missing in {self.where}") from None
        except TROUBLE as trouble:
            raise StorageDown(self.where) from trouble
        if not holds:
            raise DamagedBackup(f"{wanted.name} in {self.where} is not what was written there")

    def fetch(self, wanted: StoredFile, copy: BinaryIO) -> None:
        """Copies a file into `copy`; raises `DamagedBackup` before anything of it is used."""
        try:
            with self.open(wanted.name) as source:
                while part := self._read(source, CHUNK):
                    copy.write(part)
                copy.flush()
        except FileNotFoundError:
            raise DamagedBackup(f"{wanted.name} is missing in {self.where}") from None
        copy.seek(0)
        if measure(wanted.name, copy) != wanted:
            raise DamagedBackup(f"{wanted.name} in {self.where} is not what was written there")

    def open(self, name: str) -> BinaryIO:
        """Opens the file for reading; raises `FileNotFoundError`."""
        try:
            return cast(BinaryIO, self.storage.open(name))
        except TROUBLE as trouble:
            if says_gone(trouble):
                raise FileNotFoundError(name) from trouble
            raise StorageDown(self.where) from trouble

    def read(self, name: str) -> bytes:
        with self.open(name) as source:
            return self._read(source)

    def _read(self, source: BinaryIO, size: int = -1) -> bytes:
        try:
            return source.read(size)
        except TROUBLE as trouble:
            raise StorageDown(self.where) from trouble

    def size(self, name: str) -> int | None:
        """In bytes; None when there is no such file."""
        try:
            return self.storage.size(name)
        except TROUBLE as trouble:
            if says_gone(trouble):
                return None
            raise StorageDown(self.where) from trouble

    def list_folder(self, folder: str) -> tuple[list[str], list[str]]:
        """The sorted names of folders and files in a folder."""
        try:
            folders, files = self.storage.listdir(folder)
        except TROUBLE as trouble:
            if says_gone(trouble):
                return [], []
            raise StorageDown(self.where) from trouble
        return sorted(folders), sorted(files)

    def below(self, folder: str) -> Iterator[str]:
        """The names of all files below a folder."""
        folders, files = self.list_folder(folder)
        yield from (f"{folder}/{name}" for name in files)
        for each in folders:
            yield from self.below(f"{folder}/{each}")

    def changed_at(self, name: str) -> datetime:
        """When a file was written; now for a missing one."""
        try:
            return self.storage.get_modified_time(name)
        except TROUBLE as trouble:
            if says_gone(trouble):
                return timezone.now()
            raise StorageDown(self.where) from trouble

    def drop(self, name: str) -> None:
        """Deletes a file or an empty folder; a missing one is fine."""
        try:
            self.storage.delete(name)
        except TROUBLE as trouble:
            if not says_gone(trouble):
                raise StorageDown(self.where) from trouble


def reach(targets: Sequence[Target], tell: Callable[[str], None]) -> None:
    """Asks each bucket once before anything else; raises `StorageDown` at the first that is away or does not exist.

    It first says how long that may take: silence looks like a hung command.
    """
    buckets = {target.where: target for target in targets if target.is_bucket}
    if buckets:
        asked = f"{' and '.join(buckets)} {'are' if len(buckets) > 1 else 'is'} asked."
        tell(f"{asked} A bucket that says nothing is given up after about {ATTEMPTS * FIRST_SECONDS:.0f} seconds.")
    for where in reversed(buckets):  # the keys' one first: `backup` deletes old ones also where the other is away
        try:
            _bucket(where, FIRST_SECONDS).listdir("")
        except TROUBLE as trouble:
            raise StorageDown(where) from trouble


def measure(name: str, source: BinaryIO) -> StoredFile:
    """Size and hash of the rest of `source`."""
    digest, size = hashlib.sha256(), 0
    while part := source.read(CHUNK):
        digest.update(part)
        size += len(part)
    return StoredFile(name, size, digest.hexdigest())


def _folder(where: str) -> Storage:
    return WholeFiles(Path(where).expanduser().resolve(), file_permissions_mode=0o600, directory_permissions_mode=0o700)


def _bucket(where: str, read_seconds: float | None = None) -> Storage:
    try:  # only where backups lie in a bucket
        from boto3.s3.transfer import TransferConfig  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415
        from storages.backends.s3 import S3Storage  # noqa: PLC0415
    except ImportError:
        raise WrongBucket(where, "what requirements-s3.txt names is not installed") from None
    address = settings.BACKUP_S3["endpoint_url"]
    if address and not names_store(address):
        raise WrongBucket(where, "BACKUP_S3_ENDPOINT_URL, or S3_ENDPOINT_URL in its place, cannot be read")

    bucket, _slash, prefix = where.removeprefix(S3).partition("/")
    return S3Storage(
        **settings.BACKUP_S3,
        bucket_name=bucket,
        location=prefix,
        file_overwrite=True,
        default_acl=None,
        client_config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=read_seconds or READ_SECONDS,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
        ),
        transfer_config=TransferConfig(num_download_attempts=ATTEMPTS),
    )


def plain(content: str) -> BinaryIO:
    return io.BytesIO(content.encode())
