"""The output of `manage.py miit`: lines for people, JSON for programs."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.utils.functional import Promise

from icpportal.fields.types import Fact, Facts
from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.incoming.downloads import Download
from icpportal.gateways.miit.line.file_encryption import Forgotten
from icpportal.gateways.miit.models import UploadFile
from icpportal.gateways.miit.operations.report_list import Row
from icpportal.gateways.miit.operations.status import InterfaceStatus, Stop, Wait
from icpportal.gateways.miit.outgoing.plan import Plan, set_back_words
from icpportal.time_format import to_beijing

FORGOTTEN = "erased: the retention period ended and the key was destroyed; nobody can read it any more"
SCHEMAS = {"none": "schemas: none (MIIT_XSD_DIR is not set: files leave unvalidated)", "valid": "schemas: valid"}
ENCRYPTION = {
    "off": "encryption: off",
    "not tried": "encryption: was not tried yet; our last upload, an encrypted download or the first report will tell",
    "agreed": "encryption: agreed",
    "refused": "encryption: our last file, as the ministry has it, does not open with our key",
}


def in_json(found: Facts) -> str:
    """One object on one line; moments as ISO text."""
    return json.dumps(found, ensure_ascii=False, default=_plain)


def _plain(value: date | timedelta | Promise) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def refusal(problem: Exception) -> str:
    """Why something was not done."""
    if isinstance(problem, Forgotten):
        return FORGOTTEN
    if isinstance(problem, Retryable):
        return f"not now: {problem}"
    return str(problem)


def when(moment: datetime | None) -> str:
    """A moment in Beijing, to the minute; a dash for None."""
    return f"{to_beijing(moment):%Y-%m-%d %H:%M}" if moment else "-"


# --- status ---


def standing_lines(now: InterfaceStatus, questions: list[str], silence: str) -> list[str]:
    """The status, the questions to the authority, and what needs a person."""
    counts = ", ".join(f"{state} {number}" for state, number in now.reports.items())
    last = "not known yet: miit resync" if now.last_sequence is None else now.last_sequence
    counted = ", ".join(f"{name} {now.inbox[name]}" for name in ("waiting", "parked", "damaged"))
    inbox = f"{counted}, outcomes to take {now.outcomes_waiting}"
    sending, fetching = _rests(now.sending_stopped, now.sending_waits), _rests(now.fetching_stopped, now.fetching_waits)
    number = now.waiting_for_answer
    behind = [f"waiting for the answer to an earlier report of the same order: {number}"] if number else []
    return [
        f"ispId {now.isp_id}, version {now.version}, last accepted number: {last}",
        f"reports: {counts}; oldest on its way since {when(now.oldest_queued_at)}; last sent {when(now.sent_at)}",
        *behind,
        f"inbox: {inbox}; last fetched {when(now.fetched_at)}",
        f"sending: {sending}",
        f"fetching: {fetching}",
        f"last answer: {when(now.answered_at)}, code {now.answered_code or '-'}; next look for downloads {_next(now)}",
        ENCRYPTION[now.encryption],
        SCHEMAS.get(now.schemas, f"schemas: {now.schemas}"),
        f"settings: {'; '.join(now.settings_faults) or 'sane'}",
        *([f"the ministry does not answer; {silence}"] if silence else []),
        *(f"open question: {question}" for question in questions),
        *(f"needs a person: {need}" for need in now.needs),
        f"needs: {len(now.needs)}",
    ]


def _next(now: InterfaceStatus) -> str:
    if now.fetching_stopped:
        return "after miit go-on"
    if now.fetching_waits:
        return f"{to_beijing(now.fetching_waits.until):%H:%M:%S}"
    return f"{to_beijing(now.fetch_after):%H:%M:%S}" if now.fetch_after else "at once"


def _rests(stop: Stop | None, wait: Wait | None) -> str:
    if stop:
        return f"STOPPED since {when(stop.since)}: {stop.because}. {stop.to_do}"
    return f"waits until {when(wait.until)} because {wait.because}" if wait else "may go"


# --- queue ---


def queue_pieces(rows: Iterable[Row]) -> Iterator[str]:
    """All rows and their totals as one JSON object, in pieces."""
    totals: Counter[str] = Counter()
    before = '{"reports": ['  # said with the first row: the database may be away
    for row in rows:
        yield f"{before}{in_json(asdict(row))}"
        before = ", "
        totals[row.state] += 1
    yield f'{"" if totals else before}], "totals": {in_json({"reports": totals.total(), **totals})}}}'


def queue_lines(rows: list[Row], more: bool) -> list[str]:
    """One line for each report, and the totals."""
    totals = Counter(row.state for row in rows)
    counts = ", ".join(f"{state} {number}" for state, number in sorted(totals.items()))
    ahead = [f"there are more: --after {rows[-1].key}"] if more else []
    return [*map(_queue_line, rows), *ahead, f"reports: {len(rows)}{f' ({counts})' if counts else ''}"]


def _queue_line(row: Row) -> str:
    number = "-" if row.sequence is None else str(row.sequence)
    quoted = f"the ministry's words: “{row.said}”" if row.said else ""
    tail = " ".join(filter(None, (row.code, row.field, row.reason, quoted)))
    head = f"{number:>6}  {row.state:<10} {row.kind:<12} {when(row.queued_at)}  {row.order}  {row.key}"
    return f"{head}  {tail}" if tail else head


# --- downloads ---


def download_lines(rows: list[Download]) -> list[str]:
    """One line a download that needs a look, and last their number."""
    return [*map(_download_line, rows), f"downloads: {len(rows)}"]


def _download_line(row: Download) -> str:
    times = f"{row.deliveries} x since {when(row.damaged_since or row.received_at)}"
    return f"{row.number:>6}  {row.state:<8} {row.kind or '-':<6} {times}  {row.name}  {row.reason}"


# --- show ---


def file_facts(file: UploadFile) -> dict[str, Fact]:
    """What is known about a file besides its content."""
    return {
        "sequence": file.sequence,
        "key": file.report.key,
        "kind": file.report.kind,
        "state": file.report.state,
        "order": file.report.reference,
        "name": file.name,
        "digest": file.digest,
        "sent_at": file.sent_at,
        "accepted_at": file.accepted_at,
        "sent_times": file.tries,
        "code": file.code,
        "words": file.words,
    }


def file_line(file: UploadFile, encoding: str) -> str:
    """The same in one line, with the encoding in which it was sent."""
    acceptance = f"accepted {when(file.accepted_at)}" if file.accepted_at else "not accepted yet"
    return f"{file.name}: report {file.report.key}, first sent {when(file.sent_at)} in {encoding}, {acceptance}"


# --- resync ---


def plan_lines(plan: Plan, *, done: bool) -> list[str]:
    """What a resynchronisation would change, or has changed."""
    here = "none known" if plan.here is None else plan.here
    again = f", files {', '.join(map(str, plan.again))} are sent again" if plan.again else ""
    file = f", file {plan.file} {plan.becomes}" if plan.file else ""
    ending = "done" if done else "nothing to change" if not plan.changes else "not done: say --yes"
    unknown = f"{plan.unknown[0]} to {plan.unknown[-1]}" if plan.unknown else ""
    hint = f"not known here: {unknown}; if a backup was restored, say --after-restore" if unknown and not done else ""
    parked = f"parked: {', '.join(plan.parked)}" if plan.parked else ""
    return [
        f"last accepted number: {here} here, {plan.there} at the ministry",
        f"afterwards: {plan.afterwards} here{file}{again}",
        *filter(None, (hint, parked, set_back_words(plan) if plan.answered and not done else "")),
        ending,
    ]


# --- send ---


def sent_lines(sent: Facts) -> list[str]:
    """What one round of sending did."""
    numbers = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in sent.items() if name != "reason")
    return [*([f"ended because: {sent['reason']}"] if sent["reason"] else []), numbers]
