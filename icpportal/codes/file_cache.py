"""The cache without Redis: files, which fail when the disk is full."""

import errno
from collections.abc import Callable

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache
from django.utils.crypto import salted_hmac

from icpportal.fields.types import Json

SALT = "icpportal.codes.cache"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def key_of(key: str, prefix: str, version: int) -> str:
    """A hashed cache key: allauth's keys contain client addresses, mobiles and app codes."""
    return salted_hmac(SALT, f"{prefix}:{version}:{key}", algorithm="sha256").hexdigest()


def is_full(trouble: BaseException | None) -> bool:
    """Whether the disk, or our quota on it, is full."""
    return isinstance(trouble, OSError) and trouble.errno in FULL


class FileCache(FileBasedCache):
    """Values kept for speed are recomputed while nothing can be stored; counts must be stored, or fail."""

    def get_or_set(
        self,
        key: str,
        default: Json | Callable[[], Json],
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> Json:
        """The value, computed if missing."""
        try:
            return super().get_or_set(key, default, timeout, version)  # type: ignore[no-any-return]
        except OSError as trouble:
            if not is_full(trouble):
                raise
            return default() if callable(default) else default
