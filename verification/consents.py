"""Consent of each person to the use of pictures of their papers (单独同意, PIPL 28–30): its texts, given, withdrawn.

A text is never edited: a new wording is a new row of `TEXTS`, and asks anew. An old consent stays on record.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from icpportal.privacy.blind_index import blind_index
from verification.models.consents import Consent

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class ConsentText:
    """What stands beside the box (un-ticked), and what is said above it."""

    label: "_StrPromise"
    explanation: Promise


TEXTS: Mapping[str, ConsentText] = {
    "2026-11": ConsentText(
        label=_("I agree to the use of document pictures for verification"),
        explanation=_(
            "Pictures of identity documents are sensitive personal data. The authority accepts no filing "
            "without them. We use them only to verify this filing, and only our reviewers and the "
            "authority see them. You can withdraw your consent, but the order then cannot continue."
        ),
    ),
}
CURRENT = "2026-11"


def give(
    *,
    holder: str,
    person_key: str,
    version: str = CURRENT,
    language: str = "",
    client: str = "",
    now: datetime | None = None,
) -> Consent:
    """Record one person's consent to one text; given twice, the first stands. `client` is kept as an index."""
    if version not in TEXTS:
        raise ValueError(f"no consent text {version!r}")
    consent, _created = Consent.objects.get_or_create(
        holder=holder,
        person_key=person_key,
        version=version,
        withdrawn_at=None,
        defaults={
            "language": language or get_language() or "",
            "client_index": blind_index("client", client) if client else "",
            "given_at": now or timezone.now(),
        },
    )
    return consent


def active_consents(holder: str, *, version: str = CURRENT) -> frozenset[str]:
    """Everybody under a holder whose consent stands: one query for a page of several people."""
    mine = Consent.objects.filter(holder=holder, version=version, withdrawn_at=None)
    return frozenset(mine.values_list("person_key", flat=True))


def withdraw(*, holder: str, person_key: str, now: datetime | None = None) -> bool:
    """End every standing consent of one person, as easily as it was given (PIPL 15); False when there was none."""
    mine = Consent.objects.filter(holder=holder, person_key=person_key, withdrawn_at=None)
    return bool(mine.update(withdrawn_at=now or timezone.now()))
