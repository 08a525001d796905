"""How often the ministry is polled: soon after news, ever more rarely without, and at once when needed."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command

from icpportal import tasks
from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.incoming import inbox
from icpportal.gateways.miit.line import lease, polling
from icpportal.gateways.miit.models import MinistryLine
from icpportal.gateways.miit.outgoing import sender
from icpportal.operations import heartbeat
from tests.icpportal.gateways.miit.authority_files import bajg, result, waiting
from tests.icpportal.gateways.miit.client.server import ISP
from tests.icpportal.gateways.miit.sending_world import NOW, access
from tests.transfers import states
from tests.transfers.builders import make_order
from transfers.deadlines import sweep as deadlines

pytestmark = pytest.mark.django_db
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
TICK = 10 * SECOND


@pytest.fixture(autouse=True)
def as_in_production(settings, monkeypatch):
    """Without the random part, so that times can be stated."""
    settings.MIIT_POLL_SECONDS = [10, 300, 600]
    settings.AUTHORITY_GATEWAY = "icpportal.gateways.miit.gateway.MinistryAuthority"
    settings.AUTHORITY_TELLS_PHONES = False
    monkeypatch.setattr(polling, "_chance", lambda: 0.0)


def ticks(begin, lasts, *jobs):
    """What beat starts: these jobs every ten seconds, the sweep and the health check every minute."""
    with time_machine.travel(begin, tick=False) as clock:
        for second in range(0, int(lasts.total_seconds()), 10):
            clock.move_to(begin + second * SECOND)
            for job in jobs or (tasks.pull_answers, tasks.send_reports):
                job.apply()
            if not jobs and second % 60 == 0:
                deadlines.sweep()
                heartbeat.ask_gateways()


def calls(ministry):
    return Counter(call.method for call in ministry.calls)


def line():
    return MinistryLine.objects.get(pk=ISP)


@pytest.mark.parametrize(("is_open", "most"), [(True, 4), (False, 2)])
def test_in_twenty_minutes_without_news_the_ministry_is_polled_a_few_times_and_sends_no_file_for_our_health(
    ministry, is_open, most
):
    """120 polls, 20 more before sweeps, and 20 queries for the last upload with its whole file."""
    if is_open:
        waiting()
    MinistryLine.objects.create(pk=ISP, news_at=NOW - 3 * HOUR, answered_at=NOW)

    ticks(NOW, 20 * MINUTE)

    assert calls(ministry) == {"isp_download": most}
    assert heartbeat.gateways()["authority"].well


def test_after_news_polls_come_every_ten_seconds_and_then_ever_more_rarely(ministry):
    ministry.deliver("return1", bajg(result(waiting().own_id, "1001")))
    waiting("TR-2.1", site_number="")
    at, pauses = NOW, []
    while at < NOW + 3 * HOUR:
        inbox.fetch(now=at)
        pauses.append((line().fetch_after - at).total_seconds())
        at = line().fetch_after

    assert pauses == sorted(pauses)
    assert Counter(pauses) == {10: 6, 30: 8, 60: 25, 120: 45, 300: 12}


def test_an_accepted_report_is_news(ministry):
    """Its answer may come at any moment."""
    MinistryLine.objects.create(pk=ISP, last_sequence=0, news_at=NOW - 3 * HOUR, fetch_after=NOW + 5 * MINUTE)
    sender.report_queue.queue(access())
    sender.Report.objects.update(next_at=NOW)

    assert sender.send_due(now=NOW).accepted == 1

    assert polling.is_due(now=NOW)
    inbox.fetch(now=NOW, if_due=True)
    assert line().fetch_after == NOW + TICK


def test_between_two_polls_a_tick_takes_two_queries_and_no_call(ministry, django_assert_num_queries):
    MinistryLine.objects.create(pk=ISP, fetch_after=NOW + MINUTE)

    with django_assert_num_queries(2):  # what is stored and unprocessed; whether it is time
        assert inbox.fetch(now=NOW, if_due=True) == 0

    assert (ministry.calls, line().fetched_at) == ([], None)


def test_of_two_workers_with_the_same_tick_one_polls(ministry, monkeypatch):
    """The second one saw that it was time before the first one had polled."""
    MinistryLine.objects.create(pk=ISP)
    real = lease.take

    def first_another(*given, **named):
        monkeypatch.setattr(lease, "take", real)
        inbox.fetch(now=NOW, if_due=True)
        return real(*given, **named)

    monkeypatch.setattr(lease, "take", first_another)

    assert inbox.fetch(now=NOW, if_due=True) == 0
    assert calls(ministry) == {"isp_download": 1}


def test_a_clock_set_back_does_not_delay_a_poll_for_hours(ministry):
    MinistryLine.objects.create(pk=ISP, fetch_after=NOW + HOUR)

    assert polling.is_due(now=NOW)


def test_polls_come_a_little_earlier_at_random_and_never_later(ministry, monkeypatch):
    """Providers do not poll in step."""
    monkeypatch.setattr(polling, "_chance", lambda: 1.0)
    inbox.fetch(now=NOW)

    assert line().fetch_after == NOW + 8 * SECOND


def test_more_files_than_one_round_takes_are_fetched_at_once(ministry, monkeypatch):
    monkeypatch.setattr(inbox, "AT_ONCE", 1)
    for number in range(2):
        ministry.deliver(f"return{number}", bajg(result(waiting(f"TR-{number}.1", site_number="").own_id, "1001")))

    assert [inbox.fetch(now=NOW, if_due=True) for _ in range(3)] == [1, 1, 0]


# --- no answer ---


def test_an_unresponsive_ministry_is_polled_less_often_each_time(ministry):
    """30 dropped calls, and no wait."""
    MinistryLine.objects.create(pk=ISP)
    ministry.trouble("isp_download", "drop", times=1000)

    ticks(NOW, 20 * MINUTE, tasks.pull_answers)

    assert calls(ministry)["isp_download"] == 9  # after 10, 10, 20, 40, 80 and 160 seconds, then every five minutes
    assert line().fetching_waits_because == "no answer from the ministry"
    assert line().fetching_waits_until > NOW + 15 * MINUTE


def test_its_first_answer_ends_the_wait_and_the_next_silence_starts_again(ministry):
    MinistryLine.objects.create(pk=ISP, fetching_tries=5)
    inbox.fetch(now=NOW)
    assert (line().fetching_waits_until, line().fetching_tries) == (None, 0)

    ministry.trouble("isp_download", "drop")
    with pytest.raises(Retryable):
        inbox.fetch(now=NOW + MINUTE)
    assert line().fetching_waits_until == NOW + MINUTE + 5 * SECOND


def test_while_it_is_silent_the_tick_waits_and_a_person_need_not(ministry):
    MinistryLine.objects.create(
        pk=ISP, fetching_waits_until=NOW + HOUR, fetching_waits_because="no answer from the ministry", fetching_tries=6
    )
    with pytest.raises(Retryable, match="no answer"):
        inbox.fetch(now=NOW, if_due=True)
    assert ministry.calls == []

    with time_machine.travel(NOW, tick=False):
        call_command("miit", "pull")

    assert calls(ministry) == {"isp_download": 1}
    assert (line().fetching_tries, line().fetch_after) == (0, NOW + TICK)


@pytest.mark.parametrize("way", [(), ("fetching",)])
def test_resuming_it_polls_at_once_and_often_for_a_while(ministry, way):
    MinistryLine.objects.create(pk=ISP, news_at=NOW - 9 * HOUR, fetch_after=NOW + 5 * MINUTE, fetching_tries=6)

    with time_machine.travel(NOW, tick=False):
        call_command("miit", "go-on", *way)
        tasks.pull_answers.apply()

    assert calls(ministry) == {"isp_download": 1}
    assert (line().fetching_tries, line().fetch_after) == (0, NOW + TICK)


# --- who needs the answers now ---


def swept(order, window):
    order.due_at = window
    order.save(update_fields=["due_at"])
    deadlines.sweep(now=NOW)


@pytest.mark.parametrize(("window", "asked"), [(NOW - SECOND, 1), (NOW + HOUR, 0)])
def test_before_a_phone_window_ends_the_ministry_is_polled_at_once_and_otherwise_not_before_its_time(
    ministry, window, asked
):
    MinistryLine.objects.create(pk=ISP, fetch_after=NOW + 5 * MINUTE)

    with time_machine.travel(NOW, tick=False):
        swept(make_order(state=states.PHONE_DUE), window)

    assert calls(ministry)["isp_download"] == asked


def test_in_the_demo_every_tick_polls(ministry, settings):
    """A decision at the simulator's desk is seen as fast as before."""
    settings.MIIT_POLL_SECONDS = [2, 2, 2]
    waiting()
    MinistryLine.objects.create(pk=ISP, news_at=NOW - 9 * HOUR)

    ticks(NOW, MINUTE, tasks.pull_answers)

    assert calls(ministry) == {"isp_download": 6}
