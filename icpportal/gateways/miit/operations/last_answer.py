"""Whether the ministry answers, from what the line recorded, so that nobody asks only for this."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit.codes.return_codes import BOTH, NO_ANSWER, Addressee, Way, reaction
from icpportal.gateways.miit.models import MinistryLine
from icpportal.gateways.miit.operations.line_health import longest_silence
from icpportal.time_format import to_beijing


def judge(*, now: datetime | None = None) -> None:
    """Raises `Refused` while a direction is stopped, `Retryable` when the ministry is silent, in trouble or not asked.

    Closed hours, maintenance and overload are no trouble: it answers.
    """
    now = now or timezone.now()
    line = _line()
    _refuse_stops(line)
    if any(_is_silent(line, way) for way in BOTH):
        raise Retryable(f"{NO_ANSWER}{_last(line)}")
    waits = [because for way in BOTH if (because := _waits(line, way, now))]
    if trouble := next((because for because in waits if _who_is_told(because) == Addressee.OPERATIONS), None):
        raise Retryable(trouble)
    if not waits and (line.answered_at is None or line.answered_at < now - longest_silence()):
        raise Retryable(f"the ministry was not asked lately{_last(line)}: is a worker running?")


def silence() -> str:
    """Since when the ministry has not answered, in a sentence; "" while it does, or while nobody asks it."""
    line = _line()
    return last_success(line) if any(_is_silent(line, way) for way in BOTH) else ""


def last_success(line: MinistryLine | None = None) -> str:
    """When it last answered and what, and when a look for downloads last ended, in Beijing time."""
    line = line or _line()
    looked = f"{to_beijing(line.fetched_at):%Y-%m-%d %H:%M}" if line.fetched_at else "never"
    if line.answered_at is None:
        return f"it never answered before; last look for downloads: {looked}"
    answered = f"{to_beijing(line.answered_at):%Y-%m-%d %H:%M}, code {line.answered_code or '-'}"
    return f"last answer: {answered}; last look for downloads: {looked}"


def _line() -> MinistryLine:
    return MinistryLine.objects.filter(pk=settings.MIIT_ISP_ID).first() or MinistryLine()


def _refuse_stops(line: MinistryLine) -> None:
    for way in BOTH:
        if getattr(line, f"{way}_stopped_at"):
            because = getattr(line, f"{way}_stopped_because")
            raise Refused(f"{way} stopped: {because}", code=because.partition(":")[0])


def _is_silent(line: MinistryLine, way: Way) -> bool:
    """Until it answers, also between two attempts; the other direction may have heard it since."""
    until = getattr(line, f"{way}_waits_until")
    heard_since = line.answered_at and until and line.answered_at >= until
    return getattr(line, f"{way}_waits_because") == NO_ANSWER and not heard_since


def _waits(line: MinistryLine, way: Way, now: datetime) -> str:
    until = getattr(line, f"{way}_waits_until")
    return str(getattr(line, f"{way}_waits_because")) if until and until > now else ""


def _who_is_told(because: str) -> Addressee:
    code = because.partition(":")[0]
    return reaction(int(code)).told if code.isdecimal() else Addressee.NOBODY


def _last(line: MinistryLine) -> str:
    """When it last answered and what, for a sentence."""
    if line.answered_at is None:
        return ", nor ever before"
    return f", last answer {line.answered_at:%Y-%m-%d %H:%M} UTC, code {line.answered_code}"
