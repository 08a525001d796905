"""Writing down who saw personal data."""

from typing import Any

from icpportal.privacy.models import AccessNote


def note_access(*, actor: Any, what: str, reference: str, reason: str = "") -> AccessNote:
    """Record that `actor` looked at `what` (document, photo, number) of `reference`."""
    return AccessNote.objects.create(actor=actor, what=what, reference=reference, reason=reason)
