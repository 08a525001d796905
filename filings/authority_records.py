"""Brings a filing as the authority has it (BASJ, ZXSJ) into the register; the authority's record is the truth.

Only subjects and websites that are already in the register are filled; records about anyone else are ignored. Nothing
is ever deleted, and processing a record twice changes nothing.
"""

from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from filings.models import Access, Person, Subject, Website
from filings.register.blind_keys import mobile_key, name_key, person_key, subject_key
from filings.register.certificate_numbers import regular
from filings.register.certificates import INDIVIDUAL, NATURES, certificate
from filings.register.numbers import read_number, report_unread
from filings.register.regions import region
from icpportal.fields.domains import canonical
from icpportal.fields.text import regular_name
from icpportal.fields.types import Column, Columns
from icpportal.gateways.miit.types import FiledAccess, FiledContact, FiledRecord, FiledSite, Level, StruckRecord

STRUCK_OFF = "struck_off"
NOT_ON_RECORD = "not_on_record"
NATURE_KEYS = {each.code: each.key for each in NATURES.values()}
NAME_LONGEST, URL_LONGEST = 60, 255  # lengths of the register's columns


@transaction.atomic
def take_record(record: FiledRecord, *, provider: int, report_key: str = "", at: datetime | None = None) -> bool:
    """Fills the register from a record that arrived `at` this time; returns False when the subject is unknown here.

    `provider` is our ispId. With a `report_key`, the access in the record that has an `own_id` belongs to that report.
    An access of ours that has the authority's id ends when the record lacks it, unless the access is newer. From a
    record older than the last one (a damaged file read again), only the id of that report's access is taken.
    """
    at = at or timezone.now()
    subject = _known_subject(record, report_key)
    if subject is None:
        return False
    if subject.recorded_at is not None and at < subject.recorded_at:
        _tell_id(subject, record, report_key)
        return True
    _fill_subject(subject, record, at)
    _report_unread(record.subject_number, subject)
    for site in record.sites:
        website = _known_website(subject, site)
        if website is not None:
            _report_unread(site.site_number, subject)
            _fill_website(subject, website, site)
            others = _take_accesses(website, site, provider, report_key)
            if record.is_whole:
                _end_others(website, others, at)
    _end_missing(subject, record, at)
    return True


def take_struck(struck: StruckRecord, *, now: datetime | None = None) -> int:
    """Ends the rows that the authority struck off its record; returns how many, 0 when repeated."""
    now = now or timezone.now()
    return STRIKES[struck.level](struck.id, now)


def _known_subject(record: FiledRecord, report_key: str) -> Subject | None:
    """Finds the subject by the authority's id, its number, our report, or its document, in this order."""
    ways: tuple[Callable[[], QuerySet[Subject]], ...] = (
        lambda: Subject.objects.filter(ministry_id=record.subject_id),
        lambda: Subject.objects.filter(subject_number=_number(record.subject_number)).exclude(subject_number=""),
        lambda: Subject.objects.filter(websites__accesses__report_key=report_key or None),
        lambda: Subject.objects.filter(subject_key=_document(record) or None),
    )
    found = (way().select_related("lead").first() for way in ways)
    return next((subject for subject in found if subject is not None), None)


def _document(record: FiledRecord) -> str:
    """The key of the subject's document; "" when the record names none we know."""
    if record.id_type is None or not record.id_number or certificate(record.id_type) is None:
        return ""
    return subject_key(record.id_type, record.id_number)


def _number(text: str) -> str:
    found = read_number(text) if text else None
    return str(found) if found else ""


def _report_unread(number: str, subject: Subject) -> None:
    """Leaves a number of an unknown form out of the register and tells operations."""
    if number and not _number(number):
        report_unread(number, reference=f"subject {subject.pk}")


def _fill_subject(subject: Subject, record: FiledRecord, at: datetime) -> None:
    details = {"id_address": record.id_address, "post_address": record.address, "post_region": _place(record.region)}
    _write(
        subject,
        {
            "ministry_id": record.subject_id,
            "recorded_at": at,
            "subject_number": _number(record.subject_number),
            "name": (name := _name(record)),
            "name_index": name_key(name),
            "nature": NATURE_KEYS.get(record.nature or 0, ""),
            "details": {**subject.details, **{name: value for name, value in details.items() if value}},
            "lead": _person(subject, record.lead, subject.lead),
            **_new_document(subject, record),
        },
    )


def _name(record: FiledRecord) -> str:
    """The name as people type it here: the ministry's characters have another dot for names of persons."""
    return regular_name(record.name) if NATURE_KEYS.get(record.nature or 0) == INDIVIDUAL else record.name


def _place(code: str) -> str:
    return code if code and region(code) else ""


def _new_document(subject: Subject, record: FiledRecord) -> dict[str, Column]:
    """The document as the authority has it, unless another subject in the register has the same one."""
    key = _document(record)
    if not key or key == subject.subject_key or Subject.objects.filter(subject_key=key).exists():
        return {}
    return {"subject_key": key, "id_type": record.id_type, "id_number": regular(record.id_number)}


def _person(subject: Subject, contact: FiledContact, present: Person | None) -> Person | None:
    """The person in charge as the authority has them; without a document, only the one we know can be meant."""
    name = regular_name(contact.name)
    number = regular(contact.id_number) if contact.id_number else ""
    if number and contact.id_type is not None and certificate(contact.id_type):
        key = person_key(contact.id_type, number)
        person = Person.objects.filter(subject=subject, person_key=key).first()
        person = person or Person(subject=subject, person_key=key, id_type=contact.id_type, id_number=number)
    elif present is not None and name in ("", present.name):
        person = present
    else:
        return None
    mobile = _first(contact.mobile) or person.mobile
    news = {"name": name, "mobile": mobile, "mobile_index": mobile_key(mobile), "email": _first(contact.email)}
    _write(person, news)
    return person


def _first(several: str) -> str:
    """The first of several values in one text."""
    return several.replace("；", ";").partition(";")[0].strip()


def _known_website(subject: Subject, site: FiledSite) -> Website | None:
    """Finds the website by the authority's id, else by number, else by domain; never one of another subject."""
    ours = Website.objects.filter(subject=subject).select_related("administrator").order_by("ended_at", "-pk")
    live = ours.filter(ended_at__isnull=True)
    number = _number(site.site_number)
    ways: tuple[Callable[[], QuerySet[Website]], ...] = (
        lambda: ours.filter(ministry_id=site.site_id),
        lambda: live.filter(site_number=number).exclude(site_number=""),
        lambda: live.filter(domain__in=_domains(site)),
    )
    found = (way().first() for way in ways)
    return next((website for website in found if website is not None), None)


def _domains(site: FiledSite) -> list[str]:
    found = []
    for domain in site.domains:
        try:
            found.append(canonical(domain))
        except ValidationError:  # not a domain
            continue
    return found


def _fill_website(subject: Subject, website: Website, site: FiledSite) -> None:
    _write(
        website,
        {
            "ministry_id": site.site_id,
            "site_number": _number(site.site_number),
            "name": "；".join(site.names)[:NAME_LONGEST],
            "home_url": site.home_url if len(site.home_url) <= URL_LONGEST else "",
            "administrator": _person(subject, site.administrator, website.administrator),
        },
    )


def _take_accesses(website: Website, site: FiledSite, provider: int, report_key: str) -> list[int]:
    """Gives our accesses the authority's ids and notes those of other providers, whose keys it returns."""
    theirs = []
    for filed in sorted(site.accesses, key=lambda access: access.own_id is None):  # the certain match first
        is_reported = bool(report_key) and filed.own_id is not None
        if is_reported or filed.provider == provider:
            _fill_own(website, filed, report_key if is_reported else "")
        elif filed.provider is not None:
            theirs.append(_note_other(website, filed, filed.provider))
    return theirs


def _end_others(website: Website, on_record: list[int], at: datetime) -> None:
    """Ends the accesses of other providers that the record no longer has."""
    foreign = Access.objects.filter(website=website, own=False, ended_at__isnull=True, ministry_id__isnull=False)
    foreign.exclude(pk__in=on_record).update(ended_at=at, ended_because=NOT_ON_RECORD)


def _end_missing(subject: Subject, record: FiledRecord, at: datetime) -> None:
    """Ends our accesses that the record lacks, on every website of the subject that the authority knows.

    One without the authority's id may not be on record yet, and one newer than the record cannot be in it: both are
    left alone. So are all of them where part of the record could not be read, because that part may hold the missing
    one.
    """
    if not record.sites or not record.is_whole:
        return
    on_record = [access.access_id for site in record.sites for access in site.accesses]
    known = Access.objects.filter(own=True, ended_at__isnull=True, ministry_id__isnull=False, since__lte=at)
    ours = known.filter(website__subject=subject, website__ministry_id__isnull=False)
    ours.exclude(ministry_id__in=on_record).update(ended_at=at, ended_because=NOT_ON_RECORD)


def _fill_own(website: Website, filed: FiledAccess, report_key: str) -> None:
    """Fills our access of this report, else the one with this id, else the only one without an id."""
    ours = Access.objects.filter(website=website, own=True)
    without = list(ours.filter(ministry_id__isnull=True, ended_at__isnull=True)[:2])
    access = (
        (ours.filter(report_key=report_key).first() if report_key else None)
        or ours.filter(ministry_id=filed.access_id).first()
        or (without[0] if len(without) == 1 else None)
    )
    if access is None or Access.objects.filter(own=True, ministry_id=filed.access_id).exclude(pk=access.pk).exists():
        return
    method = next(iter(filed.methods), None)
    _write(access, {"ministry_id": filed.access_id, "ip": _only_address(filed), "method": method})


def _tell_id(subject: Subject, record: FiledRecord, report_key: str) -> None:
    """Takes only the id of this report's access, where it is still missing."""
    if not Access.objects.filter(own=True, report_key=report_key or None, ministry_id=None).exists():
        return
    for site in record.sites:
        website = _known_website(subject, site)
        for filed in site.accesses:
            if website is not None and filed.own_id is not None:
                _fill_own(website, filed, report_key)


def _only_address(filed: FiledAccess) -> str:
    rows = filed.addresses
    return rows[0].first if len(rows) == 1 and rows[0].first == rows[0].last else ""


def _note_other(website: Website, filed: FiledAccess, provider: int) -> int:
    access, _created = Access.objects.update_or_create(
        website=website,
        own=False,
        ministry_id=filed.access_id,
        defaults={"provider": str(provider), "ended_at": None, "ended_because": ""},
    )
    return access.pk


def _write(row: Subject | Person | Website | Access, values: Columns) -> None:
    """Writes the values that differ and are not empty, and saves if there are any."""
    news = {name: value for name, value in values.items() if value not in (None, "") and getattr(row, name) != value}
    for name, value in news.items():
        setattr(row, name, value)
    if news or row.pk is None:
        row.save()


def _strike_access(identity: int, now: datetime) -> int:
    return _end(Access.objects.filter(ministry_id=identity), now)


def _strike_site(identity: int, now: datetime) -> int:
    return _end_sites(Website.objects.filter(ministry_id=identity), now)


def _strike_subject(identity: int, now: datetime) -> int:
    return _end_sites(Website.objects.filter(subject__ministry_id=identity), now)


@transaction.atomic
def _end_sites(websites: QuerySet[Website], now: datetime) -> int:
    """Ends websites and their accesses; of those off record before, the filing is gone now as well."""
    accesses = Access.objects.filter(website__in=websites)
    accesses.filter(ended_because=NOT_ON_RECORD).update(ended_because=STRUCK_OFF)
    ended = _end(accesses, now)
    return ended + websites.filter(ended_at__isnull=True).update(ended_at=now)


def _end(accesses: QuerySet[Access], now: datetime) -> int:
    return accesses.filter(ended_at__isnull=True).update(ended_at=now, ended_because=STRUCK_OFF)


STRIKES: dict[str, Callable[[int, datetime], int]] = {
    Level.ACCESS: _strike_access,
    Level.SITE: _strike_site,
    Level.SUBJECT: _strike_subject,
}
