"""A file's body lies under a key of its own, and is gone when that key is."""

import pytest

from icpportal.gateways.miit.line.file_encryption import Forgotten, destroy, open_body, seal_body
from icpportal.privacy.crypto import Unreadable
from icpportal.privacy.models import FileKey

pytestmark = pytest.mark.django_db

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


def test_what_a_row_says_of_its_key_opens_nothing_once_the_key_is_destroyed_elsewhere():
    """As with an older backup of the row."""
    body, key = seal_body(BODY, bound_to="miit.upload:1:7")
    kept, other = seal_body(BODY, bound_to="miit.upload:1:8")

    destroy([key, ""])

    with pytest.raises(Forgotten):
        open_body(body, key, bound_to="miit.upload:1:7")
    assert open_body(kept, other, bound_to="miit.upload:1:8") == BODY
    assert FileKey.objects.count() == 1


def test_the_key_of_an_earlier_version_lies_in_its_row(settings):
    settings.SEAL_FILES = False
    body, key = seal_body(BODY, bound_to="miit.upload:1:7")
    settings.SEAL_FILES = True

    assert not FileKey.objects.exists()
    assert open_body(body, key, bound_to="miit.upload:1:7") == BODY
    destroy([key])
