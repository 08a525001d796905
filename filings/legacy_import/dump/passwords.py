"""Passwords of the old platform: only hashes are accepted, and only slow ones are stored.

Formats that Django writes (argon2, PBKDF2, scrypt) are stored as they are. The fast ones of old programs, such as
`md5$salt$hex`, are wrapped: an argon2 hash of the old hash, keyed, so that the database alone does not allow guessing.
"""

import hashlib
import re
import secrets
from collections.abc import Callable

from argon2.exceptions import VerificationError
from argon2.low_level import Type, hash_secret, verify_secret
from django.contrib.auth.hashers import (
    Argon2PasswordHasher,
    BasePasswordHasher,
    PBKDF2PasswordHasher,
    PBKDF2SHA1PasswordHasher,
    ScryptPasswordHasher,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from icpportal.privacy.blind_index import blind_index, names

LONGEST = 300
WRAPPED = "wrapped"
# small enough for a hundred thousand accounts in half a minute; see docs/import.md
MEMORY_KIB, ROUNDS = 256, 1
WEAK = re.compile(r"(?P<kind>[a-z0-9_]+)\$(?P<salt>[^$]{0,64})\$(?P<digest>[0-9a-fA-F]+)")
HASHERS: dict[str, BasePasswordHasher] = {
    str(hasher.algorithm): hasher
    for hasher in (Argon2PasswordHasher(), PBKDF2PasswordHasher(), PBKDF2SHA1PasswordHasher(), ScryptPasswordHasher())
}
# the highest cost accepted for one hash, so that a dump cannot stop the portal
DEAREST = {"iterations": 5_000_000, "memory_cost": 1_048_576, "time_cost": 20, "work_factor": 2**17, "parallelism": 16}


def _hex(name: str, text: str) -> str:
    return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()


DIGESTS: dict[str, Callable[[str, str], str]] = {
    "md5": lambda salt, password: _hex("md5", salt + password),
    "md5_md5": lambda salt, password: _hex("md5", _hex("md5", password) + salt),
    "sha1": lambda salt, password: _hex("sha1", salt + password),
    "sha256": lambda salt, password: _hex("sha256", salt + password),
}
LENGTHS = {"md5": 32, "md5_md5": 32, "sha1": 40, "sha256": 64}


def check(given: str) -> None:
    """Raises when this is no hash that can be stored: a plain password, or an unknown format."""
    found = WEAK.fullmatch(given)
    if found and found["kind"] in DIGESTS and len(found["digest"]) == LENGTHS[found["kind"]]:
        return
    if len(given) > LONGEST or not _is_whole(given):
        raise ValidationError(
            _("Use one of the password hash formats in docs/import.md, never the password itself"), code="password_hash"
        )


def _is_whole(given: str) -> bool:
    hasher = HASHERS.get(given.partition("$")[0])
    try:
        parts = hasher.decode(given) if hasher else {}
    except (ValueError, AssertionError, LookupError, TypeError):
        return False
    return bool(parts) and all(int(parts.get(name) or 0) <= most for name, most in DEAREST.items())


def is_weak(given: str) -> bool:
    """Whether the hash will be wrapped."""
    return given.partition("$")[0] in DIGESTS


def stored_hash(given: str) -> str:
    """What is stored of a hash that passed `check`."""
    if not is_weak(given):
        return given
    kind, salt, digest = given.split("$")
    inner = hash_secret(_keyed_hashes(digest.lower())[0], secrets.token_bytes(16), ROUNDS, MEMORY_KIB, 1, 32, Type.ID)
    return f"{WRAPPED}${kind}${salt}${inner.decode().lstrip('$')}"


def _keyed_hashes(digest: str) -> list[bytes]:
    """The hash under the key in force, then under the earlier keys: what is stored cannot be rebuilt for a new key."""
    return [name.encode() for name in names(blind_index("legacy password", digest))]


def is_same(given: str, stored: str) -> bool:
    """Whether `stored` was made from `given`."""
    if not is_weak(given):
        return given == stored
    kind, salt, digest = given.split("$")
    return stored.startswith(f"{WRAPPED}${kind}${salt}$") and _fits(digest.lower(), stored)


@sensitive_variables()
def is_right(typed: str, stored: str) -> bool:
    """Whether this is the password of the stored hash."""
    algorithm, _dollar, rest = stored.partition("$")
    if algorithm == WRAPPED:
        kind, salt, _inner = rest.split("$", 2)
        return _fits(DIGESTS[kind](salt, typed), stored)
    return HASHERS[algorithm].verify(typed, stored)


@sensitive_variables()
def decoy_check(typed: str) -> None:
    """Does the work of a check where there is nothing to check against."""
    HASHERS["argon2"].encode(typed, "0" * 22)


def _fits(digest: str, stored: str) -> bool:
    inner = "$" + stored.split("$", 3)[3]
    return any(_verify(inner, keyed) for keyed in _keyed_hashes(digest))


def _verify(inner: str, keyed: bytes) -> bool:
    try:
        return verify_secret(inner.encode(), keyed, Type.ID)
    except VerificationError:
        return False
