"""The counted stages of an order, read from its history: our review, the authority's, and the whole."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from icpportal.lifecycle import AUTHORITY as BY_AUTHORITY
from icpportal.lifecycle import LEAD, REVIEWER
from transfers.orders import states
from transfers.orders.rows import Group

REVIEW, AUTHORITY, WHOLE = "review", "authority", "whole"
APPROVED = states.keys(Group.APPROVED)
REVIEWED = states.keys(Group.PAPERS_IN_REVIEW)
AT_AUTHORITY = states.keys(Group.IN_AUTHORITY_REVIEW)
VERDICTS = (*APPROVED, *states.keys(Group.TURNED_DOWN))


@dataclass(frozen=True, slots=True)
class Step:
    """One event of an order, reduced to the state it led to and who made it."""

    to_state: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """A stage that ended."""

    stage: str
    begin: datetime
    end: datetime


def spans(steps: Iterable[Step]) -> list[Span]:
    """Every stage that ended with an answer, from steps in order; what the owner withdrew does not count.

    A review ends with our reviewer's decision and the authority's with its verdict, each as often as there was one; the
    whole lasts from the first submission to the approval.
    """
    taken = list(steps)
    return [
        *_answered(taken, REVIEW, REVIEWED, lambda step: step.by in (REVIEWER, LEAD)),
        *_answered(taken, AUTHORITY, AT_AUTHORITY, lambda step: step.by == BY_AUTHORITY and step.to_state in VERDICTS),
        *_whole(taken),
    ]


def _answered(
    steps: list[Step], stage: str, its_states: tuple[str, ...], is_answer: Callable[[Step], bool]
) -> Iterator[Span]:
    """Yields each stay in the states of this stage that an answer ended."""
    begun: datetime | None = None
    for step in steps:
        if step.to_state in its_states:
            begun = begun or step.at
        elif begun:
            if is_answer(step):
                yield Span(stage, begun, step.at)
            begun = None


def _whole(steps: list[Step]) -> list[Span]:
    sent = next((step.at for step in steps if step.to_state in REVIEWED), None)
    approved = next((step.at for step in steps if step.to_state in APPROVED), None)
    return [Span(WHOLE, sent, approved)] if sent and approved else []
