"""What a person does at the authority's desk and on its page for codes: decide, enter a code, resend one."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from demo.ministry import clock
from demo.ministry.code_texts import PHONE_FAILURE, TOO_MANY_WRONG
from demo.ministry.desk import auto_progress, decisions
from demo.ministry.desk.text_messages import new_code
from demo.ministry.models import Report, Text

WRONG_CODES = 5  # allowed; one more returns the report

# the buttons of the desk → the report's new stage, and the default code
DECISIONS = {
    "grant": (Report.GRANTED, "1001"),
    "turn_down": (Report.TURNED_DOWN, "1002"),
    "report_failed": (Report.FAILED, "5999"),
}


def decide(report: Report, decision: str, *, code: str = "", words: str = "", now: datetime | None = None) -> bool:
    """Records the authority's decision (`DECISIONS`) once: False when the report was decided before."""
    stage, usual = DECISIONS[decision]
    return decisions.close(report, stage, code=code or usual, words=words, now=now or clock.now())


@dataclass(frozen=True)
class Entry:
    """The ministry site's answer to a code."""

    state: str  # confirmed, waiting (for the other person), wrong, returned, over, not_found
    left: int = 0


def enter_code(mobile: str, tail: str, code: str, *, now: datetime | None = None) -> Entry:
    """Enters a code as on the ministry's site; five wrong codes are allowed, the sixth returns the report."""
    moment = now or clock.now()
    auto_progress.settle()
    waiting = Text.objects.filter(mobile=mobile, confirmed_at__isnull=True, report__stage=Report.WAITING)
    texts = list(waiting.select_related("report").order_by("-sent_at", "-pk"))
    if not texts:
        late = Text.objects.filter(mobile=mobile, confirmed_at__isnull=True, report__closes_at__lte=moment)
        return Entry("over" if late.filter(wrong__lte=WRONG_CODES).exists() else "not_found")
    for text in texts:
        if secrets.compare_digest(text.code.encode(), code.encode()) and tail.upper() in text.tails:
            return _confirm(text, moment)
    return _count_wrong(texts[0], moment)


@transaction.atomic
def _confirm(text: Text, moment: datetime) -> Entry:
    open_one = Text.objects.filter(pk=text.pk, confirmed_at__isnull=True, wrong__lte=WRONG_CODES)
    if not open_one.update(confirmed_at=moment):
        return Entry("not_found")
    if Text.objects.filter(report_id=text.report_id, confirmed_at__isnull=True).exists():
        return Entry("waiting")
    Report.objects.filter(pk=text.report_id).update(confirmed_at=moment)
    return Entry("confirmed")


def _count_wrong(text: Text, moment: datetime) -> Entry:
    Text.objects.filter(pk=text.pk).update(wrong=F("wrong") + 1)
    text.refresh_from_db(fields=["wrong"])
    if text.wrong <= WRONG_CODES:
        return Entry("wrong", left=WRONG_CODES - text.wrong)
    decisions.close(text.report, Report.TURNED_DOWN, code=PHONE_FAILURE, words=TOO_MANY_WRONG, now=moment)
    return Entry("returned")


def resend(text: Text, *, now: datetime | None = None) -> bool:
    """Sends a new code to the same mobile; the old one is no longer valid. False when no code is due any more."""
    moment = now or clock.now()
    waiting = Text.objects.filter(
        pk=text.pk, confirmed_at__isnull=True, report__stage=Report.WAITING, report__closes_at__gt=moment
    )
    return bool(waiting.update(code=new_code(), sent_at=moment, times=F("times") + 1))
