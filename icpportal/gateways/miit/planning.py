"""What a round of sending or a resynchronisation would do, said before it is done."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from icpportal.gateways.errors import Refused
from icpportal.gateways.miit import holding, numbering, succession
from icpportal.gateways.miit.calling import Fate, fate
from icpportal.gateways.miit.models import Line, Report, ReportState, UploadFile
from icpportal.gateways.miit.reactions import Act, reaction
from icpportal.gateways.miit.wire.client import Ministry
from icpportal.gateways.miit.wire.returns import PreviousReply

ACCEPTED, RENUMBERED, AGAIN = "accepted", "gets another number", "sent again"


@dataclass(frozen=True)
class Plan:
    """The last accepted number here, at the ministry and afterwards; what becomes of the file on its way."""

    here: int | None
    there: int
    afterwards: int
    file: int | None = None  # the number of the file on its way
    becomes: str = ""
    again: tuple[int, ...] = ()  # accepted files that the ministry does not have any more

    @property
    def changes(self) -> bool:
        """Whether anything would be different."""
        return self.here != self.afterwards or bool(self.again) or self.becomes in (ACCEPTED, RENUMBERED)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "changes": self.changes}


def plan() -> Plan:
    """Asks the ministry for its last accepted file and compares; changes nothing.

    Raises `Retryable` when it cannot be reached, `Refused` when it does not tell.
    """
    previous = Ministry().previous_upload()
    row = reaction(previous.code)
    if row.act not in (Act.DONE, Act.LOAD):
        words = holding.shown(holding.because(previous.code, row.words))
        raise Refused(f"{words} ({previous.words})", code=str(previous.code))
    line = Line.objects.filter(pk=settings.MIIT_ISP_ID).first()
    here = line.last_sequence if line else None
    file = numbering.on_its_way(settings.MIIT_ISP_ID)
    return _with_file(here, previous, file) if file else _alone(here, previous)


def _with_file(here: int | None, previous: PreviousReply, file: UploadFile) -> Plan:
    if fate(previous, file) == Fate.ARRIVED:
        return Plan(here, previous.sequence, file.sequence, file.sequence, ACCEPTED)
    if previous.sequence >= file.sequence:
        return Plan(here, previous.sequence, previous.sequence, file.sequence, RENUMBERED)
    last = file.sequence - 1
    return Plan(here, previous.sequence, last, file.sequence, AGAIN, tuple(range(previous.sequence + 1, last + 1)))


def _alone(here: int | None, previous: PreviousReply) -> Plan:
    ours = UploadFile.objects.filter(isp_id=settings.MIIT_ISP_ID).aggregate(last=Max("sequence"))["last"] or 0
    again = tuple(range(previous.sequence + 1, ours + 1))
    return Plan(here, previous.sequence, max(ours, previous.sequence), again=again)


def due(*, now: datetime | None = None) -> dict[str, Any]:
    """How many reports could get a number now, whether a file is on its way, and why nothing may be sent."""
    now = now or timezone.now()
    line = Line.objects.filter(pk=settings.MIIT_ISP_ID).first()
    return {
        "due": succession.free_to_go(Report.objects.filter(state=ReportState.QUEUED, next_at__lte=now)).count(),
        "on_its_way": UploadFile.objects.filter(isp_id=settings.MIIT_ISP_ID, accepted_at=None).count(),
        "reason": holding.resting(line, now) if line else "",
    }
