"""One sender per ispId: whoever's UPDATE took the line has it until it is given back or its time runs out."""

import os
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from icpportal.gateways.miit.models import Line


class Lost(Exception):
    """The lease ran out and somebody else sends now: write nothing more."""


def margin() -> timedelta:
    """What is done before and after a call, and clocks that differ."""
    return timedelta(seconds=settings.MIIT_LEASE_MARGIN_SECONDS)


def longest_call() -> timedelta:
    """How long one call to the ministry can take."""
    return timedelta(seconds=settings.MIIT_CONNECT_SECONDS + settings.MIIT_FILES_SECONDS)


@dataclass(frozen=True)
class Lease:
    """The right to send for one ispId."""

    isp_id: int
    holder: str

    def renew(self, now: datetime) -> None:
        """Have it for one more call; raises `Lost`. Inside a transaction the line is ours alone until its end."""
        mine = Line.objects.filter(pk=self.isp_id, holder=self.holder)
        if not mine.update(leased_until=now + longest_call() + margin()):
            raise Lost(f"line {self.isp_id}")

    def give_back(self) -> None:
        """The next one may send at once; nothing happens when it was lost."""
        Line.objects.filter(pk=self.isp_id, holder=self.holder).update(holder="", leased_until=None)


def take(isp_id: int, *, now: datetime) -> Lease | None:
    """The lease, or nothing while another sender has it."""
    lease = Lease(isp_id, f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}")
    if _taken(lease, now):
        return lease
    _line, created = Line.objects.get_or_create(pk=isp_id)
    return lease if created and _taken(lease, now) else None


def _taken(lease: Lease, now: datetime) -> int:
    free = Q(holder="") | Q(leased_until__lte=now) | Q(leased_until__isnull=True)
    until = now + longest_call() + margin()
    with transaction.atomic(durable=True):  # nothing talks to the network inside a transaction
        return Line.objects.filter(free, pk=lease.isp_id).update(holder=lease.holder, leased_until=until)
