"""What a check is, and how the checks of a page are run."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filings.checks.facts import Facts, PersonFacts
from filings.provinces import Province
from icpportal.fields.language_marks import reads_chinese

Gaps = Mapping[str, str | int | Promise]
# what a rule answers: is it broken, or with what are the gaps of its sentence to be filled; None when all is well
Answer = bool | Gaps | None
Judge = Callable[[Facts], Answer]
PersonJudge = Callable[[Facts, PersonFacts], Answer]
AloneJudge = Callable[[PersonFacts], Answer]

# sentences of several rows
REGION_COUNTY = _("Choose province, city and county")
CHINESE_NEEDED = _("Enter the %(label)s in Chinese, as on the document")
LETTER_NEEDED = _("Not the legal representative: add the letter of authorisation")
PERMIT_NEEDED = _("An ID card from another province needs a residence permit for %(province)s: have it ready")


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
    """One rule on one field, with the sentence that tells the applicant what to do when it is broken.

    The same rule on another field has the same id and the same sentence. `needs` names the other fields without whose
    answer it would say something false: while one of them is missing or refused, it waits.
    """

    id: str
    step: str
    field: str
    sentence: Promise
    breaks: Judge
    severity: str = Severity.ERROR
    needs: tuple[str, ...] = ()

    def may_speak(self, missing: Collection[str]) -> bool:
        """Whether all that it reads is there; `missing` are fields without an answer that could be read."""
        return self.field not in missing and not set(self.needs).intersection(missing)

    def run(self, facts: Facts) -> str | None:
        """The sentence for the applicant, or None when all is well."""
        answer = self.breaks(facts)
        if not answer:
            return None
        return str(self.sentence) % answer if isinstance(answer, Mapping) else str(self.sentence)


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


def of_person(
    id: str,
    suffix: str,
    sentence: Promise,
    judge: PersonJudge,
    severity: str = Severity.ERROR,
    needs: tuple[str, ...] = (),
) -> tuple[Check, Check]:
    """The same rule for the lead on the subject's page and for the administrator on the other."""

    def of(page: PageOf, prefix: str, judged: Judge) -> Check:
        return Check(id, page, f"{prefix}_{suffix}", sentence, judged, severity, needs)

    return (
        of(PageOf.SUBJECT, "lead", lambda facts: judge(facts, facts.lead)),
        of(PageOf.ADMINISTRATOR, "admin", lambda facts: judge(facts, another(facts))),
    )


def alone(judge: AloneJudge) -> PersonJudge:
    """A rule that looks at the person and at nothing else."""
    return lambda _facts, person: judge(person)


def another(facts: Facts) -> PersonFacts:
    """The administrator; nobody where it is the lead, about whom the subject's page has spoken."""
    return PersonFacts(facts.administrator.role) if facts.same_person else facts.administrator


def run_all(checks: Iterable[Check], facts: Facts, missing: Collection[str] = ()) -> list[Finding]:
    """Every finding; of several errors on one field only the first. `missing`: fields that could not be read."""
    findings: list[Finding] = []
    stopped: set[str] = set()
    for check in checks:
        if not check.may_speak(missing):
            continue
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
