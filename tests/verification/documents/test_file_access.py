"""The only way to read a picture."""

import pytest
from django.test import RequestFactory

from icpportal.gateways import storage
from tests.verification.documents import pictures
from verification.documents import file_access
from verification.documents.actions import examine, retire
from verification.documents.file_access import NotReady, open_ready, response
from verification.models.documents import Document, DocumentState


def ready(received, **more: str) -> Document:
    document = received(**more)
    examine(document.pk)
    document.refresh_from_db()
    return document


def test_a_ready_picture_is_what_we_wrote_ourselves(received):
    document = ready(received)

    with open_ready(document) as picture:
        assert pictures.open_image(picture.read()).size == (1200, 900)
    preview = b"".join(response(document, preview=True))
    assert pictures.open_image(preview).size == (640, 480)


def test_nothing_in_quarantine_is_ever_opened(received, monkeypatch):
    document = received()
    monkeypatch.setattr(storage, "open_file", lambda *_file: pytest.fail("a file was opened"))

    for way in (open_ready, response):
        with pytest.raises(NotReady):
            way(document)


@pytest.mark.parametrize("state", [DocumentState.CHECKING, DocumentState.REFUSED, DocumentState.RETIRED])
def test_no_other_state_is_opened_even_with_an_existing_file(received, state: str):
    document = ready(received)
    Document.objects.filter(pk=document.pk).update(state=state)

    for way in (open_ready, response):
        with pytest.raises(NotReady):
            way(document)


def test_a_state_only_set_on_the_object_opens_nothing(received):
    document = received()
    document.state = DocumentState.READY
    document.stored_name = document.quarantine_name

    with pytest.raises(NotReady):
        open_ready(document)


def test_an_object_loaded_before_the_retirement_opens_nothing(received, django_capture_on_commit_callbacks):
    document = ready(received)
    with django_capture_on_commit_callbacks(execute=True):
        retire(Document.objects.get(pk=document.pk))

    with pytest.raises(NotReady):
        open_ready(document)


def test_a_missing_file_is_not_ready(received):
    document = ready(received)
    storage.drop("documents", document.stored_name)

    with pytest.raises(NotReady):
        open_ready(document)


def test_a_response_can_neither_be_taken_for_a_page_nor_cached(received):
    answer = response(ready(received, name="身份证 正面.png"))

    assert {name: value for name, value in answer.items() if name != "Content-Length"} == {
        "Content-Type": "image/jpeg",
        "Content-Disposition": "inline; filename*=UTF-8''%E8%BA%AB%E4%BB%BD%E8%AF%81%20%E6%AD%A3%E9%9D%A2.jpg",
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    assert b"".join(answer.streaming_content)[:3] == b"\xff\xd8\xff"


def test_the_portals_own_policy_does_not_replace_the_stricter_one(received):
    from icpportal.middleware import ContentPolicy

    document = ready(received)
    middleware = ContentPolicy(lambda _request: response(document))

    answer = middleware(RequestFactory().get("/documents/x/"))

    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ('a"; filename="evil.exe', "attachment; filename*=UTF-8''a%22%3B%20filename%3D%22evil.jpg"),
        ("line\r\nSet-Cookie: x=1.jpg", "attachment; filename*=UTF-8''line%20Set-Cookie%3A%20x%3D1.jpg"),
        ("..", "attachment; filename*=UTF-8''lead_id.jpg"),
        ("card", "attachment; filename*=UTF-8''card.jpg"),
    ],
)
def test_a_name_never_breaks_the_header(received, name: str, header: str):
    document = ready(received, name=name) if name != ".." else ready(received)
    if name == "..":
        document.display_name = ""

    assert response(document, download=True)["Content-Disposition"] == header


def test_the_preview_is_the_small_one(received):
    answer = response(ready(received), preview=True)

    assert pictures.open_image(b"".join(answer.streaming_content)).size == (640, 480)


def test_opening_takes_two_queries_the_name_and_the_key(received, django_assert_num_queries):
    document = ready(received)

    with django_assert_num_queries(2), file_access.open_ready(document) as picture:
        assert picture.read(2) == b"\xff\xd8"
