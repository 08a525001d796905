"""What changes the register: an approved access is written down, an ended one is closed. Nothing is ever deleted."""

from collections.abc import Collection, Mapping
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone

from filings.answers import Answers, day, lead_answers
from filings.certificate_numbers import regular
from filings.keys import mobile_key, name_key, person_key
from filings.models import Access, LegacyRecord, Person, Subject, Website
from filings.queries import still_here

SUBJECT_DETAILS = ("id_address", "post_region", "post_address", "no_door_number", "investor", "remark", "is_legal_rep")
WEBSITE_DETAILS = (
    "content",
    "service_kind",
    "languages",
    "needs_approval",
    "approval_types",
    "approval_number",
    "site_remark",
)
MOVED_TO_ANOTHER_SUBJECT = "moved_to_another_subject"


@transaction.atomic
def record_access(
    *,
    report_key: str,
    owner: Any,
    type_answers: Answers,
    subject_answers: Answers,
    website_answers: Answers,
    administrator_answers: Answers,
    subject_key: str,
    subject_number: str,
    site_number: str,
    domain: str,
    instance: str = "",
    service_code: str = "",
    ip: str | None = None,
    method: int | None = None,
    since: datetime | None = None,
) -> tuple[Subject, Website]:
    """Write an approved access (接入) into the register and give back its subject and website.

    Safe to repeat: a report that is already in the register changes nothing. Answers that are empty leave what the
    register holds. A subject first filed by another account stays that account's while it has a website with
    us there; the website is the new owner's.
    """
    known = Access.objects.select_related("website__subject").filter(report_key=report_key).first()
    if known is not None:
        return known.website.subject, known.website
    since = since or timezone.now()
    subject = _subject(owner, type_answers, subject_key, subject_number, since)
    if owner is not None and not Subject.objects.filter(still_here(subject), pk=subject.pk).exists():
        subject.owner = owner  # everything it had with us has ended: it comes back by this account
    lead = _lead(subject, type_answers, subject_answers)
    website = _website(subject, owner, domain, since)
    _describe(website, owner, lead, website_answers, administrator_answers, site_number)
    Access.objects.create(
        website=website,
        report_key=report_key,
        instance=instance,
        service_code=service_code,
        ip=ip,
        method=method,
        since=since,
    )
    return subject, website


class OnFileElsewhere(Exception):
    """The subject or the website is on file here in another account."""


class UnderOtherDocument(Exception):
    """The website is on file here under another document."""


@transaction.atomic
def record_import(
    *,
    key: str,
    owner: Any,
    record: LegacyRecord,
    keep: Collection[str] = (),
    now: datetime | None = None,
) -> Website:
    """Write a record of the old platform (导入) into the register, as an access that the ministry knows already.

    Safe to repeat by its `key`. What `keep` names ("subject", "website") stays as it is here if it is here. Ministry
    ids fill what is empty. Raises `OnFileElsewhere` or `UnderOtherDocument`, and then nothing changed.
    """
    known = Access.objects.select_related("website__subject").filter(report_key=key).first()
    if known is not None:
        return known.website
    pages = {page: record.details.get(page, {}) for page in ("type", "subject", "website", "administrator")}
    ids, since = record.details.get("ids", {}), _filed(record, now)
    subject = _own_subject(owner, record, pages, since, keep=keep)
    lead = subject.lead if "subject" in keep else _lead(subject, pages["type"], pages["subject"])
    website = Website.objects.select_related("administrator").filter(domain=record.domain, ended_at=None).first()
    if website is None:
        website = Website.objects.create(subject=subject, owner=owner, domain=record.domain, since=since)
    elif website.owner_id not in (None, owner.pk):
        raise OnFileElsewhere(record.domain)
    elif website.subject_id != subject.pk:
        raise UnderOtherDocument(record.domain)
    elif "website" in keep:
        pages["website"] = pages["administrator"] = {}
        lead = website.administrator or lead
    _describe(website, owner, lead, pages["website"], pages["administrator"], website.site_number or record.site_number)
    _fill_empty(subject, ministry_id=ids.get("ztid"), subject_number=record.subject_number)
    _fill_empty(website, ministry_id=ids.get("wzid"))
    _imported_access(website, key, record.details.get("access", {}), ids.get("jrid"), since)
    return website


def _filed(record: LegacyRecord, now: datetime | None) -> datetime:
    if record.filed_on is None:
        return now or timezone.now()
    return datetime.combine(record.filed_on, time.min, tzinfo=timezone.get_default_timezone())


def _own_subject(
    owner: Any, record: LegacyRecord, pages: Mapping[str, Answers], since: datetime, *, keep: Collection[str]
) -> Subject:
    """The subject of an old record, if nobody else has it; its name and place are the record's unless they are kept."""
    subject = _subject(owner, pages["type"], record.subject_key, "", since)
    if subject.owner_id != owner.pk:
        raise OnFileElsewhere(record.domain)
    if "subject" not in keep:
        _fill(subject, {"name": record.name, "name_index": name_key(record.name), "region": record.region})
    return subject


def _imported_access(website: Website, key: str, told: Mapping[str, Any], jrid: int | None, since: datetime) -> None:
    """The access of an old record: ours, or another provider's that it names. A live one of ours stays the only one."""
    provider = told.get("provider", "")
    live = None if provider else Access.objects.filter(website=website, own=True, ended_at__isnull=True).first()
    if live is not None:
        _fill_empty(live, ministry_id=jrid)
        return
    Access.objects.create(
        website=website,
        own=not provider,
        provider=provider,
        report_key=key,
        ip=told.get("ip"),
        method=told.get("method"),
        ministry_id=jrid,  # the ministry's Jrid; without it a cancellation waits until the authority tells
        since=since,
    )


def end_access(website: Website, *, because: str = "", now: datetime | None = None) -> int:
    """Close our live accesses of this website (取消接入); the website stays on file. How many were closed."""
    live = Access.objects.filter(website=website, own=True, ended_at__isnull=True)
    return live.update(ended_at=now or timezone.now(), ended_because=because)


def keep_legacy_record(
    *, subject_key: str, domain: str, region: str, name: str, subject_number: str = ""
) -> LegacyRecord:
    """Write down that this filing still lies on the old platform."""
    return LegacyRecord.objects.create(
        subject_key=subject_key, domain=domain, region=region, name=name, subject_number=subject_number
    )


def _subject(owner: Any, answers: Answers, subject_key: str, number: str, since: datetime) -> Subject:
    subject, created = Subject.objects.get_or_create(
        subject_key=subject_key,
        defaults={
            "owner": owner,
            "nature": answers["nature"],
            "id_type": int(answers["id_type"]),
            "id_number": regular(answers["id_number"]),
            "name": answers["name"],
            "name_index": name_key(answers["name"]),
            "region": answers["region"],
            "subject_number": number,
            "created_at": since,
        },
    )
    if not created:
        _fill(subject, {"subject_number": number, "owner": subject.owner or owner})
    return subject


def _website(subject: Subject, owner: Any, domain: str, since: datetime) -> Website:
    found = Website.objects.filter(domain=domain, ended_at__isnull=True).first()
    if found is not None and found.subject_id != subject.pk:
        end_access(found, because=MOVED_TO_ANOTHER_SUBJECT, now=since)
        Website.objects.filter(pk=found.pk).update(ended_at=since)
        found = None
    return found or Website.objects.create(subject=subject, owner=owner, domain=domain, since=since)


def _lead(subject: Subject, type_answers: Answers, subject_answers: Answers) -> Person | None:
    """Write the subject's lead and details."""
    lead = _person(subject, lead_answers(type_answers, subject_answers), "lead")
    _fill(subject, {"lead": lead, "details": {**subject.details, **_some(subject_answers, SUBJECT_DETAILS)}})
    return lead


def _describe(
    website: Website,
    owner: Any,
    lead: Person | None,
    website_answers: Answers,
    administrator_answers: Answers,
    site_number: str,
) -> None:
    """Write what is said of a website, and its administrator: the lead, where nobody else is named."""
    same = administrator_answers.get("same_person") == "yes"
    administrator = lead if same else _person(website.subject, administrator_answers, "admin") or lead
    _fill(
        website,
        {
            "owner": owner,
            "name": website_answers.get("site_name"),
            "home_url": website_answers.get("home_url"),
            "site_number": site_number,
            "administrator": administrator,
            "details": {**website.details, **_some(website_answers, WEBSITE_DETAILS)},
        },
    )


def _person(subject: Subject, answers: Answers, prefix: str) -> Person | None:
    number = regular(answers.get(f"{prefix}_id_number") or "")
    if not number:
        return None
    id_type = int(answers[f"{prefix}_id_type"])
    key = person_key(id_type, number)
    person = Person.objects.filter(subject=subject, person_key=key).first()
    person = person or Person(subject=subject, person_key=key, id_type=id_type, id_number=number)
    mobile = answers.get(f"{prefix}_phone1") or person.mobile
    _fill(
        person,
        {
            "name": answers.get(f"{prefix}_name"),
            "mobile": mobile,
            "mobile_index": mobile_key(mobile),
            "phone": answers.get(f"{prefix}_phone2"),
            "emergency": answers.get(f"{prefix}_emergency"),
            "email": answers.get(f"{prefix}_email"),
            "id_until": day(answers.get(f"{prefix}_id_until")),
        },
    )
    return person


def _fill(row: Any, values: Mapping[str, Any]) -> None:
    """Write the values that say something, and save."""
    for name, value in values.items():
        if value not in (None, ""):
            setattr(row, name, value)
    row.save()


def _fill_empty(row: Any, **values: Any) -> None:
    """Write the values that say something where the row says nothing, and save."""
    _fill(row, {name: value for name, value in values.items() if not getattr(row, name)})


def _some(answers: Answers, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: answers[name] for name in names if answers.get(name) not in (None, "")}
