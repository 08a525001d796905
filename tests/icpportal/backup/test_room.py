"""No space for a backup or a restore: what is reported, and what was changed."""

import os
import resource
import shutil
from collections import namedtuple
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from icpportal.backup import manifest
from icpportal.backup.targets import Target
from icpportal.gateways import storage
from tests.icpportal.backup.papers import make_sealed_document
from tests.icpportal.backup.shapes import on_files
from tests.transfers.builders import make_order

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once, pytest.mark.sqlite]
MIB = 2**20
Usage = namedtuple("Usage", "total used free")


@contextmanager
def room(size: int) -> Iterator[None]:
    """This process may not write longer files, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def no_folder(folder: Path, settings: Any) -> Iterator[None]:
    """`VAR_DIR` cannot be written: root may ignore permissions, but cannot create anything below a file."""
    (folder / "file").write_bytes(b"")
    settings.VAR_DIR = folder / "file" / "var"
    yield


@pytest.mark.parametrize("why", ["no room", "cannot be written"])
def test_a_backup_reports_a_full_or_unwritable_data_folder(tmp_path: Path, why: str, settings: Any) -> None:
    make_sealed_document(make_order())
    target = tmp_path / "backups"

    with (
        room(64 * 1024) if why == "no room" else no_folder(tmp_path, settings),
        pytest.raises(
            CommandError, match=r"No backup was made: VAR_DIR \(.+\) has no room or cannot be written: .+\.$"
        ),
    ):
        call_command("backup", to=str(target), first=True)
    assert manifest.stamps(Target(str(target))) == []


@pytest.mark.parametrize("of_the_database", [0.1, 1.003], ids=["the data folder", "the database"])
def test_a_restore_without_space_changes_nothing_says_so_and_succeeds_once_there_is_some(
    tmp_path: Path, of_the_database: float
) -> None:
    make_sealed_document(make_order())
    with on_files(tmp_path) as there:
        call_command("backup", to=there.target, keys_to=there.keys_target, first=True)
        unlimited, there.room = (
            there.room,
            int(manifest.read(Target(there.target)).database.stored.size * of_the_database),
        )

        refused = there.restore()
        there.room = unlimited
        done = there.restore()

        assert refused.returncode == 1
        assert refused.stderr.startswith(
            f"CommandError: Not restored: VAR_DIR ({tmp_path / 'there'}) has no room or cannot be written: "
            if of_the_database < 1
            else "CommandError: Not restored: the database cannot be written: "
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_restore_without_space_for_a_file_says_that_it_stopped_half_way_and_what_to_do(tmp_path: Path) -> None:
    storage.keep("documents", "20261129/large.jpg", os.urandom(40 * MIB))
    with on_files(tmp_path) as there:
        call_command("backup", to=there.target, keys_to=there.keys_target, first=True)
        there.room = 30 * MIB

        stopped = there.restore()
        again = there.restore()

        assert stopped.returncode == 2
        assert stopped.stderr.splitlines()[-1] == (
            "CommandError: Stopped half way: documents does not answer, refuses us or has no room (File too large). "
            "Empty the database and the storages, then restore again."
        )
        assert (again.returncode, "the database has tables" in again.stderr) == (1, True)


def test_a_backup_larger_than_the_free_space_is_refused_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_sealed_document(make_order())
    call_command("backup", to=str(tmp_path / "backups"), first=True)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(100, 90, 10))

    with pytest.raises(CommandError, match=r"Not restored: the storages have 10 bytes free, and the files of the ba"):
        call_command("restore", source=str(tmp_path / "backups"))
