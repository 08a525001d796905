"""Records who saw personal data."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from icpportal.audit import actions as audit
from icpportal.audit.words import LOOK
from icpportal.desk.staff import staff_of
from icpportal.fields.client import client_address
from icpportal.privacy.models import AccessNote

if TYPE_CHECKING:
    from icpportal.accounts.models import User

# reasons for looks that pages know
REVIEW, AUDIT = "review", "audit"


def note_access(
    *,
    actor: "User | None",
    what: str,
    reference: str,
    client: str,
    reason: str = "",
    act: str = LOOK,
    now: datetime | None = None,
) -> None:
    """Records that `actor` looked at `what` (case, number, file) of `reference`, why, and from where (`client`).

    The first look writes a row and an entry of the audit chain (`act`); later ones of the same person for the same
    reason only raise the row's count. Commands on the server have no account: each of their looks is its own row.
    """
    moment = now or timezone.now()
    if actor is None:
        with transaction.atomic():
            look = {"what": what, "reference": reference, "reason": reason, "client": client}
            _into_chain(AccessNote.objects.create(actor=None, at=moment, **look), act)
        return
    looks = AccessNote.objects.filter(actor=actor, what=what, reference=reference, reason=reason, last_at__isnull=False)
    again = {"times": F("times") + 1, "last_at": moment, **({"client": client} if client else {})}
    if looks.update(**again):
        return
    with transaction.atomic():
        note, is_first = AccessNote.objects.filter(last_at__isnull=False).get_or_create(
            actor=actor,
            what=what,
            reference=reference,
            reason=reason,
            defaults={"at": moment, "last_at": moment, "client": client},
        )
        if is_first:
            _into_chain(note, act)
    if not is_first:  # a concurrent request of the same reader was first
        looks.update(**again)


def note_access_by(request: HttpRequest, *, what: str, reference: str, reason: str = "") -> None:
    """The same for a page: who requests it, and from where."""
    actor, client = staff_of(request), client_address(request)
    note_access(actor=actor, what=what, reference=reference, reason=reason, client=client)


def _into_chain(note: AccessNote, act: str) -> None:
    audit.append(
        act,
        actor=note.actor,
        what=note.what,
        reference=note.reference,
        reason=note.reason,
        client=note.client,
        now=note.at,
    )


def note_purpose(
    *, actor: "User", what: str, reference: str, reason: str, client: str, now: datetime | None = None
) -> None:
    """Writes the row of an uncounted purpose: new the first time, later with a new last moment."""
    moment = now or timezone.now()
    same = {"actor": actor, "what": what, "reference": reference, "reason": reason}
    rows = AccessNote.objects.filter(last_at__isnull=False)
    if not rows.filter(**same).update(last_at=moment):
        first = {"at": moment, "last_at": moment, "client": client, "times": 0}
        rows.get_or_create(**same, defaults=first)
