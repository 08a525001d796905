"""File bodies with a key of their own: destroying the key forgets the file.

The key is in the table of keys of files, and the file's row names it; files of an earlier version have theirs, sealed,
in their own row until they are forgotten.
"""

import os
import uuid
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from icpportal.privacy.crypto import NONCE_BYTES, Unreadable, seal, unseal
from icpportal.privacy.files import keys

PLACE = "line"
ELSEWHERE = "key:"  # prefix of the key's id in the table


class Forgotten(LookupError):
    """The key of this file was destroyed: nobody can read it any more."""


def seal_body(plain: bytes, *, bound_to: str) -> tuple[bytes, str]:
    """The sealed body, and the reference to its key for the row; it opens only with the same `bound_to`."""
    if settings.SEAL_FILES:
        row, key = keys.add(PLACE, bound_to)
        token = f"{ELSEWHERE}{row.pk}"
    else:
        key = os.urandom(keys.BYTES)
        token = seal(key, bound_to=bound_to)
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to.encode()), token


def open_body(body: bytes | memoryview | None, key: str, *, bound_to: str) -> bytes:
    """The decrypted body; raises `Forgotten` when its key was destroyed, `Unreadable` for another row's."""
    if not key or body is None:
        raise Forgotten(bound_to)
    sealed = bytes(body)
    try:
        own = keys.find(_id_of(key), PLACE, bound_to) if _is_elsewhere(key) else unseal(key, bound_to=bound_to)
        return AESGCM(own).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode())
    except keys.Forgotten as gone:
        raise Forgotten(bound_to) from gone
    except (InvalidTag, ValueError) as error:  # another row's, or truncated
        raise Unreadable(f"does not open as {bound_to.partition(':')[0]}") from error


def destroy(tokens: Iterable[str]) -> None:
    """Destroys these keys; those stored in their own rows go when the row is cleared."""
    keys.destroy(key_ids(tokens))


def key_ids(tokens: Iterable[str]) -> Iterator[uuid.UUID]:
    """The ids of those keys that are in the table of keys of files."""
    return (_id_of(token) for token in tokens if _is_elsewhere(token))


def _is_elsewhere(token: str) -> bool:
    return token.startswith(ELSEWHERE)


def _id_of(token: str) -> uuid.UUID:
    return uuid.UUID(token.removeprefix(ELSEWHERE))
