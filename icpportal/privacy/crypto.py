"""AES-GCM with named keys: `seal` uses the first key, `unseal` any of them."""

import base64
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE_BYTES = 12
VERSION = "s1"


class Unreadable(Exception):
    """A sealed value that no configured key opens, or that belongs to another row."""


class KeyMissing(Unreadable):
    """A sealed value whose key is not configured: it names one that `PII_KEYS` lacks."""


@lru_cache(maxsize=4)
def _keys(text: str) -> dict[str, AESGCM]:
    keys: dict[str, AESGCM] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, encoded = part.partition(":")
        raw = _decode(encoded.strip())
        if not name or len(raw) != 32:
            raise ImproperlyConfigured("PII_KEYS is 'name:base64 of 32 bytes', several separated by commas")
        keys[name] = AESGCM(raw)
    if not keys:
        raise ImproperlyConfigured("PII_KEYS holds no key")
    return keys


def _decode(encoded: str) -> bytes:
    """The bytes of a key; empty when it is not base64."""
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError:
        return b""


def key_names() -> list[str]:
    """The names of the keys in `PII_KEYS`; the first one seals."""
    return list(_keys(settings.PII_KEYS))


def beginning(name: str) -> str:
    """The prefix of values sealed with the key of this name."""
    return f"{VERSION}:{name}:"


def seal(plain: bytes, *, bound_to: str, key_name: str = "") -> str:
    """The sealed text of `plain`, with the first key unless one is named; it opens only with the same `bound_to`."""
    keys = _keys(settings.PII_KEYS)
    name = key_name or next(iter(keys))
    key = keys[name]
    nonce = os.urandom(NONCE_BYTES)
    cipher = nonce + key.encrypt(nonce, plain, bound_to.encode())
    return f"{VERSION}:{name}:{base64.b64encode(cipher).decode()}"


def unseal(token: str, *, bound_to: str) -> bytes:
    """The bytes sealed in `token`; raises `Unreadable` when no key fits or it belongs to another row."""
    version, _, rest = token.partition(":")
    name, _, encoded = rest.partition(":")
    key = _keys(settings.PII_KEYS).get(name)
    if version != VERSION:
        raise Unreadable("not a sealed value")
    if key is None:
        raise KeyMissing(f"no key named {name!r}")
    try:
        cipher = base64.b64decode(encoded)
        return key.decrypt(cipher[:NONCE_BYTES], cipher[NONCE_BYTES:], bound_to.encode())
    except (InvalidTag, ValueError) as error:  # another row's, or truncated
        raise Unreadable(f"does not open as {bound_to.partition(':')[0]}") from error
