"""Writing down who saw personal data."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils import timezone

from icpportal.privacy.models import AccessNote

if TYPE_CHECKING:
    from icpportal.accounts.models import User

# why staff looked, where the page knows it
REVIEW, AUDIT = "review", "audit"


def note_access(
    *,
    actor: "User | None",
    what: str,
    reference: str,
    reason: str = "",
    client: str = "",
    now: datetime | None = None,
) -> None:
    """Record that `actor` looked at `what` (case, number, file) of `reference`, why, and from which address.

    The first look writes a row, later ones of the same person for the same reason raise its count. Who looks on the
    server without an account is nobody in particular: each of these looks is a row of its own.
    """
    moment = now or timezone.now()
    if actor is None:
        AccessNote.objects.create(actor=None, what=what, reference=reference, reason=reason, client=client, at=moment)
        return
    looks = AccessNote.objects.filter(actor=actor, what=what, reference=reference, reason=reason, last_at__isnull=False)
    again = {"times": F("times") + 1, "last_at": moment, **({"client": client} if client else {})}
    if looks.update(**again):
        return
    _note, is_first = AccessNote.objects.filter(last_at__isnull=False).get_or_create(
        actor=actor,
        what=what,
        reference=reference,
        reason=reason,
        defaults={"at": moment, "last_at": moment, "client": client},
    )
    if not is_first:  # another request of the same reader was first
        looks.update(**again)


def note_purpose(
    *, actor: "User", what: str, reference: str, reason: str, client: str = "", now: datetime | None = None
) -> None:
    """Write the row of a purpose that is not counted: the first time it is there, later it has a new last moment."""
    moment = now or timezone.now()
    same = {"actor": actor, "what": what, "reference": reference, "reason": reason}
    rows = AccessNote.objects.filter(last_at__isnull=False)
    if not rows.filter(**same).update(last_at=moment):
        first = {"at": moment, "last_at": moment, "client": client, "times": 0}
        rows.get_or_create(**same, defaults=first)
