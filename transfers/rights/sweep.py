"""Carries out open requests again and again, so that no dead worker loses anything."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from icpportal.alarms import rows
from transfers.rights import closure, consents, corrections
from transfers.rights.exports import worker

PARTS: dict[str, Callable[..., int | None]] = {
    "consents": lambda now: consents.sweep(now=now),
    "closures": lambda now: closure.sweep(now=now),
    "exports": lambda now: worker.sweep(now=now),
    "corrections": lambda now: corrections.watch(now=now),
}


def sweep(*, now: datetime | None = None) -> None:
    """Carries out everything possible now, and reports late answers. Each part runs whatever happens in the others."""
    parts = rows.Parts("rights")
    for name, do in PARTS.items():
        parts.run(name, partial(do, now))
