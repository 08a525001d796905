"""Turns a file from the authority into outcomes for the portal and rows of code tables.

Everything runs in one transaction with the file's own state, and running again tells nothing twice.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from icpportal.fields.filing_numbers import subject_number
from icpportal.gateways.miit.codes import tables
from icpportal.gateways.miit.codes.processing_codes import APPROVED, REJECTED, Fault, Judgement, in_review, judge
from icpportal.gateways.miit.documents.types import SKIPPED_ROWS, Download, Result, Verdict
from icpportal.gateways.miit.incoming.correlation import AmbiguousMatch, report_of
from icpportal.gateways.miit.line import outcome_queue
from icpportal.gateways.miit.models import InboxFile, Report, ReportState
from icpportal.gateways.miit.outgoing import report_queue, succession
from icpportal.gateways.miit.types import AnswerKind, FiledAccess, FiledRecord, Level, ReportKind, StruckRecord

UNDERSTOOD = ("BAJG", "BASJ", "ZXSJ", "JCDM")
DECIDED = {True: APPROVED, False: REJECTED}  # a human decision counts as its processing code
NO_ANSWER_YET = (ReportState.QUEUED, ReportState.NUMBERED, ReportState.ACCEPTED, ReportState.PARKED)


class UnexpectedAnswer(Exception):
    """A person must read this file, or part of it; the rest was processed."""


def take(file: InboxFile, content: Download) -> None:
    """Processes everything understood; then raises `UnexpectedAnswer` about the rest."""
    puzzles = _take_results(file, content.results)
    for place, record in enumerate(content.records):
        _take_record(file, place, record)
    for struck in content.struck:
        _take_struck(file, struck)
    tables.load(content.codes)
    if content.kind not in UNDERSTOOD:
        puzzles.append(f"{content.kind or 'a file of no kind'} is only stored")
    puzzles += [remark for remark in content.remarks if remark in SKIPPED_ROWS]
    if puzzles:
        raise UnexpectedAnswer("; ".join(puzzles))


def _take_results(file: InboxFile, results: Iterable[Result]) -> list[str]:
    """Judges the results of one report in one file together: a decision explains the code beside it."""
    puzzles: list[str] = []
    by_report: dict[int, ReportResult] = {}
    for result in results:
        codes = _codes(result)
        if not codes:
            puzzles.append("a result without a code or a decision")
            continue
        try:
            report = report_of(result)
        except AmbiguousMatch as unsure:
            puzzles.append(str(unsure))
            continue
        found = by_report.setdefault(report.pk, ReportResult(report, (), None))
        by_report[report.pk] = replace(found, verdicts=found.verdicts + codes, at=result.at or found.at)
    return puzzles + [puzzle for found in by_report.values() if (puzzle := _act_on(file, found))]


def _codes(result: Result) -> tuple[Verdict, ...]:
    """Its codes, with the request's remark (Bz) where a code has no words."""
    given = (verdict for verdict in result.verdicts if verdict.code)
    codes = tuple(replace(verdict, words=verdict.words or result.note) for verdict in given)
    if result.approved is None:
        return codes
    return (*codes, Verdict(DECIDED[result.approved], result.opinion))


@dataclass(frozen=True)
class ReportResult:
    """Everything one file says about one report."""

    report: Report
    verdicts: tuple[Verdict, ...]
    at: datetime | None

    def words(self, judgement: Judgement) -> str:
        """The authority's words for the codes that count; for a refusal also those of the person."""
        explained = judgement.fault in (Fault.APPLICANT, Fault.GONE)
        codes = (*judgement.codes, REJECTED) if explained else judgement.codes
        counted = (verdict.words for verdict in self.verdicts if verdict.code in codes and verdict.words)
        return "；".join(dict.fromkeys(counted))


def _act_on(file: InboxFile, told: ReportResult) -> str:
    """Acts on the gravest code; returns why a person must look, or ""."""
    judgement = judge((verdict.code for verdict in told.verdicts), told.report.kind)
    if judgement.fault == Fault.SUCCESS:
        return _take_success(file, told, judgement)
    if judgement.fault == Fault.NEITHER:
        return _wait_for_resend(file, told, judgement)
    return _close(file, told, ANSWERS[judgement.fault], judgement)


ANSWERS = {
    Fault.PROVIDER: AnswerKind.REPORT_FAILED,
    Fault.APPLICANT: AnswerKind.TURNED_DOWN,
    Fault.GONE: AnswerKind.GRANTED,  # what was to be cancelled no longer exists
}


def _take_success(file: InboxFile, told: ReportResult, judgement: Judgement) -> str:
    """Only an approval grants; other successes confirm arrival, which is all that material waits for."""
    if told.report.kind == ReportKind.MATERIAL:
        _mark_answered(told.report)
    elif APPROVED in judgement.codes:
        return _close(file, told, AnswerKind.GRANTED, judgement)
    return ""


def _wait_for_resend(file: InboxFile, told: ReportResult, judgement: Judgement) -> str:
    """The same report will be sent again; tells the portal what it waits for, and when it was too often."""
    if told.report.state == ReportState.NUMBERED:  # it cannot be sent again before we know that it was sent
        return f"{' '.join(judgement.codes)} for {told.report.key} before its receipt"
    codes = " ".join(judgement.codes)
    waits = told.report.state == ReportState.ACCEPTED and report_queue.retry(told.report, codes)
    if waits and in_review(codes, told.report.kind):
        outcome_queue.withdraw_receipt(told.report)
        once = f"waits:{told.report.key}:{told.report.tries}"
        fields = _fields(AnswerKind.WAITS, told.report, codes, told.words(judgement))
        outcome_queue.record(AnswerKind.WAITS, once=once, report=told.report, file=file, at=_at(file, told), **fields)
    return ""


def _close(file: InboxFile, told: ReportResult, kind: AnswerKind, judgement: Judgement) -> str:
    report = told.report
    is_first = report.state != ReportState.ANSWERED or report.outcomes.filter(kind=kind).exists()
    if not is_first and kind != AnswerKind.GRANTED:  # a grant is the last word: the access is on record
        return f"{kind} for {report.key}, which was answered otherwise"
    words, codes = told.words(judgement), " ".join(judgement.codes)
    outcome_queue.record(
        kind,
        once=_once(kind, report, codes, words),
        report=report,
        file=file,
        at=_at(file, told),
        **_fields(kind, report, codes, words),
    )
    _mark_answered(report)
    if kind == AnswerKind.GRANTED:
        succession.supersede(report.reference, kind=report.kind, but=report)
        outcome_queue.tell_record_again(report)
    return ""


def _at(file: InboxFile, told: ReportResult) -> datetime:
    return told.at or file.received_at


def _once(kind: AnswerKind, report: Report, codes: str, words: str) -> str:
    """The key of an outcome: one approval is one; a refusal with other words is news."""
    if kind == AnswerKind.TURNED_DOWN:
        return f"{kind}:{report.key}:{hashlib.sha256(f'{codes} {words}'.encode()).hexdigest()[:16]}"
    return f"{kind}:{report.key}"


def _fields(kind: AnswerKind, report: Report, codes: str, words: str) -> dict[str, str]:
    fields = {"code": codes[:80], "words": words}
    if kind != AnswerKind.GRANTED:
        return fields
    numbers = {"site_number": report.site_number, "subject_number": subject_number(report.site_number)}
    return numbers if codes == APPROVED else {**numbers, **fields}


def _mark_answered(report: Report) -> None:
    Report.objects.filter(pk=report.pk, state__in=NO_ANSWER_YET).update(
        state=ReportState.ANSWERED, answered_at=timezone.now(), code=""
    )


def _take_record(file: InboxFile, place: int, record: FiledRecord) -> None:
    """One outcome for each of our reports whose access is in the record; one also for a record without any.

    Being on record is not an approval: only a result grants a report.
    """
    ours = _our_reports(record)
    for own_id, report in ours.items():
        access = next(one for one in _accesses(record) if one.own_id == own_id)
        Report.objects.filter(pk=report.pk).update(access_id=access.access_id, subject_id=record.subject_id)
        outcome_queue.record(
            AnswerKind.RECORD,
            once=f"record:{file.pk}:{place}:{report.key}",
            report=report,
            file=file,
            at=file.received_at,
            record=_as_seen_by(own_id, record),
        )
    if not ours:
        outcome_queue.record(
            AnswerKind.RECORD,
            once=f"record:{file.pk}:{place}",
            report=None,
            file=file,
            at=file.received_at,
            record=_as_seen_by(None, record),
        )


def _accesses(record: FiledRecord) -> list[FiledAccess]:
    return [access for site in record.sites for access in site.accesses]


def _our_reports(record: FiledRecord) -> dict[int, Report]:
    """By our own ids of accesses, of our provider only: other providers may use the same numbers."""
    here = (None, settings.MIIT_ISP_ID)
    own_ids = {access.own_id for access in _accesses(record) if access.own_id and access.provider in here}
    found = Report.objects.filter(kind=ReportKind.ACCESS, own_id__in=own_ids)
    return {report.own_id: report for report in found}


def _as_seen_by(own_id: int | None, record: FiledRecord) -> FiledRecord:
    """The record with `own_id` only on this report's access, so that the portal knows which one is meant."""
    return replace(
        record,
        sites=tuple(
            replace(
                site,
                accesses=tuple(
                    access if own_id and access.own_id == own_id else replace(access, own_id=None)
                    for access in site.accesses
                ),
            )
            for site in record.sites
        ),
    )


def _take_struck(file: InboxFile, struck: StruckRecord) -> None:
    """Tells of struck entries; an access whose cancellation waits for its result is thereby cancelled."""
    outcome_queue.record(
        AnswerKind.STRUCK,
        once=f"struck:{struck.level}:{struck.id}",
        report=None,
        file=file,
        at=file.received_at,
        struck=struck,
    )
    if struck.level != Level.ACCESS:
        return
    waiting = Report.objects.filter(
        kind=ReportKind.CANCELLATION, access_id=struck.id, state__in=(ReportState.ACCEPTED, ReportState.NUMBERED)
    )
    for report in waiting:
        _close(file, ReportResult(report, (), None), AnswerKind.GRANTED, Judgement(Fault.SUCCESS, (APPROVED,)))
