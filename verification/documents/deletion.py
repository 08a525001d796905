"""Files that are owed to the bin: what lay in quarantine once it was judged, everything once it was retired."""

import logging
import uuid

from verification.documents import storage
from verification.models.documents import Document, DocumentState

logger = logging.getLogger(__name__)
CLEARED = {"quarantine_name": "", "to_clear": False}
CLEARED_ALL = {**CLEARED, "stored_name": "", "preview_name": ""}


def clear(document_pk: uuid.UUID) -> bool:
    """Delete what the row no longer needs; can run twice, and a storage that is down leaves it owed."""
    document = Document.objects.filter(pk=document_pk, to_clear=True).first()
    if document is None:
        return False
    try:
        for alias, name in owed(document):
            storage.drop(alias, name)
    except storage.StorageDown:
        logger.warning("file not deleted, the storage is down", extra={"document": document.reference})
        return False
    done = CLEARED_ALL if document.state == DocumentState.RETIRED else CLEARED
    # between the reading and here it may have been retired: then the rest is still owed
    return bool(Document.objects.filter(pk=document.pk, state=document.state).update(**done))


def clear_of(holder: str) -> int:
    """Delete what the rows of one holder no longer need; of how many that was. The sweep does what is left."""
    owed_now = Document.objects.filter(holder=holder, to_clear=True).values_list("pk", flat=True)
    return sum(clear(pk) for pk in owed_now)


def owed(document: Document) -> list[tuple[str, str]]:
    """The files of one row that are to go."""
    files = [(storage.QUARANTINE, document.quarantine_name)]
    if document.state == DocumentState.RETIRED:
        files += [(storage.DOCUMENTS, document.stored_name), (storage.DOCUMENTS, document.preview_name)]
    return [(alias, name) for alias, name in files if name]
