"""The cache where there is no Redis: files, which a full volume does not take."""

import errno
from collections.abc import Callable

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache
from django.utils.crypto import salted_hmac

from icpportal.fields.types import Json

SALT = "icpportal.codes.cache"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def key_of(key: str, prefix: str, version: int) -> str:
    """Under what a value lies in any cache: allauth's keys hold addresses of clients, mobiles and codes of apps."""
    return salted_hmac(SALT, f"{prefix}:{version}:{key}", algorithm="sha256").hexdigest()


def is_full(trouble: BaseException | None) -> bool:
    """Whether a volume, or our share of it, has no room left."""
    return isinstance(trouble, OSError) and trouble.errno in FULL


class FileCache(FileBasedCache):
    """What is only kept to be quicker is worked out anew while nothing can be kept; what is counted must be kept."""

    def get_or_set(
        self,
        key: str,
        default: Json | Callable[[], Json],
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> Json:
        """The value, worked out where it is not there."""
        try:
            return super().get_or_set(key, default, timeout, version)  # type: ignore[no-any-return]
        except OSError as trouble:
            if not is_full(trouble):
                raise
            return default() if callable(default) else default
