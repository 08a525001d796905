"""The parts of a case as a reviewer judges them: the answer, what to compare it with, the verdict."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from icpportal.desk.comparison import ComparisonLine, line, typed_line
from icpportal.desk.own_words import all_of
from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.marked_text import zh
from icpportal.fields.types import Json, Words
from icpportal.time_format import short_words
from transfers.check import readiness
from transfers.documents import slots
from transfers.filing_type import facts
from transfers.models import FieldVerdict, Order, ReasonVersion
from transfers.orders import queries
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.pages import stages
from transfers.proofs import servers
from transfers.returns import answer_rows
from transfers.returns.answer_rows import words
from transfers.returns.labels import FORMS, label_of
from transfers.returns.replies import reply_rows
from transfers.returns.verdict_labels import reason_words
from transfers.review.cases.parts.masks import masks_of
from transfers.review.cases.parts.papers import OF_SECTION, Papers
from transfers.review.cases.parts.part import Part, Section
from transfers.review.cases.parts.verdicts import Verdict
from transfers.review.reasons.offered_reasons import OfferedReasons
from transfers.review.values import value_of
from transfers.steps import STEPS
from transfers.steps.base import Step

PAPER = "paper"
OTHER = f"{PAPER}.{slots.OTHER}"  # where a reviewer may ask for further documents: no verdict counts as accepted


@dataclass(frozen=True, slots=True)
class Beside:
    """What is shown beside the answers: the record, the last return, the findings."""

    record: Mapping[str, Json]
    returned: dict[str, FieldVerdict]
    findings: dict[str, list[Words]]
    masks: Mapping[str, Callable[[str], str]]

    def masked(self, part: str, value: str) -> str:
        """The value as this reader sees it."""
        mask = self.masks.get(part)
        return mask(value) if mask else value


def parts_of(order: Order) -> list[str]:
    """Every part that takes a verdict."""
    found = [part for step in pages() for part in answer_rows.parts(order, step)]
    return [*found, *(f"{PAPER}.{slot.key}" for slot in _slots(order))]


def optional_of(parts: list[str]) -> list[str]:
    """The parts that need no verdict."""
    return [part for part in parts if part == OTHER]


def pages() -> list[Step]:
    """The pages of the details."""
    return [step for step in STEPS if step.stage == stages.ADMINISTRATORS]


def _slots(order: Order) -> list[slots.Slot]:
    """The documents of the order, and the slot in which a reviewer may ask for others."""
    return [*(slot for slot in slots.needed_slots(order) if slot.key != slots.OTHER), slots.SLOTS[slots.OTHER]]


def sections_of(
    order: Order,
    papers: Papers,
    verdicts: Mapping[str, Verdict],
    reasons: list[ReasonVersion],
    questions: Mapping[str, str],
    returned: dict[str, FieldVerdict],
    *,
    shown: Collection[str],
    more_url: str = "",
) -> list[Section]:
    """The order page by page. `shown` are the masked parts that the reader has revealed; colleagues are asked about a
    part at `more_url`.
    """
    beside = _beside(order, papers, returned, shown)
    offered = OfferedReasons(reasons)
    ask_url = f"{more_url}{'&' if '?' in more_url else '?'}ask="

    def part(key: str, section: Words, value: str) -> Part:
        found = _part(key, section, value, beside, papers)
        if key not in verdicts:
            return found
        choices = offered.choices_for(key)
        return replace(found, verdict=verdicts[key], choices=choices, asked=questions.get(key, ""), ask_url=ask_url)

    of_pages = [
        Section(
            step.key,
            step.title,
            [part(row["field"], step.title, str(row["value"])) for row in answer_rows.rows(order, step)],
            papers.of(OF_SECTION.get(step.key, ())),
        )
        for step in pages()
    ]
    of_papers = [part(f"{PAPER}.{slot.key}", _("Documents"), "") for slot in _slots(order)]
    of_interest = [each for each in of_papers if each.is_judged or each.told]
    return [
        *_fixed_sections(order, papers, beside),
        *of_pages,
        Section(PAPER, _("Documents"), of_interest, [*papers.now, *papers.replaced]),
    ]


def _beside(order: Order, papers: Papers, returned: dict[str, FieldVerdict], shown: Collection[str]) -> Beside:
    advice = _advice(order)
    found: dict[str, list[Words]] = {part: list(findings) for part, findings in advice.findings.items()}
    for picture in papers.now:
        marks = picture.found.marks if picture.found else ()
        found.setdefault(f"{PAPER}.{picture.slot}", []).extend(mark.words for mark in marks)
    masks = {part: mask for part, mask in masks_of(order).items() if part not in shown}
    return Beside(advice.record, returned, found, masks)


@dataclass(frozen=True, slots=True)
class Advice:
    """The checks' advice on the order by part, and what is on file."""

    findings: Mapping[str, list[Words]]
    record: Mapping[str, Json]


def _advice(order: Order) -> Advice:
    """The advice stored when the order was submitted; older orders are checked again."""
    if not queries.has_details(order):
        return Advice({}, {})
    advice: Mapping[str, Any] = order.advice or readiness.advice_kept(order)
    findings: dict[str, list[Words]] = advice["findings"]["zh-hans" if reads_chinese() else "en"]
    return Advice(findings if is_in(order, Group.PAPERS_IN_REVIEW) else {}, advice["record"])


def findings_elsewhere(order: Order, sections: list[Section]) -> list[Words]:
    """Findings about something that is not a part of the page: shown above it."""
    shown = {part.key for section in sections for part in section.parts}
    found = _advice(order).findings.items() if sections else ()
    return [words for part, findings in found if part not in shown for words in findings]


def _part(
    key: str,
    section: Words,
    value: str,
    beside: Beside,
    papers: Papers,
) -> Part:
    """The part without a verdict."""
    shown = beside.masked(key, value)
    before = beside.returned.get(key)
    return Part(
        key=key,
        label=label_of(key),
        section=section,
        value=shown,
        lines=_lines(key, value, before, beside),
        findings=beside.findings.get(key, []),
        told=_last_reason(before) if before else "",
        told_at=short_words(before.round.decided_at) if before and before.round.decided_at else "",
        paper=papers.beside(key),
        is_changed=_is_changed(key, value, before, papers),
        is_optional=key == OTHER,
        is_masked=shown != value,
    )


def _lines(key: str, value: str, before: FieldVerdict | None, beside: Beside) -> list[ComparisonLine]:
    """The answer, the value on file, and the value of the round before."""
    if key.startswith(PAPER):
        return []
    on_file = _on_file(key, beside)
    earlier = before.value if before else ""
    mask = beside.masks.get(key)
    return [
        typed_line(key, value, [on_file], mask),
        *([line(_("On file"), key, on_file, value, mask=mask)] if on_file else []),
        *([line(_("Before"), key, earlier, value, is_earlier=True, mask=mask)] if earlier else []),
    ]


def compared_lines(order: Order, part: str) -> list[ComparisonLine]:
    """One part of an order beside what is on file, masked as on the case."""
    return _lines(part, value_of(order, part), None, Beside(_advice(order).record, {}, {}, masks_of(order)))


def _on_file(key: str, beside: Beside) -> str:
    """The value on file with the authority, in words, where it is known."""
    step, _dot, name = key.partition(".")
    value = beside.record.get(name)
    form = FORMS.get(step)
    field_of = form.base_fields.get(name) if form else None
    if value in (None, "", []) or field_of is None:
        return ""
    return words(field_of, value)


def _last_reason(before: FieldVerdict) -> str:
    texts = [reason_words(before, chinese=reads_chinese())]
    return " ".join(filter(None, [*texts, all_of(before.written) if before.told or before.reason else ""]))


def _is_changed(key: str, value: str, before: FieldVerdict | None, papers: Papers) -> bool:
    """Whether it differs from what the last return was about."""
    if key.startswith(PAPER):
        slot = key.partition(".")[2]
        return slot in papers.changed
    return before is not None and before.value != value


def _fixed_sections(order: Order, papers: Papers, beside: Beside) -> list[Section]:
    """Fixed values of the order to compare with, and the applicant's explanations after a return."""
    of_type = facts.rows(order.answer("type"), in_clear=True)
    keys = ("type.name", "type.nature", "type.id_type", "type.number", "type.region", "type.domain")
    of_server = servers.rows(order)
    replies = reply_rows(order)
    return [
        *(
            [_facts("said", _("Not changed, and why"), [(row["label"], row["value"]) for row in replies], papers)]
            if replies
            else []
        ),
        Section(
            "type",
            _("Filing type"),
            [
                _fact(key, _("Filing type"), row["label"], row["value"], papers)
                for key, row in zip(keys, of_type, strict=True)
            ],
            papers.of(OF_SECTION["type"]),
        ),
        *(
            [_facts("server", _("Product"), [(row["label"], row["value"]) for row in of_server], papers)]
            if of_server
            else []
        ),
    ]


def _facts(key: str, title: str, found: list[tuple[Words | None, Words]], papers: Papers) -> Section:
    return Section(
        key, title, [_fact(f"{key}.{n}", title, label, value, papers) for n, (label, value) in enumerate(found)]
    )


def _fact(key: str, section: Words, label: Words | None, value: Words, papers: Papers) -> Part:
    """A part that takes no verdict."""
    shown: SafeString | str = zh(value)
    compared = (
        typed_line(key, str(value), []) if key == "type.number" else ComparisonLine(_("Entered"), shown, is_typed=True)
    )
    return Part(key, label or "", section, str(value), [compared], [], paper=papers.beside(key))
