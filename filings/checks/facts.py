"""What the checks read: the answers of an order, the rules of its province, and what the register knows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from filings.provinces import Province
from filings.provinces.choices import ADMINISTRATOR, SUBJECT_LEAD
from filings.register.answer_values import day, lead_answers, text
from filings.register.certificate_numbers import age_on, birth_date
from filings.register.certificates import INDIVIDUAL
from icpportal.fields.types import Answers

YES, NO = "yes", "no"
PERSONAL = ("name", "id_type", "id_number", "phone1", "phone2", "emergency", "email")


def nobody(*_args: str) -> bool:
    """Stands in for the register where it knows nothing."""
    return False


@dataclass(frozen=True)
class PersonFacts:
    """A person in charge as typed; `id_until` is None for a document without expiry, or when not answered yet."""

    role: str = SUBJECT_LEAD
    name: str = ""
    id_type: str = ""
    id_number: str = ""
    id_until: date | None = None
    phone1: str = ""
    phone2: str = ""
    emergency: str = ""
    email: str = ""

    @property
    def document(self) -> tuple[str, str]:
        return self.id_type, self.id_number

    def age(self, day: date) -> int | None:
        """Full years according to the document; None when it does not tell."""
        born = birth_date(self.id_type, self.id_number) if self.id_type else None
        return age_on(born, day) if born else None


@dataclass(frozen=True)
class Registration:
    """What is known of the domain's registration where a registry was asked; None where it does not say."""

    holder: str | None = None
    verified_on: date | None = None
    is_verified: bool | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Facts:
    """Everything a check may read. `mobile_taken` and `person_taken` ask the register about other subjects."""

    province: Province
    nature: str = ""
    id_type: str = ""
    id_number: str = ""
    name: str = ""
    region: str = ""
    domain: str = ""
    subject: Answers = field(default_factory=dict)
    lead: PersonFacts = PersonFacts()
    website: Answers = field(default_factory=dict)
    administrator: PersonFacts = PersonFacts(ADMINISTRATOR)
    same_person: bool | None = None  # None until answered
    told: bool = False
    now: datetime = field(default_factory=timezone.now)
    mobile_taken: Callable[[str], bool] = nobody
    person_taken: Callable[[str, str], bool] = nobody
    record: Answers = field(default_factory=dict)  # the existing filing, where it is known: see `records.py`
    registration: Registration = Registration()

    @property
    def answers(self) -> Answers:
        """All answers in one mapping; those about people under the names of their fields."""
        people = {
            f"{prefix}_{name}": getattr(each, name)
            for prefix, each in (("lead", self.lead), ("admin", self.administrator))
            for name in PERSONAL
        }
        own = {"name": self.name, "id_number": self.id_number, "domain": self.domain}
        return {**self.subject, **self.website, **own, **people}

    @property
    def today(self) -> date:
        """The day in Beijing."""
        return timezone.localdate(self.now)

    @property
    def is_individual(self) -> bool:
        return self.nature == INDIVIDUAL

    @property
    def lead_is_legal(self) -> bool | None:
        """Whether the lead is the legal representative; None until answered."""
        return {YES: True, NO: False}.get(text(self.subject, "is_legal_rep"))

    @property
    def one_person(self) -> bool:
        """Whether lead and administrator are one person, by the choice on the page or by the same document."""
        return bool(self.same_person) or (
            bool(self.administrator.id_number) and self.lead.document == self.administrator.document
        )

    @property
    def two_people(self) -> bool:
        """Whether they are known to be two: by the choice on the page, or both are named and differ."""
        both_named = bool(self.administrator.id_number) and bool(self.lead.id_number)
        return (self.same_person is False or both_named) and not self.one_person


def person(answers: Answers, prefix: str, role: str) -> PersonFacts:
    """The person whose fields begin with `lead_` or `admin_`."""
    return PersonFacts(
        role=role,
        id_until=day(answers.get(f"{prefix}_id_until")),
        **{name: text(answers, f"{prefix}_{name}") for name in PERSONAL},
    )


def read(
    *,
    province: Province,
    type_answers: Answers,
    subject_answers: Answers | None = None,
    website_answers: Answers | None = None,
    administrator_answers: Answers | None = None,
    **known: Any,
) -> Facts:
    """Builds the facts of an order from the answers of its steps; `known` are the fields that no answer holds.

    An individual is their own lead. Where one person is both, the administrator is the lead.
    """
    subject, admin = dict(subject_answers or {}), dict(administrator_answers or {})
    lead = person(lead_answers(type_answers, subject), "lead", SUBJECT_LEAD)
    same = {YES: True, NO: False}.get(text(admin, "same_person"))
    return Facts(
        province=province,
        nature=text(type_answers, "nature"),
        id_type=text(type_answers, "id_type"),
        id_number=text(type_answers, "id_number"),
        name=text(type_answers, "name"),
        region=text(type_answers, "region"),
        domain=text(type_answers, "domain"),
        subject=subject,
        lead=lead,
        website=dict(website_answers or {}),
        administrator=_same(lead) if same else person(admin, "admin", ADMINISTRATOR),
        same_person=same,
        told=bool(admin.get("admin_told")),
        **known,
    )


def _same(lead: PersonFacts) -> PersonFacts:
    values = {name: getattr(lead, name) for name in lead.__dataclass_fields__}
    return PersonFacts(**{**values, "role": ADMINISTRATOR})
