"""The only way to read a picture. The caller has checked who may: here only the state is checked."""

from pathlib import PurePosixPath
from typing import BinaryIO, NamedTuple
from urllib.parse import quote

from django.http import FileResponse

from icpportal.gateways import storage
from verification.models.documents import Document, DocumentState

# we wrote every ready picture ourselves
TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class NotReady(LookupError):
    """There is nothing to show: in quarantine, refused or retired. Pages answer 404."""


class Opened(NamedTuple):
    """A stored file, open for reading, and its name."""

    file: BinaryIO
    name: str


def open_ready(document: Document, *, on_page: bool = False) -> BinaryIO:
    """Opens the picture for reading; raises `NotReady`. Never opens anything in quarantine.

    `on_page` is for requests: a storage that hangs is given up sooner.
    """
    return open_stored(document, "stored_name", on_page=on_page).file


def open_stored(document: Document, column: str, *, on_page: bool) -> Opened:
    """Opens the file that this column names, picture or preview; raises `NotReady`."""
    opens = storage.open_on_page if on_page else storage.open_file
    # read again: the caller's row may be older than a retirement
    name = name_now(document, column)
    while name:
        try:
            return Opened(opens(storage.DOCUMENTS, name), name)
        except storage.Missing:
            tried, name = name, name_now(document, column)
            if name == tried:
                break
    raise NotReady(str(document))


def name_now(document: Document, column: str) -> str | None:
    """The present name of the file: it changes when the file is sealed after it was stored."""
    return Document.objects.filter(pk=document.pk, state=DocumentState.READY).values_list(column, flat=True).first()


def response(document: Document, *, preview: bool = False, download: bool = False) -> FileResponse:
    """The picture as a response that no browser takes for a page; raises `NotReady`."""
    opened = open_stored(document, "preview_name" if preview else "stored_name", on_page=True)
    ending = ending_of(opened.name)
    answer = FileResponse(opened.file, content_type=TYPES[ending], headers=HEADERS)
    answer["Content-Disposition"] = (
        f"{'attachment' if download else 'inline'}; filename*=UTF-8''{quote(file_name(document, ending))}"
    )
    return answer


def file_name(document: Document, ending: str) -> str:
    """The name that people gave it, with the ending of its present format."""
    stem = document.display_name.rpartition(".")[0] or document.display_name or document.kind
    return f"{stem}{ending}"


def ending_of(name: str) -> str:
    """The ending of a stored name, which says its format."""
    return PurePosixPath(name).suffix
