"""One sender and one fetcher per ispId, whatever happens to it. Only the database's clock counts."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from icpportal.gateways.miit.line import lease
from tests.icpportal.gateways.miit.sending_world import ISP, line, no_heartbeat

SECONDS = 15


@pytest.fixture(autouse=True)
def a_lease_of_seconds(settings):
    settings.MIIT_LEASE_SECONDS = SECONDS


def seconds_left(columns=lease.SENDING):
    """The time left on the lease."""
    return (getattr(line(), columns.until) - timezone.now()).total_seconds()


def test_the_first_one_gets_it_and_the_second_does_not(db):
    assert lease.take(ISP)
    assert lease.take(ISP) is None


def test_another_ispid_is_another_line_and_fetching_is_another_lease(db):
    assert lease.take(ISP)
    assert lease.take(ISP + 1)
    assert lease.take(ISP, columns=lease.FETCHING)


@pytest.mark.parametrize("columns", [lease.SENDING, lease.FETCHING])
def test_it_is_short_however_long_a_call_may_take(db, settings, columns):
    """It was as long as the longest call and a minute more."""
    settings.MIIT_FILES_SECONDS = 180
    lease.take(ISP, columns=columns)

    assert SECONDS - 5 < seconds_left(columns) <= SECONDS


def test_released_it_is_free_at_once(db):
    lease.take(ISP).give_back()

    assert lease.take(ISP)


def test_the_lease_of_a_killed_sender_expires(db):
    killed = lease.take(ISP)
    no_heartbeat()

    assert lease.take(ISP)
    with pytest.raises(lease.LeaseLost):
        killed.renew()


def test_a_former_holder_cannot_release_anothers_lease(db):
    lost = lease.take(ISP)
    no_heartbeat()
    other = lease.take(ISP)

    lost.give_back()

    assert line().holder == other.holder


def test_renewed_it_lasts_from_then_on(db):
    mine = lease.take(ISP)
    no_heartbeat()

    mine.renew()

    assert lease.take(ISP) is None


def test_a_clock_set_back_does_not_prolong_a_killed_senders_lease(db):
    """An expiry that no current heartbeat can have written counts as expired."""
    lease.take(ISP)
    lease.MinistryLine.objects.update(leased_until=timezone.now() + timedelta(hours=1))

    assert lease.take(ISP)


def test_the_clock_of_this_machine_does_not_matter(db, monkeypatch):
    """Another machine's clock may be hours off."""
    lease.take(ISP)
    monkeypatch.setattr(timezone, "now", lambda: line().leased_until + timedelta(hours=3))

    assert lease.take(ISP) is None


def test_of_eight_concurrent_processes_one_gets_it(transactional_db):
    start, got = threading.Barrier(8), []

    def take():
        start.wait()
        try:
            got.append(lease.take(ISP))
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(got) == 8
    assert [mine.holder for mine in got if mine] == [line().holder]


# --- the heartbeat ---


def wait_for(condition):
    ends = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_a_holder_waiting_for_a_slow_ministry_keeps_it_and_releases_it(transactional_db, settings):
    """Without any action of the holder it outlasts its own time."""
    settings.MIIT_LEASE_SECONDS = 0.6
    with lease.keep_renewed(lease.take(ISP)) as mine:
        since = time.monotonic()
        while time.monotonic() - since < 1.5:
            assert lease.take(ISP) is None
        mine.renew()

    assert (line().holder, lease.take(ISP) is not None) == ("", True)


def test_a_hanging_holder_does_not_keep_it_for_ever(transactional_db, settings, monkeypatch, caplog):
    settings.MIIT_LEASE_SECONDS, settings.MIIT_CONNECT_SECONDS, settings.MIIT_FILES_SECONDS = 0.3, 0, 0
    monkeypatch.setattr(lease, "BETWEEN_CALLS", 0.1)
    with lease.keep_renewed(lease.take(ISP)) as mine:
        wait_for(lambda: lease.take(ISP))
        with pytest.raises(lease.LeaseLost):
            mine.renew()

    assert "the holder of the line hangs" in [record.message for record in caplog.records]
    assert line().holder != ""  # the other's


def test_the_heartbeat_ends_when_another_process_has_the_lease(transactional_db, settings):
    settings.MIIT_LEASE_SECONDS = 0.3
    with lease.keep_renewed(lease.take(ISP)):
        lease.MinistryLine.objects.update(holder="another")
        wait_for(lambda: not [each for each in threading.enumerate() if each.name == "miit-heartbeat"])


def test_a_database_unavailable_for_one_beat_does_no_harm(transactional_db, settings, monkeypatch):
    settings.MIIT_LEASE_SECONDS = 0.6
    mine, beats = lease.take(ISP), []
    real = mine.beat

    def beat():
        beats.append(1)
        if len(beats) == 1:
            raise DatabaseError("away")
        return real()

    monkeypatch.setattr(mine, "beat", beat)
    with lease.keep_renewed(mine):
        wait_for(lambda: len(beats) > 3)
        assert lease.take(ISP) is None
