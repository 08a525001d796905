"""Blind indexes: find a row by a personal value without storing the value readably.

During a change of the key there are two (`BLIND_INDEX_KEY` and `BLIND_INDEX_KEY_FALLBACKS`). The database says which is
in force and used for writing. Values to look up are an `Index`, which knows its digests under the other keys.
"""

import hmac
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import SupportsIndex

from django.apps import apps
from django.conf import settings

from icpportal.database.prepared import SeveralTexts

IN_FORCE_FOR = 1.0  # seconds for which a process caches the database's answer
WORD = ("mark", "this database")
_known: dict[tuple[str, ...], tuple[float, str]] = {}


class Index(SeveralTexts):
    """A digest under the key in force, and `others`, those of the same value under the other keys."""

    others: tuple[str, ...]

    def __new__(cls, first: str, others: Sequence[str]) -> "Index":
        index = super().__new__(cls, first)
        index.others = tuple(others)
        return index

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other) is True or any(each == other for each in self.others)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__

    def __getitem__(self, at: SupportsIndex | slice) -> "Index":
        return Index(super().__getitem__(at), [each[at] for each in self.others])


def blind_index(kind: str, value: str) -> str:
    """64 hex digits, the same for the same `kind` and `value` under one key; not reversible without the key."""
    first, *others = (_digest(key, kind, value) for key in _keys())
    return Index(first, others) if others else first


def names(index: str) -> list[str]:
    """All digests under which the database may have the value."""
    return [str(index), *(index.others if isinstance(index, Index) else ())]


def is_same(stored: str, index: str) -> bool:
    """Whether a stored digest is of this value, in constant time."""
    return sum(hmac.compare_digest(stored, each) for each in names(index)) > 0


def under(number: int, index: str) -> str:
    """The digest under one of the keys as configured, the new one first."""
    by_key = dict(zip(_keys(), names(index), strict=True))
    return by_key[_configured_keys()[number]]


def in_force_is_new() -> bool:
    """Whether the database is written with the first configured key."""
    return _keys()[0] == settings.BLIND_INDEX_KEY


def word(number: int) -> str:
    """Marks a database whose indexes are made with this key."""
    return _digest(_configured_keys()[number], *WORD)


def words() -> list[str]:
    return [_digest(key, *WORD) for key in _configured_keys()]


def forget() -> None:
    """Makes the process ask the database again which key is in force."""
    _known.clear()


def _configured_keys() -> tuple[str, ...]:
    return (settings.BLIND_INDEX_KEY, *settings.BLIND_INDEX_KEY_FALLBACKS)


def _keys() -> list[str]:
    """The key in force, then the others."""
    keys = _configured_keys()
    if len(keys) == 1:
        return list(keys)
    force = _in_force(keys)
    return [force, *(key for key in keys if key != force)]


def _in_force(keys: tuple[str, ...]) -> str:
    until, key = _known.get(keys, (0.0, ""))
    if time.monotonic() >= until:
        mark = apps.get_model("privacy", "KeyMark").objects.filter(kind="index").values_list("token", flat=True).first()
        # not recorded yet: existing indexes were made before the new key
        key = next((each for each in keys if _digest(each, *WORD) == mark), keys[1])
        _known[keys] = (time.monotonic() + IN_FORCE_FOR, key)
    return key


def _digest(key: str, kind: str, value: str) -> str:
    mark = _under(key).copy()  # the key schedule is computed once
    mark.update(f"{kind}\x1f{value}".encode())
    return mark.hexdigest()


@lru_cache(maxsize=4)
def _under(key: str) -> hmac.HMAC:
    return hmac.new(key.encode(), digestmod="sha256")
