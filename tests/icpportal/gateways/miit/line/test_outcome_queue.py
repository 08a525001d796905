"""Outcomes for the portal, returned until they are acknowledged."""

import pytest

from icpportal.gateways.miit.line import outcome_queue
from icpportal.gateways.miit.types import AnswerKind
from tests.bad import aside, causes, spoil

pytestmark = pytest.mark.django_db


def outcome(once: str, **said: str) -> outcome_queue.models.Outcome:
    row = outcome_queue.record(AnswerKind.TURNED_DOWN, once=once, report=None, **said)
    assert row is not None
    return row


@pytest.mark.parametrize("way", ["garbage", "lost key"])
def test_an_unreadable_outcome_is_set_aside_and_the_others_are_returned(way: str) -> None:
    bad, good = outcome("one", code="5019"), outcome("two", code="5019")
    before = spoil(bad, "payload", way)

    first, second = outcome_queue.waiting(), outcome_queue.waiting()
    seen = (aside(), len(causes()))
    spoil(bad, "payload", before)

    assert [[answer.id for answer in each] for each in (first, second)] == [[str(good.pk)], [str(good.pk)]]
    assert seen == ([("answers.read", "one")], 1)
    assert [answer.code for answer in outcome_queue.waiting()] == ["5019"]  # it is not due yet
