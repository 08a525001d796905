"""Everything a disk holds of a picture while it comes in and is examined, as a thief would look for it."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory

from icpportal.gateways import storage
from icpportal.gateways.scanner.fake import FakeScanner
from tests.verification.documents import pictures
from verification.documents import actions
from verification.documents.examination import examine
from verification.documents.sandbox import launcher
from verification.models.documents import Document

MARKS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
Seen = dict[str, bytes]


class Traces:
    """What was found at every moment, by place."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = root
        self.seen: dict[str, list[bytes]] = {}
        self.moments: list[str] = []
        self.pictures: list[bytes] = []
        self.places: list[Callable[[], Seen]] = [self.files, open_files]
        self.patch = monkeypatch
        temporary = root / "tmp"
        temporary.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(temporary))
        monkeypatch.setenv("TMPDIR", str(temporary))

    def also(self, place: Callable[[], Seen]) -> None:
        self.places.append(place)

    def files(self) -> Seen:
        """Storages and temporary files, all under one folder."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()
        }

    def look(self, moment: str) -> None:
        self.moments.append(moment)
        for place in self.places:
            for path, content in place().items():
                self.seen.setdefault(path, []).append(content)

    def of_an_upload(self) -> Document:
        """A large picture comes in and is examined; looks for traces at every step."""
        looking = self

        class Scanner(FakeScanner):
            def scan(self, stream: Any, *, timeout: float | None = None) -> Any:
                looking.look("scanner")
                return super().scan(stream, timeout=timeout)

        def run(*asked: Any) -> None:
            looking.look("before the child")
            try:
                at_first(*asked)
            finally:
                looking.look("after the child")

        at_first = launcher.run
        self.patch.setattr(launcher, "run", run)
        self.patch.setattr("verification.documents.examination.scanner", Scanner)
        content = pictures.jpeg() + os.urandom(3 * 1024 * 1024)
        self.pictures.append(content)
        request = RequestFactory().post("/", {"file": pictures.upload(content)})
        upload = request.FILES["file"]
        self.look("request")
        document = actions.receive(kind="lead_id", upload=upload, holder="T7Q4-M2KX")
        self.look("received")
        examine(document.pk)
        self.look("examined")
        document.refresh_from_db()
        if document.stored_name:
            self.pictures += [storage.read("documents", name) for name in (document.stored_name, document.preview_name)]
        return document

    def plain(self) -> list[str]:
        """Where something was found that begins like a picture, or contains a part of one."""
        parts = [
            content[at : at + 24] for content in self.pictures for at in (300, len(content) // 2, len(content) - 40)
        ]
        return sorted(
            path
            for path, contents in self.seen.items()
            for content in contents
            if content.startswith(MARKS) or any(part in content for part in parts)
        )


def open_files() -> Seen:
    """Files this process has open, unnamed ones too; what is only in memory is not a file on a disk."""
    return dict(_open_files())


def _open_files() -> Iterator[tuple[str, bytes]]:
    for each in Path("/proc/self/fd").iterdir():
        try:
            target = os.readlink(each)
            if each.is_file() and not target.startswith("/memfd:") and tempfile.gettempdir() in target:
                yield target, each.read_bytes()
        except OSError:
            continue  # closed since it was listed
