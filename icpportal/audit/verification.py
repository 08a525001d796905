"""Verifies the chain from its beginning, and finds the first row that is not as it was written."""

from collections.abc import Iterator
from dataclasses import dataclass

from icpportal.audit import chain, checkpoints
from icpportal.audit.models import AuditCheckpoint, AuditEntry


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many entries are intact; `broken` describes the first one that is not, in English."""

    entries: int
    begins_after: int
    ends_at: int
    not_linked: int
    broken: str = ""


def verify() -> Verdict:
    """Reads every row once. Entries not linked yet are counted and are no fault."""
    removed = chain.removal()
    start = chain.End(removed.place, removed.digest) if removed else chain.End(0, chain.BEGINNING)
    entries, last, broken = 0, start, ""
    signed = {one.place: one for one in AuditCheckpoint.objects.filter(place__gte=start.place).order_by("-pk")}
    for broken in _forgeries(signed):
        return Verdict(0, start.place, start.place, _not_linked(), broken)
    for entry in AuditEntry.objects.filter(place__isnull=False).order_by("place").iterator(chunk_size=2_000):
        broken = _wrong(entry, last, signed)
        if broken:
            break
        entries, last = entries + 1, chain.End(entry.place or 0, entry.digest)
    missing = max(signed, default=0)
    if not broken and missing > last.place:
        broken = f"entry {last.place + 1} is missing: a checkpoint was signed at {missing}"
    return Verdict(entries, start.place, last.place, _not_linked(), broken)


def _forgeries(signed: dict[int, AuditCheckpoint]) -> Iterator[str]:
    for checkpoint in signed.values():
        if not checkpoints.is_genuine(checkpoint):
            yield f"checkpoint {checkpoint.pk} at {checkpoint.place} was not signed by this portal"


def _wrong(entry: AuditEntry, last: chain.End, signed: dict[int, AuditCheckpoint]) -> str:
    place = last.place + 1
    if entry.place != place:
        return f"entry {place} is missing: {entry.place} follows {last.place}"
    if entry.previous != last.digest or entry.digest != chain.digest_of(entry, place, last.digest):
        return f"entry {place} (row {entry.pk}, {entry.at:%Y-%m-%d %H:%M}) is not as it was written"
    if place in signed and signed[place].digest != entry.digest:
        return f"entry {place} (row {entry.pk}) is not what checkpoint {signed[place].pk} was signed for"
    return ""


def _not_linked() -> int:
    return AuditEntry.objects.filter(place__isnull=True).count()
