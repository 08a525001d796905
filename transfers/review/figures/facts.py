"""What an order's history says about the desk: when it arrived, when and how we answered, how its phones went."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from icpportal.lifecycle import LEAD, REVIEWER
from icpportal.time_format import to_beijing
from transfers.orders import states
from transfers.orders.moves import LOOK_AGAIN, WAITS
from transfers.orders.rows import Group

# what is counted
ARRIVED, ANSWERED, LATE, PHOTO, PHONES = "arrived", "answered", "late", "photo", "phones"
REASON, PART = "reason", "part"  # of a return
# how we answered
PASSED, RETURNED, REFUSED = "passed", "sent_back", "turned_away"
# how the phone verification went
SAME_DAY, LATER, MISSED = "same_day", "later", "missed"

# the stages at our desk by the figure that counts their answers: the states of the stage, and those after a return
STAGES = {
    ANSWERED: (states.keys(Group.PAPERS_IN_REVIEW), states.keys(Group.RETURNED)),
    PHOTO: (states.keys(Group.PHOTO_IN_REVIEW), states.keys(Group.PHOTO_WANTED)),
}
OVER = states.keys(Group.ENDED)
PHONES_OPEN = states.keys(Group.PHONES_OPEN)
PHONES_DONE = {*states.keys(Group.IN_AUTHORITY_REVIEW), *states.keys(Group.APPROVED)}
LAPSED = states.keys(Group.LAPSED)


@dataclass(frozen=True, slots=True)
class Step:
    """One event of an order, reduced to what state it led to, and who caused it."""

    move: str
    to_state: str
    by: str
    actor: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to count, on the day of `at`."""

    figure: str
    part: str
    at: datetime
    round: int = 0  # counts from 1: how often it has been here
    since: datetime | None = None  # of an answer: when the wait began
    actor: UUID | None = None


@dataclass(slots=True)
class _Stage:
    """A stage at our desk while the history is read."""

    figure: str
    times: int = 0
    since: datetime | None = None


@dataclass(slots=True)
class _Reading:
    """Where the order is after the part of its history read so far."""

    stages: list[_Stage] = field(default_factory=list)
    texted: datetime | None = None


def facts(steps: Iterable[Step]) -> Iterator[Fact]:
    """Everything to count about one order, given its events in order."""
    reading = _Reading([_Stage(figure) for figure in STAGES])
    for step in steps:
        for stage in reading.stages:
            yield from _of_review(stage, step)
        yield from _of_phones(reading, step)


def _of_review(stage: _Stage, step: Step) -> Iterator[Fact]:
    """An arrival, or our answer.

    Not an answer: what its owner took back, what the authority decided before us, and what a second person sends from
    one review to the other.
    """
    here, back = STAGES[stage.figure]
    if step.to_state not in here:
        if stage.since is not None and step.by in (REVIEWER, LEAD) and step.move != LOOK_AGAIN.name:
            yield Fact(stage.figure, _outcome(step, back), step.at, stage.times, stage.since, step.actor)
        stage.since = None
    elif stage.since is None:
        stage.since, stage.times = step.at, stage.times + 1
        if stage.figure == ANSWERED and step.move != LOOK_AGAIN.name:
            yield Fact(ARRIVED, "", step.at, stage.times)


def _outcome(step: Step, back: tuple[str, ...]) -> str:
    if step.to_state in back:
        return RETURNED
    return REFUSED if step.to_state in OVER else PASSED


def _of_phones(reading: _Reading, step: Step) -> Iterator[Fact]:
    """How a phone verification ended; one that the authority cut short has no end of its own."""
    if step.to_state in PHONES_OPEN:
        reading.texted = reading.texted or step.at
        return
    if reading.texted is not None:
        part = next((name for name, holds in PHONE_ENDS.items() if holds(step, reading.texted)), "")
        if part:
            yield Fact(PHONES, part, step.at)
    reading.texted = None


def _is_done(step: Step) -> bool:
    return step.to_state in PHONES_DONE and step.move != WAITS.name


PHONE_ENDS: dict[str, Callable[[Step, datetime], bool]] = {
    MISSED: lambda step, _texted: step.to_state in LAPSED,
    SAME_DAY: lambda step, texted: _is_done(step) and to_beijing(step.at).date() == to_beijing(texted).date(),
    LATER: lambda step, _texted: _is_done(step),
}
