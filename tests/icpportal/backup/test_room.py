"""No room for a backup, or for what is restored: what is said, and what was changed."""

import os
import shutil
from collections import namedtuple
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from icpportal.gateways import storage
from tests.icpportal.backup.papers import make_sealed_document
from tests.icpportal.backup.shapes import on_files
from tests.transfers.builders import make_order

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once, pytest.mark.sqlite]
MIB = 2**20
Usage = namedtuple("Usage", "total used free")


def test_a_restore_that_finds_no_room_for_a_file_says_that_it_stopped_half_way_and_what_to_do(tmp_path: Path) -> None:
    storage.keep("documents", "20261129/large.jpg", os.urandom(40 * MIB))
    with on_files(tmp_path) as there:
        call_command("backup", to=there.target, keys_to=there.keys_target)
        there.room = 30 * MIB

        stopped = there.restore()
        again = there.restore()

        assert stopped.returncode == 2
        assert stopped.stderr.splitlines()[-1] == (
            "CommandError: Stopped half way: documents does not answer or has no room. "
            "Empty the database and the storages, then restore again."
        )
        assert (again.returncode, "the database has tables" in again.stderr) == (1, True)


def test_a_backup_that_is_larger_than_all_that_is_free_is_refused_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_sealed_document(make_order())
    call_command("backup", to=str(tmp_path / "backups"))
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(100, 90, 10))

    with pytest.raises(CommandError, match=r"Not restored: the storages have 10 bytes free, and the files of the ba"):
        call_command("restore", source=str(tmp_path / "backups"))
