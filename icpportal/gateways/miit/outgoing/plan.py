"""What a round of sending or a resynchronisation would do, before doing it."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from icpportal.fields.types import Fact
from icpportal.gateways.errors import Refused
from icpportal.gateways.miit.client.client import Ministry
from icpportal.gateways.miit.client.returns import PreviousReply
from icpportal.gateways.miit.codes.return_codes import Act, reaction
from icpportal.gateways.miit.line import line_state, sequence
from icpportal.gateways.miit.line.sender_calls import CallOutcome, fate
from icpportal.gateways.miit.models import MinistryLine, Report, ReportState, UploadFile
from icpportal.gateways.miit.outgoing import succession

ACCEPTED, RENUMBERED, AGAIN = "accepted", "gets another number", "sent again"
MUST_BE = "must have been accepted"  # after a restore: numbers are never skipped, so it was sent next
Tell = Callable[[str], None]


def silent(_line: str) -> None:
    """Reports no progress."""


@dataclass(frozen=True)
class Plan:
    """The last accepted number here, at the ministry and afterwards; what happens to the file on its way."""

    here: int | None
    there: int
    afterwards: int
    file: int | None = None  # the number of the file on its way
    becomes: str = ""
    again: tuple[int, ...] = ()  # accepted files that the ministry no longer has
    answered: tuple[int, ...] = ()  # those of them that it has answered: it had them
    unknown: tuple[int, ...] = ()  # files accepted by the ministry but unknown here
    parked: tuple[str, ...] = ()  # parked reports that may be among them

    @property
    def changes(self) -> bool:
        """Whether anything would change."""
        return self.here != self.afterwards or bool(self.again) or self.becomes in (ACCEPTED, MUST_BE, RENUMBERED)

    def as_dict(self) -> dict[str, Fact]:
        """For JSON."""
        return {**asdict(self), "changes": self.changes}


def plan(*, after_restore: bool = False, seconds: float | None = None, tell: Tell = silent) -> Plan:
    """Asks the ministry for its last accepted file and compares; changes nothing.

    Raises `Retryable` when it does not answer, `Refused` when it does not tell.
    """
    within = {} if seconds is None else {"timeout": seconds}
    return plan_resync(previous_reply(lambda: Ministry().previous_upload(**within), tell), after_restore=after_restore)


def previous_reply(ask: Callable[[], PreviousReply], tell: Tell) -> PreviousReply:
    """The ministry's last accepted file, reporting progress before and after; raises like `plan`."""
    tell("asking the ministry for the last file that it accepted …")
    began = time.monotonic()
    previous = ask()
    tell(f"answer after {time.monotonic() - began:.1f} s: code {previous.code}, number {previous.sequence}")
    row = reaction(previous.code)
    if row.act not in (Act.DONE, Act.LOAD):
        words = line_state.translated_reason(line_state.pause_reason(previous.code, row.words))
        raise Refused(f"{words} ({previous.words})", code=str(previous.code))
    return previous


def plan_resync(previous: PreviousReply, *, after_restore: bool = False) -> Plan:
    """What a resynchronisation does when this is their last file."""
    line = MinistryLine.objects.filter(pk=settings.MIIT_ISP_ID).first()
    here = line.last_sequence if line else None
    file = sequence.on_its_way(settings.MIIT_ISP_ID)
    found = _with_file(here, previous, file, after_restore) if file else _alone(here, previous)
    return replace(found, answered=sequence.answered_files(settings.MIIT_ISP_ID, found.again))


def _with_file(here: int | None, previous: PreviousReply, file: UploadFile, after_restore: bool) -> Plan:
    if fate(previous, file) == CallOutcome.ARRIVED:
        return Plan(here, previous.sequence, file.sequence, file.sequence, ACCEPTED)
    if previous.sequence >= file.sequence:
        becomes = MUST_BE if after_restore else RENUMBERED
        unknown = tuple(range(file.sequence + after_restore, previous.sequence + 1))
        return Plan(here, previous.sequence, previous.sequence, file.sequence, becomes, unknown=unknown)
    last = file.sequence - 1
    return Plan(here, previous.sequence, last, file.sequence, AGAIN, tuple(range(previous.sequence + 1, last + 1)))


def _alone(here: int | None, previous: PreviousReply) -> Plan:
    ours = UploadFile.objects.filter(isp_id=settings.MIIT_ISP_ID).aggregate(last=Max("sequence"))["last"] or 0
    again = tuple(range(previous.sequence + 1, ours + 1))
    unknown = () if here is None else tuple(range(max(ours, here) + 1, previous.sequence + 1))
    return Plan(here, previous.sequence, max(ours, previous.sequence), again=again, unknown=unknown)


def set_back_words(found: Plan) -> str:
    """What a person must know before answered files are sent again."""
    return _(
        "The ministry says that it misses files %(first)s to %(last)s, but it has answered %(number)s of them: its "
        "number was set back. Ask the authority to set its number to %(here)s, then run miit resync again. Only if it "
        "has lost its data too, send them again: miit resync --yes --send-answered."
    ) % {"first": found.again[0], "last": found.again[-1], "number": len(found.answered), "here": found.afterwards}


def due(*, now: datetime | None = None) -> dict[str, Fact]:
    """How many reports could get a number now, whether a file is on its way, and why nothing may be sent."""
    now = now or timezone.now()
    line = MinistryLine.objects.filter(pk=settings.MIIT_ISP_ID).first()
    return {
        "due": succession.free_to_go(Report.objects.filter(state=ReportState.QUEUED, next_at__lte=now)).count(),
        "on_its_way": UploadFile.objects.filter(isp_id=settings.MIIT_ISP_ID, accepted_at=None).count(),
        "reason": line_state.is_paused(line, now) if line else "",
    }
