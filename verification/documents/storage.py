"""The two storages: `quarantine` for unexamined bytes, `documents` for what may be shown."""

from icpportal.gateways.storage import (
    Missing,
    StorageDown,
    changed_at,
    days,
    drop,
    keep,
    list_folder,
    of_day,
    open_file,
    open_on_page,
    place,
    read,
    says_gone,
)

__all__ = [
    "DOCUMENTS",
    "PLACES",
    "QUARANTINE",
    "Missing",
    "StorageDown",
    "changed_at",
    "days",
    "drop",
    "keep",
    "list_folder",
    "of_day",
    "open_file",
    "open_on_page",
    "place",
    "read",
    "says_gone",
]

QUARANTINE, DOCUMENTS = "quarantine", "documents"
PLACES = (QUARANTINE, DOCUMENTS)
