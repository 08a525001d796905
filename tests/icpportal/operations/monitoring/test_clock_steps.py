"""The clock is set back: what was due is still sent, what has its hour keeps it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from icpportal.codes import limits
from icpportal.gateways.miit.models import MinistryLine, Report
from icpportal.operations.monitoring.clock_steps import catch_up
from icpportal.outbox import actions, queries
from icpportal.outbox.models import Message

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def before() -> None:
    """Written with the clock an hour ahead."""
    for key, later in (("at once", 0 * MINUTE), ("in the morning", 8 * HOUR)):
        actions.queue(channel="webhook", key=key, payload={})
        Message.objects.filter(key=key).update(created_at=NOW + HOUR, next_at=NOW + HOUR + later)
    Report.objects.create(key="r-1", kind="access", payload="", queued_at=NOW + HOUR, next_at=NOW + HOUR)
    MinistryLine.objects.create(isp_id=100001, answered_at=NOW + HOUR, fetch_after=NOW + HOUR + MINUTE)


@pytest.mark.usefixtures("before")
def test_what_was_due_when_it_was_written_is_sent_and_the_ministry_is_polled() -> None:
    assert queries.due(NOW).count() == 0

    assert catch_up(NOW) == 3

    assert [message.key for message in queries.due(NOW)] == ["at once"]
    assert Message.objects.get(key="in the morning").next_at == NOW + 9 * HOUR
    assert Report.objects.get().next_at == NOW
    assert MinistryLine.objects.get().fetch_after is None
    assert catch_up(NOW + MINUTE) == 0


@pytest.mark.usefixtures("before")
def test_while_the_clock_is_right_nothing_is_hurried() -> None:
    assert catch_up(NOW + HOUR) == 0
    assert catch_up(NOW + 2 * HOUR) == 0
    assert Message.objects.get(key="in the morning").next_at == NOW + 9 * HOUR


def test_a_limit_that_was_reached_before_the_clock_was_set_back_ends_a_window_later() -> None:
    attempt = limits.Attempt(limits.Limit(1, MINUTE), "code_resend", limits.key_index("lin@example.com"))
    limits.count(attempt, NOW + HOUR)

    assert catch_up(NOW) == 1

    assert limits.count(attempt, NOW + MINUTE).ok
