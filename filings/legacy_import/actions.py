"""What an applicant does with an import: begin it with a proof, preview, run, and preview again what is left."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from filings.legacy_import import comparison
from filings.legacy_import.account_proof import is_fresh
from filings.legacy_import.lifecycle import IMPORT
from filings.models import LegacyAccount, LegacyImport, LegacyImportEvent, LegacyImportItem
from filings.models import legacy_states as states
from icpportal.accounts.models import User
from icpportal.fields.types import Column
from icpportal.lifecycle import APPLICANT, MoveNotAllowed
from icpportal.outbox.wake import wake_worker

TASK = "icpportal.tasks.run_import"


class AlreadyImported(Exception):
    """Another account here has imported this old account in the meantime."""


class HasImported(Exception):
    """This account imports from another old account already, and the operator allows one (`IMPORT_ONE_OLD_ACCOUNT`)."""


def begin(owner: User, account: LegacyAccount, *, now: datetime | None = None) -> LegacyImport:
    """Returns the owner's import of an old account proved just now, ready for preview.

    Idempotent: a second proof renews the first one and changes nothing else.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        mine, created = LegacyImport.objects.select_related("owner").get_or_create(
            owner=owner, account=account, defaults={"proved_at": moment, "created_at": moment, "entered_at": moment}
        )
        if created:
            first = {"move": "prove", "from_state": "", "to_state": mine.state, "by": APPLICANT}
            LegacyImportEvent.objects.create(legacy_import=mine, **first, actor=owner, at=moment)
    if not created:
        LegacyImport.objects.filter(pk=mine.pk).update(proved_at=moment)
        mine.proved_at = moment
    look(mine, now=moment)
    return mine


def look(legacy_import: LegacyImport, *, now: datetime | None = None) -> None:
    """Lays out what was found, once; again when the owner comes back for the rest."""
    move = {states.PROVED: "preview", states.IMPORTED: "again", states.FAILED: "again"}.get(legacy_import.state)
    facts = {"fresh": is_fresh(legacy_import, now), "left": comparison.waiting(legacy_import.account_id).exists()}
    if move is None or not IMPORT.can(legacy_import, move, APPLICANT, facts):
        return
    try:
        IMPORT.apply(legacy_import, move, by=APPLICANT, actor=legacy_import.owner, facts=facts, now=now)
    except MoveNotAllowed:  # another tab was faster
        legacy_import.refresh_from_db()


def run(
    legacy_import: LegacyImport, picked: Mapping[UUID, bool], keep_here: list[str], *, now: datetime | None = None
) -> None:
    """Starts the import of the chosen records, each with whether its website stays as it is here.

    A worker does the work. Raises `AlreadyImported` when another account was first, `HasImported` when this one has
    begun with another old account, `MoveNotAllowed` when this import has moved on or the proof is too old.
    """
    facts = {"fresh": is_fresh(legacy_import, now)}
    columns: dict[str, Column] = {"holds": True, "keep_here": sorted(keep_here)}
    try:
        with transaction.atomic():
            _refuse_second(legacy_import)
            IMPORT.apply(
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
            wake_worker(TASK, legacy_import.pk)
    except IntegrityError as clash:
        raise AlreadyImported(str(legacy_import)) from clash


def _refuse_second(legacy_import: LegacyImport) -> None:
    """Both may have been proved before either was imported; what is left of one imported from may follow."""
    if legacy_import.holds or not settings.IMPORT_ONE_OLD_ACCOUNT:
        return
    owner = User.objects.select_for_update().get(pk=legacy_import.owner_id)
    if LegacyImport.objects.filter(owner=owner, holds=True).exclude(pk=legacy_import.pk).exists():
        raise HasImported(str(legacy_import))
