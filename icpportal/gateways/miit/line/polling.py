"""How often the authority is asked for downloads: soon after news, less and less often without.

Beat reads the line's row every few seconds to see whether it is time. Callers that need answers now ask at once.
"""

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from icpportal.fields.types import Column
from icpportal.gateways.miit.models import MinistryLine, Report, ReportState

MINUTE = timedelta(minutes=1)
# quiet for less than this → asked so often; then every five minutes, or every ten while no report waits for an answer
# (the first, the last but one and the last are MIIT_POLL_SECONDS)
STEPS = ((5 * MINUTE, MINUTE / 2), (30 * MINUTE, MINUTE), (120 * MINUTE, 2 * MINUTE))
JUST_NOW = MINUTE
EARLIER = 0.2  # each look is earlier by a random share of its pause, so that providers do not ask in step
OPEN = (ReportState.QUEUED, ReportState.NUMBERED, ReportState.ACCEPTED)


def is_due(*, now: datetime | None = None) -> bool:
    """Whether it is time for a look; reads the line's row only."""
    line = MinistryLine.objects.filter(pk=settings.MIIT_ISP_ID).only("fetch_after").first()
    return line is None or is_due_by(line, now or timezone.now())


def is_due_by(line: MinistryLine, now: datetime) -> bool:
    """The same for this row. A moment too far ahead was written by a clock that was set back since."""
    farthest = timedelta(seconds=max(settings.MIIT_POLL_SECONDS))
    return line.fetch_after is None or not now < line.fetch_after <= now + farthest


def news(now: datetime) -> dict[str, Column]:
    """Columns of the line after news, which make more likely."""
    return {"news_at": now, "fetch_after": None}


def columns_after_poll(line: MinistryLine, came: int, *, all_of_it: bool, now: datetime) -> dict[str, Column]:
    """Columns of the line after a look that brought `came` files."""
    if not all_of_it:
        return news(now)
    news_at = now if came else line.news_at or now
    return {"news_at": news_at, "fetch_after": now + pause(now - news_at) * (1 - EARLIER * _chance())}


def expect_news(*, now: datetime | None = None) -> None:
    """A person wants answers: look at once, and often for a while."""
    MinistryLine.objects.filter(pk=settings.MIIT_ISP_ID).update(**news(now or timezone.now()), fetching_tries=0)


def pause(quiet: timedelta) -> timedelta:
    """The time to the next look, when nothing has come for so long."""
    least, most, longest = (timedelta(seconds=seconds) for seconds in settings.MIIT_POLL_SECONDS)
    if quiet < JUST_NOW:
        return least
    step = next((often for lasts, often in STEPS if quiet < lasts), None)
    if step is None:
        return most if Report.objects.filter(state__in=OPEN).exists() else longest
    return min(max(step, least), most)


def _chance() -> float:
    return random.random()  # noqa: S311 -- nothing secret
