"""Receiving a picture, and retiring it."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import translation

from icpportal.gateways import storage
from tests.verification.documents import pictures
from verification.documents import actions, deletion
from verification.documents.sandbox import animations, child
from verification.documents.upload_messages import UploadRefused
from verification.models.documents import Document, DocumentState

NOW = datetime(2026, 11, 25, 8, 20, tzinfo=UTC)


def raising(trouble: Exception) -> Callable[..., str]:
    def save(*_given: object) -> str:
        raise trouble

    return save


def refusal_of(content: bytes, *, kind: str = "lead_id", **more: str) -> tuple[str | None, str]:
    with pytest.raises(UploadRefused) as caught:
        actions.receive(kind=kind, upload=pictures.upload(content, **more), holder="T7Q4-M2KX")
    return caught.value.code, caught.value.messages[0]


@pytest.mark.parametrize("draw", [pictures.jpeg, pictures.png, pictures.webp, pictures.heic])
def test_a_picture_of_each_format_goes_into_quarantine(db, nudges, files, draw: Callable[[], bytes]):
    content = draw()

    document = actions.receive(kind="lead_id", upload=pictures.upload(content), holder="T7Q4-M2KX", now=NOW)

    assert document.state == DocumentState.CHECKING
    assert {document.width, document.height} == {1200, 900}
    assert (document.size, document.holder, document.kind) == (len(content), "T7Q4-M2KX", "lead_id")
    assert document.created_at == NOW
    assert files("quarantine") == [content]
    assert files("documents") == []
    assert nudges == [("icpportal.tasks.examine_document", str(document.pk))]


def test_the_stored_name_is_ours_and_the_uploaded_one_is_only_shown(received, places):
    document = received(name="../../陈样例\u202egpj.exe")

    (path,) = [path for path in (places / "quarantine").rglob("*") if path.is_file()]
    assert str(path.relative_to(places / "quarantine")) == document.quarantine_name
    assert len(path.name) == 48
    assert Document.objects.get().display_name == "陈样例gpj.exe"


def test_the_uploaded_name_is_not_readable_in_the_database(received):
    received(name="陈样例身份证.jpg")

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM verification_document")
        assert "陈样例" not in repr(cursor.fetchall())


@pytest.mark.parametrize("declared", ["text/html", "image/svg+xml", "application/pdf", ""])
def test_the_browsers_content_type_is_ignored(received, declared: str):
    assert received(declared=declared).state == DocumentState.CHECKING


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (b"", "file_empty", "The file is empty: choose another file"),
        (b"hello", "file_type", "Upload a JPEG, PNG, HEIC or WebP picture"),
        (b"GIF89a" + b"\x00" * 99, "file_type", "This file is GIF. Upload a JPEG, PNG, HEIC or WebP picture"),
        (b"%PDF-1.7", "file_type", "This file is PDF. Upload a JPEG, PNG, HEIC or WebP picture"),
        (b"%!PS-Adobe", "file_type", "This file is EPS. Upload a JPEG, PNG, HEIC or WebP picture"),
        (b"<svg/>", "file_type", "This file is SVG. Upload a JPEG, PNG, HEIC or WebP picture"),
        (pictures.avif(), "file_type", "This file is AVIF. Upload a JPEG, PNG, HEIC or WebP picture"),
        (pictures.jpeg()[:20], "file_broken", "The picture does not open: take it again"),
        (
            pictures.png_claiming(9000, 9000, rows=1),
            "file_pixels",
            "Over 40 megapixels: set the camera to 12 megapixels and take it again, or reduce it",
        ),
        (pictures.png(399, 900), None, ""),
        (pictures.png(390, 299), "file_small", "Too small to read: move closer and take it again"),
        (pictures.png(900, 299), "file_small", "Too small to read: move closer and take it again"),
        (pictures.png(1, 1), "file_small", "Too small to read: move closer and take it again"),
        (pictures.png(3000, 300), None, ""),
        (
            pictures.png(300, 3001),
            "file_strip",
            "The picture is much longer than wide: take the whole page in one picture",
        ),
    ],
)
def test_a_request_refuses_what_it_can_detect(received, files, nudges, content: bytes, code: str | None, message: str):
    """Including a strip, which could not be sent to the authority legibly."""
    if code is None:
        assert received(content).state == DocumentState.CHECKING
        return

    with translation.override("en"):
        assert refusal_of(content, declared="image/jpeg") == (code, message)

    assert not Document.objects.exists()
    assert files("quarantine") == []
    assert nudges == []


def test_a_file_one_byte_over_the_limit_is_refused_and_one_at_the_limit_accepted(received, settings, files):
    content = pictures.jpeg()
    settings.UPLOAD_MAX_BYTES = len(content)

    taken = received(content)

    assert taken.size == len(content)
    with translation.override("en"):
        assert refusal_of(content + b"\x00") == ("file_big", "Larger than 0 MB: make it smaller or take it again")
    assert files("quarantine") == [content]


def test_the_limit_in_the_sentence_is_the_one_in_the_settings(db):
    with translation.override("en"):
        assert refusal_of(b"\xff\xd8\xff" + b"\x00" * (8 * 1024 * 1024)) == (
            "file_big",
            "Larger than 8 MB: make it smaller or take it again",
        )


def test_a_false_content_length_is_ignored(db, settings):
    settings.UPLOAD_MAX_BYTES = 1000
    upload = pictures.upload(pictures.jpeg())
    upload.size = 10

    with pytest.raises(UploadRefused) as caught:
        actions.receive(kind="lead_id", upload=upload, holder="T7Q4-M2KX")

    assert caught.value.code == "file_big"


def test_40_megapixels_are_accepted_and_one_row_more_is_not(received):
    received(pictures.png_claiming(8000, 5000, rows=1))

    assert refusal_of(pictures.png_claiming(8000, 5001, rows=1))[0] == "file_pixels"


@pytest.mark.parametrize(("width", "height", "code"), [(800, 600, ""), (600, 800, ""), (799, 600, "photo_size")])
def test_a_photo_must_have_800_by_600_and_a_paper_need_not(received, width: int, height: int, code: str):
    content = pictures.png(width, height)

    if code:
        with translation.override("en"):
            assert refusal_of(content, kind="photo") == (code, "Smaller than 800 × 600: move closer and take it again")
    else:
        received(content, kind="photo")

    assert received(content, kind="lead_id").state == DocumentState.CHECKING


def test_a_refusal_is_an_error_a_form_can_show(db):
    with pytest.raises(ValidationError, match="文件为空|The file is empty"):
        actions.receive(kind="lead_id", upload=pictures.upload(b""), holder="T7Q4-M2KX")


def test_a_full_storage_refuses_the_upload_and_leaves_no_row(db, monkeypatch):
    full = raising(OSError(28, "No space left on device"))
    monkeypatch.setattr(storage.place("quarantine"), "save", full)

    with translation.override("en"):
        key, said = refusal_of(pictures.jpeg())
    assert (key, said) == ("storage_down", "We cannot take pictures at the moment: try again in a few minutes")
    assert not Document.objects.exists()


def test_a_picture_that_the_storage_could_not_take_uses_up_no_limit(received, monkeypatch, settings):
    settings.LIMITS = {**settings.LIMITS, "uploads_order": (1, 86400), "upload_kilobytes_order": (64, 86400)}
    big = pictures.jpeg() + bytes(40_000)

    with monkeypatch.context() as outage:
        outage.setattr(storage.place("quarantine"), "save", raising(OSError(5, "Input/output error")))
        refused = [refusal_of(big)[0] for _attempt in range(3)]

    assert refused == ["storage_down"] * 3
    assert received(big).state == DocumentState.CHECKING
    assert refusal_of(big)[0] == "uploads_order"


def test_a_polyglot_of_picture_and_page_is_treated_as_a_picture_only(received):
    document = received(pictures.png() + b"<script>alert(1)</script>")

    actions.examine(document.pk)

    document.refresh_from_db()
    assert document.state == DocumentState.READY
    assert b"<script>" not in storage.read("documents", document.stored_name)


@pytest.mark.django_db(transaction=True)
def test_concurrent_uploads_each_get_their_own_row_and_file(files):
    contents = [pictures.jpeg(800 + number, 600) for number in range(8)]
    start, trouble = threading.Barrier(len(contents)), []

    def send(content: bytes) -> None:
        try:
            start.wait()
            actions.receive(kind="lead_id", upload=pictures.upload(content), holder="T7Q4-M2KX")
        except Exception as problem:
            trouble.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[content]) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert trouble == []
    assert sorted(files("quarantine")) == sorted(contents)
    assert {document.width for document in Document.objects.all()} == {800 + number for number in range(8)}
    assert Document.objects.values("reference").distinct().count() == 8


def test_receiving_takes_queries_for_the_key_the_row_and_the_counters(received, django_assert_num_queries):
    received()  # the first of a day creates its counters

    with django_assert_num_queries(6):
        received()


def ready(received) -> Document:
    document = received()
    actions.examine(document.pk)
    document.refresh_from_db()
    return document


def test_retiring_deletes_the_files_and_leaves_the_row(received, files, django_capture_on_commit_callbacks):
    document, other = ready(received), ready(received)

    with django_capture_on_commit_callbacks(execute=True):
        assert actions.retire(document, now=NOW) is True

    document.refresh_from_db()
    assert (document.state, document.retired_at) == (DocumentState.RETIRED, NOW)
    assert (document.stored_name, document.preview_name, document.quarantine_name) == ("", "", "")
    assert document.sha256
    assert sorted(files("documents")) == sorted(
        storage.read("documents", name) for name in (other.stored_name, other.preview_name)
    )


def test_retiring_twice_happens_once(received):
    document = received()

    assert [actions.retire(document, now=NOW), actions.retire(document)] == [True, False]
    assert Document.objects.get().retired_at == NOW


def test_retiring_several_of_one_holder_has_a_worker_delete_their_files(received, files, nudges):
    first, second = ready(received), ready(received)

    assert actions.retire_all(Document.objects.filter(pk__in=[first.pk, second.pk]), first.holder, now=NOW) == 2
    assert nudges[-1] == (actions.CLEAR, first.holder)
    assert len(files("documents")) == 4
    assert deletion.clear_of(first.holder) == 2
    assert files("documents") == []
    assert actions.retire_all(Document.objects.filter(pk=first.pk), first.holder) == 0


def test_retiring_in_a_transaction_that_fails_keeps_the_files(received, files):
    document = ready(received)

    with transaction.atomic():
        actions.retire(document)
        transaction.set_rollback(True)

    document.refresh_from_db()
    assert document.state == DocumentState.READY
    assert len(files("documents")) == 2


def test_retiring_a_picture_in_quarantine_empties_it(received, files, django_capture_on_commit_callbacks):
    document = received()

    with django_capture_on_commit_callbacks(execute=True):
        actions.retire(document)

    assert files("quarantine") == []
    assert actions.examine(document.pk) == "nothing"


def test_a_retirement_with_an_unavailable_storage_leaves_its_files_to_be_deleted(
    received, monkeypatch, django_capture_on_commit_callbacks
):
    document = ready(received)

    def down(*_args: object) -> None:
        raise OSError("down")

    with monkeypatch.context() as patched, django_capture_on_commit_callbacks(execute=True):
        patched.setattr(storage.place("documents"), "delete", down)
        actions.retire(document)

    document.refresh_from_db()
    assert document.state == DocumentState.RETIRED
    assert document.to_clear is True
    assert document.stored_name


def frames(kind: str, count: int = 3) -> bytes:
    """An animation of cards."""
    cards = [pictures.card(600, 450).point(lambda level, dim=10 * n: max(0, level - dim)) for n in range(count)]
    return pictures.encode(cards[0], kind, save_all=True, append_images=cards[1:], duration=100)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_is_refused_with_an_explanation_before_it_is_stored_and_by_the_child_too(
    db, nudges, files, kind: str
):
    moving, still = frames(kind), frames(kind, 1)

    with translation.override("en"):
        code, message = refusal_of(moving)
    by_child = child.answer(moving, pixels=40_000_000)[0]

    assert (code, message) == ("file_moves", "The picture moves: take a still photo, or save one frame as JPEG or PNG")
    assert files("quarantine") == []
    assert by_child == {"refused": "file_moves"}
    assert actions.receive(kind="lead_id", upload=pictures.upload(still), holder="T7Q4-M2KX").state == "checking"


def test_a_file_of_endless_chunks_is_not_read_to_its_end_and_is_no_animation():
    head = pictures.png()[:33]
    endless = head + pictures.chunk(b"tEXt", b"") * animations.CHUNKS_MAX + pictures.chunk(b"acTL", b"")

    assert not animations.moves(endless, "PNG")
    assert not animations.moves(head[:12], "PNG")
    assert not animations.moves(b"RIFF    WEBPVP8X", "WebP")
