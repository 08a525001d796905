"""Whether the ministry answers, from the records of its line."""

import contextlib
from datetime import timedelta

import pytest

from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit.codes.return_codes import BOTH, Way
from icpportal.gateways.miit.incoming import inbox
from icpportal.gateways.miit.line import line_state
from icpportal.gateways.miit.models import MinistryLine, Report
from icpportal.gateways.miit.operations import last_answer
from icpportal.gateways.miit.outgoing import report_queue
from icpportal.gateways.miit.outgoing.sender import send_due
from tests.icpportal.gateways.miit.client.server import ISP
from tests.icpportal.gateways.miit.sending_world import MINUTE, NOW, access

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def as_in_production(settings):
    settings.MIIT_POLL_SECONDS = [10, 300, 600]


def health_of(now=NOW):
    """The health page's value; "ok" when there is nothing to report."""
    try:
        last_answer.judge(now=now)
    except (Retryable, Refused) as problem:
        return f"{type(problem).__name__}: {problem}"
    return "ok"


def fetch(now=NOW):
    with contextlib.suppress(Retryable, Refused):
        inbox.fetch(now=now)
    return health_of(now)


def test_the_lines_last_answer_is_reported_without_a_call(ministry):
    """The health page requested the whole last upload each minute."""
    assert fetch() == "ok"
    line = MinistryLine.objects.get()
    assert (line.answered_at, line.answered_code) == (NOW, "2")

    before = len(ministry.calls)
    assert [health_of(NOW + minutes * MINUTE) for minutes in (1, 10)] == ["ok", "ok"]
    assert len(ministry.calls) == before


def test_each_direction_records_its_answers(ministry):
    report_queue.queue(access())
    Report.objects.update(next_at=NOW)
    ministry.say("isp_upload", code=15)
    MinistryLine.objects.create(pk=ISP, last_sequence=0)

    send_due(now=NOW)

    assert (MinistryLine.objects.get().answered_at, MinistryLine.objects.get().answered_code) == (NOW, "15")


def test_a_portal_whose_workers_stand_still_is_reported_as_such(ministry):
    assert health_of() == "Retryable: the ministry was not asked lately, nor ever before: is a worker running?"
    fetch()

    assert health_of(NOW + timedelta(minutes=16)) == (
        "Retryable: the ministry was not asked lately, last answer 2026-11-25 08:20 UTC, code 2: is a worker running?"
    )


def test_silence_is_reported_until_there_is_an_answer(ministry):
    fetch()
    ministry.trouble("isp_download", "drop")

    silent = fetch(NOW + MINUTE)

    assert silent == "Retryable: no answer from the ministry, last answer 2026-11-25 08:20 UTC, code 2"
    assert health_of(NOW + 5 * MINUTE) == silent
    assert fetch(NOW + 6 * MINUTE) == "ok"


def test_a_silent_sender_is_forgotten_when_the_fetcher_gets_an_answer_later(ministry):
    line = MinistryLine.objects.create(pk=ISP)
    line_state.wait_for_answer(line, Way.SENDING, now=NOW)
    assert health_of().startswith("Retryable: no answer")

    assert fetch(NOW + MINUTE) == "ok"


@pytest.mark.parametrize("code", [999, 7, 777])
def test_a_wait_that_operations_know_of_is_reported_with_its_code(ministry, code):
    ministry.say("isp_download", code=code)

    assert fetch().startswith(f"Retryable: {code}: ")


@pytest.mark.parametrize("code", [15, 20, 901, 902])
def test_a_closed_or_busy_ministry_counts_as_answering(ministry, code):
    """Its opening hours do not make the portal unhealthy, however long they are."""
    ministry.say("isp_download", code=code)

    assert fetch() == "ok"
    assert health_of(MinistryLine.objects.get().fetching_waits_until - timedelta(seconds=1)) == "ok"


@pytest.mark.parametrize("way", [(Way.SENDING,), BOTH])
def test_a_stop_is_reported_with_its_direction_and_code(ministry, way):
    fetch()
    line_state.stop(ISP, "5: the ministry does not accept our password", way, now=NOW)

    assert health_of() == "Refused: sending stopped: 5: the ministry does not accept our password"
