"""Leases of rows tolerate clocks that differ and clocks that are changed: only the database's counts."""

from datetime import timedelta

import pytest
import time_machine
from django.db.models.functions import Now
from django.utils import timezone

from icpportal.alarms import leases
from icpportal.gateways.miit.line import lease as line_lease
from icpportal.gateways.miit.models import MinistryLine
from icpportal.models import Heartbeat
from icpportal.outbox.delivery import deliver
from icpportal.outbox.models import Message
from tests.icpportal.outbox.conftest import owe, post  # noqa: F401 -- fixtures
from verification.documents import examination
from verification.documents import sweep as sweeping
from verification.models.documents import Document, DocumentState

pytestmark = pytest.mark.django_db
LASTS = timedelta(seconds=60)
SKEW = timedelta(minutes=5)
CLOCKS = pytest.mark.parametrize("other", [-SKEW, SKEW], ids=["five minutes behind", "five minutes ahead"])


@pytest.mark.parametrize(
    ("ends_in", "is_over"),
    [(-LASTS, True), (timedelta(0), True), (LASTS, False), (1.9 * LASTS, False), (3 * LASTS, True)],
)
def test_a_lease_ends_at_its_time_or_if_no_present_clock_can_have_written_it(ends_in, is_over):
    """A database whose clock was set back by minutes holds nothing for minutes."""
    Heartbeat.objects.create(name="a", at=timezone.now())
    Heartbeat.objects.update(at=leases.end(ends_in))

    assert Heartbeat.objects.filter(leases.is_over("at", LASTS)).exists() == is_over


@CLOCKS
def test_the_clock_of_a_host_does_not_affect_the_line(other):
    assert line_lease.take(1)

    with time_machine.travel(timezone.now() + other):
        assert line_lease.take(1) is None
        MinistryLine.objects.update(leased_until=Now())
        assert line_lease.take(1)


@CLOCKS
def test_a_message_that_one_host_sends_is_not_sent_by_another_and_that_of_a_dead_one_is_in_time(other, owe, post):  # noqa: F811
    """A worker five minutes ahead sent what another one was still sending."""
    owe("a")
    elsewhere = []

    def sending():
        with time_machine.travel(timezone.now() + other):
            elsewhere.append(deliver().as_dict()["delivered"])
        raise Killed

    post.trouble["a"] = sending
    with pytest.raises(Killed):
        deliver()
    post.trouble.clear()
    assert (elsewhere, post.arrived) == ([0], [])

    Message.objects.update(leased_until=Now())
    with time_machine.travel(timezone.now() + other):
        assert deliver().delivered == 1
    assert post.arrived == ["a"]


class Killed(BaseException):
    """KILL, as far as one process can simulate it."""


def checking():
    return Document.objects.create(
        kind="photo",
        holder="X",
        state=DocumentState.CHECKING,
        size=1,
        width=1,
        height=1,
        created_at=timezone.now() - timedelta(hours=1),
    )


@CLOCKS
def test_another_host_leaves_a_document_under_examination_alone_and_takes_over_from_a_dead_one(other):
    document = checking()
    assert examination.claim(document.pk)

    with time_machine.travel(timezone.now() + other):
        assert examination.claim(document.pk) is None
        assert sweeping.overdue(None, []) == []

        Document.objects.update(leased_until=Now())
        assert [pk for pk, _reference in sweeping.overdue(None, [])] == [document.pk]
        assert examination.claim(document.pk).tries == 2
