"""What happens by itself when its time has come: files are processed, phones lapse, reports are granted unattended.

Nothing runs in the background. Whoever looks (a download, a page, a command) first lets everything due happen, with
the time at which it was due to happen, so that two lookers see the same.
"""

import threading
from datetime import datetime, timedelta

from django.db import transaction

from icpportal.gateways.miit.simulator import clock, deciding, processing
from icpportal.gateways.miit.simulator.models import Conduct, Report, Upload
from icpportal.gateways.miit.simulator.words import GRANTED, PHONE_FAILURE, TOO_LATE

AT_ONCE = 50  # of each kind in one go: nobody waits for a thousand files

_lock = threading.Lock()


def settle(moment: datetime | None = None) -> None:
    """Everything that is due happens now, or is done by whoever is at it already."""
    with _lock:
        conduct = clock.conduct()
        moment = moment or clock.now()
        if conduct.processing:
            _process(conduct)
        _lapse(moment)
        if conduct.decides_after is not None:
            _grant(moment - timedelta(seconds=conduct.decides_after), moment)


def _process(conduct: Conduct) -> None:
    for upload in Upload.objects.filter(processed_at__isnull=True).order_by("pk")[:AT_ONCE]:
        with transaction.atomic():
            processing.process(upload, conduct)


def _lapse(moment: datetime) -> None:
    late = Report.objects.filter(stage=Report.WAITING, closes_at__lte=moment, confirmed_at__isnull=True)
    for report in late.order_by("pk")[:AT_ONCE]:
        assert report.closes_at is not None
        deciding.close(report, Report.TURNED_DOWN, code=PHONE_FAILURE, words=TOO_LATE, now=report.closes_at)


def _grant(ready_since: datetime, moment: datetime) -> None:
    waiting = Report.objects.filter(stage=Report.WAITING)
    unasked = waiting.filter(closes_at__isnull=True, at__lte=ready_since)
    confirmed = waiting.filter(confirmed_at__lte=ready_since)
    for report in (unasked | confirmed).order_by("pk")[:AT_ONCE]:
        deciding.close(report, Report.GRANTED, code=GRANTED, now=moment)
