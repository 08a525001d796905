"""The status of the line to the ministry: numbers, queues, waits, and what needs a person."""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from icpportal.alarms import restored
from icpportal.fields.types import Fact
from icpportal.gateways.miit.client import agreement
from icpportal.gateways.miit.codes import table_numbers
from icpportal.gateways.miit.incoming import damage, download_labels, downloads
from icpportal.gateways.miit.incoming.damage import DamagedFile
from icpportal.gateways.miit.incoming.downloads import ParkedDownload
from icpportal.gateways.miit.line import line_state
from icpportal.gateways.miit.models import InboxFile, InboxState, MinistryLine, Outcome, Report, ReportState
from icpportal.gateways.miit.operations import settings_check
from icpportal.gateways.miit.operations.line_health import ON_THEIR_WAY
from icpportal.gateways.miit.outgoing import succession
from icpportal.time_format import span_words, to_beijing

STILL = timedelta(hours=1)  # a report that could be sent waits so long: is anybody sending?
# what to do about a stop, by the return code it begins with (`Stop.because`)
TO_DO: dict[str, Promise] = {
    "4": _("The authority has a different user name: correct MIIT_USER, restart, then resume."),
    "5": _("The authority has a different password: correct MIIT_PASSWORD, restart, then resume."),
    "9": _("The encryption setting is not accepted: check MIIT_ENCRYPT, key and IV with the authority."),
    "14": _("miit resync says what it would change; after a restored backup: miit resync --yes --after-restore."),
    "12": _(
        "The authority refuses our connection: check the user name, password and registered source IP address with it."
    ),
    "13": _("The authority does not know our number: check MIIT_ISP_ID and the three addresses."),
    "19": _("The permission to report is not open: ask the authority to open it. Sending then resumes automatically."),
}
OTHERWISE = _("Read the ministry's message, fix the cause, then resume.")


@dataclass(frozen=True)
class Wait:
    """Until when nothing is sent or fetched, and why."""

    until: datetime
    because: str


@dataclass(frozen=True)
class Stop:
    """Since when nothing is sent or fetched, why, and what a person must do first."""

    since: datetime
    because: str
    to_do: str


@dataclass(frozen=True)
class InterfaceStatus:
    """The state of one ispId's line; `needs` has a sentence for each thing a person must do."""

    isp_id: int
    version: str
    last_sequence: int | None
    reports: dict[str, int]
    oldest_queued_at: datetime | None
    sending_waits: Wait | None
    fetching_waits: Wait | None
    sending_stopped: Stop | None
    fetching_stopped: Stop | None
    inbox: dict[str, int]
    damaged: list[DamagedFile]
    parked_downloads: list[ParkedDownload]
    fetched_at: datetime | None
    fetch_after: datetime | None  # the next look; None: at once
    answered_at: datetime | None
    answered_code: str
    sent_at: datetime | None
    encryption: str  # off, not tried, agreed, refused
    outcomes_waiting: int
    waiting_for_answer: int  # reports that wait until an earlier one of their order is answered
    schemas: str  # none, valid, or what is wrong
    settings_faults: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Fact]:
        """For JSON."""
        return asdict(self)


def to_do(because: str) -> str:
    """What to do about a stop, by the code in its words."""
    return str(TO_DO.get(because.partition(":")[0], OTHERWISE))


def interface_status(*, now: datetime | None = None) -> InterfaceStatus:
    """The present status. Counts the work in hand, not the archive."""
    now = now or timezone.now()
    line = MinistryLine.objects.filter(isp_id=settings.MIIT_ISP_ID).first() or MinistryLine(isp_id=settings.MIIT_ISP_ID)
    counts = _reports()
    damaged, parked = damage.list_waited_for(line.isp_id), downloads.list_parked()
    can_go = succession.free_to_go(Report.objects.filter(state__in=ON_THEIR_WAY))
    oldest = can_go.aggregate(oldest=Min("next_at"), since=Min("queued_at"))
    behind = succession.waiting(now)
    schema = settings_check.schema_fault()
    facts = InterfaceStatus(
        isp_id=line.isp_id,
        version=settings.MIIT_VERSION,
        last_sequence=line.last_sequence,
        reports=counts,
        oldest_queued_at=oldest["since"],
        sending_waits=_wait(line.sending_waits_until, line.sending_waits_because, now),
        fetching_waits=_wait(line.fetching_waits_until, line.fetching_waits_because, now),
        sending_stopped=_stop(line.sending_stopped_at, line.sending_stopped_because),
        fetching_stopped=_stop(line.fetching_stopped_at, line.fetching_stopped_because),
        inbox={"waiting": _downloads_waiting(), "parked": len(parked), "damaged": len(damaged)},
        damaged=damaged,
        parked_downloads=parked,
        fetched_at=line.fetched_at,
        fetch_after=line.fetch_after,
        answered_at=line.answered_at,
        answered_code=line.answered_code,
        sent_at=line.sent_at,
        encryption=agreement.current_agreement(line).value,
        outcomes_waiting=Outcome.objects.filter(acknowledged_at=None).count(),
        waiting_for_answer=len(behind),
        schemas={None: "none", "": "valid"}.get(schema, schema or ""),
        settings_faults=[*settings_check.faults(), *table_numbers.faults()],
    )
    facts.needs.extend(_needs(facts, oldest["oldest"], now))
    facts.needs.extend(_waits(each) for each in behind if each.is_late)
    return facts


SHOWN = (ReportState.QUEUED, ReportState.PARKED, ReportState.NUMBERED, ReportState.ACCEPTED)


def _reports() -> dict[str, int]:
    found = Report.objects.filter(state__in=SHOWN).order_by().values_list("state").annotate(Count("pk"))
    return {state.value: 0 for state in SHOWN} | dict(found)


def _downloads_waiting() -> int:
    here = (InboxState.STORED, InboxState.ACKNOWLEDGED)
    return InboxFile.objects.filter(state__in=here, damaged_at=None).count()


def _wait(until: datetime | None, because: str, now: datetime) -> Wait | None:
    return Wait(until, because) if until and until > now else None


def _stop(since: datetime | None, because: str) -> Stop | None:
    return Stop(since, because, to_do(because)) if since else None


def _needs(facts: InterfaceStatus, oldest_due: datetime | None, now: datetime) -> list[str]:
    idle = not facts.sending_stopped and not facts.sending_waits
    stands_still = idle and oldest_due is not None and oldest_due < now - STILL
    number = facts.reports[ReportState.PARKED]
    rows = (
        (
            restored.is_held(),
            gettext("this portal was restored from a backup: nothing is sent or fetched until restore --go"),
        ),
        (number > 0, gettext("%(number)s parked: miit queue --state parked") % {"number": number}),
        (stands_still, gettext("reports could go and do not: is a worker running?")),
        (facts.schemas not in ("none", "valid"), f"schemas: {facts.schemas}"),
    )
    damaged = [_waited_for(file) for file in facts.damaged]
    parked = [_parked_line(file, now) for file in facts.parked_downloads]
    return [*_stops(facts), *damaged, *parked, *(words for wrong, words in rows if wrong), *facts.settings_faults]


def _waited_for(file: DamagedFile) -> str:
    return gettext(
        "download %(name)s comes damaged since %(since)s (%(because)s): "
        "miit confirm %(name)s gives it up, miit reread %(name)s tries it again"
    ) % {
        "name": file.name,
        "since": f"{to_beijing(file.since):%Y-%m-%d %H:%M}",
        "because": download_labels.reason_in_words(file.because),
    }


def _parked_line(file: ParkedDownload, now: datetime) -> str:
    facts = {"name": file.name, "age": span_words(now - file.since)}
    if file.proposed:
        return (
            gettext(
                "download %(name)s parked for %(age)s: one person wants it closed; "
                "a second one closes it or declines, at the review desk"
            )
            % facts
        )
    return (
        gettext(
            "download %(name)s parked for %(age)s: miit downloads says why; "
            "at the review desk it is read again, or closed by two people once it is dealt with"
        )
        % facts
    )


def _waits(each: succession.Waiting) -> str:
    return gettext(
        "%(key)s has waited since %(since)s for the answer to %(earlier)s: ask the authority, or "
        "miit give-up %(earlier)s"
    ) % {"key": each.key, "earlier": each.earlier, "since": f"{to_beijing(each.since):%Y-%m-%d %H:%M}"}


def _stops(facts: InterfaceStatus) -> list[str]:
    """What to do so that sending and fetching resume, once if both need the same."""
    sending, fetching, wait = facts.sending_stopped, facts.fetching_stopped, facts.sending_waits
    if sending and fetching and sending.because == fetching.because:
        return [_stop_line(gettext("sending and fetching stopped: %(because)s. %(to_do)s"), sending)]
    found = []
    if sending:
        found.append(_stop_line(gettext("sending stopped: %(because)s. %(to_do)s"), sending))
    if fetching:
        found.append(_stop_line(gettext("fetching stopped: %(because)s. %(to_do)s"), fetching))
    if wait and not sending and wait.because.partition(":")[0] in TO_DO:
        facts_of_wait = {"because": line_state.translated_reason(wait.because), "to_do": to_do(wait.because)}
        found.append(gettext("sending waits: %(because)s. %(to_do)s") % facts_of_wait)
    return found


def _stop_line(sentence: str, stop: Stop) -> str:
    return sentence % {"because": line_state.translated_reason(stop.because), "to_do": stop.to_do}
