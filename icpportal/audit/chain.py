"""Binding each entry to the one before it: a row that is changed, taken out or put between is seen from the next on.

Links are made by one process at a time, in the order of their rows. Whoever wrote an entry tries at once and leaves it
to the other where one is at work; a job of beat links what a process that died has left.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from icpportal.audit.models import AuditCheckpoint, AuditEntry

LOCK = 7_304_112_951  # any number that no other lock of this database has
PORTION = 1_000
BEGINNING = "0" * 64


@dataclass(frozen=True, slots=True)
class End:
    """The last link: its number in the chain and its digest."""

    place: int
    digest: str


def digest_of(entry: AuditEntry, place: int, previous: str) -> str:
    """SHA-256 over the place, the digest before it and every word of the entry."""
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
    """Where the chain ends; where all rows were removed, at the checkpoint that stands for them."""
    last = AuditEntry.objects.filter(place__isnull=False).order_by("-place").first()
    if last is not None:
        return End(last.place or 0, last.digest)
    gone = removal()
    return End(gone.place, gone.digest) if gone else End(0, BEGINNING)


def removal() -> AuditCheckpoint | None:
    """The checkpoint after which the chain begins, where its oldest rows were removed."""
    return AuditCheckpoint.objects.filter(removed__gt=0).order_by("-place").first()


def link(*, wait: bool = True) -> int:
    """Give the entries that have none their places, at most a portion; how many.

    Without `wait` nothing is done while another process links.
    """
    with transaction.atomic(), _alone(wait=wait) as mine:
        if not mine:
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


@contextmanager
def _alone(*, wait: bool) -> Iterator[bool]:
    """Until the transaction ends no other process links. SQLite lets one process write at a time anyway."""
    if connection.vendor != "postgresql":
        yield True
        return
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            yield True
            return
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        row = cursor.fetchone()
    yield bool(row and row[0])
