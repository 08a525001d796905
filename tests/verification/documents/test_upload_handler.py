"""How a body comes in: nothing beyond the limit touches the disk."""

import os
from pathlib import Path

import pytest
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.test import RequestFactory

from tests.verification.documents import pictures
from verification.documents import actions
from verification.documents.upload_handler import BoundedUploadHandler
from verification.documents.upload_messages import UploadRefused

MEGABYTE = 1024 * 1024


def sent(content: bytes):
    """The file as Django hands it over."""
    request = RequestFactory().post("/", {"file": pictures.upload(content)})
    return request.FILES["file"]


def test_the_portal_uses_this_way_in(settings):
    wanted = [f"{handler.__module__}.{handler.__name__}" for handler in (MemoryFileUploadHandler, BoundedUploadHandler)]

    assert wanted == settings.FILE_UPLOAD_HANDLERS


def test_a_file_within_the_limit_arrives_whole():
    content = pictures.jpeg() + os.urandom(5 * MEGABYTE)

    file = sent(content)

    assert file.size == len(content)
    assert file.read() == content


def test_a_file_beyond_the_limit_tells_its_size_but_is_not_kept(db):
    file = sent(pictures.jpeg() + b"\x00" * (30 * MEGABYTE))

    assert file.size > 30 * MEGABYTE
    assert Path(file.temporary_file_path()).stat().st_size == 8 * MEGABYTE + 1
    with pytest.raises(UploadRefused) as caught:
        actions.receive(kind="lead_id", upload=file, holder="T7Q4-M2KX")
    assert caught.value.code == "file_big"
