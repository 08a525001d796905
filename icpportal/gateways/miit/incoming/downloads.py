"""Manual actions on damaged or parked downloads; each raises `Refused` when it cannot."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from icpportal.gateways.errors import Refused
from icpportal.gateways.miit.incoming import damage, inbox
from icpportal.gateways.miit.models import InboxFile, InboxState

DAMAGED = "damaged"  # stored, and waited for until it comes intact


@dataclass(frozen=True)
class Download:
    """One delivery that needs attention."""

    number: int
    name: str
    state: str
    kind: str
    deliveries: int
    received_at: datetime
    damaged_since: datetime | None
    reason: str


@dataclass(frozen=True)
class ParkedDownload:
    """One parked download: its name, since when, and its state."""

    name: str
    since: datetime
    proposed: bool = False  # one person has proposed to close it

    def words(self, now: datetime) -> str:
        """A line for operations without its content; nothing personal."""
        days, hours = divmod(int((now - self.since).total_seconds()) // 3600, 24)
        return f"parked for {f'{days} d ' if days else ''}{hours} h: {self._next()}"

    def _next(self) -> str:
        return "a second person closes it or declines" if self.proposed else "miit downloads says why"


def list_parked() -> list[ParkedDownload]:
    """The parked downloads, the oldest first."""
    rows = InboxFile.objects.filter(isp_id=settings.MIIT_ISP_ID, state=InboxState.PARKED)
    since = rows.annotate(since=Coalesce("processed_at", "received_at")).order_by("since", "pk")
    found = since.values_list("name", "since", "proposed_by")
    return [ParkedDownload(name, moment, proposer is not None) for name, moment, proposer in found]


def in_need() -> list[Download]:
    """Damaged and parked downloads, the oldest first."""
    return [_to_download(row) for row in _in_need().defer("body").order_by("received_at", "pk")]


def give_up(given: str) -> None:
    """Acknowledges a damaged file at its next delivery, so that later files come; its bytes are kept."""
    if not damage.give_up(settings.MIIT_ISP_ID, _deliveries(given)[0].name):
        raise Refused(_("No damaged download of this name is waited for."))


def read_again(given: str) -> None:
    """Processes a damaged or parked file again from its stored bytes, after its cause was fixed."""
    found = _deliveries(given)
    read = [inbox.read_again(row.pk) for row in reversed(found)]
    if not any(read):
        still_damaged = any(row.damaged_at for row in found)
        raise Refused(_("It is still damaged.") if still_damaged else _("It still cannot be read."))


def _in_need() -> QuerySet[InboxFile]:
    damaged = Q(state=InboxState.STORED, damaged_at__isnull=False)
    return InboxFile.objects.filter(damaged | Q(state=InboxState.PARKED), isp_id=settings.MIIT_ISP_ID)


def _deliveries(given: str) -> list[InboxFile]:
    """Deliveries needing attention with this file name, or the one with this number."""
    rows = list(_in_need().filter(name=given).order_by("pk"))
    if not rows and given.isascii() and given.isdigit():
        rows = list(_in_need().filter(pk=int(given)))
    if not rows:
        raise Refused(_("There is no damaged or parked download %(name)s.") % {"name": given})
    return rows


def _to_download(row: InboxFile) -> Download:
    state = DAMAGED if row.state == InboxState.STORED else row.state
    facts = (row.kind, row.deliveries, row.received_at, row.damaged_at, row.reason)
    return Download(row.pk, row.name, str(state), *facts)
