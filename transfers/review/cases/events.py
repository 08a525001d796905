"""The desk's own timeline: who did what, colleagues by name, every round with its verdicts, and notes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from icpportal.accounts.models import User
from icpportal.approvals.models import REFUSE, SUBMIT, ApprovalRequest
from icpportal.approvals.queries import requests_of
from icpportal.approvals.words import said_of
from icpportal.desk.own_words import all_of
from icpportal.fields.language_marks import labelled, reads_chinese
from icpportal.fields.types import Words
from icpportal.lifecycle import APPLICANT, AUTHORITY, CLOCK, OPERATIONS
from transfers.calls.queries import is_called
from transfers.documents.slots import PHOTO
from transfers.models import ColleagueNote, Decision, FieldVerdict, Order, OrderEvent, ReviewRound
from transfers.order_page.timeline import note_of
from transfers.orders.history import row_of
from transfers.orders.rows import staff_words
from transfers.returns.labels import label_of, name_of
from transfers.returns.verdict_labels import reason_words
from transfers.review import decisions
from transfers.review.cases.buttons import ACTIONS
from transfers.review.cases.parts.look import because_words
from transfers.review.cases.parts.photo_rules import part_label
from transfers.review.cases.parts.rounds import Rounds, papers_judged_before
from transfers.review.purposes import open_questions


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One line of the timeline; `lines` are the verdicts of a round."""

    at: datetime
    who: Words
    what: Words
    words: Words = ""
    lines: list[str] = field(default_factory=list)


def notes_of(order: Order, reader: User) -> tuple[list[ColleagueNote], list[ColleagueNote]]:
    """What colleagues wrote to each other about the order, with names, and the questions that wait for the reader."""
    waits = Exists(open_questions().filter(pk=OuterRef("pk"), addressee=reader))
    rows = order.colleague_notes.select_related("author", "addressee", "answered_by").annotate(waits=waits)
    return [*rows], [row for row in rows if row.waits]


def case_events(order: Order, judged: Rounds, written: Iterable[ColleagueNote]) -> list[CaseEvent]:
    """Everything that happened to the order, newest first, with rounds and notes."""
    rounds = {each.decided_at: each for each in judged.rows}
    rows = list(order.events.select_related("actor"))
    calls = _said_of_calls(order) if is_called(rows) else {}
    events = [_event(order, event, rounds, calls) for event in rows]
    notes = [_note(note) for note in written]
    requests = requests_of(order.pk, REFUSE, SUBMIT)
    asked = [
        line for each in requests for line in (_look(each, rounds) if each.kind == SUBMIT else _request_lines(each))
    ]
    undone = [_undone(each) for each in decisions.undone_of(order)]
    found = [*events, *asked, *undone, *_replacements(judged), *(each for of_note in notes for each in of_note)]
    return sorted(found, key=lambda each: each.at, reverse=True)


def _replacements(judged: Rounds) -> list[CaseEvent]:
    """Judged documents that no longer count, one line for each with its round."""
    ends: dict[tuple[str, int], datetime] = {}
    for paper, found in papers_judged_before(judged):
        at = paper.retired_at or found.opened_at
        ends[paper.slot, found.number] = max(at, ends.get((paper.slot, found.number), at))
    who, words = (
        pgettext("who", "The applicant"),
        _("replaced or removed a document judged in round %(n)s: %(document)s"),
    )
    return [
        CaseEvent(at, who, words % {"n": number, "document": label_of(slot if slot == PHOTO else f"paper.{slot}")})
        for (slot, number), at in ends.items()
    ]


def _undone(decision: Decision) -> CaseEvent:
    """That somebody took back what they had decided: nothing came of it."""
    return CaseEvent(decision.ended_at or decision.decided_at, str(decision.reviewer), undone_words(decision))


def undone_words(decision: Decision) -> str:
    """`undid a decision: Accepted`."""
    done = ACTIONS[decision.move].done if decision.move in ACTIONS else decision.move
    return _("undid a decision: %(decision)s") % {"decision": done}


def _request_lines(asked: ApprovalRequest) -> list[CaseEvent]:
    return [CaseEvent(line.at, line.who, line.what, line.words) for line in said_of(asked)]


def _look(asked: ApprovalRequest, rounds: dict[datetime | None, ReviewRound]) -> list[CaseEvent]:
    """That a second person was asked about an accepted order, with the verdicts and the answer."""
    first, *ends = said_of(asked)
    found = rounds.get(asked.asked_at)
    parts = [str(part_label(part)) for part in asked.said.get("answer", {}).get("parts", [])]
    return [
        CaseEvent(first.at, first.who, first.what, capfirst(because_words(asked)), _verdicts(found) if found else []),
        *(CaseEvent(end.at, end.who, end.what, end.words, parts) for end in ends),
    ]


def _said_of_calls(order: Order) -> dict[datetime, str]:
    """What colleagues wrote about requested calls and attempts, by the moment of the event."""
    calls = list(order.calls.prefetch_related("attempts"))
    tried = {attempt.at: attempt.note for call in calls for attempt in call.attempts.all()}
    return {call.asked_at: call.about for call in calls} | tried


def _event(
    order: Order, event: OrderEvent, rounds: dict[datetime | None, ReviewRound], said: dict[datetime, str]
) -> CaseEvent:
    row = row_of(event.move)
    found = rounds.get(event.at)
    note = all_of(found.own) if found else note_of(order, event, "zh" if reads_chinese() else "en")
    return CaseEvent(
        at=event.at,
        who=_who(event),
        what=staff_words(row) if row else event.move,
        words=said.get(event.at, "") or note,
        lines=_verdicts(found) if found else [],
    )


def _who(event: OrderEvent) -> Words:
    """A colleague by name; anybody else by role."""
    others: dict[str, Words] = {
        APPLICANT: pgettext("who", "The applicant"),
        AUTHORITY: pgettext("who", "The authority"),
        CLOCK: _("The system"),
        OPERATIONS: _("Operations"),
    }
    if event.by in others and not (event.by == OPERATIONS and event.actor):
        return others[event.by]
    return str(event.actor) if event.actor else _("The system")


def _verdicts(found: ReviewRound) -> list[str]:
    """What was returned and why, and how much was accepted."""
    chinese = reads_chinese()
    rows = list(found.verdicts.all())
    returned = [_verdict(row, chinese=chinese) for row in rows if row.verdict == FieldVerdict.RETURN]
    ok = sum(row.verdict == FieldVerdict.OK for row in rows)
    fine = [ngettext("%(n)s part in order", "%(n)s parts in order", ok) % {"n": ok}] if ok else []
    return [*returned, *fine, *([found.why] if found.why else [])]


def _verdict(row: FieldVerdict, *, chinese: bool) -> str:
    said = [reason_words(row, chinese=chinese), all_of(row.written) if row.told or row.reason else ""]
    return labelled(name_of(row.field), " ".join(filter(None, said)))


def _note(note: ColleagueNote) -> list[CaseEvent]:
    """A note, a question with its answer, or a hand-on."""
    author = str(note.author)
    to = str(note.addressee) if note.addressee else ""
    labels = {
        ColleagueNote.NOTE: _("wrote a note"),
        ColleagueNote.QUESTION: _("asked %(name)s about %(part)s") % {"name": to, "part": name_of(note.part)},
        ColleagueNote.HANDED_ON: handed_on_words(note),
    }
    found = [CaseEvent(note.at, author, labels[note.kind], note.words)]
    if note.answered_at and note.answered_by:
        found.append(CaseEvent(note.answered_at, str(note.answered_by), _("answered"), note.answer))
    return found


def handed_on_words(note: ColleagueNote) -> str:
    """Given by its holder, or taken by a lead."""
    if note.author_id == note.addressee_id:
        return _("took the order over")
    return _("handed the order to %(name)s") % {"name": str(note.addressee) if note.addressee else ""}
