"""The two people of an order, read from its answers: subject lead (主体负责人), website administrator (网站负责人)."""

from dataclasses import dataclass
from typing import Any

from filings.answers import lead_answers
from filings.keys import person_key

SUBJECT_LEAD = "subject_lead"
ADMINISTRATOR = "administrator"
BOTH = "both"


@dataclass(frozen=True)
class Person:
    """A person as typed on the order."""

    name: str
    id_type: str
    id_number: str
    mobile: str
    email: str

    @property
    def key(self) -> str:
        """The same for the same document, whoever asks; nothing personal in it."""
        return person_key(self.id_type, self.id_number)


def _person(answers: dict[str, Any], prefix: str) -> Person:
    return Person(
        name=answers.get(f"{prefix}_name") or "",
        id_type=str(answers.get(f"{prefix}_id_type") or ""),
        id_number=answers.get(f"{prefix}_id_number") or "",
        mobile=answers.get(f"{prefix}_phone1") or "",
        email=answers.get(f"{prefix}_email") or "",
    )


def lead(order: Any) -> Person:
    """The subject lead; an individual's lead is that person."""
    return _person(lead_answers(order.answer("type"), order.answer("subject")), "lead")


def is_same_person(order: Any) -> bool:
    """Whether one person answers for subject and website."""
    return order.answer("administrator").get("same_person") == "yes"


def administrator(order: Any) -> Person:
    """The website administrator; the lead where one person answers for both."""
    return lead(order) if is_same_person(order) else _person(order.answer("administrator"), "admin")


def by_role(order: Any) -> dict[str, Person]:
    """Both people by role."""
    return {SUBJECT_LEAD: lead(order), ADMINISTRATOR: administrator(order)}
