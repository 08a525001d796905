"""The counted stages of an order, read from its history: our review, the authority's, and the whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from icpportal.lifecycle import AUTHORITY as BY_AUTHORITY
from icpportal.lifecycle import LEAD, REVIEWER
from transfers.orders import states
from transfers.orders.rows import Group

REVIEW, AUTHORITY, WHOLE = "review", "authority", "whole"
APPROVED = states.keys(Group.APPROVED)
REVIEWED = states.keys(Group.PAPERS_IN_REVIEW)
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
    found: list[Span] = []
    reviewed: datetime | None = None
    decided: datetime | None = None
    sent: datetime | None = None
    for step in steps:
        if step.to_state in REVIEWED:
            reviewed, sent = reviewed or step.at, sent or step.at
        elif reviewed:
            if step.by in (REVIEWER, LEAD):
                found.append(Span(REVIEW, reviewed, step.at))
            reviewed = None
        if step.to_state in states.keys(Group.IN_AUTHORITY_REVIEW):
            decided = decided or step.at
        elif decided:
            if step.by == BY_AUTHORITY and step.to_state in VERDICTS:
                found.append(Span(AUTHORITY, decided, step.at))
            decided = None
        if sent and step.to_state in APPROVED:
            found.append(Span(WHOLE, sent, step.at))
            sent = None
    return found
