"""Deletes files that are due: the quarantined file after the examination, every file after retirement."""

import logging
import uuid

from django.db.models import CharField, UUIDField

from icpportal.database.prepared_updates import CompiledUpdate
from icpportal.gateways import storage
from verification.models.documents import Document, DocumentState

logger = logging.getLogger(__name__)
CLEARED = CompiledUpdate(
    lambda pk, state: Document.objects.filter(pk=pk, state=state),
    {"quarantine_name": "", "to_clear": False},
    pk=UUIDField(),
    state=CharField(),
)
PICTURES = {"stored_name": "", "preview_name": ""}


def clear(document_pk: uuid.UUID) -> bool:
    """Deletes the files that the row no longer needs; idempotent, and they stay due while the storage is down."""
    document = Document.objects.filter(pk=document_pk, to_clear=True).first()
    return document is not None and clear_read(document, document.state)


def clear_read(document: Document, state: str) -> bool:
    """The same for a row that was just read in this state, or brought into it."""
    try:
        for alias, name in due_files(document, state):
            storage.drop(alias, name)
    except storage.StorageDown:
        logger.warning("file not deleted, the storage is down", extra={"document": document.reference})
        return False
    pictures = PICTURES if state == DocumentState.RETIRED else {}
    # it may have been retired since it was read: then the other files are still due
    return bool(CLEARED.run(pictures, pk=document.pk, state=state))


def clear_of(holder: str) -> int:
    """Deletes the due files of one holder's documents; returns for how many. The sweep does the rest."""
    owed_now = Document.objects.filter(holder=holder, to_clear=True).values_list("pk", flat=True)
    return sum(clear(pk) for pk in owed_now)


def due_files(document: Document, state: str) -> list[tuple[str, str]]:
    """The files of one row in this state that are due for deletion."""
    files = [(storage.QUARANTINE, document.quarantine_name)]
    if state == DocumentState.RETIRED:
        files += [(storage.DOCUMENTS, document.stored_name), (storage.DOCUMENTS, document.preview_name)]
    return [(alias, name) for alias, name in files if name]
