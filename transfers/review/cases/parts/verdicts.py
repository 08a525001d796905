"""The reviewer's verdict on each part: accepted, to be returned, or asked of a colleague; and what is open.

A verdict is in the reviewer's draft (`drafts.py`) until the order is decided; then the round keeps it for ever. What
was accepted in the last round and has not changed since keeps its verdict.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import UUIDField

from icpportal.database.prepared import CompiledQuery
from icpportal.desk.own_words import Own, own
from transfers.models import ColleagueNote, FieldVerdict, Order
from transfers.review import purposes
from transfers.review.cases.parts.rounds import Rounds
from transfers.review.values import kept_values

OK, RETURN, ASK, OPEN = FieldVerdict.OK, FieldVerdict.RETURN, "ask", ""
SAID = (OK, RETURN, ASK)
PAPER = "paper."


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one part."""

    part: str
    said: str = OPEN
    reason: str = ""  # key in the catalogue, or "own"
    words: str = ""  # own words, in Chinese
    words_en: str = ""
    is_kept: bool = False  # from the last round

    @property
    def own(self) -> Own:
        """Own words, by language."""
        return own(self.words, self.words_en)

    @property
    def is_new(self) -> bool:
        """Whether the reviewer gave it in this round."""
        return self.said != OPEN and not self.is_kept


@dataclass(frozen=True, slots=True)
class Tally:
    """How far the case is judged."""

    parts: int
    ok: int
    returned: int
    asked: int

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """All four of them."""
        return self.parts, self.ok, self.returned, self.asked

    @property
    def judged(self) -> int:
        """How many parts have a verdict."""
        return self.ok + self.returned + self.asked

    @property
    def open(self) -> int:
        """How many have none."""
        return self.parts - self.judged

    @property
    def is_whole(self) -> bool:
        """Whether the order may be accepted: every part is accepted."""
        return self.ok == self.parts

    @property
    def rest_passed(self) -> bool:
        """Whether every part that is not returned is accepted."""
        return self.ok + self.returned == self.parts


def verdicts_of(
    parts: Iterable[str], typed: Mapping[str, str], kept: Container[str], asked: Container[str]
) -> dict[str, Verdict]:
    """The verdict on each part: from the reviewer's draft, the round before, or an open question."""
    return {part: _verdict(part, typed, part in kept, part in asked) for part in parts}


def _verdict(part: str, typed: Mapping[str, str], is_kept: bool, is_asked: bool) -> Verdict:
    reason, words, words_en = (typed.get(f"{name}.{part}", "") for name in ("reason", "words", "words_en"))
    choice = typed.get(f"verdict.{part}", "")
    if choice not in SAID:
        choice = RETURN if reason or words or words_en else ASK if is_asked else OPEN
    elif choice == ASK and not is_asked:
        choice = OPEN  # the colleague has answered: it is the reviewer's turn again
    if choice == OPEN and is_kept:
        return Verdict(part, OK, is_kept=True)
    return Verdict(part, choice, reason, words, words_en) if choice == RETURN else Verdict(part, choice)


def tally_of(verdicts: Iterable[Verdict], optional: Iterable[str] = ()) -> Tally:
    """The count over all parts; an `optional` one needs no verdict."""
    free = set(optional)
    rows = [each for each in verdicts if each.part not in free or each.said != OPEN]
    choices = [each.said for each in rows]
    return Tally(len(rows), choices.count(OK), choices.count(RETURN), choices.count(ASK))


def kept_from_last_round(order: Order, rounds: Rounds) -> set[str]:
    """The parts accepted when the order was last judged, and unchanged since."""
    last = rounds.last_judged
    if last is None or last.decided_at is None:
        return set()
    changed = _replaced_since(rounds, last.decided_at)
    rows = [row for row in last.verdicts.all() if row.verdict == OK and row.field not in changed]
    now = kept_values(order, (row.field for row in rows if not row.field.startswith(PAPER)))
    return {row.field for row in rows if row.field.startswith(PAPER) or row.value == now[row.field]}


def _replaced_since(rounds: Rounds, moment: datetime) -> set[str]:
    """The papers that came after the last round."""
    return {f"{PAPER}{each.slot}" for each in rounds.papers if each.retired_at is None and each.added_at > moment}


def open_questions(order: Order) -> dict[str, ColleagueNote]:
    """The unanswered questions about this order, by part."""
    return {row.part: row for row in OPEN_QUESTIONS.all(order=order.pk)}


OPEN_QUESTIONS = CompiledQuery(
    lambda order: purposes.open_questions().filter(order=order).select_related("addressee"), order=UUIDField()
)
