"""What a check is, and how the checks of a page are run."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from filings.checks.facts import Facts, PersonFacts
from filings.provinces import Province
from icpportal.entry.marks import reads_chinese

Message = str | None
Judge = Callable[[Facts], Message]
PersonJudge = Callable[[Facts, PersonFacts], Message]
AloneJudge = Callable[[PersonFacts], Message]


class PageOf(StrEnum):
    """The page on which a check speaks."""

    TYPE = "type"
    SUBJECT = "subject"
    WEBSITE = "website"
    ADMINISTRATOR = "administrator"


class Severity(StrEnum):
    """An error stops the order; a warning is advice and stops nothing."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Check:
    """One rule on one field: `run` gives the sentence for the applicant, or None when all is well.

    `id` is the key of the message catalogue; the same rule on another field has the same id.
    """

    id: str
    step: str
    field: str
    run: Judge
    severity: str = Severity.ERROR


@dataclass(frozen=True)
class Finding:
    """What a check found."""

    id: str
    step: str
    field: str
    severity: str
    message: str

    @property
    def stops(self) -> bool:
        return self.severity == Severity.ERROR


def of_person(id: str, suffix: str, judge: PersonJudge, severity: str = Severity.ERROR) -> tuple[Check, Check]:
    """The same rule for the lead on the subject's page and for the administrator on the other."""
    return (
        Check(id, PageOf.SUBJECT, f"lead_{suffix}", lambda facts: judge(facts, facts.lead), severity),
        Check(id, PageOf.ADMINISTRATOR, f"admin_{suffix}", lambda facts: judge(facts, another(facts)), severity),
    )


def alone(judge: AloneJudge) -> PersonJudge:
    """A rule that looks at the person and at nothing else."""
    return lambda _facts, person: judge(person)


def another(facts: Facts) -> PersonFacts:
    """The administrator; nobody where it is the lead, about whom the subject's page has spoken."""
    return PersonFacts(facts.administrator.role) if facts.same_person else facts.administrator


def run_all(checks: Iterable[Check], facts: Facts) -> list[Finding]:
    """Every finding; of several errors on one field only the first."""
    findings: list[Finding] = []
    stopped: set[str] = set()
    for check in checks:
        if check.severity == Severity.ERROR and check.field in stopped:
            continue
        message = check.run(facts)
        if not message:
            continue
        findings.append(Finding(check.id, check.step, check.field, check.severity, message))
        if check.severity == Severity.ERROR:
            stopped.add(check.field)
    return findings


def short_name(province: Province) -> str:
    """The province in the reader's language, inside a sentence."""
    return province.name(chinese=reads_chinese())
