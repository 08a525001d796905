"""Binds each entry to the one before it, so that a changed, removed or inserted row is detected.

Links are made by one process at a time, in the order of rows. Whoever writes an entry tries at once, and leaves it to a
process that is already linking; a beat job links what a dead process has left.
"""

import hashlib
import json
from dataclasses import dataclass

from django.db import transaction

from icpportal.audit.models import AuditCheckpoint, AuditEntry
from icpportal.database.turns import take_turn

TURN = 7_304_112_951  # of linking
PORTION = 1_000
BEGINNING = "0" * 64


@dataclass(frozen=True, slots=True)
class End:
    """The last link: its number in the chain, and its digest."""

    place: int
    digest: str


def digest_of(entry: AuditEntry, place: int, previous: str) -> str:
    """SHA-256 of the place, the previous digest and every field of the entry."""
    words = [
        place,
        previous,
        entry.pk,
        entry.at.isoformat(timespec="microseconds"),
        str(entry.actor_id or ""),
        entry.act,
        entry.what,
        entry.reference,
        entry.reason,
        entry.client,
        entry.said,
    ]
    written = json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def end() -> End:
    """The end of the chain; if all rows were removed, the checkpoint that replaces them."""
    last = AuditEntry.objects.filter(place__isnull=False).order_by("-place").first()
    if last is not None:
        return End(last.place or 0, last.digest)
    removed = removal()
    return End(removed.place, removed.digest) if removed else End(0, BEGINNING)


def removal() -> AuditCheckpoint | None:
    """The checkpoint after which the chain begins, if its oldest rows were removed."""
    return AuditCheckpoint.objects.filter(removed__gt=0).order_by("-place").first()


def link(*, wait: bool = True) -> int:
    """Links unlinked entries, at most a portion; returns how many.

    Without `wait`, does nothing while another process links.
    """
    with transaction.atomic():
        if not take_turn(TURN, wait=wait):
            return 0
        last, linked = None, 0
        for entry in AuditEntry.objects.filter(place__isnull=True).order_by("pk")[:PORTION]:
            last = last or end()
            place = last.place + 1
            digest = digest_of(entry, place, last.digest)
            AuditEntry.objects.filter(pk=entry.pk, place__isnull=True).update(
                place=place, previous=last.digest, digest=digest
            )
            last, linked = End(place, digest), linked + 1
    return linked
