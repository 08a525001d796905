"""A persistent connection is replaced when the server has closed it, and checked only rarely."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections

from icpportal.database import base

pytestmark = [pytest.mark.services, pytest.mark.django_db]


class Clock:
    """Seconds since the start of the process."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    ticking = Clock()
    monkeypatch.setattr(base, "time", ticking)
    return ticking


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A connection in another thread, open since its last request; `asked` counts its checks."""
    found: Any = connections.create_connection("default")
    usable = type(found).is_usable
    found.asked = 0

    def is_usable(self: Any) -> bool:
        self.asked += 1
        return bool(usable(self))

    monkeypatch.setattr(type(found), "is_usable", is_usable)
    request(found)
    yield found
    found.close()


def request(kept: Any) -> int:
    """A request that uses it; returns the server process that answered."""
    kept.close_if_unusable_or_obsolete()
    with kept.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_it_is_checked_once_in_half_a_minute(kept: Any, clock: Clock) -> None:
    first = request(kept)
    for _request in range(5):
        assert request(kept) == first
    assert kept.asked == 1

    clock.now += 29
    assert (request(kept), kept.asked) == (first, 1)
    clock.now += 2
    assert (request(kept), kept.asked) == (first, 2)


@pytest.mark.parametrize("idle", [0, 60])
def test_a_connection_closed_by_the_server_is_replaced_before_the_request(kept: Any, clock: Clock, idle: int) -> None:
    ended = request(kept)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [ended])
        assert cursor.fetchone() == (True,)
    clock.now += idle

    assert request(kept) != ended


def test_a_connection_closed_on_our_side_is_replaced(kept: Any, clock: Clock) -> None:
    ended = request(kept)
    kept.connection.close()

    assert request(kept) != ended


def test_a_connection_is_checked_after_a_failed_statement(kept: Any, clock: Clock) -> None:
    request(kept)
    kept.errors_occurred = True

    request(kept)

    assert kept.asked == 2
