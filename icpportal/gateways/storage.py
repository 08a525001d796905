"""The storages of `settings.STORAGES`: local folders, or S3. Every call may raise `StorageDown`.

A worker marks the folder of each storage by a file whose content the database knows, so that it is never empty. An
empty one is the mount point of a volume that is away: a new upload would create the folder again, on another disk.

Files of the storages in `SEALED` are sealed, each with its own key (`privacy/files`); those of an earlier version are
plain until `seal_papers` has run, and can be read all the same.
"""

import logging
import os
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils import timezone

from icpportal.gateways.errors import Retryable, storage_failure_in_words
from icpportal.privacy.files import keys, pieces
from icpportal.privacy.models import FileKey, FolderMark

try:
    from botocore.exceptions import BotoCoreError, ClientError
    from s3transfer.exceptions import RetriesExceededError
except ImportError:  # installed only where files are in S3
    TROUBLE: tuple[type[Exception], ...] = (OSError,)
else:
    TROUBLE = (OSError, BotoCoreError, ClientError, RetriesExceededError)

logger = logging.getLogger(__name__)

MARK = ".portal-folder"
ON_RECORD = timedelta(hours=1)  # a younger key may be that of a file which is being written
TRIAL = b"is this place writable?"
QUARANTINE, DOCUMENTS, EXPORTS = "quarantine", "documents", "exports"
SEALED = (QUARANTINE, DOCUMENTS, EXPORTS)  # the ministry's files are sealed by its line
PLACES = (*SEALED, "ministry")
NEVER_PLAIN = (EXPORTS,)  # no earlier version wrote these
ON_PAGES = "_on_pages"  # ends the alias under which pages use a bucket, with other time limits
SLOW_SECONDS = 1.0  # a faster refusal holds nobody
PAUSE_SECONDS = 15  # pages leave a bucket that hangs alone for so long
Save = Callable[[str, ContentFile], str]


class StorageDown(Retryable):
    """The storage does not answer or has no room: nothing is lost, the same call may work later."""

    @property
    def explanation(self) -> str:
        """For operations, also on the health page: which storage, and what it said, such as that there is no bucket."""
        said = storage_failure_in_words(self.__cause__) if self.__cause__ else ""
        return f"{self} does not answer, refuses us or has no room" + (f" ({said})" if said else "")


class NotMounted(StorageDown):
    """The volume of the storage is away: its folder is not the one that files were written to."""

    def __init__(self, alias: str, folder: Path, mark: str) -> None:
        super().__init__(alias)
        self.file, self.mark = folder / MARK, mark

    @property
    def explanation(self) -> str:
        if self.mark:
            why = f"its volume is not mounted, or another one is: {self.file} must be there and say {self.mark}"
        else:
            why = f"its volume is not mounted: {self.file.parent} is empty. If its files are lost, create {MARK} in it"
        return f"{self}: {why}"


class Missing(LookupError):
    """There is no such file, or its key is gone."""


def place(alias: str) -> Storage:
    return storages[alias]


def keep(alias: str, name: str, content: bytes) -> str:
    """Stores `content` and returns its name. Call it outside a transaction: the key must persist if the file does."""
    return keep_all(alias, [(name, content)])[0]


def keep_on_page(alias: str, name: str, content: bytes) -> str:
    """The same as `keep` for a person who waits, as in `open_on_page`."""
    with _for_a_person(alias) as storage:
        return keep_all(alias, [(name, content)], through=storage)[0]


def keep_all(alias: str, files: Sequence[tuple[str, bytes]], *, through: Storage | None = None) -> list[str]:
    """The same for several files with their names: keeps all or, when the storage goes down, none."""
    _refuse_unmounted(alias)
    save = (through or place(alias)).save
    if alias not in SEALED or not (settings.SEAL_FILES or alias in NEVER_PLAIN):
        return _save_all(alias, [partial(_save, save, alias, name, content) for name, content in files])
    made = keys.add_all(alias, [name for name, _content in files])
    acts = [
        partial(_save_sealed, save, row, key, content) for (row, key), (_name, content) in zip(made, files, strict=True)
    ]
    try:
        return _save_all(alias, acts)
    except StorageDown:
        keys.destroy(row.pk for row, _key in made)
        raise


def _save_all(alias: str, acts: Sequence[Callable[[], str]]) -> list[str]:
    """The names under which these acts save files; deletes those saved when one fails."""
    kept: list[str] = []
    try:
        for act in acts:
            kept.append(act())
    except StorageDown:
        for name in kept:
            with suppress(StorageDown):  # the round over all files finds it
                drop(alias, name)
        raise
    return kept


def _save_sealed(save: Save, row: FileKey, key: bytes, content: bytes) -> str:
    kept_as = _save(save, row.place, row.name, pieces.seal(content, key, row.pk))
    if kept_as != row.name:
        row.name = kept_as
        row.save(update_fields=["name"])
    return kept_as


def _save(save: Save, alias: str, name: str, content: bytes) -> str:
    try:
        return save(name, ContentFile(content))
    except TROUBLE as trouble:
        raise StorageDown(alias) from trouble


def _folder(alias: str) -> Path | None:
    """The folder of the storage; None for a bucket."""
    storage = place(alias)
    return Path(storage.location) if isinstance(storage, FileSystemStorage) else None


def _refuse_unmounted(alias: str) -> None:
    """Raises `NotMounted` for an empty or missing folder that was marked once, or whose files are on record."""
    folder = _folder(alias)
    if not folder or not _is_empty(alias, folder):
        return
    mark = known_marks().get(alias, "")
    if mark or keys.exist_since(timezone.now() - ON_RECORD, alias):
        raise NotMounted(alias, folder, mark)


def find_unmounted() -> list[NotMounted]:
    """The places that `NotMounted` would be raised for."""
    found = []
    for alias in PLACES:
        try:
            _refuse_unmounted(alias)
        except NotMounted as gone:
            found.append(gone)
        except StorageDown:
            continue  # `try_place` says so
    return found


def _is_empty(alias: str, folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is None
    except FileNotFoundError:
        return True
    except OSError as trouble:
        raise StorageDown(alias) from trouble


def known_marks() -> dict[str, str]:
    """What the mark of each folder must say, for `try_place`."""
    return dict(FolderMark.objects.values_list("place", "mark"))


def mark_folders() -> None:
    """Takes the present folders for those of the storages: of a new portal, or after a restore."""
    for alias in PLACES:
        if folder := _folder(alias):
            try:
                mark = _mark(folder)
            except OSError as trouble:
                raise StorageDown(alias) from trouble
            FolderMark.objects.update_or_create(place=alias, defaults={"mark": mark})


def _mark(folder: Path) -> str:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / MARK
    if not file.exists() or not file.read_text().strip():  # a person may have created it
        file.write_text(uuid.uuid4().hex)
    return file.read_text().strip()


def try_place(alias: str, name: str, mark: str = "") -> None:
    """Writes, reads and deletes a small file; raises `StorageDown` when that fails, `NotMounted` without this mark.

    Asks no database: it may run in a thread of its own.
    """
    folder = _folder(alias)
    try:
        if folder and mark and not ((folder / MARK).exists() and _mark(folder) == mark):
            raise NotMounted(alias, folder, mark)
        kept_as = place(alias).save(name, ContentFile(TRIAL))
        with place(alias).open(kept_as) as written:
            came_back = written.read() == TRIAL
        place(alias).delete(kept_as)
    except TROUBLE as trouble:
        raise StorageDown(alias) from trouble
    if not came_back:
        raise StorageDown(alias)


def read(alias: str, name: str, *, on_page: bool = False) -> bytes:
    """The content; `on_page` as in `open_on_page`."""
    opens = open_on_page if on_page else open_file
    try:
        with opens(alias, name) as source:
            return source.read()
    except TROUBLE as trouble:
        raise StorageDown(alias) from trouble


def open_on_page(alias: str, name: str) -> BinaryIO:
    """The same as `open_file` for a person who waits: a bucket that hangs is given up sooner, then left alone.

    A page has many pictures: a bucket that hangs would hold all threads of the pages.
    """
    with _for_a_person(alias) as storage:
        return open_file(alias, name, through=storage)


@contextmanager
def _for_a_person(alias: str) -> Iterator[Storage]:
    """The storage with the time limits of pages; `StorageDown` at once for a while after it took long to fail."""
    hurried = f"{alias}{ON_PAGES}"
    if hurried not in storages.backends:  # local folders
        yield place(alias)
        return
    if cache.get(hurried):
        raise StorageDown(alias)
    began = time.monotonic()
    try:
        yield place(hurried)
    except StorageDown:
        if time.monotonic() - began > SLOW_SECONDS:
            cache.set(hurried, True, PAUSE_SECONDS)
        raise


def open_file(alias: str, name: str, *, through: Storage | None = None) -> BinaryIO:
    """Opens the file for reading; raises `Missing`, or `Unreadable` when it is sealed and cannot be opened.

    Raises `StorageDown` when the place itself is missing, such as a volume that is not mounted.
    """
    storage = through or place(alias)
    try:
        source = cast(BinaryIO, storage.open(name))
        return pieces.open_sealed(source, partial(keys.find, place=alias, name=name)) if alias in SEALED else source
    except keys.Forgotten as gone:
        raise Missing(name) from gone
    except FileNotFoundError as gone:
        raise (Missing(name) if _is_there(alias, storage) else StorageDown(alias)) from gone
    except TROUBLE as trouble:
        raise StorageDown(alias) from trouble


def _is_there(alias: str, storage: Storage) -> bool:
    """Whether the folder or the bucket exists."""
    if isinstance(storage, FileSystemStorage) and not Path(storage.location).is_dir():
        return False
    bucket = getattr(storage, "bucket", None)
    try:
        _refuse_unmounted(alias)
        return bucket is None or bool(bucket.meta.client.head_bucket(Bucket=bucket.name))
    except StorageDown:
        return False
    except TROUBLE:
        return False


def as_it_lies(alias: str, name: str) -> BinaryIO:
    """The raw file, sealed, for a backup; raises `Missing`."""
    try:
        return cast(BinaryIO, place(alias).open(name))
    except TROUBLE as trouble:
        if says_gone(trouble):
            _refuse_unmounted(alias)
            raise Missing(name) from trouble
        raise StorageDown(alias) from trouble


def put_as_it_lay(alias: str, name: str, source: BinaryIO) -> None:
    """Stores what `as_it_lies` returned under the same name, which must be free."""
    try:
        kept_as = place(alias).save(name, File(source))
    except TROUBLE as trouble:
        raise StorageDown(alias) from trouble
    if kept_as != name:
        raise FileExistsError(name)


def drop(alias: str, name: str) -> None:
    """Deletes the file; one already gone is fine. Its key goes first: without it nothing is readable."""
    if alias in SEALED:
        keys.forget(alias, name)
    try:
        place(alias).delete(name)
    except FileNotFoundError:
        logger.info("file was gone already", extra={"place": alias})
    except TROUBLE as trouble:
        raise StorageDown(alias) from trouble


def changed_at(alias: str, name: str) -> datetime | None:
    """When a file was written, None when it is gone."""
    try:
        return place(alias).get_modified_time(name)
    except TROUBLE as trouble:
        if says_gone(trouble):
            _refuse_unmounted(alias)
            return None
        raise StorageDown(alias) from trouble


def says_gone(trouble: Exception) -> bool:
    """Whether the error means that there is no such file: Django's, or S3's own, which not every call translates."""
    answer = getattr(trouble, "response", None) or {}
    return isinstance(trouble, FileNotFoundError) or answer.get("Error", {}).get("Code") in ("404", "NoSuchKey")


def days(alias: str) -> list[str]:
    """The day folders, oldest first."""
    return sorted(list_folder(alias, "")[0])


def of_day(alias: str, day: str) -> Iterator[str]:
    """The names of the files of one day."""
    return (f"{day}/{name}" for name in list_folder(alias, day)[1])


def list_folder(alias: str, folder: str) -> tuple[list[str], list[str]]:
    """The names of folders and files in a folder."""
    _refuse_unmounted(alias)
    return list_present(alias, folder)


def list_present(alias: str, folder: str) -> tuple[list[str], list[str]]:
    """As `list_folder`, in a portal whose database is still empty."""
    try:
        folders, files = place(alias).listdir(folder)
        return folders, [name for name in files if name != MARK]
    except FileNotFoundError:  # nothing was ever stored
        return [], []
    except TROUBLE as trouble:
        raise StorageDown(alias) from trouble
