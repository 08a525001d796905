"""The two people of an order, read from its answers: subject lead (主体负责人), website administrator (网站负责人)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from filings.register.answer_values import lead_answers, text
from filings.register.blind_keys import person_key, subject_key
from filings.register.certificates import INDIVIDUAL
from icpportal.fields.language_marks import has_han
from icpportal.fields.types import Answers
from icpportal.outbox.texts.formats import LANGUAGES
from transfers.models import Order

SUBJECT_LEAD = "subject_lead"
ADMINISTRATOR = "administrator"
BOTH = "both"
READ = "_people"  # of an order object: its people, with the answers from which they were read
SAME_AS_LEAD = {"same_person": "yes"}  # an individual's answer about the administrator
ROLES = {
    SUBJECT_LEAD: _("Subject lead"),
    ADMINISTRATOR: _("Website administrator"),
    BOTH: _("Subject lead and website administrator"),
}


@dataclass(frozen=True)
class Person:
    """A person as typed on the order."""

    name: str
    id_type: str
    id_number: str
    mobile: str
    email: str

    @cached_property
    def key(self) -> str:
        """The same for the same document in every account; contains nothing personal."""
        return person_key(self.id_type, self.id_number)


def _person(answers: Answers, prefix: str) -> Person:
    return Person(
        name=text(answers, f"{prefix}_name"),
        id_type=text(answers, f"{prefix}_id_type"),
        id_number=text(answers, f"{prefix}_id_number"),
        mobile=text(answers, f"{prefix}_phone1"),
        email=text(answers, f"{prefix}_email"),
    )


def language_of(order: Order, *, name: str, mobile: str) -> str:
    """In which language we write to a person of the order: somebody with a Chinese name reads Chinese.

    The account has chosen its language, and so has a person who holds its mobile.
    """
    is_somebody_else = has_han(name) and mobile != order.owner.mobile
    return LANGUAGES["zh"] if is_somebody_else else order.owner.language


def _of_answers(order: Order, who: str, read: Callable[[Order], Person]) -> Person:
    """What was read before, as long as the order object has the same answers: a page asks up to forty times.

    Not `row_reads.read_once`, which goes by the version: a change sets the answers before it raises that.
    """
    people: dict[str, Person]
    answers, people = order.__dict__.get(READ, (None, {}))
    if answers is not order.answers:
        order.__dict__[READ] = (order.answers, people := {})
    if who not in people:
        people[who] = read(order)
    return people[who]


def lead(order: Order) -> Person:
    """The subject lead; for an individual, that person."""
    return _of_answers(order, SUBJECT_LEAD, _lead)


def _lead(order: Order) -> Person:
    return _person(lead_answers(order.answer("type"), order.answer("subject")), "lead")


def is_individual(order: Order) -> bool:
    """Whether the subject is a person: then they are lead and administrator, and are not asked."""
    return order.answer("type").get("nature") == INDIVIDUAL


def is_same_person(order: Order) -> bool:
    """Whether one person is lead and administrator."""
    return order.answer("administrator").get("same_person") == "yes"


def administrator(order: Order) -> Person:
    """The website administrator; the lead where one person is both."""
    return _of_answers(order, ADMINISTRATOR, _administrator)


def _administrator(order: Order) -> Person:
    return lead(order) if is_same_person(order) else _person(order.answer("administrator"), "admin")


def by_role(order: Order) -> dict[str, Person]:
    """Both people by role."""
    return {SUBJECT_LEAD: lead(order), ADMINISTRATOR: administrator(order)}


def indexes_of(order: Order) -> list[str]:
    """The blind indexes of an order's subject and people, for a change of the index key."""
    typed = order.answer("type")
    subject = subject_key(typed["id_type"], typed["id_number"]) if "id_number" in typed else ""
    return [subject, lead(order).key, administrator(order).key]
