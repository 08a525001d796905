"""One damaged backup among others: the next one is made, expired ones are deleted, and the damaged one is named."""

import errno
import shutil
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO, StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError
from django.core.files.storage import FileSystemStorage
from django.core.management import CommandError, call_command
from django.utils import timezone

from icpportal.backup import backups, database, manifest, targets
from icpportal.backup.database import DatabaseFault
from icpportal.backup.targets import Target
from icpportal.gateways import storage
from icpportal.gateways.storage import StorageDown
from tests.icpportal.backup.papers import make_sealed_document
from tests.transfers.builders import make_order

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once, pytest.mark.sqlite]
DAMAGE: dict[str, Callable[[Path], object]] = {
    "the list is gone": lambda folder: (folder / "files").unlink(),
    "the list is short": lambda folder: (folder / "files").write_bytes((folder / "files").read_bytes()[:-50]),
    "the list is empty": lambda folder: (folder / "files").write_bytes(b""),
    "the manifest is empty": lambda folder: (folder / "manifest").write_bytes(b""),
    "the manifest is short": lambda folder: (folder / "manifest").write_bytes((folder / "manifest").read_bytes()[:-50]),
}

GIVEN_UP = "A bucket that says nothing is given up after about 0 seconds."
INVENTED = {"access_key": "invented", "secret_key": "invented", "region_name": "cn-north-1"}


@pytest.fixture
def there(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def backed_up(there: Path, *, days: int = 0, trusted: bool = False) -> tuple[int, str]:
    """`manage.py backup` this many days ahead of now; its exit code and output."""
    output, first = StringIO(), not (there / "backups").exists()
    with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
        try:
            call_command("backup", to=str(there), first=first, trust_clock=trusted, stdout=output, stderr=output)
        except SystemExit as ended:
            return int(str(ended.code)), output.getvalue()
        except CommandError as refused:
            return refused.returncode, output.getvalue() + str(refused)
    return 0, output.getvalue()


def folders(there: Path) -> list[Path]:
    return sorted((there / "backups").iterdir())


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("which", [0, -1], ids=["oldest", "newest"])
def test_the_next_backup_is_made_and_the_damaged_one_is_named(there: Path, damage: str, which: int) -> None:
    lost = make_sealed_document(make_order())
    backed_up(there)
    backed_up(there, days=1)
    storage.drop("documents", lost.stored_name)
    hurt = folders(there)[which]
    DAMAGE[damage](hurt)

    code, told = backed_up(there, days=3)

    assert (code, len(folders(there))) == (3, 3)
    assert f"backup {hurt.name} cannot be read: " in told
    assert "1 backups cannot be read: no old file was deleted" in told
    assert (there / "files/documents" / lost.stored_name).exists()
    assert backups.prune(Target(str(there))).unread.keys() == {hurt.name}


def test_a_damaged_backup_is_deleted_after_its_time_and_then_all_is_well(there: Path) -> None:
    backed_up(there)
    DAMAGE["the list is gone"](folders(there)[0])

    code, _told = backed_up(there, days=40, trusted=True)

    assert (code, len(folders(there))) == (0, 1)


def test_files_of_a_damaged_backup_are_not_stored_again_if_an_older_one_names_them(
    there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_sealed_document(make_order())
    backed_up(there)
    backed_up(there, days=1)
    DAMAGE["the list is short"](folders(there)[-1])
    read: list[str] = []
    as_it_lies = storage.as_it_lies
    monkeypatch.setattr(storage, "as_it_lies", lambda place, name: read.append(name) or as_it_lies(place, name))

    backed_up(there, days=2)

    assert read == []


@pytest.mark.parametrize("name", ["backups/{}.keep", "file-keys/{}.keep", "backups/lost+found"])
def test_unknown_files_beside_the_backups_are_left_alone(there: Path, name: str) -> None:
    backed_up(there)
    stamp = folders(there)[0].name
    kind = name.partition("/")[0]
    copy = shutil.copytree if kind == "backups" else shutil.copy
    beside = there / name.format(stamp)
    copy(there / kind / stamp, beside)

    code, told = backed_up(there, days=40, trusted=True)

    assert (code, "deleted: 1 backups, 1 sets of keys, 0 files" in told) == (0, True)
    assert beside.exists()


def test_a_damaged_backup_is_listed_as_such(there: Path) -> None:
    backed_up(there)
    DAMAGE["the manifest is empty"](folders(there)[0])
    out, as_json = StringIO(), StringIO()

    call_command("backup", list=str(there), stdout=out)
    call_command("backup", list=str(there), as_json=True, stdout=as_json)

    stamp = folders(there)[0].name
    assert out.getvalue().splitlines()[0] == f"{stamp}  damaged: its manifest cannot be read"
    assert as_json.getvalue() == f'[{{"stamp": "{stamp}", "key": null}}]\n'
    with pytest.raises(CommandError, match=f"Not restored: the manifest of {stamp} was changed or cut short"):
        call_command("restore", source=str(there))


def test_old_keys_of_files_are_deleted_although_no_backup_can_be_made(
    there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backed_up(there)
    monkeypatch.setattr(backups.database, "moment", lambda: (_ for _ in ()).throw(DatabaseFault("pg_dump is gone")))

    code, told = backed_up(there, days=31, trusted=True)

    assert (code, "No backup was made: pg_dump is gone." in told) == (1, True)
    assert list((there / "file-keys").iterdir()) == []


@pytest.mark.parametrize("what", ["drop_old_keys", "prune"])
def test_a_backup_counts_although_old_ones_cannot_be_deleted(
    there: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, what, lambda *_words, **_more: (_ for _ in ()).throw(StorageDown("s3://backups")))

    code, told = backed_up(there)

    assert (code, len(manifest.stamps(Target(str(there))))) == (3, 1)
    assert "Not all old data was deleted: s3://backups does not answer, refuses us or has no room." in told


def test_a_list_of_a_bucket_that_refuses_us_says_what_it_said_and_of_no_backup(
    there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def listed(*_words: object) -> list[str]:
        raise StorageDown("s3://backups") from ClientError({"Error": {"Code": "InvalidAccessKeyId"}}, "ListObjects")

    there.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(manifest, "stamps", listed)
    says = r"^Not listed: s3://backups does not answer, refuses us or has no room \(InvalidAccessKeyId\)\.$"
    with pytest.raises(CommandError, match=says):
        call_command("backup", list=str(there))


def test_a_backup_of_a_clock_that_was_ahead_is_named_and_not_taken_for_the_newest(there: Path) -> None:
    make_sealed_document(make_order())
    backed_up(there, days=200)
    (ahead,) = manifest.stamps(Target(str(there)))

    code, told = backed_up(there)
    listed = StringIO()
    call_command("backup", list=str(there), stdout=listed)

    newest = min(manifest.stamps(Target(str(there))))
    assert manifest.read(Target(str(there))).stamp == newest
    assert code == 3
    assert f"backup {ahead}: its time is in the future, so a clock is or was wrong." in told
    assert [line.endswith("wrong") for line in listed.getvalue().splitlines()] == [False, True, False]


def test_a_clock_that_jumps_ahead_deletes_no_older_backup_and_no_keys_until_somebody_says_that_it_is_right(
    there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_sealed_document(make_order())
    for day in (0, 1):
        backed_up(there, days=day)

    code, told = backed_up(there, days=201)
    kept = [len(list((there / kind).iterdir())) for kind in ("backups", "file-keys")]
    assert (code, kept) == (3, [3, 3])
    assert "Not deleted: 2 backups and 2 sets of keys that are over by this host's clock" in told
    assert "If this host's clock is right, run backup --trust-clock once." in told

    code, told = backed_up(there, days=202, trusted=True)
    assert (code, "deleted: 2 backups, 2 sets of keys, 0 files" in told) == (0, True)

    for day in range(203, 240, 5):
        backed_up(there, days=day)
    assert len(folders(there)) == 6

    monkeypatch.setattr(database, "clock", lambda: timezone.now() - timedelta(days=40))
    code, told = backed_up(there, days=250)
    assert (code, "deleted: 0 backups, 0 sets of keys, 0 files" in told) == (3, True)
    assert "Nothing old is deleted: this host's clock says " in told


@pytest.mark.parametrize(
    ("command", "options", "undone"),
    [
        ("backup", ["--list"], "Not listed"),
        ("restore", ["--dry-run", "--from"], "Not restored"),
    ],
)
def test_a_manifest_whose_content_cannot_be_read_is_an_outage_in_one_sentence(
    there: Path, monkeypatch: pytest.MonkeyPatch, command: str, options: list[str], undone: str
) -> None:
    """Of a damaged disk, or of a bucket whose answer breaks off."""
    backed_up(there)
    monkeypatch.setattr(FileSystemStorage, "open", lambda *_given: Unreadable())

    with pytest.raises(CommandError, match=rf"^{undone}: {there} does not answer, .* \(Input/output error\)\.$"):
        call_command(command, *options, str(there))


class Unreadable(BytesIO):
    """A file that opens and has no content."""

    def read(self, _size: int | None = -1) -> bytes:
        raise OSError(errno.EIO, "Input/output error")


def test_a_bucket_that_says_nothing_is_given_up_after_two_attempts(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(targets, "FIRST_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.BACKUP_S3 = INVENTED | {"endpoint_url": f"http://127.0.0.1:{silent.getsockname()[1]}"}
        for command, options, undone in (
            ("backup", ["--list"], "Not listed"),
            ("restore", ["--dry-run", "--from"], "Not restored"),
        ):
            says = rf"^{undone}: s3://backups/portal does not answer, .* \(no answer in time\)\.$"
            told = StringIO()
            with pytest.raises(CommandError, match=says):
                call_command(command, *options, "s3://backups/portal", stderr=told)
            assert told.getvalue() == f"s3://backups/portal is asked. {GIVEN_UP}\n"

        assert waiting_calls(silent) == 4


def test_a_backup_says_what_it_waits_for_before_it_waits(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(targets, "FIRST_SECONDS", 0.2)
    told = StringIO()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.BACKUP_S3 = INVENTED | {"endpoint_url": f"http://127.0.0.1:{silent.getsockname()[1]}"}
        with pytest.raises(CommandError, match=r"^No backup was made: s3://backups/keys .* \(no answer in time\)\.$"):
            call_command("backup", to="s3://backups/portal", keys_to="s3://backups/keys", stderr=told)

        assert waiting_calls(silent) == 2

    assert told.getvalue() == f"s3://backups/portal and s3://backups/keys are asked. {GIVEN_UP}\n"


def test_a_silent_bucket_does_not_keep_old_keys_alive_elsewhere(
    there: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(targets, "FIRST_SECONDS", 0.2)
    backed_up(there)
    (key,) = (there / "file-keys").iterdir()
    key.rename(key.with_name("20200101T000000Z"))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.BACKUP_S3 = INVENTED | {"endpoint_url": f"http://127.0.0.1:{silent.getsockname()[1]}"}
        with pytest.raises(CommandError, match=r"^No backup was made: s3://backups/portal "):
            call_command("backup", to="s3://backups/portal", keys_to=str(there), trust_clock=True, stderr=StringIO())

    assert list((there / "file-keys").iterdir()) == []


def test_a_bucket_that_is_there_is_asked_for_longer_once_it_has_answered() -> None:
    assert targets.ATTEMPTS * targets.FIRST_SECONDS + 5 < 30
    assert targets.FIRST_SECONDS < targets.READ_SECONDS


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (400, "it does not take the request for a valid one: check its address, region and keys, HTTP 400"),
        (403, "it does not accept our keys, or they have no right to this, HTTP 403"),
        (502, "it reports a fault of its own, HTTP 502"),
    ],
)
def test_a_bucket_that_answers_with_a_number_alone_is_told_in_words(settings: Any, number: int, says: str) -> None:
    class Refusing(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:  # noqa: N802 -- the name is the library's
            self.send_response(number)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_HEAD  # noqa: N815

        def log_message(self, *_words: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        settings.BACKUP_S3 = INVENTED | {"endpoint_url": f"http://127.0.0.1:{server.server_port}"}
        for act in (lambda: manifest.stamps(Target("s3://backups")), lambda: Target("s3://backups").size("manifest")):
            with pytest.raises(StorageDown) as down:
                act()
            assert down.value.explanation == f"s3://backups does not answer, refuses us or has no room ({says})"
        server.shutdown()


def test_an_address_of_the_bucket_that_nobody_can_read_is_named_instead_of_a_traceback(settings: Any) -> None:
    settings.BACKUP_S3 = settings.BACKUP_S3 | {"endpoint_url": "s3:9000"}

    for command, options, undone in (
        ("backup", ["--list"], "Not listed"),
        ("backup", ["--to"], "No backup was made"),
        ("restore", ["--dry-run", "--from"], "Not restored"),
    ):
        says = rf"^{undone}: s3://backups/portal cannot be asked: BACKUP_S3_ENDPOINT_URL, or S3_E.* cannot be read\.$"
        with pytest.raises(CommandError, match=says):
            call_command(command, *options, "s3://backups/portal")


def waiting_calls(server: socket.socket) -> int:
    """How many connected, none of which the server has taken."""
    server.settimeout(0.1)
    number = 0
    with suppress(TimeoutError):
        while True:
            server.accept()[0].close()
            number += 1
    return number
