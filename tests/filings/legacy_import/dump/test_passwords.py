"""Hashes of the old platform: which are accepted, how they are stored, and that they still verify."""

import hashlib
from functools import cache

import pytest
from django.contrib.auth.hashers import (
    Argon2PasswordHasher,
    PBKDF2PasswordHasher,
    PBKDF2SHA1PasswordHasher,
    ScryptPasswordHasher,
)
from django.core.exceptions import ValidationError

from filings.legacy_import.dump import passwords


def hex_digest(name: str, text: str) -> str:
    return hashlib.new(name, text.encode()).hexdigest()


WEAK = {
    "md5": "md5$ab$" + hex_digest("md5", "abSecret-1"),
    "md5_md5": "md5_md5$ab$" + hex_digest("md5", hex_digest("md5", "Secret-1") + "ab"),
    "sha1": "sha1$ab$" + hex_digest("sha1", "abSecret-1"),
    "sha256": "sha256$ab$" + hex_digest("sha256", "abSecret-1"),
    "md5 without salt, in capitals": "md5$$" + hex_digest("md5", "Secret-1").upper(),
}
FULL = {
    hasher.algorithm: hasher
    for hasher in (Argon2PasswordHasher(), PBKDF2PasswordHasher(), PBKDF2SHA1PasswordHasher(), ScryptPasswordHasher())
}


@cache
def full(algorithm: str) -> str:
    return FULL[algorithm].encode("Secret-1", "0123456789abcdefABCDEF")


@pytest.fixture
def given(request: pytest.FixtureRequest) -> str:
    return WEAK.get(request.param) or full(request.param)


@pytest.mark.parametrize("given", [*WEAK, *FULL], indirect=True)
def test_every_documented_format_opens_only_with_the_password(given):
    passwords.check(given)
    stored = passwords.stored_hash(given)

    assert passwords.is_right("Secret-1", stored)
    assert not passwords.is_right("Secret-2", stored)
    assert not passwords.is_right("", stored)


@pytest.mark.parametrize("given", WEAK.values(), ids=WEAK)
def test_a_fast_hash_is_never_stored_unchanged(given):
    stored = passwords.stored_hash(given)

    assert given.rpartition("$")[2].lower() not in stored.lower()
    assert "$argon2id$" in stored
    assert passwords.stored_hash(given) != stored  # a new salt each time


def test_a_wrapped_hash_is_useless_without_the_portal_s_key(settings):
    stored = passwords.stored_hash(WEAK["md5"])

    settings.BLIND_INDEX_KEY = "another"

    assert not passwords.is_right("Secret-1", stored)


@pytest.mark.parametrize("given", [*WEAK, *FULL], indirect=True)
def test_the_same_hash_is_recognised_and_another_is_not(given):
    stored = passwords.stored_hash(given)

    assert passwords.is_same(given, stored)
    assert not passwords.is_same("md5$ab$" + "0" * 32, stored)
    assert not passwords.is_same(full("argon2").replace("$0", "$1"), passwords.stored_hash(WEAK["md5"]))


@pytest.mark.parametrize(
    "given",
    [
        "Secret-1",
        "md5$ab$" + "0" * 31,
        "md5$ab$" + "g" * 32,
        "md4$ab$" + "0" * 32,
        "crypt$$abc",
        "pbkdf2_sha256$notanumber$salt$hash",
        "pbkdf2_sha256$2000000000$salt$hash",
        "argon2$argon2id$v=19$m=99999999,t=2,p=8$c2FsdA$aGFzaA",
        "argon2$",
        "!" + "x" * 40,
        PBKDF2PasswordHasher().encode("Secret-1", "0123456789abcdefABCDEF", iterations=1) + "x" * 300,
    ],
)
def test_an_invalid_or_too_expensive_hash_is_refused(given):
    with pytest.raises(ValidationError) as refused:
        passwords.check(given)

    assert given not in str(refused.value)
