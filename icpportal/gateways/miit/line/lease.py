"""One sender and one fetcher per ispId: the process whose conditional UPDATE succeeds holds the lease.

A lease is short and renewed by a thread of its holder, so that a killed holder frees it within seconds, while one
waiting for a slow ministry keeps it. Only the database's clock counts: clocks of machines differ. A hanging holder is
not renewed for ever, and one that lost its lease notices by `renew` around each call and stops.
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
BEATS = 3  # heartbeats during a lease
BETWEEN_CALLS = 60.0  # seconds a holder may take between calls to read, build or write
JOINED = 2.0  # seconds the end of a round waits for the heartbeat thread


class LeaseLost(Exception):
    """The lease expired and another process has it: write nothing more."""


@dataclass(frozen=True)
class Columns:
    """The columns of the line for one kind of lease."""

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
        """The holder is working: its heartbeat may renew for one more call."""
        self.hangs_at = time.monotonic() + longest_call().total_seconds() + BETWEEN_CALLS

    def renew(self, **noted: Column) -> None:
        """Raises `LeaseLost` when another process has it.

        Inside a transaction the line is locked until its end. `noted` columns of the line are written with it.
        """
        self.moves()
        if not self.beat(**noted):
            raise LeaseLost(f"line {self.isp_id}")

    def beat(self, **noted: Column) -> bool:
        """Renews it for a while; returns False when another process has it."""
        return bool(self._mine().update(**{self.columns.until: _end(), **noted}))

    def give_back(self) -> None:
        """Frees it at once; does nothing when it was lost."""
        self._mine().update(**{self.columns.holder: "", self.columns.until: None})

    def _mine(self) -> QuerySet[MinistryLine]:
        return MinistryLine.objects.filter(pk=self.isp_id, **{self.columns.holder: self.holder})


@contextmanager
def keep_renewed(mine: Lease) -> Iterator[Lease]:
    """Renews the lease during the block and frees it at the end."""
    beating = _Heartbeat(mine)
    beating.start()
    try:
        yield mine
    finally:
        beating.end()
        mine.give_back()


class _Heartbeat(threading.Thread):
    """Renews a lease until told to stop, the lease is lost, or its holder hangs."""

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
        """Whether the lease is still held; an unreachable database may be back before it expires."""
        try:
            return self.mine.beat()
        except (DatabaseError, InterfaceError) as trouble:
            extra = {"isp": self.mine.isp_id, "reason": type(trouble).__name__}
            logger.warning("the lease was not renewed", extra=extra)
            return True
        finally:
            connection.close()  # this thread's connection, which nobody else would close

    def end(self) -> None:
        self.over.set()
        self.join(JOINED)


def take(isp_id: int, *, columns: Columns = SENDING) -> Lease | None:
    """The lease, or None while another process has it. Holders that need it longer run `keep_renewed`."""
    lease = Lease(isp_id, columns)
    if _acquire(lease):
        return lease
    _line, created = MinistryLine.objects.get_or_create(pk=isp_id)
    return lease if created and _acquire(lease) else None


def _acquire(lease: Lease) -> int:
    holder, until = lease.columns.holder, lease.columns.until
    free = Q(**{holder: ""}) | leases.is_over(until, _lasts())
    with transaction.atomic(durable=True):  # no network call inside a transaction
        return MinistryLine.objects.filter(free, pk=lease.isp_id).update(**{holder: lease.holder, until: _end()})


def _end() -> Expression:
    """The moment, by the database's clock, when a lease of now is over."""
    return leases.end(_lasts())


def _lasts() -> timedelta:
    return timedelta(seconds=settings.MIIT_LEASE_SECONDS)
