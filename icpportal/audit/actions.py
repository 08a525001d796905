"""Records what staff do: one row for each act, and one line of JSON on stdout."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from icpportal.audit import chain
from icpportal.audit.models import AuditEntry
from icpportal.fields.types import Json

if TYPE_CHECKING:
    from icpportal.accounts.models import User

logger = logging.getLogger(__name__)


def append(
    act: str,
    *,
    actor: "User | None",
    what: str = "",
    reference: str = "",
    reason: str = "",
    client: str = "",
    said: Mapping[str, Json] | None = None,
    now: datetime | None = None,
) -> AuditEntry:
    """Writes the entry in the act's transaction, so that both exist or neither, and links it afterwards.

    The log line contains neither reason nor words: people type these.
    """
    entry = AuditEntry.objects.create(
        at=now or timezone.now(),
        actor=actor,
        act=act,
        what=what[:60],
        reference=reference[:80],
        reason=reason[:200],
        client=client,
        said=dict(said or {}),
    )
    transaction.on_commit(lambda: _log_and_link(entry), robust=True)
    return entry


def _log_and_link(entry: AuditEntry) -> None:
    logger.info(
        "audit",
        extra={
            "entry": entry.pk,
            "act": entry.act,
            "what": entry.what,
            "of": entry.reference,
            "actor": str(entry.actor_id or ""),
            "when": entry.at.isoformat(),
        },
    )
    chain.link(wait=False)
