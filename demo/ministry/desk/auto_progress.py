"""What happens at its own time: files are processed, phones lapse, reports are granted unattended.

Nothing runs in the background. Each request (a download, a page, a command) first does everything due, dated when it
was due, so that two observers see the same.
"""

import threading
from datetime import datetime, timedelta

from django.db import transaction

from demo.ministry import clock
from demo.ministry.code_texts import GRANTED, PHONE_FAILURE, TOO_LATE
from demo.ministry.desk import decisions, processor
from demo.ministry.models import Behaviour, Report, Upload

AT_ONCE = 25  # batch size per kind, so that a request never blocks on a large backlog

_lock = threading.Lock()


def settle(moment: datetime | None = None) -> bool:
    """Does what is due now, oldest first; True when there may be more."""
    with _lock:
        conduct = clock.conduct()
        moment = moment or clock.now()
        done = [_process(conduct) if conduct.processing else 0, _lapse(moment)]
        if conduct.decides_after is not None:
            done.append(_grant(moment - timedelta(seconds=conduct.decides_after), moment))
        return AT_ONCE in done


def settle_all() -> None:
    """Does everything that is due now, however much it is."""
    while settle():
        continue


def _process(conduct: Behaviour) -> int:
    waiting = list(Upload.objects.filter(processed_at__isnull=True).order_by("pk")[:AT_ONCE])
    for upload in waiting:
        with transaction.atomic():
            processor.process(upload, conduct)
    return len(waiting)


def _lapse(moment: datetime) -> int:
    late = Report.objects.filter(stage=Report.WAITING, closes_at__lte=moment, confirmed_at__isnull=True)
    rows = list(late.select_related("upload", "access").order_by("pk")[:AT_ONCE])
    for report in rows:
        assert report.closes_at is not None
        decisions.close(report, Report.TURNED_DOWN, code=PHONE_FAILURE, words=TOO_LATE, now=report.closes_at)
    return len(rows)


def _grant(ready_since: datetime, moment: datetime) -> int:
    waiting = Report.objects.filter(stage=Report.WAITING)
    unasked = waiting.filter(closes_at__isnull=True, at__lte=ready_since)
    confirmed = waiting.filter(confirmed_at__lte=ready_since)
    rows = list((unasked | confirmed).select_related("upload", "site__filing", "access").order_by("pk")[:AT_ONCE])
    for report in rows:
        decisions.close(report, Report.GRANTED, code=GRANTED, now=moment)
    return len(rows)
