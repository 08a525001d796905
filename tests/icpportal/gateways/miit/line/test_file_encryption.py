"""A file's body lies under a key of its own, and is gone when that key is."""

import pytest

from icpportal.gateways.miit.line.file_encryption import Forgotten, open_body, seal_body
from icpportal.privacy.crypto import Unreadable

BODY = b"PK\x03\x04 a zip with invented people"


def test_a_body_opens_with_its_own_key():
    body, key = seal_body(BODY, bound_to="miit.upload:1:7")

    assert BODY not in body
    assert open_body(memoryview(body), key, bound_to="miit.upload:1:7") == BODY


def test_two_bodies_have_two_keys():
    (first, key), (second, other) = (seal_body(BODY, bound_to="miit.upload:1:7") for _ in range(2))

    assert first != second
    with pytest.raises(Unreadable):
        open_body(first, other, bound_to="miit.upload:1:7")


def test_a_body_does_not_open_as_another_file():
    body, key = seal_body(BODY, bound_to="miit.upload:1:7")

    with pytest.raises(Unreadable):
        open_body(body, key, bound_to="miit.upload:1:8")


def test_a_destroyed_key_means_that_the_file_is_forgotten():
    body, _key = seal_body(BODY, bound_to="miit.upload:1:7")

    for kept in ((body, ""), (None, "s1:demo:x")):
        with pytest.raises(Forgotten):
            open_body(*kept, bound_to="miit.upload:1:7")
