"""The shape of a check, and the functions that run the checks of a page."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filings.checks.facts import Facts, PersonFacts
from filings.provinces import Province
from icpportal.fields.language_marks import reads_chinese

Gaps = Mapping[str, str | int | Promise]
# what a rule returns: whether it is broken, or the values for the placeholders of its sentence; None if all is well
Answer = bool | Gaps | None
Judge = Callable[[Facts], Answer]
PersonJudge = Callable[[Facts, PersonFacts], Answer]
AloneJudge = Callable[[PersonFacts], Answer]

# sentences shared by several rows
REGION_COUNTY = _("Choose province, city and county")
CHINESE_NEEDED = _("Enter the %(label)s in Chinese, as on the document")
NAME_PICTURE = _("Remove “%(char)s”: enter the name as on the document")
LETTER_NEEDED = _("Not the legal representative: add the letter of authorisation")
PERMIT_NEEDED = _("An ID card from another province needs a residence permit for %(province)s: have it ready")


class PageOf(StrEnum):
    """The page on which a check appears."""

    TYPE = "type"
    SUBJECT = "subject"
    WEBSITE = "website"
    ADMINISTRATOR = "administrator"


class Severity(StrEnum):
    """An error blocks the order; a warning only advises."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Check:
    """One rule about one field, with the sentence that tells the applicant what to do when it is broken.

    The same rule about another field has the same id and sentence. `needs` names the other fields it depends on: while
    one of them is missing or refused, the check is not run, because it would say something false.
    """

    id: str
    step: str
    field: str
    sentence: Promise
    breaks: Judge
    severity: str = Severity.ERROR
    needs: tuple[str, ...] = ()

    def may_speak(self, missing: Collection[str]) -> bool:
        """Whether every field it reads is there; `missing` are the fields without a readable answer."""
        return self.field not in missing and not set(self.needs).intersection(missing)

    def run(self, facts: Facts) -> str | None:
        """Returns the sentence for the applicant, or None when all is well."""
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
    needs: tuple[str, ...] = ()  # the other fields that it depends on

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
    """Makes the same check for the lead on the subject's page and for the administrator on the other."""

    def of(page: PageOf, prefix: str, judged: Judge) -> Check:
        return Check(id, page, f"{prefix}_{suffix}", sentence, judged, severity, needs)

    return (
        of(PageOf.SUBJECT, "lead", lambda facts: judge(facts, facts.lead)),
        of(PageOf.ADMINISTRATOR, "admin", lambda facts: judge(facts, another(facts))),
    )


def alone(judge: AloneJudge) -> PersonJudge:
    """A rule that reads the person only, not the other facts."""
    return lambda _facts, person: judge(person)


def another(facts: Facts) -> PersonFacts:
    """The administrator, or nobody when that is the lead: the subject's page has checked the lead already."""
    return PersonFacts(facts.administrator.role) if facts.same_person else facts.administrator


def run_all(checks: Iterable[Check], facts: Facts, missing: Collection[str] = ()) -> list[Finding]:
    """Returns every finding; of several errors about one field only the first.

    `missing` are the fields that could not be read.
    """
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
        findings.append(Finding(check.id, check.step, check.field, check.severity, message, check.needs))
        if check.severity == Severity.ERROR:
            stopped.add(check.field)
    return findings


def short_name(province: Province) -> str:
    """The province's name in the reader's language, for use inside a sentence."""
    return province.name(chinese=reads_chinese())
