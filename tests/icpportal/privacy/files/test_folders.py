"""The folder of a storage on a volume without room, and on one that is away."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from icpportal.alarms.models import Alarm
from icpportal.backup import files as backed_up
from icpportal.gateways import storage
from icpportal.operations.monitoring import parts
from icpportal.privacy.models import FileKey

pytestmark = pytest.mark.django_db
NOW = timezone.now()


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
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != storage.MARK)


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


def refuse_all(place: str, *_words: str) -> None:
    raise storage.StorageDown(place)


def test_nothing_is_written_below_the_mount_point_of_a_volume_that_is_away(folder, monkeypatch):
    monkeypatch.setattr("icpportal.operations.heartbeat.ask_gateways", lambda **_now: None)
    volume = folder / "volume"
    storage.place("ministry").__dict__["location"] = str(volume)
    storage.keep("ministry", "20261130/report", b"first")
    parts.examine(now=NOW)

    volume.rename(folder / "away")
    for mount_point in ("missing", "empty"):
        if mount_point == "empty":
            volume.mkdir()
        for refused in (
            lambda: storage.keep("ministry", "20261130/other", b"second"),
            lambda: storage.read("ministry", "20261130/report"),
            lambda: storage.changed_at("ministry", "20261130/report"),
            lambda: list(backed_up.walk("ministry")),
            lambda: storage.as_it_lies("ministry", "20261130/report"),
        ):
            with pytest.raises(storage.StorageDown):
                refused()
    assert list(volume.iterdir()) == []
    parts.examine(now=NOW + parts.TRIED_EVERY)
    alarm = Alarm.objects.get(cause="storage.not_mounted")
    assert f"its volume is not mounted, or another one is: {volume}/.portal-folder must be there" in alarm.detail

    with monkeypatch.context() as patched:
        patched.setattr(storage, "try_place", refuse_all)
        parts.examine(now=NOW + parts.TRIED_EVERY)
    alarm.refresh_from_db()
    assert alarm.cleared_at is None  # another trouble says nothing of the volume

    volume.rmdir()
    (folder / "away").rename(volume)
    parts.examine(now=NOW + parts.TRIED_EVERY)
    alarm.refresh_from_db()
    assert alarm.cleared_at
    assert storage.read("ministry", "20261130/report") == b"first"
    assert list(backed_up.walk("ministry")) == ["20261130/report"]


@pytest.fixture
def papers(settings: Any, tmp_path: Path) -> Path:
    """The folder of sealed documents, of a version that marked no folder."""
    volume = tmp_path / "documents"
    settings.SEAL_FILES = True
    options = {**settings.STORAGES["ministry"]["OPTIONS"], "location": volume}
    settings.STORAGES = {**settings.STORAGES, "documents": {**settings.STORAGES["ministry"], "OPTIONS": options}}
    storage.keep("documents", "20261101/paper.jpg", b"sealed")
    FileKey.objects.update(created_at=NOW - timedelta(days=29))
    return volume


def test_an_empty_mount_point_is_not_marked_at_the_first_start_while_files_are_on_record(papers, monkeypatch):
    monkeypatch.setattr("icpportal.operations.heartbeat.ask_gateways", lambda **_now: None)
    papers.rename(papers.with_name("away"))
    papers.mkdir()

    parts.examine(now=NOW)
    with pytest.raises(storage.NotMounted):
        storage.keep("documents", "20261130/other.jpg", b"second")

    assert list(papers.iterdir()) == []
    assert storage.known_marks() == {}
    alarm = Alarm.objects.get(cause="storage.not_mounted")
    why = "is empty. If its files are lost, create .portal-folder in it"
    assert alarm.detail == f"documents: its volume is not mounted: {papers} {why}"[:200]

    papers.rmdir()
    papers.with_name("away").rename(papers)
    parts.examine(now=NOW + parts.TRIED_EVERY)
    alarm.refresh_from_db()
    assert alarm.cleared_at
    assert storage.known_marks().keys() == set(storage.PLACES)


def test_a_folder_whose_files_are_lost_for_good_is_used_again_once_somebody_creates_its_mark(papers, monkeypatch):
    monkeypatch.setattr("icpportal.operations.heartbeat.ask_gateways", lambda **_now: None)
    papers.rename(papers.with_name("lost"))
    papers.mkdir()
    (papers / storage.MARK).touch()

    parts.examine(now=NOW)
    storage.keep("documents", "20261130/other.jpg", b"second")

    assert storage.known_marks()["documents"] == (papers / storage.MARK).read_text() != ""
