"""The places of `settings.STORAGES`: folders here, or S3. Every call may raise `StorageDown`."""

import logging
from collections.abc import Iterator
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from icpportal.gateways.errors import Retryable

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:  # installed only where files lie in S3
    TROUBLE: tuple[type[Exception], ...] = (OSError,)
else:
    TROUBLE = (OSError, BotoCoreError, ClientError)

logger = logging.getLogger(__name__)


class StorageDown(Retryable):
    """The storage does not answer or has no room: nothing is lost, the same call may work later."""


class Missing(LookupError):
    """There is no such file."""


def place(alias: str) -> Storage:
    return storages[alias]


def keep(alias: str, name: str, content: bytes) -> str:
    """Store `content`; the name it got."""
    try:
        return place(alias).save(name, ContentFile(content))
    except TROUBLE as trouble:
        raise StorageDown(alias) from trouble


def read(alias: str, name: str) -> bytes:
    try:
        with place(alias).open(name) as source:
            return source.read()
    except FileNotFoundError as gone:
        raise Missing(name) from gone
    except TROUBLE as trouble:
        raise StorageDown(alias) from trouble


def drop(alias: str, name: str) -> None:
    """Delete; a file that is gone already is as good as deleted."""
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
            return None
        raise StorageDown(alias) from trouble


def says_gone(trouble: Exception) -> bool:
    """Django's way to say that there is no such file, or S3's own, which not every call of the backend translates."""
    answer = getattr(trouble, "response", None) or {}
    return isinstance(trouble, FileNotFoundError) or answer.get("Error", {}).get("Code") in ("404", "NoSuchKey")


def days(alias: str) -> list[str]:
    """The day folders, oldest first."""
    return sorted(listed(alias, "")[0])


def of_day(alias: str, day: str) -> Iterator[str]:
    """The names of the files of one day."""
    return (f"{day}/{name}" for name in listed(alias, day)[1])


def listed(alias: str, folder: str) -> tuple[list[str], list[str]]:
    try:
        return place(alias).listdir(folder)
    except FileNotFoundError:  # nothing was ever stored
        return [], []
    except TROUBLE as trouble:
        raise StorageDown(alias) from trouble
