"""Ctrl-C during a backup or a restore: the outcome is reported in one line."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from icpportal.backup import backups, files, manifest, restores
from icpportal.backup.targets import Target

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once, pytest.mark.sqlite]


def press_ctrl_c(*_words: Any, **_more: Any) -> None:
    """Python's own handler; a shell makes its background processes ignore the signal."""
    raise KeyboardInterrupt


def test_an_interrupted_backup_does_not_count_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "take", press_ctrl_c)

    with pytest.raises(CommandError, match="No backup was made: it was interrupted."):
        call_command("backup", to=str(tmp_path), first=True)
    assert manifest.stamps(Target(str(tmp_path))) == []


def test_nothing_is_left_of_it_but_files_for_the_next_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, keys = tmp_path / "target", tmp_path / "keys"
    monkeypatch.setattr(files, "take", press_ctrl_c)

    with pytest.raises(CommandError):
        call_command("backup", to=str(target), keys_to=str(keys), first=True)
    assert [path.name for path in (*target.rglob("*"), *keys.rglob("*")) if path.is_file()] == []
    assert list((target / "backups").iterdir()) == []


def test_what_one_that_was_killed_has_left_goes_after_a_day(tmp_path: Path) -> None:
    now = timezone.now()
    killed, under_way = (
        tmp_path / f"backups/{now - ago:{manifest.STAMP}}" for ago in (timedelta(days=1, hours=1), timedelta(hours=1))
    )
    for folder in (killed, under_way):
        folder.mkdir(parents=True)
        (folder / "database").write_bytes(b"sealed")

    call_command("backup", to=str(tmp_path))
    assert (killed.exists(), under_way.exists()) == (False, True)
    assert len(manifest.stamps(Target(str(tmp_path)))) == 1


def test_one_that_is_interrupted_while_old_files_are_deleted_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "prune", press_ctrl_c)
    out, told = StringIO(), StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("backup", to=str(tmp_path), first=True, stdout=out, stderr=told)

    (stamp,) = manifest.stamps(Target(str(tmp_path)))
    assert (ended.value.code, out.getvalue().startswith(f"backup {stamp}: ")) == (3, True)
    assert "Not all old data was deleted: it was interrupted." in told.getvalue()


@pytest.mark.parametrize(
    ("when", "code", "told"),
    [
        ("refuse_filled", 1, "Not restored: it was interrupted."),
        ("_bring_the_rest", 2, "Stopped half way: it was interrupted. Empty the database and the storages, "),
    ],
)
def test_an_interrupted_restore_says_whether_the_database_is_filled(
    tmp_path: Path, when: str, code: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("backup", to=str(tmp_path), first=True)
    monkeypatch.setattr(restores, "refuse_filled", lambda: None)
    monkeypatch.setattr(restores.database, "restore", lambda _source: None)  # into this very database
    monkeypatch.setattr(restores, when, press_ctrl_c)

    with pytest.raises(CommandError, match=told) as stopped:
        call_command("restore", source=str(tmp_path))
    assert stopped.value.returncode == code
