"""The calls of a sender and of a fetcher, and the meaning of the ministry's last number.

Each call renews the lease before and after: a holder that lost it acts on no answer.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.utils import timezone

from icpportal.fields.types import Column
from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.client.client import Ministry
from icpportal.gateways.miit.client.returns import DownloadReply, PreviousReply, Reply, UploadReply
from icpportal.gateways.miit.line import sequence
from icpportal.gateways.miit.line.lease import Lease, longest_call
from icpportal.gateways.miit.models import UploadFile


class CallOutcome(StrEnum):
    """What happened to a file whose answer was lost."""

    ARRIVED = "arrived"
    MISSED = "missed"
    OUT_OF_STEP = "out of step"


def fate(previous: PreviousReply, file: UploadFile) -> CallOutcome:
    """Compares the ministry's last accepted file with the one on its way."""
    if (previous.sequence, previous.digest) == (file.sequence, file.digest):
        return CallOutcome.ARRIVED
    return CallOutcome.MISSED if previous.sequence == file.sequence - 1 else CallOutcome.OUT_OF_STEP


def columns_after_answer(reply: Reply, now: datetime) -> dict[str, Column]:
    """Columns of the line after an answer, so that nobody has to ask whether they answer."""
    return {"answered_at": now, "answered_code": str(reply.code)}


def clock(fixed: datetime | None) -> Callable[[], datetime]:
    """The current time, or always the given one."""
    return (lambda: fixed) if fixed else timezone.now


@dataclass
class Caller:
    """The calls of a sender. Both raise `Retryable`, or `LeaseLost` while another one sends."""

    lease: Lease
    now: Callable[[], datetime]
    made: Ministry | None = None
    limit: "Limit | None" = None

    @property
    def ministry(self) -> Ministry:
        """Created at the first call: there may be nothing to send."""
        self.made = self.made or Ministry()
        return self.made

    def ask(self) -> PreviousReply:
        """The last file that they accepted."""
        self.lease.renew()
        reply = self.ministry.previous_upload(**self._within())
        self.lease.renew(**columns_after_answer(reply, self.now()))
        return reply

    def upload(self, file: UploadFile) -> UploadReply:
        """Uploads a stored file once; raises `Forgotten` or `Unreadable` when it is no longer here."""
        packed = sequence.read_stored(file)
        self.lease.renew()
        if file.accepted_at is None:
            sequence.note_sending(file, now=self.now())
        reply = self.ministry.upload(packed, file.sequence, **self._within())
        self.lease.renew(**columns_after_answer(reply, self.now()))
        return reply

    def _within(self) -> dict[str, float]:
        return {} if self.limit is None else {"timeout": self.limit.left}


@dataclass(frozen=True)
class Fetcher:
    """The calls of a fetcher. Both raise `Retryable`, or `LeaseLost` while another one fetches."""

    lease: Lease
    now: Callable[[], datetime]
    ministry: Ministry

    def download(self) -> DownloadReply:
        """The oldest file that is ready."""
        self.lease.renew()
        reply = self.ministry.download()
        self.lease.renew(**columns_after_answer(reply, self.now()))
        return reply

    def acknowledge(self, name: str) -> Reply:
        """Tells them that this file is safely stored, so that they deliver the next one."""
        self.lease.renew()
        reply = self.ministry.acknowledge(name)
        self.lease.renew(**columns_after_answer(reply, self.now()))
        return reply


ROUND_SECONDS = 120
LEAST_SECONDS = 5  # whatever the settings say, a round begins at least one call
WORKER_MARGIN = 20  # seconds between the end of a round's last call and the worker's limit


def round_seconds() -> float:
    """For how long a round may begin calls."""
    left = settings.CELERY_TASK_SOFT_TIME_LIMIT - longest_call().total_seconds() - WORKER_MARGIN
    return max(LEAST_SECONDS, min(ROUND_SECONDS, left))


class Limit:
    """A time limit for several calls together."""

    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds left; `Retryable` when none are."""
        if (seconds := self.ends - time.monotonic()) <= 0:
            raise Retryable("the time limit is over")
        return seconds


class Deadline:
    """When a round begins no more calls: early enough for the longest to end within the worker's limit."""

    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        """Whether there is no time for another call."""
        return time.monotonic() >= self.ends
