"""The only way out for a picture. The caller has checked whose it is: here only the state is asked."""

from typing import BinaryIO
from urllib.parse import quote

from django.http import FileResponse

from verification.documents import storage
from verification.models.documents import Document, DocumentState

TYPE = "image/jpeg"  # everything that is ready was written by ourselves
HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class NotReady(LookupError):
    """There is nothing to show: still in quarantine, refused or retired. A page answers 404."""


def open_ready(document: Document) -> BinaryIO:
    """The picture, open for reading; raises `NotReady`. Nothing in quarantine is ever opened."""
    return opened(document, "stored_name")


def open_preview(document: Document) -> BinaryIO:
    """The picture at most 320 pixels wide and high; raises `NotReady`."""
    return opened(document, "preview_name")


def opened(document: Document, column: str) -> BinaryIO:
    # asked anew: what the caller holds may be older than a retirement
    name = name_now(document, column)
    while name:
        try:
            return storage.open_file(storage.DOCUMENTS, name)
        except storage.Missing:
            tried, name = name, name_now(document, column)
            if name == tried:
                break
    raise NotReady(str(document))


def name_now(document: Document, column: str) -> str | None:
    """Under which name the file lies: it changes when the file is sealed later than it came."""
    return Document.objects.filter(pk=document.pk, state=DocumentState.READY).values_list(column, flat=True).first()


def response(document: Document, *, preview: bool = False, download: bool = False) -> FileResponse:
    """The picture as an answer that no browser takes for a page; raises `NotReady`."""
    source = open_preview(document) if preview else open_ready(document)
    answer = FileResponse(source, content_type=TYPE, headers=HEADERS)
    answer["Content-Disposition"] = (
        f"{'attachment' if download else 'inline'}; filename*=UTF-8''{quote(file_name(document))}"
    )
    return answer


def file_name(document: Document) -> str:
    """The name people know, with the ending of what it has become."""
    stem = document.display_name.rpartition(".")[0] or document.display_name or document.kind
    return f"{stem}.jpg"
