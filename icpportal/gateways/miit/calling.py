"""The two calls of a sender, the lease renewed just before each, and what the ministry's last number means to us."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils import timezone

from icpportal.gateways.miit import numbering
from icpportal.gateways.miit.lease import Lease
from icpportal.gateways.miit.models import UploadFile
from icpportal.gateways.miit.wire.client import Ministry
from icpportal.gateways.miit.wire.returns import PreviousReply, UploadReply


class Fate(StrEnum):
    """What became of a file whose answer we do not know."""

    ARRIVED = "arrived"
    MISSED = "missed"
    OUT_OF_STEP = "out of step"


def fate(previous: PreviousReply, file: UploadFile) -> Fate:
    """Compare the ministry's last accepted file with the one on its way."""
    if (previous.sequence, previous.digest) == (file.sequence, file.digest):
        return Fate.ARRIVED
    return Fate.MISSED if previous.sequence == file.sequence - 1 else Fate.OUT_OF_STEP


def clock(fixed: datetime | None) -> Callable[[], datetime]:
    """The time of day, or always the one given."""
    return (lambda: fixed) if fixed else timezone.now


@dataclass
class Caller:
    """One sender's way to the ministry. Both calls raise `Retryable`, and `Lost` when somebody else sends now."""

    lease: Lease
    now: Callable[[], datetime]
    made: Ministry | None = None

    @property
    def ministry(self) -> Ministry:
        """Made at the first call: there may be nothing to send."""
        self.made = self.made or Ministry()
        return self.made

    def ask(self) -> PreviousReply:
        """The last file that they accepted."""
        self.lease.renew(self.now())
        return self.ministry.previous_upload()

    def upload(self, file: UploadFile) -> UploadReply:
        """Hand over a stored file once; raises `Forgotten` or `Unreadable` when it is not here any more."""
        packed = numbering.stored(file)
        self.lease.renew(self.now())
        if file.accepted_at is None:
            numbering.note_sending(file, now=self.now())
        return self.ministry.upload(packed, file.sequence)


class Deadline:
    """When a round begins no other call: so early that the longest one ends within the worker's limit."""

    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds

    @property
    def passed(self) -> bool:
        """No time for another call."""
        return time.monotonic() >= self.ends
