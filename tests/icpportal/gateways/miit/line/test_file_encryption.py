"""The content of a file is encrypted with its own key, and is lost with that key."""

import pytest

from icpportal.gateways.miit.line.file_encryption import Forgotten, destroy, open_body, seal_body
from icpportal.privacy.crypto import Unreadable
from icpportal.privacy.models import FileKey

pytestmark = pytest.mark.django_db

BODY = b"PK\x03\x04 a zip with invented people"


def test_a_file_opens_with_its_own_key():
    body, key = seal_body(BODY, bound_to="miit.upload:1:7")

    assert BODY not in body
    assert open_body(memoryview(body), key, bound_to="miit.upload:1:7") == BODY


def test_two_files_have_two_keys():
    (first, key), (second, other) = (seal_body(BODY, bound_to="miit.upload:1:7") for _ in range(2))

    assert first != second
    with pytest.raises(Unreadable):
        open_body(first, other, bound_to="miit.upload:1:7")


def test_a_file_does_not_open_as_another():
    body, key = seal_body(BODY, bound_to="miit.upload:1:7")

    with pytest.raises(Unreadable):
        open_body(body, key, bound_to="miit.upload:1:8")


def test_a_destroyed_key_means_that_the_file_is_forgotten():
    body, _key = seal_body(BODY, bound_to="miit.upload:1:7")

    for kept in ((body, ""), (None, "s1:demo:x")):
        with pytest.raises(Forgotten):
            open_body(*kept, bound_to="miit.upload:1:7")


def test_the_key_part_in_a_row_opens_nothing_once_the_other_part_is_destroyed():
    """As with an older backup of the row."""
    body, key = seal_body(BODY, bound_to="miit.upload:1:7")
    kept, other = seal_body(BODY, bound_to="miit.upload:1:8")

    destroy([key, ""])

    with pytest.raises(Forgotten):
        open_body(body, key, bound_to="miit.upload:1:7")
    assert open_body(kept, other, bound_to="miit.upload:1:8") == BODY
    assert FileKey.objects.count() == 1


def test_the_key_of_an_earlier_version_is_in_its_row(settings):
    settings.SEAL_FILES = False
    body, key = seal_body(BODY, bound_to="miit.upload:1:7")
    settings.SEAL_FILES = True

    assert not FileKey.objects.exists()
    assert open_body(body, key, bound_to="miit.upload:1:7") == BODY
    destroy([key])
