"""Bodies of files under a key of their own: forgetting a file is destroying its key."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from icpportal.privacy.crypto import NONCE_BYTES, Unreadable, seal, unseal

KEY_BITS = 256


class Forgotten(LookupError):
    """The key of this file was destroyed: nobody can read it any more."""


def seal_body(plain: bytes, *, bound_to: str) -> tuple[bytes, str]:
    """The sealed body and its own key, itself sealed with the portal's; both open only with the same `bound_to`."""
    key = AESGCM.generate_key(KEY_BITS)
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to.encode()), seal(key, bound_to=bound_to)


def open_body(body: bytes | memoryview | None, key: str, *, bound_to: str) -> bytes:
    """The body again; raises `Forgotten` when its key was destroyed, `Unreadable` when it is another row's."""
    if not key or body is None:
        raise Forgotten(bound_to)
    sealed = bytes(body)
    own = unseal(key, bound_to=bound_to)
    try:
        opener = AESGCM(own)
        return opener.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode())
    except (InvalidTag, ValueError) as error:  # another row's, or cut short
        raise Unreadable(f"does not open as {bound_to.partition(':')[0]}") from error
