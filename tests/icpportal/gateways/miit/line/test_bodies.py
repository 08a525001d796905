"""The contents of files leave the database once they need not be sent or read again, and are read from either place."""

import os
from collections import Counter
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from icpportal.gateways import storage
from icpportal.gateways.miit.incoming import inbox
from icpportal.gateways.miit.line import bodies, retention, sequence
from icpportal.gateways.miit.line.bodies import MoveResult
from icpportal.gateways.miit.line.file_encryption import Forgotten
from icpportal.gateways.miit.models import InboxFile, UploadFile
from icpportal.gateways.miit.operations import actions as operations
from icpportal.gateways.miit.outgoing.report_queue import queue
from icpportal.gateways.miit.outgoing.sender import send_due
from icpportal.gateways.storage import StorageDown
from icpportal.operations.cleanup import cleanup
from tests.icpportal.gateways.miit.sending_world import NOW, Killed, access, arrange, line, queue_reports
from tests.verification.documents.test_s3 import bucket, endpoint, keys  # noqa: F401 -- fixtures

DAY = timedelta(days=1)
YEARS_LATER = NOW + timedelta(days=101)


@pytest.fixture
def place(settings: Any, tmp_path: Path) -> Path:
    """The storage of these files, in a folder of the test."""
    files = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = {**settings.STORAGES, "ministry": {"BACKEND": files, "OPTIONS": {"location": tmp_path}}}
    return tmp_path


@pytest.fixture
def ministry(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Any:
    return arrange(monkeypatch, settings)


def make_accepted(count: int = 1) -> list[UploadFile]:
    queue_reports(count)
    send_due(now=NOW)
    return list(UploadFile.objects.order_by("sequence"))


def download(name: str = "a.xml", *, state: str = "processed") -> InboxFile:
    """A download of a kind that is only stored."""
    file = inbox.WireFile(name, "eA==", "eA==")
    row = inbox._store(file, NOW)
    InboxFile.objects.filter(pk=row.pk).update(state=state)
    return InboxFile.objects.get(pk=row.pk)


def there(place: Path) -> list[Path]:
    return sorted(path for path in place.rglob("*") if path.is_file())


def age(path: Path, at: Any) -> None:
    os.utime(path, (at.timestamp(), at.timestamp()))


def test_an_accepted_file_and_a_processed_download_leave_the_database_and_are_read_as_before(ministry, place):
    (sent,) = make_accepted()
    came = download()
    before = (sequence.read_stored(sent), inbox.wire_file(came), sent.name, sent.digest, came.digest)

    assert bodies.store(now=NOW) == MoveResult(uploads=1, downloads=1)

    sent, came = UploadFile.objects.get(), InboxFile.objects.get()
    assert (sent.body, came.body) == (None, None)
    assert [str(path.relative_to(place)) for path in there(place)] == sorted([sent.stored_name, came.stored_name])
    assert sent.stored_name.startswith("20261125/")
    assert [path for path in there(place) if before[0].body in path.read_bytes()] == []  # sealed
    assert (sequence.read_stored(sent), inbox.wire_file(came), sent.name, sent.digest, came.digest) == before
    assert bodies.store(now=NOW) == MoveResult(uploads=0, downloads=0)


def test_files_still_in_progress_stay_in_the_database(ministry, place):
    ministry.uploads.extend(["lost before it arrived"] * 2)
    queue_reports()
    send_due(now=NOW)
    download("stored.xml", state="stored")
    download("acknowledged.xml", state="acknowledged")

    assert bodies.store(now=NOW) == MoveResult(uploads=0, downloads=0)
    assert there(place) == []


def test_a_file_is_shown_and_resent_from_the_storage(ministry, place):
    make_accepted(2)
    bodies.store(now=NOW)
    out = StringIO()

    call_command("miit", "show", "1", stdout=out, stderr=StringIO())
    del ministry.taken[1]  # they lost it, and later the other one
    operations.resend(1, now=NOW)
    del ministry.taken[2]
    queue(access(reference="TR-9"))
    send_due(now=timezone.now())

    assert "京ICP备10000001号-1" in out.getvalue()
    assert ministry.sent == [1, 2, 1, 3, 2, 3]
    assert sorted(ministry.taken) == [1, 2, 3]


@pytest.mark.parametrize("at", ["keep", "read"])
def test_killed_half_way_it_leaves_at_most_a_file_without_a_row_which_cleanup_removes(ministry, place, monkeypatch, at):
    make_accepted()
    write = storage.keep

    def killed(*given: Any) -> Any:
        if at == "keep":
            write(*given)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(storage, at, killed)
        with pytest.raises(Killed):
            bodies.store(now=NOW)
    (stray,) = there(place)
    assert UploadFile.objects.get().body is not None

    assert bodies.store(now=NOW).uploads == 1
    for path in there(place):
        age(path, NOW)
    assert bodies.drop_strays(now=NOW + DAY - timedelta(minutes=1)) == 0
    assert bodies.drop_strays(now=NOW + DAY, dry_run=True) == 1
    assert stray in there(place)
    assert cleanup(now=NOW + DAY).done["ministry_strays"] == 1
    assert [str(path.relative_to(place)) for path in there(place)] == [UploadFile.objects.get().stored_name]
    assert sequence.read_stored(UploadFile.objects.get())


def test_two_workers_at_once_leave_one_file(ministry, place, monkeypatch):
    make_accepted()
    read = storage.read

    def meanwhile(*given: Any) -> bytes:
        monkeypatch.setattr(storage, "read", read)
        assert bodies.store(now=NOW).uploads == 1
        return read(*given)

    monkeypatch.setattr(storage, "read", meanwhile)

    assert bodies.store(now=NOW).uploads == 0
    assert [str(path.relative_to(place)) for path in there(place)] == [UploadFile.objects.get().stored_name]
    assert sequence.read_stored(UploadFile.objects.get())


def test_a_file_that_the_storage_does_not_return_unchanged_stays_in_the_database(ministry, place, monkeypatch):
    make_accepted()
    monkeypatch.setattr(storage, "read", lambda *_: b"half")

    with pytest.raises(StorageDown):
        bodies.store(now=NOW)

    assert UploadFile.objects.get().stored_name == ""
    assert UploadFile.objects.get().body is not None


def test_while_the_storage_is_down_nothing_moves_and_its_files_are_reported_unavailable(ministry, place, monkeypatch):
    make_accepted(2)
    bodies.store(now=NOW, limit=1)

    def down(*_given: Any, **_more: Any) -> Any:
        raise OSError("storage at 192.0.2.9 is down")

    monkeypatch.setattr(storage.place("ministry"), "open", down)
    monkeypatch.setattr(storage.place("ministry"), "save", down)

    with pytest.raises(StorageDown):
        bodies.store(now=NOW)
    with pytest.raises(CommandError, match="not now: the storage of the ministry's files does not answer"):
        call_command("miit", "show", "1", stdout=StringIO(), stderr=StringIO())
    with pytest.raises(StorageDown):
        operations.resend(1, now=NOW)
    call_command("miit", "show", "2", stdout=StringIO(), stderr=StringIO())
    assert UploadFile.objects.filter(stored_name="").count() == 1


def test_an_unreadable_missing_file_does_not_count_as_silence_of_the_ministry(ministry, place, monkeypatch):
    make_accepted(2)
    bodies.store(now=NOW)
    del ministry.taken[1]
    queue(access(reference="TR-9"))
    later = timezone.now()

    def down(*_given: Any) -> Any:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(storage.place("ministry"), "open", down)
        assert send_due(now=later).reason == "the storage of the ministry's files does not answer"
    assert line().sending_waits_until is None

    assert send_due(now=later).accepted == 1
    assert sorted(ministry.taken) == [1, 2, 3]


def test_a_lost_file_is_reported_and_stops_nothing_else(ministry, place):
    make_accepted(2)
    bodies.store(now=NOW)
    storage.drop("ministry", UploadFile.objects.get(sequence=1).stored_name)

    with pytest.raises(CommandError, match="its body is not in the storage any more"):
        call_command("miit", "show", "1", stdout=StringIO(), stderr=StringIO())
    call_command("miit", "show", "2", stdout=StringIO(), stderr=StringIO())


def test_a_forgotten_file_is_deleted_from_the_storage_too(ministry, place):
    make_accepted()
    download()
    bodies.store(now=NOW)

    assert retention.erase_expired(now=YEARS_LATER, dry_run=True) == 2
    assert len(there(place)) == 2
    assert retention.erase_expired(now=YEARS_LATER) == 2

    assert there(place) == []
    assert list(UploadFile.objects.values_list("key", "stored_name")) == [("", "")]
    with pytest.raises(Forgotten):
        sequence.read_stored(UploadFile.objects.get())


def test_a_file_that_cannot_be_deleted_yet_is_forgotten_all_the_same_and_deleted_later(ministry, place, monkeypatch):
    make_accepted()
    bodies.store(now=NOW)

    def down(_name: str) -> None:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(storage.place("ministry"), "delete", down)
        assert "ministry_files" in cleanup(now=YEARS_LATER).skipped
    with pytest.raises(Forgotten):
        sequence.read_stored(UploadFile.objects.get())
    assert len(there(place)) == 1

    assert cleanup(now=YEARS_LATER).done["ministry_files"] == 0
    assert there(place) == []


def test_files_move_in_batches_and_continue_where_the_last_one_ended(ministry, place):
    """Rows of earlier years are moved by the same job."""
    make_accepted(5)

    moved = [bodies.store(now=NOW, limit=2).uploads for _ in range(4)]

    assert moved == [2, 2, 1, 0]
    assert list(UploadFile.objects.order_by("sequence").values_list("body", flat=True)) == [None] * 5


def test_one_file_that_cannot_move_does_not_block_others(ministry, place, monkeypatch):
    make_accepted(3)
    moving = bodies.sealed_body
    monkeypatch.setattr(bodies, "sealed_body", lambda file: 1 / 0 if file.sequence == 1 else moving(file))

    assert bodies.store(now=NOW, limit=2).uploads == 1
    assert bodies.store(now=NOW, limit=2).uploads == 1
    assert UploadFile.objects.filter(stored_name="").get().sequence == 1


def test_an_archive_already_moved_costs_the_job_nothing(ministry, place):
    with CaptureQueriesContext(connection) as empty:
        bodies.store(now=NOW)
        bodies.drop_forgotten()
    make_accepted(6)
    bodies.store(now=NOW)

    with CaptureQueriesContext(connection) as full:
        bodies.store(now=NOW)
        bodies.drop_forgotten()

    assert len(full) == len(empty)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (UploadFile.objects.filter(bodies.TO_STORE, accepted_at__isnull=False), "upload_to_store"),
        (InboxFile.objects.filter(bodies.TO_STORE, state__in=bodies.DONE), "download_to_store"),
        (UploadFile.objects.filter(bodies.TO_DROP), "upload_to_drop"),
        (InboxFile.objects.filter(bodies.TO_DROP), "download_to_drop"),
        (UploadFile.objects.filter(bodies.STORED, stored_name__in=["a", "b"]), "upload_stored"),
        (InboxFile.objects.filter(bodies.STORED, stored_name__in=["a", "b"]), "download_stored"),
    ],
)
def test_files_to_move_or_delete_are_found_by_an_index(db, rows, index):
    assert index in rows.order_by("pk").values_list("pk").explain()


def test_old_stray_files_are_deleted_in_turn_and_empty_folders_removed(ministry, place):
    """One old folder an hour, however many there are."""
    for day in ("20260901", "20260902", "20260903", "20261125"):
        age(Path(storage.place("ministry").path(storage.keep("ministry", f"{day}/stray", b"x"))), NOW - 3 * DAY)

    looked = [bodies.drop_strays(now=NOW + hour * timedelta(hours=1)) for hour in range(4)]

    assert Counter(looked) == {1: 3, 0: 1}
    assert [path.name for path in sorted(place.iterdir())] == ["20261125"]  # today's is checked tomorrow


def test_in_s3_it_is_the_same(ministry, bucket):  # noqa: F811
    (sent,) = make_accepted()
    before = sequence.read_stored(sent)
    bodies.store(now=NOW)
    sent = UploadFile.objects.get()
    stray = storage.keep("ministry", "20261124/stray", b"x")

    assert sorted(keys(bucket)) == sorted([f"ministry/{stray}", f"ministry/{sent.stored_name}"])
    assert sequence.read_stored(sent) == before
    assert bodies.drop_strays(now=timezone.now() + 2 * DAY) == 1  # the bucket's own clock says how old a file is
    retention.erase_expired(now=YEARS_LATER)
    assert keys(bucket) == []


def test_a_file_is_read_before_its_row_is_locked(ministry: Any, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = download("b.xml", state="parked")
    bodies.store(now=NOW)
    deep, read = len(connection.savepoint_ids), storage.read
    seen: list[int] = []
    monkeypatch.setattr(
        bodies.storage, "read", lambda *about: seen.append(len(connection.savepoint_ids)) or read(*about)
    )

    inbox.read_again(row.pk)

    assert set(seen) == {deep}
