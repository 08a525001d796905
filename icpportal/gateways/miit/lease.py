"""One sender and one fetcher per ispId: whose UPDATE took the line has it until it is given back or time runs out."""

import os
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from icpportal.gateways.miit.models import Line


class Lost(Exception):
    """The lease ran out and somebody else is at it now: write nothing more."""


@dataclass(frozen=True)
class Columns:
    """Where on the line a kind of lease is written down."""

    holder: str
    until: str


SENDING = Columns("holder", "leased_until")
FETCHING = Columns("fetcher", "fetching_until")


def margin() -> timedelta:
    """What is done before and after a call, and clocks that differ."""
    return timedelta(seconds=settings.MIIT_LEASE_MARGIN_SECONDS)


def longest_call() -> timedelta:
    """How long one call to the ministry can take."""
    return timedelta(seconds=settings.MIIT_CONNECT_SECONDS + settings.MIIT_FILES_SECONDS)


@dataclass(frozen=True)
class Lease:
    """The right to send, or to fetch, for one ispId."""

    isp_id: int
    holder: str
    columns: Columns = SENDING

    def renew(self, now: datetime) -> None:
        """Have it for one more call; raises `Lost`. Inside a transaction the line is ours alone until its end."""
        if not self._mine().update(**{self.columns.until: now + longest_call() + margin()}):
            raise Lost(f"line {self.isp_id}")

    def give_back(self) -> None:
        """The next one may have it at once; nothing happens when it was lost."""
        self._mine().update(**{self.columns.holder: "", self.columns.until: None})

    def _mine(self) -> QuerySet[Line]:
        return Line.objects.filter(pk=self.isp_id, **{self.columns.holder: self.holder})


def take(isp_id: int, *, now: datetime, columns: Columns = SENDING) -> Lease | None:
    """The lease, or nothing while another has it."""
    lease = Lease(isp_id, f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}", columns)
    if _taken(lease, now):
        return lease
    _line, created = Line.objects.get_or_create(pk=isp_id)
    return lease if created and _taken(lease, now) else None


def _taken(lease: Lease, now: datetime) -> int:
    holder, until = lease.columns.holder, lease.columns.until
    free = Q(**{holder: ""}) | Q(**{f"{until}__lte": now}) | Q(**{f"{until}__isnull": True})
    written = {holder: lease.holder, until: now + longest_call() + margin()}
    with transaction.atomic(durable=True):  # nothing talks to the network inside a transaction
        return Line.objects.filter(free, pk=lease.isp_id).update(**written)
