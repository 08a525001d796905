"""A backup into a new place, and into one whose volume is away."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once, pytest.mark.sqlite]


def back_up(target: Path, keys_target: Path, *, first: bool = False) -> None:
    call_command("backup", to=str(target), keys_to=str(keys_target), first=first, stdout=StringIO(), stderr=StringIO())


@pytest.mark.parametrize("mount_point", ["missing", "empty"])
@pytest.mark.parametrize("away", ["target", "keys"])
def test_nothing_is_written_to_the_disk_below_a_volume_that_is_away(
    tmp_path: Path, away: str, mount_point: str
) -> None:
    target, keys = tmp_path / "target", tmp_path / "keys"
    back_up(target, keys, first=True)
    back_up(target, keys)
    volume = tmp_path / away
    volume.rename(tmp_path / "elsewhere")
    if mount_point == "empty":
        volume.mkdir()

    with pytest.raises(CommandError) as refused:
        back_up(target, keys)

    assert str(refused.value) == (
        f"No backup was made: {volume} holds no backups, as if its volume were not mounted. Mount it; or, if this is "
        "a new place, add --first once."
    )
    assert list(volume.iterdir()) == [] if mount_point == "empty" else not volume.exists()


def test_the_option_for_a_new_place_is_refused_where_it_would_only_hide_that(tmp_path: Path) -> None:
    back_up(tmp_path / "target", tmp_path / "keys", first=True)
    with pytest.raises(CommandError, match="No backup was made: .+/target and .+/keys hold backups.+ without --first"):
        back_up(tmp_path / "target", tmp_path / "keys", first=True)

    back_up(tmp_path / "target", tmp_path / "new keys", first=True)

    assert len(list((tmp_path / "new keys/file-keys").iterdir())) == 1


def test_a_first_backup_that_failed_is_made_again_with_the_same_words(tmp_path: Path, settings: Any) -> None:
    (tmp_path / "file").touch()
    var, settings.VAR_DIR = settings.VAR_DIR, tmp_path / "file/var"
    with pytest.raises(CommandError, match="VAR_DIR"):
        back_up(tmp_path / "target", tmp_path / "keys", first=True)

    settings.VAR_DIR = var
    back_up(tmp_path / "target", tmp_path / "keys", first=True)
