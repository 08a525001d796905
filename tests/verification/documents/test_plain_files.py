"""Pictures of an earlier version are sealed in place, whatever happens at the same time."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone

from icpportal.gateways import storage
from icpportal.privacy.files import pieces
from tests.verification.documents import pictures
from verification import file_names, plain_files
from verification.documents.actions import examine, retire
from verification.documents.file_access import open_ready, response
from verification.documents.sandbox.parent import ExaminedPicture
from verification.models.documents import Document
from verification.pictures.papers import Paper

PICTURE, PREVIEW = pictures.jpeg(), pictures.jpeg(640, 480)


def drawn(content: bytes, paper: Paper) -> ExaminedPicture:  # noqa: ARG001 -- a child's place
    facts = {"width": 1200, "height": 900}
    return ExaminedPicture(picture=PICTURE, preview=PREVIEW, width=1200, height=900, facts=facts, likeness="0f" * 288)


@pytest.fixture
def plain(received, settings) -> list[Document]:
    """Two ready ones and one in quarantine, all stored unsealed."""
    settings.SEAL_FILES = False
    ready = [received(), received()]
    for document in ready:
        examine(document.pk, opener=drawn)
    documents = [*ready, received(pictures.png())]
    settings.SEAL_FILES = True
    for document in documents:
        document.refresh_from_db()
    return documents


def seal_papers(**options: bool) -> str:
    out = StringIO()
    call_command("seal_papers", stdout=out, stderr=StringIO(), **options)
    return out.getvalue().splitlines()[0]


def lying(root: Path) -> list[bytes]:
    return [path.read_bytes() for path in root.rglob("*") if path.is_file()]


def test_every_picture_is_sealed_and_opens_as_before_and_a_second_run_has_nothing_to_do(plain, places: Path):
    before = [open_ready(document).read() for document in plain[:2]]

    assert seal_papers(dry_run=True) == "seal_papers: 5 to be sealed, words of 0 events"
    assert seal_papers() == "seal_papers: 5 sealed, 0 changed, 0 gone, 0 failed; 0 left"

    assert len(lying(places)) == 5
    assert all(content.startswith(pieces.MARK) for content in lying(places))
    assert [open_ready(document).read() for document in plain[:2]] == before
    assert pictures.open_image(b"".join(response(plain[0], preview=True))).size == (640, 480)
    assert examine(plain[2].pk, opener=drawn) == "ready"
    assert seal_papers() == "seal_papers: 0 sealed, 0 changed, 0 gone, 0 failed; 0 left"


@pytest.mark.parametrize("step", ["keep", "read", "update", "drop"])
def test_a_run_killed_at_any_step_loses_nothing_and_the_next_one_finishes_it(plain, places, monkeypatch, step):
    """Killed before and after each of its steps on the first picture."""

    class Killed(BaseException):
        pass

    for after in (False, True):
        with monkeypatch.context() as patched:
            holder, name = (plain_files.Column, "replaceable") if step == "update" else (storage, step)
            act = getattr(holder, name)

            def dies(*args, act=act, after=after):
                if after:
                    act(*args)
                raise Killed

            patched.setattr(holder, name, dies)
            with pytest.raises(Killed):
                plain_files.seal()
        for document in plain[:2]:
            assert pictures.open_image(open_ready(document).read()).size == (1200, 900)

    assert seal_papers().endswith("; 0 left")
    named = {
        name for pair in Document.objects.values_list("stored_name", "preview_name", "quarantine_name") for name in pair
    }
    for path in places.rglob("*"):
        if path.is_file() and path.name in {Path(name).name for name in named if name}:
            assert path.read_bytes().startswith(pieces.MARK)
    assert examine(plain[2].pk, opener=drawn) == "ready"


def test_a_picture_replaced_or_examined_in_the_meantime_is_left_alone(
    plain,
    files,
    monkeypatch,
    django_capture_on_commit_callbacks,
):
    keep = storage.keep

    def meanwhile(place: str, name: str, content: bytes) -> str:
        if place == "documents" and plain[0].retired_at is None:
            with django_capture_on_commit_callbacks(execute=True):
                retire(Document.objects.get(pk=plain[0].pk))
            plain[0].retired_at = timezone.now()
        return keep(place, name, content)

    Document.objects.filter(pk=plain[2].pk).update(lease="0" * 32, leased_until=timezone.now() + plain_files.LEASE / 2)
    monkeypatch.setattr(storage, "keep", meanwhile)

    with pytest.raises(SystemExit):
        seal_papers()

    monkeypatch.undo()
    assert len(files("documents")) == 2
    assert len(files("quarantine")) == 1
    Document.objects.filter(pk=plain[2].pk).update(lease=None, leased_until=None)
    assert seal_papers() == "seal_papers: 1 sealed, 0 changed, 0 gone, 0 failed; 0 left"


def test_a_file_named_by_two_rows_and_a_missing_one_stop_nobody(plain):
    Document.objects.filter(pk=plain[0].pk).update(preview_name=F("stored_name"))
    storage.drop("documents", plain[1].preview_name)

    said = seal_papers()

    assert said == "seal_papers: 4 sealed, 0 changed, 1 gone, 0 failed; 0 left"
    assert pictures.open_image(b"".join(response(plain[0], preview=True))).size == (1200, 900)


def test_it_does_not_begin_while_new_pictures_would_be_stored_unsealed(plain, settings):
    settings.SEAL_FILES = False

    with pytest.raises(CommandError, match="SEAL_FILES is off"):
        seal_papers()


def test_a_name_beside_another_keeps_folder_and_ending():
    assert file_names.beside("20261129/abc.jpg")[:9] == "20261129/"
    assert file_names.beside("20261129/abc.jpg").endswith(".jpg")
    assert len(file_names.beside("20261129/abc")) == 9 + 48
    assert file_names.beside("abc").isalnum()
