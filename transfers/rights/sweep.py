"""What was asked and is not carried out yet: looked at again and again, so that no dead worker loses anything."""

from datetime import datetime

from transfers.rights import closure, consents, corrections
from transfers.rights.exports import worker


def sweep(*, now: datetime | None = None) -> None:
    """Carry out all that can be carried out now, and tell of answers that are late."""
    consents.sweep(now=now)
    closure.sweep(now=now)
    worker.sweep(now=now)
    corrections.watch(now=now)
