"""The sweep: waiting files, and files to be deleted."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from icpportal.gateways import storage
from tests.bad import aside, causes
from tests.verification.documents import pictures
from verification.documents import examination
from verification.documents import sweep as sweeping
from verification.documents.actions import examine, retire
from verification.documents.sandbox.parent import ChildCrashed
from verification.documents.sweep import DocumentSweepResult, sweep_documents
from verification.models.documents import Document, DocumentState
from verification.pictures.papers import Paper


def soon(seconds: int = 21) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)


def states() -> list[str]:
    return list(Document.objects.order_by("created_at").values_list("state", flat=True))


def test_a_picture_being_checked_for_20_seconds_is_examined(received):
    for _ in range(3):
        received()

    assert sweep_documents(soon()) == DocumentSweepResult(found=3, ready=3)
    assert states() == [DocumentState.READY] * 3


def test_a_picture_that_just_arrived_is_left_to_the_wake_up(received):
    received()

    assert sweep_documents(soon(10)) == DocumentSweepResult()
    assert states() == [DocumentState.CHECKING]


def test_a_picture_being_examined_by_another_run_is_left_alone(received):
    document = received()
    examination.claim(document.pk, soon())

    assert sweep_documents(soon(30)) == DocumentSweepResult()
    assert sweep_documents(soon(600)) == DocumentSweepResult(found=1, ready=1)


def test_a_dry_run_counts_and_does_nothing(received):
    received()

    assert sweep_documents(soon(), dry_run=True) == DocumentSweepResult(found=1)
    assert states() == [DocumentState.CHECKING]


def test_a_broken_file_stops_no_other(received, monkeypatch):
    original = examination.open_picture

    def open_picture(content: bytes, paper: Paper):
        if content == pictures.png():
            raise ChildCrashed("killed")
        if content == pictures.webp():
            raise ZeroDivisionError("a bug of ours")
        return original(content, paper)

    monkeypatch.setattr(examination, "open_picture", open_picture)
    for content in (pictures.png(), pictures.webp(), pictures.jpeg()):
        received(content)

    assert sweep_documents(soon()) == DocumentSweepResult(found=3, again=1, failed=1, ready=1)
    assert states() == [DocumentState.CHECKING, DocumentState.CHECKING, DocumentState.READY]


def test_a_file_that_breaks_the_examination_is_named_and_retried_ever_more_rarely(received, monkeypatch):
    original = examination.open_picture

    def open_picture(content: bytes, paper: Paper):
        if content == pictures.webp():
            raise MemoryError
        return original(content, paper)

    bad, good = received(pictures.webp()), received(pictures.jpeg())
    with monkeypatch.context() as patched:
        patched.setattr(examination, "open_picture", open_picture)
        first, second = sweep_documents(soon()), sweep_documents(soon(200))
    seen = (aside(), causes())
    call_command("set_aside", bad.reference, "--again", stdout=StringIO())

    assert (first, second) == (DocumentSweepResult(found=2, failed=1, ready=1), DocumentSweepResult(set_aside=1))
    assert seen == ([("documents.examined", bad.reference)], ["documents.row_failed:MemoryError"])
    assert (sweep_documents(soon(400)), aside(), causes()) == (DocumentSweepResult(found=1, ready=1), [], [])
    good.refresh_from_db()
    assert good.state == DocumentState.READY


def test_a_file_that_cannot_be_deleted_stops_no_other(received, monkeypatch):
    bad, good = received(), received()
    for document in (bad, good):
        with monkeypatch.context() as patched:
            patched.setattr(examination, "clear_read", lambda *_row: False)
            examine(document.pk)
    drop = storage.drop
    monkeypatch.setattr(
        storage, "drop", lambda alias, name: 1 / 0 if name == bad.quarantine_name else drop(alias, name)
    )

    assert sweep_documents(soon()) == DocumentSweepResult(cleared=1, failed=1)
    assert aside() == [("documents.cleared", bad.reference)]


def test_sweeps_end_with_every_file_judged(received, monkeypatch):
    monkeypatch.setattr(examination, "open_picture", lambda *_asked: (_ for _ in ()).throw(ChildCrashed("killed")))
    received()

    outcomes = [sweep_documents(soon(60 * number)).as_dict() for number in range(1, 6)]

    assert [(one["again"], one["refused"], one["found"]) for one in outcomes] == [
        (1, 0, 1),
        (1, 0, 1),
        (0, 1, 1),
        (0, 0, 0),
        (0, 0, 0),
    ]


def test_a_scanner_that_is_down_is_called_once_a_sweep(received, settings):
    settings.SCANNER_GATEWAY = "icpportal.gateways.scanner.fake.Down"
    for _ in range(4):
        received()

    assert sweep_documents(soon()) == DocumentSweepResult(found=4, waiting=1)


def test_a_sweep_ends_when_its_time_is_up(received, monkeypatch):
    monkeypatch.setattr(sweeping, "BUDGET", timedelta(0))
    for _ in range(3):
        received()

    assert sweep_documents(soon()).ready == 1


def test_the_sweep_empties_the_bin(received, files, monkeypatch):
    document, kept = received(), received()
    examine(kept.pk)
    with monkeypatch.context() as patched:
        patched.setattr(examination, "clear_read", lambda *_row: False)
        examine(document.pk)
    retire(document)
    assert (len(files("quarantine")), len(files("documents"))) == (1, 4)

    assert sweep_documents(soon()) == DocumentSweepResult(cleared=1)

    assert (len(files("quarantine")), len(files("documents"))) == (0, 2)
    assert sweep_documents(soon()) == DocumentSweepResult()


@pytest.mark.parametrize("count", [1, 3])
def test_an_idle_sweep_takes_three_queries_however_many_are_ready(received, django_assert_num_queries, count: int):
    for _ in range(count):
        examine(received().pk)

    with django_assert_num_queries(3):
        sweep_documents(soon())
