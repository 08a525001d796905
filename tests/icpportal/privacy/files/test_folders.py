"""What a volume without room leaves in the folder of a storage."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from icpportal.gateways import storage


@contextmanager
def room(size: int) -> Iterator[None]:
    """A longer file is refused to this process, as by a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    options = {**settings.STORAGES["ministry"]["OPTIONS"], "location": tmp_path}
    settings.STORAGES = {**settings.STORAGES, "ministry": {**settings.STORAGES["ministry"], "OPTIONS": options}}
    return tmp_path


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_file_that_finds_no_room_leaves_no_part_of_it(folder):
    with room(1000), pytest.raises(storage.StorageDown):
        storage.keep("ministry", "2026-11-30/report", bytes(5000))
    assert files(folder) == []


def test_nor_does_a_trial_of_a_place_that_takes_nothing(folder):
    with room(0), pytest.raises(storage.StorageDown):
        storage.try_place("ministry", "trial-1")
    assert files(folder) == []


def test_what_lay_there_before_stays(folder):
    storages["ministry"].save("report", ContentFile(b"first"))
    with room(1000), pytest.raises(storage.StorageDown):
        storage.keep("ministry", "report", bytes(5000))
    assert "report" in files(folder)
    assert storage.read("ministry", "report") == b"first"
