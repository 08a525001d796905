"""What is on file (备案) and what the old platform held, as rows."""

from filings.models.legacy import (
    LegacyAccount,
    LegacyClaim,
    LegacyClaimEvent,
    LegacyClaimPaper,
    LegacyImport,
    LegacyImportEvent,
    LegacyImportItem,
)
from filings.models.register import Access, LegacyRecord, Person, Subject, Website

__all__ = [
    "Access",
    "LegacyAccount",
    "LegacyClaim",
    "LegacyClaimEvent",
    "LegacyClaimPaper",
    "LegacyImport",
    "LegacyImportEvent",
    "LegacyImportItem",
    "LegacyRecord",
    "Person",
    "Subject",
    "Website",
]
