"""What an applicant does with an import: begin it with a proof, look, run it, look again at what was left."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from filings.legacy import comparing, states
from filings.legacy.firing import IMPORT
from filings.legacy.proving import is_fresh
from filings.models import LegacyAccount, LegacyImport, LegacyImportEvent, LegacyImportItem
from icpportal.lifecycle import APPLICANT, Forbidden
from icpportal.outbox.nudge import nudge

TASK = "icpportal.tasks.run_import"


class Taken(Exception):
    """Another account of ours has imported this old account meanwhile."""


def begin(owner: Any, account: LegacyAccount, *, now: datetime | None = None) -> LegacyImport:
    """The owner's import of an old account that was proved just now; it is laid out to be looked at.

    Safe to repeat: a second proof makes the first one fresh again and changes nothing else.
    """
    moment = now or timezone.now()
    mine, created = LegacyImport.objects.select_related("owner").get_or_create(
        owner=owner, account=account, defaults={"proved_at": moment, "created_at": moment, "entered_at": moment}
    )
    if created:
        LegacyImportEvent.objects.create(
            legacy_import=mine, move="prove", from_state="", to_state=mine.state, by=APPLICANT, actor=owner, at=moment
        )
    else:
        LegacyImport.objects.filter(pk=mine.pk).update(proved_at=moment)
        mine.proved_at = moment
    look(mine, now=moment)
    return mine


def look(legacy_import: LegacyImport, *, now: datetime | None = None) -> None:
    """Lay out what was found; done once, and done again by who comes back for the rest."""
    move = {states.PROVED: "preview", states.IMPORTED: "again", states.FAILED: "again"}.get(legacy_import.state)
    facts = {"fresh": is_fresh(legacy_import, now), "left": comparing.waiting(legacy_import.account_id).exists()}
    if move is None or not IMPORT.can(legacy_import, move, APPLICANT, facts):
        return
    try:
        IMPORT.fire(legacy_import, move, by=APPLICANT, actor=legacy_import.owner, facts=facts, now=now)
    except Forbidden:  # another tab was faster
        legacy_import.refresh_from_db()


def run(
    legacy_import: LegacyImport, picked: Mapping[UUID, bool], keep_here: list[str], *, now: datetime | None = None
) -> None:
    """Import the picked records, each with whether its website stays as it is here; a worker does it.

    Raises `Taken` when another account was first, `Forbidden` when this one was, or when the proof is too old.
    """
    facts = {"fresh": is_fresh(legacy_import, now)}
    columns = {"holds": True, "keep_here": sorted(keep_here)}
    try:
        with transaction.atomic():
            IMPORT.fire(
                legacy_import, "run", by=APPLICANT, actor=legacy_import.owner, facts=facts, columns=columns, now=now
            )
            LegacyImportItem.objects.bulk_create(
                [
                    LegacyImportItem(legacy_import=legacy_import, record_id=record, keep_here=keep)
                    for record, keep in picked.items()
                ],
                update_conflicts=True,
                unique_fields=["legacy_import", "record"],
                update_fields=["keep_here", "outcome", "tries", "done_at"],
            )
            nudge(TASK, legacy_import.pk)
    except IntegrityError as clash:
        raise Taken(str(legacy_import)) from clash
