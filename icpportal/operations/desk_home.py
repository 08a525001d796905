"""The first page of operations at the desk: alarms, outside systems, the line to the ministry, messages."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from icpportal.accounts.guards import account_of
from icpportal.accounts.models import User
from icpportal.alarms.causes import cause_of, detail_words
from icpportal.alarms.models import Alarm
from icpportal.alarms.queries import open_alarms
from icpportal.approvals.queries import open_requests
from icpportal.desk.pages import page_response
from icpportal.fields.types import Words
from icpportal.gateways.miit.models import MinistryLine, Report, ReportState
from icpportal.operations import heartbeat
from icpportal.outbox import queries as outbox
from icpportal.outbox.models import CHANNELS
from icpportal.time_format import long_words, short_words, to_beijing
from icpportal.workdays.calendar import calendar
from transfers.authority.parked_words import SECOND_PERSON, why_parked
from transfers.models import ParkedAnswer
from transfers.review.home.page import Line, second_line

MOST = 10
WORKS, SILENT, AWAY = "ok", "quiet", "bad"
STATE_WORDS: dict[str, Words] = {
    WORKS: pgettext_lazy("system", "works"),
    SILENT: pgettext_lazy("system", "not asked lately"),
    AWAY: pgettext_lazy("system", "away"),
}
NAMES: dict[str, Words] = {
    "authority": gettext_lazy("Ministry's interface"),
    "sms": gettext_lazy("Text messages"),
    "mail": gettext_lazy("Mail"),
    "inventory": gettext_lazy("Inventory of servers"),
    "scanner": gettext_lazy("Virus scanner"),
    "photo_app": gettext_lazy("Photo app"),
    "dns": gettext_lazy("Domain names (DNS)"),
    "web_pages": gettext_lazy("Customers' web pages"),
}


@dataclass(frozen=True, slots=True)
class System:
    """One outside system: whether it answers, since when that is known, what is waiting for it."""

    name: Words
    tone: str
    state: Words
    seen: str
    waits: int


@dataclass(frozen=True, slots=True)
class Failing:
    """Messages that failed for the same reason."""

    channel: str
    n: int
    since: str


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """A parked answer of the authority."""

    report: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """An open alarm: its meaning, what to do, and since when."""

    says: Words
    act: Words
    detail: str
    opened_at: datetime
    times: int


@dataclass(frozen=True, slots=True)
class OperationsPage:
    """The variables of `admin/home/operations.html`. No case in particular."""

    title: Words
    lead: str
    alarms: list[AlarmRow]
    systems: list[System]
    reports_url: str
    last_number: int | None
    queued: int
    held: int
    line_trouble: str
    parked: list[ParkedRow]
    parked_url: str
    failing: list[Failing]
    messages_url: str
    missing_year: int | None
    second: list[Line]  # requests to a second person


def operations_home(request: HttpRequest, context: dict[str, object]) -> TemplateResponse:
    """The page, as things stand now."""
    page = operations_page(account_of(request), timezone.now())
    return page_response(request, "admin/home/operations.html", context, page)


def operations_page(reader: User, now: datetime) -> OperationsPage:
    """What operations look at first."""
    line = MinistryLine.objects.order_by("pk").first()
    by_state = dict(
        Report.objects.filter(state__in=[ReportState.QUEUED, ReportState.PARKED])
        .order_by()
        .values_list("state")
        .annotate(n=Count("pk"))
    )
    parked = ParkedAnswer.objects.filter(closed_at=None).order_by("at", "pk")[:MOST]
    return OperationsPage(
        title=_("Operations"),
        lead=_("%(now)s. No case data is shown here.") % {"now": long_words(now)},
        alarms=[_alarm_row(alarm) for alarm in open_alarms()[:MOST]],
        systems=_systems(now),
        reports_url=reverse("admin:miit_report_changelist"),
        last_number=line.last_sequence if line else None,
        queued=by_state.get(ReportState.QUEUED, 0),
        held=by_state.get(ReportState.PARKED, 0),
        line_trouble=_line_trouble(line) if line else "",
        parked=[_parked_row(row) for row in parked],
        parked_url=reverse("admin:transfers_parkedanswer_changelist"),
        failing=_failing(),
        messages_url=reverse("admin:outbox_message_changelist"),
        missing_year=_missing_year(now),
        second=[second_line(asked) for asked in open_requests(reader, MOST)],
    )


def _alarm_row(alarm: Alarm) -> AlarmRow:
    row = cause_of(alarm.cause)
    return AlarmRow(row.says, row.act, detail_words(alarm.cause, alarm.detail), alarm.opened_at, alarm.times)


def _systems(now: datetime) -> list[System]:
    waiting = outbox.waiting(now=now)
    found = []
    for name, row in heartbeat.gateways().items():
        tone = SILENT if now - row.at > heartbeat.KNOWN else WORKS if row.well else AWAY
        state = STATE_WORDS[tone]
        found.append(System(NAMES.get(name, name), tone, state, short_words(row.at, now=now), waiting.get(name, 0)))
    return sorted(found, key=lambda system: system.tone == WORKS)


def _parked_row(row: ParkedAnswer) -> ParkedRow:
    """Why it waits, and for whom once a colleague has proposed to apply it."""
    asked = [str(SECOND_PERSON)] if row.proposed_by_id else []
    return ParkedRow(row.report_key, " · ".join([why_parked(row), *asked]), short_words(row.at))


def _line_trouble(line: MinistryLine) -> str:
    """Why nothing is sent or fetched now, as recorded on the line."""
    stopped = [line.sending_stopped_because, line.fetching_stopped_because]
    waits = [line.sending_waits_because, line.fetching_waits_because]
    return next((words for words in (*stopped, *waits) if words), "")


def _failing() -> list[Failing]:
    counted = outbox.failed_messages().order_by().values_list("channel").annotate(n=Count("pk"), since=Min("failed_at"))
    return [Failing(str(CHANNELS.get(channel, channel)), n, short_words(since)) for channel, n, since in counted]


def _missing_year(now: datetime) -> int | None:
    """The next year without known working days, from October on, when its notice is due."""
    today = to_beijing(now).date()
    following = date(today.year + 1, 12, 31)
    known = calendar(following, following).is_certain(following)
    return None if known or today.month < 10 else following.year
