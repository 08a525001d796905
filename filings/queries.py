"""Reads of the register, each in one place."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypedDict
from uuid import UUID

from django.db.models import (
    BooleanField,
    CharField,
    Exists,
    ExpressionWrapper,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    UUIDField,
)

from filings.equality import is_same_text
from filings.models import Access, LegacyRecord, Person, Subject, Website
from filings.register.blind_keys import mobile_key, person_key
from filings.register.regions import is_filed_place
from icpportal.accounts.models import User
from icpportal.database.prepared import CompiledQuery
from icpportal.privacy.blind_index import names

WIDEST = 4  # digits of a city's code without the trailing zeros


def live_accesses() -> QuerySet[Access]:
    """Our accesses that have not ended."""
    return Access.objects.filter(own=True, ended_at__isnull=True)


def is_with_us(subject: Subject | OuterRef) -> Q:
    """A condition: the subject (a row, or a reference to one) has a website with us, or never had any."""
    own = Access.objects.filter(own=True, website__subject=subject)
    return Q(Exists(own.filter(ended_at__isnull=True))) | ~Q(Exists(own))


def subject_with(subject_key: str) -> Subject | None:
    """The subject with this document."""
    return OF_DOCUMENT.first(subject_key=subject_key)


OF_DOCUMENT = CompiledQuery(
    lambda subject_key: Subject.objects.filter(subject_key=subject_key)[:1], subject_key=CharField()
)


def owners_of_number(number: str) -> QuerySet[User]:
    """The accounts whose subject has this number."""
    return (
        User.objects.filter(subjects__subject_number=number, is_active=True).distinct()
        if number
        else User.objects.none()
    )


OWNING = CompiledQuery(
    lambda number, account: owners_of_number(number).filter(pk=account).values_list("pk"),
    number=CharField(),
    account=UUIDField(),
)


def owns_number(account: UUID, number: str) -> bool:
    """Whether the account is among the owners of this number."""
    return bool(number) and bool(OWNING.texts(number=number, account=account))


def subjects_of(owner: User) -> QuerySet[Subject]:
    """The owner's subjects with their leads, newest first."""
    return Subject.objects.filter(owner=owner).select_related("lead")


def websites_of(owner: User | UUID | None) -> QuerySet[Website]:
    """The owner's (an account or its key) websites that have an access with us, newest first."""
    ours = Exists(live_accesses().filter(website=OuterRef("pk")))
    mine = Website.objects.filter(ours, owner=owner, ended_at__isnull=True)
    return mine.select_related("subject__lead", "administrator")


def people_in_charge() -> QuerySet[Person]:
    """Leads and administrators of websites on file; rows of people who were replaced stay in the register."""
    live = Website.objects.filter(ended_at__isnull=True)
    is_lead = Exists(live.filter(subject__lead=OuterRef("pk")))
    return Person.objects.filter(is_lead | Exists(live.filter(administrator=OuterRef("pk"))))


AT_ONCE = 2  # mobiles; more are asked while the index key changes
# asked by every check of a page
SERVING = CompiledQuery(
    lambda first, second, subject_key: (
        people_in_charge()
        .filter(Q(mobile_index=first) | Q(mobile_index=second))
        .exclude(subject__subject_key=subject_key)
        .values_list("mobile_index")
    ),
    first=CharField(),
    second=CharField(),
    subject_key=CharField(),
)


def mobiles_that_serve_others(mobiles: Iterable[str], subject_key: str) -> frozenset[str]:
    """Which of these mobiles belong to people in charge of another subject."""
    by_name = {name: mobile for mobile in mobiles if mobile for name in names(mobile_key(mobile))}
    if not by_name:
        return frozenset()
    if len(by_name) > AT_ONCE or len(names(subject_key)) > 1:
        found = people_in_charge().filter(mobile_index__in=list(by_name)).exclude(subject__subject_key=subject_key)
        return frozenset(by_name[name] for name in found.values_list("mobile_index", flat=True))
    first, second = (*by_name, *by_name)[:AT_ONCE]
    serving = SERVING.texts(first=first, second=second, subject_key=subject_key)
    return frozenset(by_name[name] for (name,) in serving)


def person_serves_another(id_type: str | int, number: str, subject_key: str) -> bool:
    """Whether this person is in charge of another subject."""
    found = people_in_charge().filter(person_key=person_key(id_type, number))
    return bool(number) and found.exclude(subject__subject_key=subject_key).exists()


@dataclass(frozen=True)
class RegisterSnapshot:
    """What register and old platform know of a document and a domain, as far as this owner may learn it.

    `other_subject` and `old_record` are true only when document, region and domain together match a record. A partial
    match reveals nothing, nor does a subject whose accesses here have all ended. `name_fits` is false only where a
    record that counts has another name.
    """

    own_subject: bool = False
    own_access: bool = False
    own_site_other_document: bool = False
    other_subject: bool = False
    old_record: bool = False
    name_fits: bool = True
    subject: Subject | None = None  # the owner's
    website: Website | None = None  # the owner's


def register_snapshot(*, subject_key: str, domain: str, region: str, name: str, owner: User) -> RegisterSnapshot:
    """Returns what `decide` needs of the register, always in the same three queries."""
    subject = subject_with(subject_key)
    website: Any = OF_DOMAIN.first(domain=domain)
    old_record = _old_record(subject_key, domain, region)

    own_website = website if website is not None and website.owner_id == owner.pk else None
    own_subject = subject if subject is not None and _is_own(subject, own_website, owner) else None
    has_document = website is not None and website.subject.subject_key == subject_key
    is_here = website is not None and website.subject_is_here and is_filed_place(website.subject.region, region)
    other_subject = subject if own_subject is None and has_document and is_here else None
    matched = [record for record in (own_subject, other_subject, old_record) if record is not None]
    return RegisterSnapshot(
        own_subject=own_subject is not None,
        own_access=own_website is not None and has_document and own_website.has_own_access,
        own_site_other_document=own_website is not None and not has_document,
        other_subject=other_subject is not None,
        old_record=old_record is not None,
        name_fits=all(is_same_text(record.name, name) for record in matched),
        subject=own_subject,
        website=own_website,
    )


OF_DOMAIN = CompiledQuery(
    lambda domain: (
        Website.objects.filter(domain=domain, ended_at__isnull=True)
        .select_related("subject")
        .annotate(
            has_own_access=Exists(live_accesses().filter(website=OuterRef("pk"))),
            subject_is_here=ExpressionWrapper(is_with_us(OuterRef("subject")), BooleanField()),
        )[:1]
    ),
    domain=CharField(),
)


def _is_own(subject: Subject, own_website: Website | None, owner: User) -> bool:
    return subject.owner_id == owner.pk or (own_website is not None and own_website.subject_id == subject.pk)


def _old_record(subject_key: str, domain: str, region: str) -> LegacyRecord | None:
    """The old platform's record of this document and domain, if it is of this region and was not imported."""
    found = ON_OLD_PLATFORM.first(subject_key=subject_key, domain=domain)
    return found if found is not None and is_filed_place(found.region, region) else None


ON_OLD_PLATFORM = CompiledQuery(
    lambda subject_key, domain: LegacyRecord.objects.filter(
        subject_key=subject_key, domain=domain, imported_at__isnull=True
    )[:1],
    subject_key=CharField(),
    domain=CharField(),
)


class KnownToChecks(TypedDict):
    """What the checks may ask the register."""

    mobile_taken: Callable[[str], bool]
    person_taken: Callable[[str, str], bool]
    record: dict[str, str]


def known_to_checks(*, subject_key: str, domain: str, owner: User, mobiles: Iterable[str] = ()) -> KnownToChecks:
    """The answers of the register as keyword arguments of `filings.checks.read`.

    All `mobiles` are looked up at once, when the first check asks about one of them.
    """
    known = frozenset(mobiles)
    taken_mobiles = cache(lambda: mobiles_that_serve_others(known, subject_key))
    return {
        "mobile_taken": lambda mobile: (
            mobile in (taken_mobiles() if mobile in known else mobiles_that_serve_others([mobile], subject_key))
        ),
        "person_taken": lambda id_type, number: person_serves_another(id_type, number, subject_key),
        "record": record_of(subject_key=subject_key, domain=domain, owner=owner),
    }


# read by every check of a page: building the query takes longer than running it
ON_RECORD = CompiledQuery(
    lambda subject_key, owner, domain: (
        Subject.objects.filter(subject_key=subject_key, owner=owner)
        .annotate(
            site=FilteredRelation(
                "websites",
                condition=Q(websites__owner=owner, websites__domain=domain, websites__ended_at__isnull=True),
            )
        )
        .select_related("lead", "site__administrator")[:1]  # type: ignore[misc] # the stubs know no such relation
    ),
    subject_key=CharField(),
    owner=UUIDField(),
    domain=CharField(),
)


def record_of(*, subject_key: str, domain: str, owner: User) -> dict[str, str]:
    """The owner's existing filing under the names of `match_rules.FIELDS`; empty when it is not in the register."""
    subject = ON_RECORD.first(subject_key=subject_key, owner=owner.pk, domain=domain)
    if subject is None:
        return {}
    website: Website | None = getattr(subject, "site", None)
    return {**subject_values(subject), **(website_values(website) if website else {})}


def subject_values(subject: Subject) -> dict[str, str]:
    """A subject and its lead as the register has them, under the names of `match_rules.FIELDS`."""
    return {
        **{key: str(value) for key, value in subject.details.items()},
        "name": subject.name,
        "id_number": subject.id_number,
        **_contact(subject.lead, "lead"),
    }


def website_values(website: Website) -> dict[str, str]:
    """A website and its administrator as the register has them, under the same names."""
    site = {"site_name": website.name, "home_url": website.home_url}
    return {**site, **_contact(website.administrator, "admin")}


def subject_page(subject: Subject) -> dict[str, str | list[str]]:
    """The answers of an order's subject page, as the register has them.

    A record of the authority may name only a city or province; the subject's own county replaces it if it lies there.
    """
    place = str(subject.details.get("post_region") or "")
    wide = place.rstrip("0")
    county = {"post_region": subject.region} if wide and len(wide) <= WIDEST and subject.region.startswith(wide) else {}
    return {**subject.details, **county, **person_page(subject.lead, "lead")}


def administrator_of(owner: User, subject_key: str) -> Person | None:
    """The administrator of the owner's newest website of this subject."""
    newest = Website.objects.filter(owner=owner, subject__subject_key=subject_key, subject__owner=owner)
    found = newest.exclude(administrator=None).select_related("administrator").first()
    return found.administrator if found else None


def person_page(person: Person | None, prefix: str) -> dict[str, str]:
    """The answers about a person in charge for all pages of an order; empty for nobody."""
    if person is None:
        return {}
    return {
        **_contact(person, prefix),
        f"{prefix}_id_type": str(person.id_type),
        f"{prefix}_id_until": person.id_until.isoformat() if person.id_until else "",
        f"{prefix}_phone2": person.phone,
        f"{prefix}_emergency": person.emergency,
    }


def _contact(person: Person | None, prefix: str) -> dict[str, str]:
    if person is None:
        return {}
    return {
        f"{prefix}_name": person.name,
        f"{prefix}_id_number": person.id_number,
        f"{prefix}_phone1": person.mobile,
        f"{prefix}_email": person.email,
    }
