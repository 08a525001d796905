"""Every code of the ministry's interface, as listed by `manage.py miit codes` and docs/ministry.md."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.utils.translation import gettext, override

from icpportal.fields.types import Fact
from icpportal.gateways.miit.codes import foreign_codes
from icpportal.gateways.miit.codes.processing_codes import CODES, Code, Fault, code_of
from icpportal.gateways.miit.codes.return_codes import BOTH, REACTIONS, Act, Addressee, Reaction, Way
from icpportal.gateways.miit.outgoing import report_queue
from icpportal.gateways.miit.types import ReportKind
from icpportal.time_format import span_words

SUCCESS, APPLICANT, PROVIDER, NOBODY = "success", "applicant", "provider", "nobody"
WHOSE = {
    Fault.SUCCESS: SUCCESS,
    Fault.GONE: SUCCESS,
    Fault.APPLICANT: APPLICANT,
    Fault.PROVIDER: PROVIDER,
    Fault.NEITHER: NOBODY,
}
BACK = "goes back to its owner, open where it says; nothing else can be changed"
ELSEWHERE = "goes back to its owner with nothing open; they say what was done about it before it goes again"
HELD = "is held, its phone window stopped, and operations are alarmed"
REFUSED = "the cancellation ends as refused and can be asked for again; the access stays"
ENDED = "the cancellation is done and our access ends in the register"
GOES_ON = "resumed"
RETURN, GENERAL = "return", "general"


@dataclass(frozen=True)
class Meaning:
    """Whose turn it is (success, applicant, provider, nobody), what opens, the text, and what happens automatically."""

    whose: str
    opens: tuple[str, ...]
    zh: str
    en: str
    by_itself: str


@dataclass(frozen=True)
class CodeRow:
    """One code; `cancellation` is its meaning for one, if different."""

    code: str
    kind: str  # return (answer to a call), icp, ip, domain, general (results of reports)
    meaning: Meaning
    cancellation: Meaning | None = None

    def as_dict(self) -> dict[str, Fact]:
        ending = asdict(self.cancellation) if self.cancellation else None
        return {"code": self.code, "kind": self.kind, **asdict(self.meaning), "cancellation": ending}


def rows() -> list[CodeRow]:
    """All codes: answers to calls, then results of reports."""
    return [*(_of_call(code, row) for code, row in REACTIONS.items()), *(_of_report(code) for code in sorted(CODES))]


# --- answers to calls ---


def _of_call(code: int, row: Reaction) -> CodeRow:
    words = {}
    for language in ("zh-hans", "en"):
        with override(language):
            words[language] = gettext(row.words)
    meaning = Meaning(_whose_call(row), (), words["zh-hans"], words["en"], _after_call(row))
    return CodeRow(str(code), RETURN, meaning)


def _whose_call(row: Reaction) -> str:
    if row.act in (Act.DONE, Act.LOAD):
        return SUCCESS
    if row.act == Act.LOCK:
        return APPLICANT
    is_ours = row.act == Act.STOP or (row.act == Act.WAIT and row.told == Addressee.OPERATIONS and row.certain)
    return PROVIDER if is_ours else NOBODY


def _after_call(row: Reaction) -> str:
    with override("en"):
        spans = dict.fromkeys(span_words(pause) for pause in (*row.pauses[:1], *row.pauses[-1:]))
    pauses = f"after {' … '.join(spans)}"
    alarm = ", with an alarm" if row.told == Addressee.OPERATIONS else ""
    return {
        Act.DONE: GOES_ON,
        Act.LOAD: GOES_ON,
        Act.FILL: f"missing files are sent again, in order{alarm}",
        Act.WAIT: f"the same call again {pauses}{', or when the message says' if row.by_hours else ''}{alarm}",
        Act.STOP: f"{'both ways stop' if row.stops(Way.SENDING) == BOTH else 'this way stops'} until miit go-on{alarm}",
        Act.LOCK: "the form says so and locks",
    }[row.act]


# --- results of reports ---


def _of_report(code: str) -> CodeRow:
    access, ending = code_of(code), code_of(code, ReportKind.CANCELLATION)
    meaning, of_ending = _meaning(access, is_ending=False), _meaning(ending, is_ending=True)
    says_the_same = (meaning.whose, meaning.en) == (of_ending.whose, of_ending.en)
    return CodeRow(code, _kind(code), meaning, None if says_the_same else of_ending)


def _kind(code: str) -> str:
    if code in foreign_codes.IP or code == "2998":
        return "ip"
    if code in foreign_codes.DOMAINS or code == "3998":
        return "domain"
    return GENERAL if code.startswith("5") else "icp"


def _meaning(row: Code, *, is_ending: bool) -> Meaning:
    return Meaning(WHOSE[row.fault], row.opens, row.zh, row.en, _after_report(row, is_ending=is_ending))


def _after_report(row: Code, *, is_ending: bool) -> str:
    if row.fault == Fault.APPLICANT:
        return REFUSED if is_ending else BACK if row.opens else ELSEWHERE
    if row.fault == Fault.NEITHER:
        return _goes_again(row)
    return {Fault.SUCCESS: GOES_ON, Fault.GONE: ENDED, Fault.PROVIDER: HELD}[row.fault]


def _goes_again(row: Code) -> str:
    patience = report_queue.IN_REVIEW if row.in_review else report_queue.AGAIN
    notice = "its owner is told once, no phone is asked for, and " if row.in_review else ""
    days = sum(pause.total_seconds() for pause in patience) / 86400
    return f"{notice}the same report goes again {len(patience)} times in {days:.0f} days, then it is held with an alarm"


# --- output ---


def lines() -> Iterator[str]:
    """For people at a terminal: a code, and below it what it means to a cancellation, where that differs."""
    for row in rows():
        yield _line(f"{row.code:>4} {row.kind:<7}", row.meaning)
        if row.cancellation:
            yield _line(f"{'':>4} {'cancel':<7}", row.cancellation)


def _line(head: str, meaning: Meaning) -> str:
    opened = f" opens {', '.join(meaning.opens)}" if meaning.opens else ""
    return f"{head} {meaning.whose:<9}{opened} | {meaning.en} | {meaning.zh} | {meaning.by_itself}"


def markdown() -> Iterator[str]:
    """The table of docs/ministry.md: the codes of our reports, one a line."""
    yield "| code | whose turn after a new access | what is read | after a cancellation |"
    yield "|---|---|---|---|"
    for row in rows():
        if row.kind in ("icp", GENERAL):
            ending = _cell(row.cancellation) if row.cancellation else "the same"
            opens = f", opens {', '.join(row.meaning.opens)}" if row.meaning.opens else ""
            yield f"| {row.code} | {row.meaning.whose}{opens} | {row.meaning.en} | {ending} |"


def _cell(meaning: Meaning) -> str:
    return f"{meaning.whose}: {meaning.en}"
