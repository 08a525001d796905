"""Carries out open requests again and again, so that no dead worker loses anything."""

from datetime import datetime

from transfers.rights import closure, consents, corrections
from transfers.rights.exports import worker


def sweep(*, now: datetime | None = None) -> None:
    """Carries out everything possible now, and reports late answers."""
    consents.sweep(now=now)
    closure.sweep(now=now)
    worker.sweep(now=now)
    corrections.watch(now=now)
