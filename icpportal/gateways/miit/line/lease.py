"""One sender and one fetcher per ispId: the process whose conditional UPDATE succeeds holds the lease.

A lease is short, and a thread of its holder renews it, so that one that was killed frees it within seconds while one
that waits for a slow ministry keeps it. Only the database's clock counts: the clocks of two machines differ. A holder
that hangs is not renewed for ever, and one that lost its lease finds out by `renew` around each call and stops.
"""

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import Expression, Q, QuerySet

from icpportal.alarms import leases
from icpportal.fields.types import Column
from icpportal.gateways.miit.models import MinistryLine

logger = logging.getLogger(__name__)
BEATS = 3  # heartbeats in the time of a lease
BETWEEN_CALLS = 60.0  # seconds that a holder may take to read, build or write down
JOINED = 2.0  # seconds that the end of a round waits for its heartbeat to end


class LeaseLost(Exception):
    """The lease ran out and somebody else is at it now: write nothing more."""


@dataclass(frozen=True)
class Columns:
    """Where on the line a kind of lease is written down."""

    holder: str
    until: str


SENDING = Columns("holder", "leased_until")
FETCHING = Columns("fetcher", "fetching_until")


def longest_call() -> timedelta:
    """How long one call to the ministry can take."""
    return timedelta(seconds=settings.MIIT_CONNECT_SECONDS + settings.MIIT_FILES_SECONDS)


class Lease:
    """The right to send, or to fetch, for one ispId."""

    def __init__(self, isp_id: int, columns: Columns = SENDING) -> None:
        self.isp_id, self.columns = isp_id, columns
        self.holder = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.moves()

    def moves(self) -> None:
        """The holder is at work: its heartbeat is believed for one more call."""
        self.hangs_at = time.monotonic() + longest_call().total_seconds() + BETWEEN_CALLS

    def renew(self, **noted: Column) -> None:
        """Raises `LeaseLost` when it is another's. Inside a transaction the line is ours alone until its end.

        What is `noted` is written on the line with it.
        """
        self.moves()
        if not self.beat(**noted):
            raise LeaseLost(f"line {self.isp_id}")

    def beat(self, **noted: Column) -> bool:
        """Have it for a while more; False when it is another's."""
        return bool(self._mine().update(**{self.columns.until: _end(), **noted}))

    def give_back(self) -> None:
        """The next one may have it at once; nothing happens when it was lost."""
        self._mine().update(**{self.columns.holder: "", self.columns.until: None})

    def _mine(self) -> QuerySet[MinistryLine]:
        return MinistryLine.objects.filter(pk=self.isp_id, **{self.columns.holder: self.holder})


@contextmanager
def kept(mine: Lease) -> Iterator[Lease]:
    """Renews the lease beside the block and gives it back at its end."""
    beating = _Heartbeat(mine)
    beating.start()
    try:
        yield mine
    finally:
        beating.end()
        mine.give_back()


class _Heartbeat(threading.Thread):
    """Renews a lease until it is told to end, the lease is another's, or its holder hangs."""

    def __init__(self, mine: Lease) -> None:
        super().__init__(daemon=True, name="miit-heartbeat")
        self.mine = mine
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(settings.MIIT_LEASE_SECONDS / BEATS):
            if time.monotonic() >= self.mine.hangs_at:
                logger.error("the holder of the line hangs", extra={"isp": self.mine.isp_id})
                return
            if not self._beaten():
                return

    def _beaten(self) -> bool:
        """Whether it still has a lease; a database that is away may be back before the lease is over."""
        try:
            return self.mine.beat()
        except (DatabaseError, InterfaceError) as trouble:
            extra = {"isp": self.mine.isp_id, "reason": type(trouble).__name__}
            logger.warning("the lease was not renewed", extra=extra)
            return True
        finally:
            connection.close()  # of this thread; nobody else would close it

    def end(self) -> None:
        self.over.set()
        self.join(JOINED)


def take(isp_id: int, *, columns: Columns = SENDING) -> Lease | None:
    """The lease, or nothing while another has it. Who keeps it longer than its time runs `kept`."""
    lease = Lease(isp_id, columns)
    if _taken(lease):
        return lease
    _line, created = MinistryLine.objects.get_or_create(pk=isp_id)
    return lease if created and _taken(lease) else None


def _taken(lease: Lease) -> int:
    holder, until = lease.columns.holder, lease.columns.until
    free = Q(**{holder: ""}) | leases.is_over(until, _lasts())
    with transaction.atomic(durable=True):  # nothing talks to the network inside a transaction
        return MinistryLine.objects.filter(free, pk=lease.isp_id).update(**{holder: lease.holder, until: _end()})


def _end() -> Expression:
    """The moment, by the database's clock, when a lease of now is over."""
    return leases.end(_lasts())


def _lasts() -> timedelta:
    return timedelta(seconds=settings.MIIT_LEASE_SECONDS)
