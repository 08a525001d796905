"""How far a case or its photo is judged, and what is missing before it can be accepted."""

from dataclasses import dataclass

from transfers.models import ColleagueNote, Order
from transfers.orders.kinds import is_in, kind_of
from transfers.orders.rows import Group
from transfers.review.cases.drafts import Fields, TypedText
from transfers.review.cases.parts.lack import OF_PARTS, OF_RULES, Lack
from transfers.review.cases.parts.parts import optional_of, parts_of
from transfers.review.cases.parts.photo_rules import photo_verdicts_of
from transfers.review.cases.parts.rounds import Rounds, is_of_photo, rounds_of
from transfers.review.cases.parts.verdicts import (
    OK,
    Tally,
    Verdict,
    kept_from_last_round,
    open_questions,
    tally_of,
    verdicts_of,
)
from transfers.second_look.queries import open_look


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdicts on the parts, the progress, and which verdicts are from the round before."""

    verdicts: dict[str, Verdict]
    tally: Tally
    kept: set[str]
    asked: dict[str, ColleagueNote]

    @property
    def fine(self) -> list[str]:
        """The accepted parts."""
        return [part for part, verdict in self.verdicts.items() if verdict.said == OK]


def judgement_of(order: Order, typed: TypedText, rounds: Rounds | None = None) -> Judgement:
    """The judgement by what this reviewer typed."""
    parts = parts_of(order)
    rounds = rounds or rounds_of(order)
    accepted_before = kept_from_last_round(order, rounds) - named_to_first(rounds)
    asked = open_questions(order)
    verdicts = verdicts_of(parts, _with_marks(rounds, typed.fields), accepted_before, asked)
    return Judgement(verdicts, tally_of(verdicts.values(), optional_of(parts)), accepted_before, asked)


def case_judged(order: Order, typed: TypedText, rounds: Rounds | None = None) -> Judgement:
    """The judgement of what is judged now: the photo, the parts, or nothing."""
    if is_in(order, Group.PHOTO_IN_REVIEW):
        photo = photo_judged(order, typed, rounds)
        return _whole(photo, judgement_of(order, typed, rounds)) if open_look(order) else photo
    is_judged = is_in(order, Group.PAPERS_IN_REVIEW) and kind_of(order).is_reviewed
    return judgement_of(order, typed, rounds) if is_judged else NOT_JUDGED


def _whole(photo: Judgement, papers: Judgement) -> Judgement:
    """Photo, answers and documents: a second person looks at all of them."""
    tally = Tally(*(mine + theirs for mine, theirs in zip(photo.tally.counts, papers.tally.counts, strict=True)))
    return Judgement(papers.verdicts | photo.verdicts, tally, photo.kept | papers.kept, papers.asked)


def lacking_in(order: Order, tally: Tally) -> Lack:
    """What is missing before it can be accepted."""
    is_photo = is_in(order, Group.PHOTO_IN_REVIEW) and open_look(order) is None
    return Lack(OF_RULES if is_photo else OF_PARTS, tally)


def photo_judged(order: Order, typed: TypedText, rounds: Rounds | None = None) -> Judgement:
    """The judgement of the photo by its rules; on a second look, also by the colleague who accepted it."""
    rounds = rounds or rounds_of(order)
    accepted = rounds.accepted.verdicts.all() if rounds.accepted else ()
    kept = {row.field for row in accepted if row.verdict == OK and is_of_photo(row.field)}
    kept -= named_to_first(rounds)
    return Judgement(*photo_verdicts_of(order, _with_marks(rounds, typed.fields), kept), kept, {})


def named_to_first(rounds: Rounds) -> set[str]:
    """The parts for which a second person has returned the accepted case."""
    return set(rounds.sent_back.said["answer"]["parts"]) if rounds.sent_back else set()


def _with_marks(rounds: Rounds, fields: Fields) -> Fields:
    """With a second person's verdicts on parts that the reader has not judged yet."""
    marks: Fields = rounds.sent_back.said["answer"]["marks"] if rounds.sent_back else {}
    left = {name: text for name, text in marks.items() if f"verdict.{name.partition('.')[2]}" not in fields}
    return {**left, **fields}


NOT_JUDGED = Judgement({}, Tally(0, 0, 0, 0), set(), {})
