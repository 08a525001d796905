"""One sender per ispId, whatever happens to it."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from icpportal.gateways.miit import lease
from tests.icpportal.gateways.miit.sending_world import ISP, NOW, line

LONGER = timedelta(seconds=10 + 180 + 60)


def test_the_first_one_has_it_and_the_second_does_not(db):
    assert lease.take(ISP, now=NOW)
    assert lease.take(ISP, now=NOW) is None


def test_another_ispid_is_another_line(db):
    assert lease.take(ISP, now=NOW)
    assert lease.take(ISP + 1, now=NOW)


def test_it_lasts_longer_than_the_longest_call(db, settings):
    settings.MIIT_CONNECT_SECONDS, settings.MIIT_FILES_SECONDS = 10, 180
    lease.take(ISP, now=NOW)

    assert line().leased_until == NOW + LONGER
    assert lease.take(ISP, now=NOW + LONGER - timedelta(seconds=1)) is None


def test_given_back_it_is_free_at_once(db):
    lease.take(ISP, now=NOW).give_back()

    assert lease.take(ISP, now=NOW)


def test_of_a_killed_sender_it_runs_out(db):
    killed = lease.take(ISP, now=NOW)

    assert lease.take(ISP, now=NOW + LONGER)
    with pytest.raises(lease.Lost):
        killed.renew(NOW + LONGER)


def test_one_who_lost_it_cannot_give_away_what_is_anothers(db):
    lost, other = lease.take(ISP, now=NOW), lease.take(ISP, now=NOW + LONGER)

    lost.give_back()

    assert line().holder == other.holder


def test_renewed_it_lasts_from_then_on(db):
    mine = lease.take(ISP, now=NOW)

    mine.renew(NOW + LONGER)

    assert lease.take(ISP, now=NOW + LONGER + timedelta(minutes=1)) is None


def test_of_eight_at_once_one_gets_it(transactional_db):
    start, got = threading.Barrier(8), []

    def take():
        start.wait()
        try:
            got.append(lease.take(ISP, now=NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(got) == 8
    assert [mine.holder for mine in got if mine] == [line().holder]
