"""What changes the register: an approved access is written down, an ended one is closed. Nothing is ever deleted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from filings.answers import Answers, day, lead_answers
from filings.certificate_numbers import regular
from filings.keys import mobile_key, name_key, person_key
from filings.models import Access, LegacyRecord, Person, Subject, Website

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
    register holds. A subject first filed by another account stays that account's; the website is the new owner's.
    """
    known = Access.objects.select_related("website__subject").filter(report_key=report_key).first()
    if known is not None:
        return known.website.subject, known.website
    since = since or timezone.now()
    subject = _subject(owner, type_answers, subject_key, subject_number, since)
    lead = _person(subject, lead_answers(type_answers, subject_answers), "lead")
    same = administrator_answers.get("same_person") == "yes"
    administrator = lead if same else _person(subject, administrator_answers, "admin") or lead
    _fill(subject, {"lead": lead, "details": {**subject.details, **_some(subject_answers, SUBJECT_DETAILS)}})
    website = _website(subject, owner, domain, since)
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


def _some(answers: Answers, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: answers[name] for name in names if answers.get(name) not in (None, "")}
