from functools import cache
from pathlib import Path
from typing import Any

import pytest

from icpportal.gateways import storage
from tests.verification.documents import pictures
from tests.verification.documents.traces import Traces
from verification.documents import actions, examination
from verification.documents.sandbox import parent
from verification.documents.sandbox.parent import ExaminedPicture
from verification.models.documents import Document
from verification.pictures.papers import Paper

FILE_STORAGE = "django.core.files.storage.FileSystemStorage"


@pytest.fixture(autouse=True)
def places(settings, tmp_path: Path) -> Path:
    """Both storages in a folder of the test."""
    settings.STORAGES = {
        **settings.STORAGES,
        **{name: {"BACKEND": FILE_STORAGE, "OPTIONS": {"location": tmp_path / name}} for name in PLACES},
    }
    settings.SCANNER_GATEWAY = "icpportal.gateways.scanner.fake.FakeScanner"
    return tmp_path


@pytest.fixture
def traces(db, places: Path, monkeypatch: pytest.MonkeyPatch) -> Traces:
    return Traces(places, monkeypatch)


PLACES = ("quarantine", "documents")
run_child = parent.run_child  # before a test replaces it


@cache
def opened(content: bytes, paper: Paper, _pixels: int) -> ExaminedPicture:
    """The child's result for these bytes, under this limit."""
    return parent.open_picture(content, paper)


@pytest.fixture(autouse=True)
def a_picture_is_opened_once(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opens the same bytes in a child once per test process: each child starts its own Python."""

    def open_picture(content: bytes, paper: Paper) -> ExaminedPicture:
        if parent.run_child is not run_child:
            return parent.open_picture(content, paper)
        return opened(content, paper, settings.UPLOAD_MAX_PIXELS)

    monkeypatch.setattr(examination, "open_picture", open_picture)


@pytest.fixture(autouse=True)
def nudges(monkeypatch) -> list[tuple[Any, ...]]:
    """What the worker was asked to examine."""
    calls: list[tuple[Any, ...]] = []
    monkeypatch.setattr(actions, "wake_worker", lambda *call: calls.append(call))
    return calls


@pytest.fixture
def files(places: Path):
    """The decrypted contents of the files in a storage."""

    def lying(place: str) -> list[bytes]:
        there = sorted(path for path in (places / place).rglob("*") if path.is_file())
        return [storage.read(place, str(path.relative_to(places / place))) for path in there]

    return lying


@pytest.fixture
def received(db):
    """Receives a picture."""

    def receive(
        content: bytes | None = None, *, kind: str = "lead_id", side: int = 1, holder: str = "T7Q4-M2KX", **more
    ) -> Document:
        upload = pictures.upload(pictures.jpeg() if content is None else content, **more)
        return actions.receive(kind=kind, side=side, upload=upload, holder=holder)

    return receive
