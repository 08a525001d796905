"""Writes to the register: records an approved access or an imported record, closes an access. Never deletes a row."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone

from filings.models import Access, LegacyRecord, Person, Subject, Website
from filings.queries import is_with_us
from filings.register.answer_values import day, lead_answers, text
from filings.register.blind_keys import mobile_key, name_key, person_key
from filings.register.certificate_numbers import regular
from icpportal.accounts.models import User
from icpportal.fields.types import Answer, Answers, Column, Columns

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
Filed = Subject | Person | Website | Access

MOVED_TO_ANOTHER_SUBJECT = "moved_to_another_subject"


@dataclass(frozen=True)
class AccessFacts:
    """What an approval adds to the register; `pages` are the answers of type, subject, website and administrator.

    `report_key` names the report that was granted; `ip` is the server's address where it is known.
    """

    report_key: str
    owner: User
    pages: Mapping[str, Answers]
    subject_key: str
    domain: str
    subject_number: str = ""
    site_number: str = ""
    instance: str = ""
    service_code: str = ""
    ip: str | None = None


@transaction.atomic
def record_access(facts: AccessFacts, *, since: datetime | None = None) -> tuple[Subject, Website]:
    """Writes an approved access (接入) into the register and returns its subject and website.

    Idempotent: a report that is already in the register changes nothing. Empty answers leave the register's values
    alone. A subject that another account filed first stays with that account while it has a website with us there; the
    website belongs to the new owner.
    """
    known = Access.objects.select_related("website__subject").filter(report_key=facts.report_key).first()
    if known is not None:
        return known.website.subject, known.website
    since = since or timezone.now()
    owner, pages = facts.owner, facts.pages
    subject = _subject(owner, pages["type"], facts.subject_key, facts.subject_number, since)
    if owner is not None and not Subject.objects.filter(is_with_us(subject), pk=subject.pk).exists():
        subject.owner = owner  # every access it had with us has ended: this account brings it back
    lead = _lead(subject, pages["type"], pages["subject"])
    website = _website(subject, owner, facts.domain, since)
    _describe(website, owner, lead, pages["website"], pages["administrator"], facts.site_number)
    Access.objects.create(
        website=website,
        report_key=facts.report_key,
        instance=facts.instance,
        service_code=facts.service_code,
        ip=facts.ip,
        since=since,
    )
    return subject, website


class OnFileInOtherAccount(Exception):
    """Another account already has this subject or website on file here."""


class UnderOtherDocument(Exception):
    """The website is on file here under another document."""


@transaction.atomic
def record_import(
    *,
    key: str,
    owner: User,
    record: LegacyRecord,
    keep: Collection[str] = (),
    now: datetime | None = None,
) -> Website:
    """Writes a record of the old platform (导入) into the register, as an access the ministry already knows.

    Idempotent by `key`. `keep` names what stays as the register has it ("subject", "website"). The ministry's ids fill
    empty columns only. Raises `OnFileInOtherAccount` or `UnderOtherDocument`; nothing is changed then.
    """
    known = Access.objects.select_related("website__subject").filter(report_key=key).first()
    if known is not None:
        return known.website
    pages = {page: record.details.get(page, {}) for page in ("type", "subject", "website", "administrator")}
    ids, since = record.details.get("ids", {}), _filed_at(record, now)
    subject = _own_subject(owner, record, pages, since, keep=keep)
    lead = subject.lead if "subject" in keep else _lead(subject, pages["type"], pages["subject"])
    website = Website.objects.select_related("administrator").filter(domain=record.domain, ended_at=None).first()
    if website is None:
        website = Website.objects.create(subject=subject, owner=owner, domain=record.domain, since=since)
    elif website.owner_id not in (None, owner.pk):
        raise OnFileInOtherAccount(record.domain)
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


def _filed_at(record: LegacyRecord, now: datetime | None) -> datetime:
    if record.filed_on is None:
        return now or timezone.now()
    return datetime.combine(record.filed_on, time.min, tzinfo=timezone.get_default_timezone())


def _own_subject(
    owner: User, record: LegacyRecord, pages: Mapping[str, Answers], since: datetime, *, keep: Collection[str]
) -> Subject:
    """Returns the subject of an old record unless another account has it.

    Name and place come from the record unless kept.
    """
    subject = _subject(owner, pages["type"], record.subject_key, "", since)
    if subject.owner_id != owner.pk:
        raise OnFileInOtherAccount(record.domain)
    if "subject" not in keep:
        _fill(subject, {"name": record.name, "name_index": name_key(record.name), "region": record.region})
    return subject


def _imported_access(website: Website, key: str, answers: Answers, jrid: int | None, since: datetime) -> None:
    """Stores the access of an old record, ours or another provider's; a live access of ours stays the only one."""
    provider, method = text(answers, "provider"), answers.get("method")
    live = None if provider else Access.objects.filter(website=website, own=True, ended_at__isnull=True).first()
    if live is not None:
        _fill_empty(live, ministry_id=jrid)
        return
    Access.objects.create(
        website=website,
        own=not provider,
        provider=provider,
        report_key=key,
        ip=text(answers, "ip") or None,
        method=method if isinstance(method, int) else None,
        ministry_id=jrid,  # the ministry's Jrid; a cancellation waits until the authority has sent it
        since=since,
    )


def end_access(website: Website, *, because: str = "", now: datetime | None = None) -> int:
    """Closes our live accesses of this website (取消接入) and returns how many; the website stays on file."""
    live = Access.objects.filter(website=website, own=True, ended_at__isnull=True)
    return live.update(ended_at=now or timezone.now(), ended_because=because)


def _subject(owner: User, answers: Answers, subject_key: str, number: str, since: datetime) -> Subject:
    subject, created = Subject.objects.get_or_create(
        subject_key=subject_key,
        defaults={
            "owner": owner,
            "nature": str(answers["nature"]),
            "id_type": int(str(answers["id_type"])),
            "id_number": regular(str(answers["id_number"])),
            "name": str(answers["name"]),
            "name_index": name_key(str(answers["name"])),
            "region": str(answers["region"]),
            "subject_number": number,
            "created_at": since,
        },
    )
    if not created:
        _fill(subject, {"subject_number": number, "owner": subject.owner or owner})
    return subject


def _website(subject: Subject, owner: User, domain: str, since: datetime) -> Website:
    found = Website.objects.filter(domain=domain, ended_at__isnull=True).first()
    if found is not None and found.subject_id != subject.pk:
        end_access(found, because=MOVED_TO_ANOTHER_SUBJECT, now=since)
        Website.objects.filter(pk=found.pk).update(ended_at=since)
        found = None
    return found or Website.objects.create(subject=subject, owner=owner, domain=domain, since=since)


def _lead(subject: Subject, type_answers: Answers, subject_answers: Answers) -> Person | None:
    """Writes the subject's lead and details."""
    lead = _person(subject, lead_answers(type_answers, subject_answers), "lead")
    _fill(subject, {"lead": lead, "details": {**subject.details, **_some(subject_answers, SUBJECT_DETAILS)}})
    return lead


def _describe(
    website: Website,
    owner: User,
    lead: Person | None,
    website_answers: Answers,
    administrator_answers: Answers,
    site_number: str,
) -> None:
    """Writes the website's details and its administrator, who is the lead unless somebody else is named."""
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
    number = regular(text(answers, f"{prefix}_id_number"))
    if not number:
        return None
    id_type = int(str(answers[f"{prefix}_id_type"]))
    key = person_key(id_type, number)
    person = Person.objects.filter(subject=subject, person_key=key).first()
    person = person or Person(subject=subject, person_key=key, id_type=id_type, id_number=number)
    mobile = text(answers, f"{prefix}_phone1") or person.mobile
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


def _fill(row: Filed, values: Columns) -> None:
    """Writes the values that are not empty, and saves."""
    for name, value in values.items():
        if value not in (None, ""):
            setattr(row, name, value)
    row.save()


def _fill_empty(row: Filed, **values: Column) -> None:
    """Writes the values that are not empty into columns that are, and saves."""
    _fill(row, {name: value for name, value in values.items() if not getattr(row, name)})


def _some(answers: Answers, names: tuple[str, ...]) -> dict[str, Answer]:
    return {name: answers[name] for name in names if answers.get(name) not in (None, "")}
