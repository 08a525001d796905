"""How a body is received: in memory, and nothing beyond the limit."""

import os

import pytest
from django.test import RequestFactory

from tests.verification.documents import pictures
from verification.documents import actions
from verification.documents.upload_handler import BoundedUploadHandler
from verification.documents.upload_messages import UploadRefused

MEGABYTE = 1024 * 1024


def uploaded_file(content: bytes):
    """The file as Django passes it."""
    request = RequestFactory().post("/", {"file": pictures.upload(content)})
    return request.FILES["file"]


def test_the_portal_uses_only_this_handler_and_accepts_one_file_per_request(settings):
    assert [f"{BoundedUploadHandler.__module__}.{BoundedUploadHandler.__name__}"] == settings.FILE_UPLOAD_HANDLERS
    assert settings.DATA_UPLOAD_MAX_NUMBER_FILES == 1


def test_a_file_within_the_limit_arrives_complete():
    content = pictures.jpeg() + os.urandom(5 * MEGABYTE)

    file = uploaded_file(content)

    assert file.size == len(content)
    assert file.read() == content


def test_a_file_beyond_the_limit_has_its_size_but_is_not_kept(db):
    file = uploaded_file(pictures.jpeg() + b"\x00" * (30 * MEGABYTE))

    assert file.size > 30 * MEGABYTE
    assert len(file.read()) == 8 * MEGABYTE + 1
    with pytest.raises(UploadRefused) as caught:
        actions.receive(kind="lead_id", upload=file, holder="T7Q4-M2KX")
    assert caught.value.code == "file_big"
