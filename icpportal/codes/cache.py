"""The cache in which the limits of the sign-in are counted: Redis, and the database while Redis is away.

Counts do not move from one to the other: when Redis goes or comes back, a window begins anew.
"""

import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ClassVar, Concatenate, ParamSpec, TypedDict, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.redis import RedisCache
from django.db import IntegrityError, transaction
from redis.exceptions import RedisError

from icpportal.codes.models import CacheRow
from icpportal.fields.types import Json
from icpportal.gateways.pause import Pause
from icpportal.privacy.blind_index import blind_index

logger = logging.getLogger(__name__)
Given = ParamSpec("Given")
Found = TypeVar("Found")

PATIENCE_SECONDS = 0.5  # to connect, and for one answer
PAUSE_SECONDS = 10.0  # so long Redis is not asked again


class RowColumns(TypedDict):
    """What a row holds beside its key."""

    value: str
    expires_at: datetime | None


class RowCache(BaseCache):
    """Values of plain JSON in rows; keys, which may hold addresses, as blind indexes."""

    def add(self, key: str, value: Json, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Whether the value was put where none was; of several at once one is told so."""
        index, columns = self._index(key, version), self._columns(value, timeout)
        over = CacheRow.objects.filter(key=index, expires_at__lte=_now())
        return bool(over.update(**columns)) or _inserted(index, columns)

    def get(self, key: str, default: Json = None, version: int | None = None) -> Json:
        """The value, if it is not over."""
        row = CacheRow.objects.filter(key=self._index(key, version)).exclude(expires_at__lte=_now()).first()
        return default if row is None else json.loads(row.value)

    def set(self, key: str, value: Json, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Puts the value, whatever was there."""
        index, columns = self._index(key, version), self._columns(value, timeout)
        mine = CacheRow.objects.filter(key=index)
        if not mine.update(**columns) and not _inserted(index, columns):
            mine.update(**columns)

    def touch(self, key: str, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """A new end for a value that is not over."""
        mine = CacheRow.objects.filter(key=self._index(key, version)).exclude(expires_at__lte=_now())
        return bool(mine.update(expires_at=self._end(timeout)))

    def delete(self, key: str, version: int | None = None) -> bool:
        """Whether there was something to delete."""
        return bool(CacheRow.objects.filter(key=self._index(key, version)).delete()[0])

    def clear(self) -> None:
        """Deletes everything."""
        CacheRow.objects.all().delete()

    def _index(self, key: str, version: int | None) -> str:
        return blind_index("cache", self.make_and_validate_key(key, version=version))

    def _columns(self, value: Json, timeout: float | None) -> RowColumns:
        return {"value": json.dumps(value), "expires_at": self._end(timeout)}

    def _end(self, timeout: float | None) -> datetime | None:
        end = self.get_backend_timeout(timeout)
        return None if end is None else datetime.fromtimestamp(end, UTC)


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def _inserted(index: str, columns: RowColumns) -> bool:
    try:
        with transaction.atomic():
            CacheRow.objects.create(key=index, **columns)
    except IntegrityError:  # there is one, or somebody else put one at this moment
        return False
    return True


def _steady(
    method: Callable[Concatenate[RedisCache, Given], Found],
) -> "Callable[Concatenate[SteadyCache, Given], Found]":
    """The method as Redis answers it, else as the rows do."""
    name = method.__name__

    @wraps(method)
    def ask(self: "SteadyCache", *arguments: Given.args, **named: Given.kwargs) -> Found:
        if not self.pause.is_on:
            try:
                return getattr(super(SteadyCache, self), name)(*arguments, **named)
            except (RedisError, OSError) as trouble:
                self.pause.begin()
                logger.warning("cache is down", extra={"trouble": type(trouble).__name__})
        return getattr(self.rows, name)(*arguments, **named)

    return ask


class SteadyCache(RedisCache):
    """Redis, asked with little patience; what it does not answer is answered by rows of the database."""

    pauses: ClassVar[dict[str, Pause]] = {}  # by server: each thread has a cache of its own

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        patience = {"socket_connect_timeout": PATIENCE_SECONDS, "socket_timeout": PATIENCE_SECONDS}
        super().__init__(server, {**params, "OPTIONS": {**patience, **params.get("OPTIONS", {})}})
        self.rows = RowCache(params)
        self.pause = self.pauses.setdefault(str(server), Pause(PAUSE_SECONDS))

    add, get, set = _steady(RedisCache.add), _steady(RedisCache.get), _steady(RedisCache.set)
    touch, delete, clear = _steady(RedisCache.touch), _steady(RedisCache.delete), _steady(RedisCache.clear)
    has_key, incr = _steady(RedisCache.has_key), _steady(RedisCache.incr)
    get_many, set_many = _steady(RedisCache.get_many), _steady(RedisCache.set_many)
    delete_many = _steady(RedisCache.delete_many)
