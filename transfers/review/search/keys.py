"""What an order is found by: a table of its parts, and the keys stored for them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import UUIDField
from django.utils.translation import gettext_lazy as _

from filings.register.answer_values import lead_answers, text
from icpportal.database.prepared import CompiledQuery
from icpportal.fields.types import Answers, Columns, Words
from icpportal.lifecycle.many_rows import insert
from transfers.models import Order, SearchKey
from transfers.orders.people import is_individual, is_same_person
from transfers.review.search import spellings

Spelling = Callable[[str], list[str]]
Source = tuple[Spelling, str]  # a text, and what makes keys of it
Key = tuple[str, str]  # kind and key


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an order that finds it: its label in results, and what its keys are made of in a given order."""

    key: str
    label: Words
    sources: Callable[[Order], Iterable[Source]]
    is_public: bool = False


def _subject_name(order: Order) -> list[Source]:
    """A company by the beginning of its name, a person by the whole name."""
    spelled = spellings.persons if is_individual(order) else spellings.companies
    return [(spelled, text(order.answer("type"), "name"))]


def _lead(order: Order) -> Answers:
    return lead_answers(order.answer("type"), order.answer("subject"))


def _administrator(order: Order) -> Answers:
    """Nothing if the subject lead is also the website administrator: then the lead is found."""
    return {} if is_same_person(order) else order.answer("administrator")


def _of(person: Callable[[Order], Answers], spelled: Spelling, *names: str) -> Callable[[Order], Iterable[Source]]:
    """A person's answers under these names."""

    def sources(order: Order) -> list[Source]:
        answers = person(order)
        return [(spelled, text(answers, name)) for name in names]

    return sources


def _numbers(order: Order) -> list[Source]:
    return [(spellings.numbers, order.subject_number), (spellings.numbers, order.site_number)]


DOMAIN, NUMBER = "domain", "number"
PARTS = {
    part.key: part
    for part in (
        Part(DOMAIN, _("domain name"), lambda order: [(spellings.domains, order.domain)], is_public=True),
        Part(NUMBER, _("filing number"), _numbers, is_public=True),
        Part("subject_name", _("name of the subject"), _subject_name),
        Part(
            "subject_document",
            _("document number of the subject"),
            lambda order: [(spellings.documents, text(order.answer("type"), "id_number"))],
        ),
        Part("lead_name", _("name of the subject lead"), _of(_lead, spellings.persons, "lead_name")),
        Part(
            "lead_document",
            _("document number of the subject lead"),
            _of(_lead, spellings.documents, "lead_id_number"),
        ),
        Part("lead_mobile", _("mobile of the subject lead"), _of(_lead, spellings.phones, "lead_phone1")),
        Part(
            "lead_phone",
            _("another phone of the subject lead"),
            _of(_lead, spellings.phones, "lead_phone2", "lead_emergency"),
        ),
        Part(
            "admin_name", _("name of the website administrator"), _of(_administrator, spellings.persons, "admin_name")
        ),
        Part(
            "admin_document",
            _("document number of the website administrator"),
            _of(_administrator, spellings.documents, "admin_id_number"),
        ),
        Part(
            "admin_mobile",
            _("mobile of the website administrator"),
            _of(_administrator, spellings.phones, "admin_phone1"),
        ),
        Part(
            "admin_phone",
            _("another phone of the website administrator"),
            _of(_administrator, spellings.phones, "admin_phone2", "admin_emergency"),
        ),
    )
}
PERSONAL = tuple(part.key for part in PARTS.values() if not part.is_public)


def sources_of(order: Order) -> set[tuple[str, Source]]:
    """What the keys are made of: while it is the same, so are they."""
    if order.erased_at:
        return set()
    return {(part.key, source) for part in PARTS.values() for source in part.sources(order)}


def keys_of(order: Order) -> set[Key]:
    """Every key that finds this order as it is now; none once the answers are erased."""
    return {(kind, key) for kind, (spelled, plain) in sources_of(order) for key in spelled(plain)}


STORED = CompiledQuery(
    lambda order: SearchKey.objects.filter(order=order).values_list("pk", "kind", "key"), order=UUIDField()
)


def keep(order: Order, *, is_new: bool = False) -> None:
    """Updates the stored keys to the order as it is now; call it in the transaction that changed the order.

    Nothing is stored yet of an order that `is_new`.
    """
    wanted = keys_of(order)
    stored = {} if is_new else {(kind, key): pk for pk, kind, key in STORED.texts(order=order.pk)}
    if outdated := [pk for each, pk in stored.items() if each not in wanted]:
        SearchKey.objects.filter(pk__in=outdated).delete()
    if new := wanted - stored.keys():
        rows: list[Columns] = [{"kind": kind, "key": key} for kind, key in sorted(new)]
        insert(SearchKey, rows, {"order_id": order.pk}, ignore_conflicts=True)
