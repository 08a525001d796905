"""Pictures are stored sealed, and no part of one is unencrypted on a disk on its way there."""

import io
import shutil
from pathlib import Path

import pytest

from icpportal.gateways import storage
from icpportal.privacy.crypto import Unreadable
from icpportal.privacy.models import FileKey
from tests.verification.documents import pictures
from verification.documents.actions import examine, retire
from verification.documents.file_access import NotReady, open_ready, response
from verification.documents.sandbox import parent
from verification.documents.sandbox.parent import ChildCrashed
from verification.models.documents import Document

MOMENTS = ["request", "received", "scanner", "before the child", "after the child", "examined"]


def test_no_trace_of_a_picture_is_unencrypted_while_it_comes_in_or_afterwards(traces):
    document = traces.of_an_upload()

    assert traces.moments == MOMENTS
    assert document.is_ready
    assert {path.partition("/")[0] for path in traces.seen} == {"quarantine", "documents"}
    assert traces.plain() == []


def test_a_child_that_dies_leaves_nothing_unencrypted(traces, monkeypatch):
    def dies(source: io.IOBase, answer: io.IOBase, paper: str) -> None:
        answer.write(pictures.jpeg())
        traces.look("dying")
        raise ChildCrashed("killed")

    monkeypatch.setattr(parent, "run_child", dies)

    document = traces.of_an_upload()

    assert document.is_checking
    assert traces.moments == ["request", "received", "scanner", "dying", "examined"]
    assert traces.plain() == []


class Backup:
    """Files and database as they are now, with the keys of files separately."""

    def __init__(self, places: Path, apart: Path) -> None:
        self.places, self.files = places, shutil.copytree(places, apart)
        self.rows = list(Document.objects.values())  # as stored, sealed
        self.keys = list(FileKey.objects.all())

    def restore(self, *, keys: bool) -> None:
        shutil.copytree(self.files, self.places, dirs_exist_ok=True)
        for row in self.rows:
            Document.objects.filter(pk=row["id"]).update(**row)
        if keys:
            FileKey.objects.bulk_create(self.keys, ignore_conflicts=True)


def test_an_older_backup_opens_an_erased_picture_only_while_a_backup_of_its_key_exists(
    received, places: Path, tmp_path_factory, django_capture_on_commit_callbacks
):
    document, other = received(), received()
    for each in (document, other):
        examine(each.pk)
    backup = Backup(places, tmp_path_factory.mktemp("backup") / "files")
    picture = storage.read("documents", Document.objects.get(pk=document.pk).stored_name)
    with django_capture_on_commit_callbacks(execute=True):
        retire(document)

    backup.restore(keys=True)  # within PICTURE_KEY_BACKUP_DAYS
    assert open_ready(document).read() == picture

    with django_capture_on_commit_callbacks(execute=True):
        retire(document)
    backup.restore(keys=False)  # after them
    assert Document.objects.get(pk=document.pk).is_ready
    with pytest.raises(NotReady):
        open_ready(document)
    with pytest.raises(NotReady):
        response(document, preview=True)
    assert pictures.open_image(open_ready(other).read()).size == (1200, 900)


def test_the_keys_of_files_reference_no_table_and_no_table_references_them():
    assert [field.name for field in FileKey._meta.get_fields() if field.is_relation] == []


def test_an_unavailable_storage_keeps_the_file_and_not_its_key(received, monkeypatch):
    document = received()

    def down(*_name: str) -> None:
        raise OSError

    monkeypatch.setattr(storage.place("quarantine"), "delete", down)
    with pytest.raises(storage.StorageDown):
        storage.drop("quarantine", document.quarantine_name)

    assert not FileKey.objects.exists()
    with pytest.raises(storage.Missing):
        storage.read("quarantine", document.quarantine_name)


def test_files_stored_together_are_all_there_or_none_is(db, files, monkeypatch):
    save, room = storage.place("documents").save, [1]

    def full(name: str, content: io.IOBase) -> str:
        if not room:
            raise OSError
        room.pop()
        return str(save(name, content))

    two = [("20261201/one.jpg", b"one"), ("20261201/two.jpg", b"two")]
    monkeypatch.setattr(storage.place("documents"), "save", full)
    with pytest.raises(storage.StorageDown):
        storage.keep_all("documents", two)
    assert files("documents") == []
    assert not FileKey.objects.exists()

    room += [1, 1]
    assert [storage.read("documents", name) for name in storage.keep_all("documents", two)] == [b"one", b"two"]
    assert FileKey.objects.count() == 2


def test_a_file_in_the_place_of_another_does_not_open(received, places: Path):
    one, other = received(), received()
    where = places / "quarantine"
    (where / one.quarantine_name).write_bytes((where / other.quarantine_name).read_bytes())

    with pytest.raises(Unreadable):
        storage.read("quarantine", one.quarantine_name)


def test_a_truncated_file_promises_nothing(received, places: Path):
    document = received()
    examine(document.pk)
    document.refresh_from_db()
    path = places / "documents" / document.stored_name
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(Unreadable):
        response(document)


def test_an_unsealed_file_of_an_earlier_version_opens_as_before(received, settings, places: Path):
    settings.SEAL_FILES = False
    document = received()
    assert (places / "quarantine" / document.quarantine_name).read_bytes()[:2] == b"\xff\xd8"
    settings.SEAL_FILES = True

    assert examine(document.pk) == "ready"

    document.refresh_from_db()
    assert pictures.open_image(b"".join(response(document).streaming_content)).size == (1200, 900)
    assert FileKey.objects.count() == 2


def test_a_response_states_the_length_of_the_picture_not_of_its_file(received):
    document = received()
    examine(document.pk)
    document.refresh_from_db()

    answer = response(document)

    assert int(answer["Content-Length"]) == document.size == len(b"".join(answer.streaming_content))
