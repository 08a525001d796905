"""The cache that counts the limits of sign-in: Redis, or the database while Redis is unreachable.

Counts are not moved between them: a switch restarts the window.
"""

import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ClassVar, Concatenate, ParamSpec, TypedDict, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.db import IntegrityError, transaction
from redis import Redis
from redis.exceptions import RedisError
from redis.typing import KeyT

from icpportal.codes.models import CacheRow
from icpportal.fields.types import Json
from icpportal.gateways.pause import Pause
from icpportal.privacy.blind_index import blind_index

logger = logging.getLogger(__name__)
Given = ParamSpec("Given")
Found = TypeVar("Found")

PATIENCE_SECONDS = 0.5  # for connecting, and for one answer
PAUSE_SECONDS = 10.0  # how long an unreachable Redis is left alone


class RowColumns(TypedDict):
    """The columns of a row besides its key."""

    value: str
    expires_at: datetime | None


class RowCache(BaseCache):
    """JSON values in rows; keys, which may contain addresses, as blind indexes.

    Any other value is not kept: its readers build it again.
    """

    def add(self, key: str, value: Json, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Stores the value if there is none; of several concurrent calls, one returns True."""
        if not _is_json(value):
            return False
        index, columns = self._index(key, version), self._columns(value, timeout)
        over = CacheRow.objects.filter(key=index, expires_at__lte=_now())
        return bool(over.update(**columns)) or _insert(index, columns)

    def get(self, key: str, default: Json = None, version: int | None = None) -> Json:
        """The value, unless it has expired."""
        row = CacheRow.objects.filter(key=self._index(key, version)).exclude(expires_at__lte=_now()).first()
        return default if row is None else json.loads(row.value)

    def set(self, key: str, value: Json, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Stores the value."""
        if not _is_json(value):
            self.delete(key, version=version)
            return
        index, columns = self._index(key, version), self._columns(value, timeout)
        mine = CacheRow.objects.filter(key=index)
        if not mine.update(**columns) and not _insert(index, columns):
            mine.update(**columns)

    def touch(self, key: str, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Extends a value that has not expired."""
        mine = CacheRow.objects.filter(key=self._index(key, version)).exclude(expires_at__lte=_now())
        return bool(mine.update(expires_at=self._end(timeout)))

    def delete(self, key: str, version: int | None = None) -> bool:
        """Deletes the value; returns whether there was one."""
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


def _is_json(value: object) -> bool:
    """Whether JSON returns the value as it was: no dataclass, no tuple, no keys but texts."""
    try:
        return bool(json.loads(json.dumps(value)) == value)
    except (TypeError, ValueError):
        return False


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def _insert(index: str, columns: RowColumns) -> bool:
    try:
        with transaction.atomic():
            CacheRow.objects.create(key=index, **columns)
    except IntegrityError:  # there is one, or it was stored concurrently
        return False
    return True


def _steady(
    method: Callable[Concatenate[RedisCache, Given], Found],
) -> "Callable[Concatenate[SteadyCache, Given], Found]":
    """The method's result from Redis, else from rows."""
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


class OneClient(RedisCacheClient):
    """Uses the same client of the same server again: each client builds a table of a hundred commands."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._clients: dict[bool, Redis] = {}

    def get_client(self, key: KeyT | None = None, *, write: bool = False) -> Redis:
        if write not in self._clients:
            self._clients[write] = super().get_client(key, write=write)
        return self._clients[write]


class SteadyCache(RedisCache):
    """Redis with short timeouts; rows of the database answer for it when it fails."""

    pauses: ClassVar[dict[str, Pause]] = {}  # by server, because each thread has its own cache object

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        patience = {"socket_connect_timeout": PATIENCE_SECONDS, "socket_timeout": PATIENCE_SECONDS}
        super().__init__(server, {**params, "OPTIONS": {**patience, **params.get("OPTIONS", {})}})
        self._class = OneClient
        self.rows = RowCache(params)
        self.pause = self.pauses.setdefault(str(server), Pause(PAUSE_SECONDS))

    add, get, set = _steady(RedisCache.add), _steady(RedisCache.get), _steady(RedisCache.set)
    touch, delete, clear = _steady(RedisCache.touch), _steady(RedisCache.delete), _steady(RedisCache.clear)
    has_key, incr = _steady(RedisCache.has_key), _steady(RedisCache.incr)
    get_many, set_many = _steady(RedisCache.get_many), _steady(RedisCache.set_many)
    delete_many = _steady(RedisCache.delete_many)
