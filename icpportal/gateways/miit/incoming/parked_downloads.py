"""Closes parked downloads dealt with by hand: one person proposes with a reason, another confirms.

The content of a closed one is deleted at the end of its retention; until then it stays.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from icpportal.desk import proposals
from icpportal.desk.proposals import ProposalRefused
from icpportal.gateways.miit.incoming import damage
from icpportal.gateways.miit.models import InboxFile, InboxState

if TYPE_CHECKING:
    from icpportal.accounts.models import User


def propose(row: InboxFile, *, actor: "User", because: str, now: datetime | None = None) -> None:
    """Asks a second person to close it. Raises `ProposalRefused`."""
    _refuse_what_needs_nobody(row)
    proposals.propose(_parked_files(row), actor=actor, because=because, now=now)


def decline(row: InboxFile) -> None:
    """Removes the proposal, also one's own; the file stays parked. Raises `ProposalRefused`."""
    _refuse_what_needs_nobody(row)
    proposals.decline(_parked_files(row))


def confirm(row: InboxFile, *, actor: "User", now: datetime | None = None) -> None:
    """Closes it as the second person: it counts as processed, its reason stays. Raises `ProposalRefused`."""
    moment = now or timezone.now()
    with transaction.atomic():
        locked = InboxFile.objects.select_for_update(of=("self",)).defer("body").get(pk=row.pk)
        _refuse_what_needs_nobody(locked)
        proposals.refuse_one_person(locked, actor)
        _parked_files(row).update(state=InboxState.PROCESSED, processed_at=moment, closed_by=actor)
    damage.end_alarm(row.isp_id, now=moment)


def _parked_files(row: InboxFile) -> QuerySet[InboxFile]:
    return InboxFile.objects.filter(pk=row.pk, state=InboxState.PARKED)


def _refuse_what_needs_nobody(row: InboxFile) -> None:
    if row.closed_by_id is not None:
        raise ProposalRefused(_("It is closed already"))
    if row.state == InboxState.PROCESSED:
        raise ProposalRefused(_("It has been read in since and needs nobody any more"))
    if row.state != InboxState.PARKED:
        raise ProposalRefused(_("It is not parked."))
