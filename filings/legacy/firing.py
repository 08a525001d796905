"""The lives of imports and claims, running: `IMPORT.fire` and `CLAIM.fire` are the one way they move."""

from typing import Any

from filings.legacy.lifecycle import CLAIM_TABLE, IMPORT_TABLE
from filings.legacy.telling import tell_owner
from filings.models import LegacyClaim, LegacyClaimEvent, LegacyImport, LegacyImportEvent
from icpportal.lifecycle import Lifecycle, T


def _after_import(thing: Any, row: T, event: Any, facts: dict[str, Any]) -> None:
    if row.tell:
        tell_owner(thing, row.tell, event_id=event.pk, facts=facts)


def _after_claim(thing: Any, row: T, event: Any, facts: dict[str, Any]) -> None:
    if row.tell:
        tell_owner(thing, row.tell, event_id=event.pk, domain=thing.record.domain, facts=facts)


IMPORT = Lifecycle(
    IMPORT_TABLE, model=LegacyImport, events=LegacyImportEvent, thing_field="legacy_import", after=_after_import
)
CLAIM = Lifecycle(CLAIM_TABLE, model=LegacyClaim, events=LegacyClaimEvent, thing_field="claim", after=_after_claim)
