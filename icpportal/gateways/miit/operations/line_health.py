"""Numbers about the line to the ministry for monitoring, from its row and its queue."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Min

from icpportal.gateways.miit.codes.return_codes import BOTH
from icpportal.gateways.miit.line.lease import longest_call
from icpportal.gateways.miit.models import MinistryLine, Report, ReportState
from icpportal.gateways.miit.outgoing import succession

MARGIN = timedelta(minutes=2)
STANDS_STILL = timedelta(minutes=15)  # a report that could be sent waits so long, although nothing blocks sending
ON_THEIR_WAY = (ReportState.QUEUED, ReportState.NUMBERED)


@dataclass(frozen=True)
class LineHealth:
    """The health of our ispId's line."""

    stopped: list[str]  # directions, until a person resumes them
    waiting: list[str]  # directions that resume by themselves
    pulled: timedelta | None  # since the last look for downloads; None: never
    sent: timedelta | None
    answered: timedelta | None
    overdue: timedelta  # of the longest-waiting report that could be sent
    pulls_late: bool
    sends_late: bool

    @property
    def moves(self) -> bool:
        """Whether nobody has to act: a wait is recorded, has its own alarm and ends by itself."""
        return not (self.stopped or self.pulls_late or self.sends_late)


def longest_silence() -> timedelta:
    """How long a working line may go without a look for downloads."""
    return timedelta(seconds=max(settings.MIIT_POLL_SECONDS)) + longest_call() + MARGIN


def line_health(now: datetime) -> LineHealth:
    """The present health, in two small queries."""
    line = MinistryLine.objects.filter(pk=settings.MIIT_ISP_ID).first() or MinistryLine()
    stopped = [way.value for way in BOTH if getattr(line, f"{way}_stopped_at")]
    waiting = [way.value for way in BOTH if _is_later(getattr(line, f"{way}_waits_until"), now)]
    at_rest = {*stopped, *waiting}
    oldest = succession.free_to_go(Report.objects.filter(state__in=ON_THEIR_WAY)).aggregate(at=Min("next_at"))["at"]
    overdue = max(now - oldest, timedelta(0)) if oldest else timedelta(0)
    pulled = _since(line.fetched_at, now)
    return LineHealth(
        stopped=stopped,
        waiting=waiting,
        pulled=pulled,
        sent=_since(line.sent_at, now),
        answered=_since(line.answered_at, now),
        overdue=overdue,
        pulls_late="fetching" not in at_rest and (pulled is None or pulled > longest_silence()),
        sends_late="sending" not in at_rest and overdue > STANDS_STILL,
    )


def _is_later(until: datetime | None, now: datetime) -> bool:
    return until is not None and until > now


def _since(moment: datetime | None, now: datetime) -> timedelta | None:
    return None if moment is None else now - moment
