"""An in-memory ministry that enforces the sequence, and reports of invented sites."""

import io
from collections import deque
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models.functions import Now
from PIL import Image

from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.client.client import PreviousReply, UploadReply
from icpportal.gateways.miit.line import sender_calls
from icpportal.gateways.miit.models import MinistryLine, Report, UploadFile
from icpportal.gateways.miit.outgoing.report_queue import queue
from icpportal.gateways.miit.types import (
    AccessReport,
    AddressRange,
    Attachment,
    CancellationReport,
    Owner,
    Purpose,
    report_key,
)

ISP = 100001
NOW = datetime(2026, 11, 25, 8, 20, tzinfo=UTC)  # 16:20 in Beijing
MINUTE = timedelta(minutes=1)
LOST_BEFORE, LOST_AFTER = "lost before it arrived", "lost after it arrived"


class Killed(BaseException):
    """The process ends here."""


class KilledOnTheWay:
    """The process ends before its file has arrived."""


def depth():
    return len(connection.savepoint_ids) + connection.in_atomic_block


class MinistryInMemory:
    """Accepts last + 1 and nothing else; `uploads` and `questions` hold what happens instead, call by call."""

    def __init__(self):
        self.depth = depth()
        self.last, self.taken, self.calls = 0, {}, []
        self.uploads, self.questions = deque(), deque()
        self.before_upload = lambda: None

    def __call__(self):
        return self

    def upload(self, packed, sequence):
        assert depth() in (self.depth, 0), "a call inside a transaction"
        self.calls.append(("upload", sequence))
        self.before_upload()
        instead = self.uploads.popleft() if self.uploads else None
        if instead == LOST_BEFORE:
            raise Retryable("no answer")
        if instead is KilledOnTheWay:
            raise Killed
        if isinstance(instead, UploadReply):
            return instead
        reply = self._judged(packed, sequence)
        if instead == LOST_AFTER:
            raise Retryable("no answer")
        if instead is Killed:
            raise Killed
        return reply

    def _judged(self, packed, sequence):
        if sequence in self.lost_numbers():
            self.taken[sequence] = packed
            return UploadReply(0)
        missing = self.lost_numbers() or tuple(range(self.last + 1, sequence))
        if sequence != self.last + 1 or missing:
            return UploadReply(14, "序号不连续", missing)
        self.last, self.taken[sequence] = sequence, packed
        return UploadReply(0)

    def lost_numbers(self):
        return tuple(number for number in range(1, self.last + 1) if number not in self.taken)

    def previous_upload(self):
        assert depth() in (self.depth, 0), "a call inside a transaction"
        self.calls.append(("previous", None))
        instead = self.questions.popleft() if self.questions else None
        if instead == LOST_BEFORE:
            raise Retryable("no answer")
        if instead is not None:
            return instead
        if not self.last:
            return PreviousReply(0)
        last = self.taken.get(self.last)
        return PreviousReply(0, "", self.last, last.digest if last else "of somebody else", f"beianinfo{self.last}.xml")

    @property
    def sent(self):
        return [sequence for call, sequence in self.calls if call == "upload"]


def arrange(monkeypatch, settings, *, last=0):
    """Connects the sender with the in-memory ministry; `last` is known already, None means a fresh database."""
    ministry = MinistryInMemory()
    settings.MIIT_ISP_ID, settings.MIIT_ENCRYPT = ISP, False
    settings.AUTHORITY_PICTURES = f"{__name__}.picture"
    monkeypatch.setattr(sender_calls, "Ministry", ministry)
    if last is not None:
        MinistryLine.objects.create(isp_id=ISP, last_sequence=last, number_heard_at=NOW)
    return ministry


def access(number=1, *, reference="TR-1", attachments=()):
    return AccessReport(
        key=report_key(reference, number),
        site_number="京ICP备10000001号-1",
        places=(2,),
        methods=(5,),
        addresses=(AddressRange("192.0.2.7", "192.0.2.7"),),
        attachments=tuple(attachments),
        password_md5="1a64a010767f0725fb52111b0a9e9f84",
    )


def cancellation(reference="CA-1", remark=""):
    return CancellationReport(key=report_key(reference, 1), access_id=77, reason=1, remark=remark)


UNFIT_REMARK = "𠮷"  # outside GBK


def queue_reports(count=1, *, at=NOW):
    """A number of reports of different orders, oldest first."""
    rows = [queue(access(reference=f"TR-{number}")) for number in range(1, count + 1)]
    Report.objects.update(next_at=at, queued_at=at)
    return rows


def statement(document):
    return Attachment(Purpose.STATEMENT, Owner.SITE, "京ICP备10000001号-1", document)


def picture(document):
    """Used as `settings.AUTHORITY_PICTURES` here."""
    if document == "gone":
        raise LookupError(document)
    if document == "down":
        raise OSError("storage at 192.0.2.9 is down")
    image = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(image, "JPEG")
    return image.getvalue()


def no_heartbeat():
    """Expires the lease of a killed sender by the database's clock."""
    MinistryLine.objects.filter(leased_until__isnull=False).update(leased_until=Now())


def line():
    return MinistryLine.objects.get(pk=ISP)


def files():
    """The numbers of files in order, and whether each was accepted."""
    rows = UploadFile.objects.order_by("sequence")
    return [(row.sequence, row.accepted_at is not None) for row in rows]


def states():
    return list(Report.objects.order_by("id").values_list("state", flat=True))
