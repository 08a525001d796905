"""From checking to ready or refused, whatever fails on the way."""

import hashlib
import threading
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import translation

from icpportal.gateways import storage
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.scanner.fake import EICAR
from tests.verification.documents import pictures
from verification.documents import examination
from verification.documents.advice import found_on
from verification.documents.examination import examine
from verification.documents.sandbox.parent import ChildCrashed, ExaminedPicture, open_picture
from verification.documents.upload_messages import reason_of
from verification.models.documents import Document, DocumentState
from verification.pictures.papers import Paper

NOW = datetime(2026, 11, 25, 8, 20, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def crash(_content: bytes, _paper: Paper) -> None:
    raise ChildCrashed("TimeoutExpired")


def after(document: Document) -> Document:
    return Document.objects.get(pk=document.pk)


def test_a_good_picture_becomes_ready_upright_and_clean(received, files):
    document = received(pictures.heic())

    assert examine(document.pk, now=NOW) == "ready"

    ready = after(document)
    picture = storage.read("documents", ready.stored_name)
    assert (ready.state, ready.reason, ready.decided_at) == (DocumentState.READY, "", NOW)
    assert (ready.width, ready.height) == pictures.open_image(picture).size == (1200, 900)
    assert (ready.size, ready.sha256) == (len(picture), hashlib.sha256(picture).hexdigest())
    assert pictures.open_image(storage.read("documents", ready.preview_name)).size == (640, 480)
    assert files("quarantine") == []
    assert (ready.quarantine_name, ready.to_clear, ready.leased_until, ready.lease) == ("", False, None, None)


def test_the_same_picture_always_gets_the_same_digest(received, monkeypatch):
    monkeypatch.setattr(examination, "open_picture", open_picture)  # a new child for each
    documents = [received(pictures.jpeg()), received(pictures.jpeg())]

    for document in documents:
        examine(document.pk)

    assert after(documents[0]).sha256 == after(documents[1]).sha256 != ""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (pictures.jpeg()[:5000], "file_broken"),
        (pictures.jpeg() + EICAR, "file_virus"),
        (pictures.webp()[:800], "file_broken"),
    ],
)
def test_a_bad_picture_is_refused_with_its_reason_and_deleted(received, files, content: bytes, reason: str):
    document = received(content)

    assert examine(document.pk, now=NOW) == "refused"

    refused = after(document)
    assert (refused.state, refused.reason, refused.decided_at) == (DocumentState.REFUSED, reason, NOW)
    assert (refused.stored_name, refused.preview_name, refused.sha256) == ("", "", "")
    assert str(reason_of(refused))
    assert files("quarantine") == files("documents") == []


def test_a_bomb_with_a_false_header_is_refused_when_it_is_decoded(received, settings):
    content = pictures.png_claiming(9000, 9000)
    settings.UPLOAD_MAX_PIXELS = 100_000_000
    document = received(content)
    settings.UPLOAD_MAX_PIXELS = 40_000_000

    examine(document.pk)

    assert (after(document).state, after(document).reason) == (DocumentState.REFUSED, "file_pixels")


def test_examining_again_changes_nothing(received):
    document = received()
    examine(document.pk, now=NOW)
    before = after(document)

    assert examine(document.pk, now=LATER) == "nothing"

    assert (
        after(document).__dict__.items()
        >= {key: value for key, value in before.__dict__.items() if key != "_state"}.items()
    )


def test_a_missing_document_is_ignored(db):
    assert examine(uuid.uuid4()) == "nothing"


def test_a_run_that_holds_the_lease_is_left_alone(received, monkeypatch):
    document = received()
    inside: list[str] = []

    def look(content: bytes, paper: Paper):
        inside.append(examine(document.pk, now=NOW + timedelta(seconds=30)))
        return original(content, paper)

    original = examination.open_picture
    monkeypatch.setattr(examination, "open_picture", look)

    assert examine(document.pk, now=NOW) == "ready"
    assert inside == ["nothing"]


def test_a_run_that_lost_its_lease_discards_its_work(received, files, monkeypatch):
    """It was so slow that another run finished first."""
    document = received()
    inside: list[str] = []

    def look(content: bytes, paper: Paper):
        if not inside:
            inside.append("slow")
            inside.append(examine(document.pk, now=LATER))
        return original(content, paper)

    original = examination.open_picture
    monkeypatch.setattr(examination, "open_picture", look)

    assert examine(document.pk, now=NOW) == "nothing"

    assert inside == ["slow", "ready"]
    assert after(document).decided_at == LATER
    assert len(files("documents")) == 2


def test_a_run_whose_lease_another_run_took_does_not_write_the_result(received, files, monkeypatch):
    document = received()

    def look(content: bytes, paper: Paper):
        examination.claim(document.pk, LATER)
        return original(content, paper)

    original = examination.open_picture
    monkeypatch.setattr(examination, "open_picture", look)

    assert examine(document.pk, now=NOW) == "nothing"

    assert (after(document).state, after(document).tries) == (DocumentState.CHECKING, 2)
    assert after(document).leased_until == LATER + examination.LEASE
    assert files("documents") == []


@pytest.mark.parametrize("step", ["read", "scan", "open", "keep", "preview", "end"])
def test_a_run_killed_anywhere_is_finished_by_the_next_one(received, files, monkeypatch, step: str):
    document = received()

    class Killed(BaseException):
        pass

    def kill(*_args: object, **_more: object) -> None:
        raise Killed

    kept: list[str] = []

    def kill_at_preview(save: storage.Save, alias: str, name: str, content: bytes) -> str:
        if kept:
            raise Killed
        kept.append(name)
        return original(save, alias, name, content)

    original = storage._save
    places = {
        "read": (storage, "read", kill),
        "scan": (examination, "scanner", kill),
        "open": (examination, "open_picture", kill),
        "keep": (storage, "keep_all", kill),
        "preview": (storage, "_save", kill_at_preview),
        "end": (examination, "end", kill),
    }
    with monkeypatch.context() as patched:
        patched.setattr(*places[step])
        with pytest.raises(Killed):
            examine(document.pk, now=NOW)
    assert after(document).state == DocumentState.CHECKING
    assert examine(document.pk, now=NOW + timedelta(seconds=30)) == "nothing"

    assert examine(document.pk, now=LATER) == "ready"

    assert files("quarantine") == []
    ready = after(document)
    assert storage.read("documents", ready.stored_name)[:2] == b"\xff\xd8"


def test_a_run_killed_before_the_quarantine_is_emptied_leaves_that_to_be_done(received, files, monkeypatch):
    document = received()
    with monkeypatch.context() as patched:
        patched.setattr(examination, "clear_read", lambda *_row: False)
        examine(document.pk)

    assert after(document).state == DocumentState.READY
    assert after(document).to_clear is True
    assert len(files("quarantine")) == 1


def test_a_file_that_crashes_the_child_is_refused_the_third_time(received, files, monkeypatch):
    document = received()
    monkeypatch.setattr(examination, "open_picture", crash)

    outcomes = [examine(document.pk, now=NOW + timedelta(minutes=number)) for number in range(5)]

    assert outcomes == ["again", "again", "refused", "nothing", "nothing"]
    assert (after(document).reason, after(document).tries) == ("file_broken", 3)
    assert files("quarantine") == []


def test_one_failure_of_the_child_does_no_harm(received, monkeypatch):
    document = received()
    with monkeypatch.context() as patched:
        patched.setattr(examination, "open_picture", crash)
        assert examine(document.pk, now=NOW) == "again"

    assert examine(document.pk, now=NOW + timedelta(seconds=1)) == "ready"


def test_a_file_whose_runs_never_end_is_finally_refused(received, monkeypatch):
    """In case a file kills the worker itself."""
    document = received()

    class Killed(BaseException):
        pass

    def kill(*_asked: object) -> None:
        raise Killed

    monkeypatch.setattr(examination, "open_picture", kill)
    for number in range(examination.BEGUN_MAX):
        with pytest.raises(Killed):
            examine(document.pk, now=NOW + timedelta(minutes=5 * number))

    assert examine(document.pk, now=NOW + timedelta(hours=2)) == "refused"
    assert after(document).reason == "file_broken"


@pytest.mark.parametrize("name", ["Down", "Stalling"])
def test_a_scanner_that_is_down_keeps_the_file_in_quarantine_and_costs_no_attempt(
    received, files, settings, monkeypatch, name: str
):
    document = received()
    monkeypatch.setattr("icpportal.gateways.scanner.fake.time.sleep", lambda _seconds: None)
    settings.SCANNER_GATEWAY = f"icpportal.gateways.scanner.fake.{name}"

    outcomes = [examine(document.pk, now=NOW + timedelta(minutes=number)) for number in range(12)]

    waiting = after(document)
    assert set(outcomes) == {"waiting"}
    assert (waiting.state, waiting.reason, waiting.tries) == (DocumentState.CHECKING, "scanner_wait", 0)
    assert "the check service is back" in str(reason_of(waiting)) or "检查恢复" in str(reason_of(waiting))
    assert len(files("quarantine")) == 1
    assert files("documents") == []

    settings.SCANNER_GATEWAY = "icpportal.gateways.scanner.fake.FakeScanner"
    assert examine(document.pk, now=LATER) == "ready"
    assert after(document).reason == ""


def test_a_file_the_scanner_refuses_is_not_clean(received, monkeypatch):
    class Choosy:
        def scan(self, stream: object, *, timeout: float | None = None) -> None:
            raise Refused("too long", code="size")

    document = received()
    monkeypatch.setattr(examination, "scanner", Choosy)

    examine(document.pk)

    assert after(document).reason == "file_virus"


def test_the_scanner_sees_every_byte_before_the_child_does(received, monkeypatch):
    seen: list[str] = []

    class Watching:
        def scan(self, stream, *, timeout: float | None = None):
            seen.append(f"scan {len(stream.read())} within {timeout}")
            raise Retryable

    document = received(pictures.jpeg())
    monkeypatch.setattr(examination, "scanner", Watching)
    monkeypatch.setattr(examination, "open_picture", lambda *_asked: seen.append("open"))

    examine(document.pk)

    assert seen == [f"scan {len(pictures.jpeg())} within {examination.SCAN_SECONDS}"]


@pytest.mark.parametrize(("place", "method"), [("quarantine", "_open"), ("documents", "_save")])
def test_an_unavailable_storage_costs_no_attempt(received, monkeypatch, place: str, method: str):
    document = received()

    def down(*_args: object) -> None:
        raise OSError("Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(storage.place(place), method, down)
        outcomes = [examine(document.pk, now=NOW + timedelta(minutes=number)) for number in range(8)]

    assert set(outcomes) == {"waiting"}
    assert (after(document).state, after(document).tries, after(document).reason) == (DocumentState.CHECKING, 0, "")
    assert examine(document.pk, now=LATER) == "ready"


def test_a_volume_that_is_not_mounted_is_an_outage_and_no_upload_is_lost(received, places):
    document = received()
    (places / "quarantine").rename(places / "elsewhere")

    assert examine(document.pk) == "waiting"
    (places / "elsewhere").rename(places / "quarantine")
    assert examine(document.pk) == "ready"


def test_a_file_that_is_gone_from_quarantine_must_be_sent_again(received):
    document = received()
    storage.drop("quarantine", document.quarantine_name)

    assert examine(document.pk) == "refused"

    assert after(document).reason == "upload_failed"


def test_a_picture_retired_during_its_examination_leaves_nothing(received, files, monkeypatch):
    from verification.documents.actions import retire

    document = received()

    def look(content: bytes, paper: Paper):
        retire(document)
        return original(content, paper)

    original = examination.open_picture
    monkeypatch.setattr(examination, "open_picture", look)

    assert examine(document.pk) == "nothing"

    assert after(document).state == DocumentState.RETIRED
    assert files("documents") == []


def test_the_findings_depend_on_the_paper_and_its_side(received, monkeypatch):
    asked: list[Paper] = []
    monkeypatch.setattr(
        examination, "open_picture", lambda _content, paper: asked.append(paper) or ExaminedPicture("file_type")
    )

    for kind, side in (("lead_id", 1), ("lead_id", 2), ("statement", 1), ("photo", 1)):
        examine(received(pictures.jpeg(), kind=kind, side=side).pk)

    assert asked == [Paper.FACE_CARD, Paper.CARD, Paper.SHEET, Paper.PORTRAIT]


def test_a_picture_that_cannot_be_judged_is_ready_and_says_so(received, monkeypatch):
    document = received()
    monkeypatch.setattr(
        examination,
        "open_picture",
        lambda *asked: replace(open_picture(*asked), findings=None),
    )

    assert examine(document.pk) == "ready"

    with translation.override("en"):
        assert [mark.words for mark in found_on(after(document)).marks] == ["This picture could not be checked"]


def test_a_photo_with_a_false_size_in_its_header_is_refused(received, monkeypatch):
    document = received(pictures.jpeg(800, 600), kind="photo")
    small = pictures.jpeg(400, 300)
    monkeypatch.setattr(storage, "read", lambda *_args: small)

    examine(document.pk)

    assert (after(document).state, after(document).reason) == (DocumentState.REFUSED, "photo_size")


@pytest.mark.django_db(transaction=True)
def test_of_many_concurrent_runs_one_does_the_work(received, files, monkeypatch):
    document = received()
    opened: list[int] = []
    original = examination.open_picture
    monkeypatch.setattr(examination, "open_picture", lambda *asked: opened.append(1) or original(*asked))
    start, outcomes = threading.Barrier(8), []

    def run() -> None:
        try:
            start.wait()
            outcomes.append(examine(document.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["nothing"] * 7 + ["ready"]
    assert opened == [1]
    assert len(files("documents")) == 2


def test_examining_takes_few_queries(received, django_assert_num_queries):
    document = received()

    # claim, key, mark and old keys of a folder still empty, both new keys, end and what it replaced in a transaction;
    # then the bin: key, done; compare
    with django_assert_num_queries(12):
        examine(document.pk)
