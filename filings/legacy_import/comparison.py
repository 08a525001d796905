"""Compares an old account with what is here: new, same, different or blocked, by subject and website."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from filings.models import LegacyRecord, Subject, Website
from filings.models import legacy_states as states
from filings.provinces.match_rules import FIELDS, MatchField, differs
from filings.queries import subject_values, website_values
from icpportal.accounts.models import User
from icpportal.fields.domains import display_domain
from icpportal.fields.types import Answer, Answers
from icpportal.privacy.crypto import Unreadable
from icpportal.privacy.masks import mask_email, mask_mobile, mask_number

OF_SUBJECT = ("type", "subject")
MASKS = {"id_number": mask_number, "phone1": mask_mobile, "email": mask_email}
PICKED = (states.NEW, states.SAME, states.KEPT_HERE)  # what can be chosen


@dataclass(frozen=True)
class Difference:
    """One field in which the two platforms differ; numbers and addresses masked."""

    label: str | Promise
    old: str
    here: str


@dataclass
class FoundSite:
    """One website of the old account."""

    record: UUID
    domain: str
    number: str
    how: str
    name: str = ""
    differences: list[Difference] = field(default_factory=list)

    @property
    def shown(self) -> str:
        return display_domain(self.domain)

    @property
    def can_pick(self) -> bool:
        return self.how in PICKED


@dataclass
class FoundSubject:
    """One subject of the old account, with its websites."""

    key: str
    name: str
    number: str
    how: str
    differences: list[Difference] = field(default_factory=list)
    sites: list[FoundSite] = field(default_factory=list)

    @property
    def short_key(self) -> str:
        """Names the subject in a form."""
        return self.key[:12]


def waiting(account_id: UUID | None) -> QuerySet[LegacyRecord]:
    """The records of an old account that are not imported yet."""
    return LegacyRecord.objects.filter(account_id=account_id, imported_at__isnull=True).order_by(
        "subject_key", "domain"
    )


def preview(owner: User, account_id: UUID | None, *, only: UUID | None = None) -> list[FoundSubject]:
    """Everything the old account still holds, or one record of it, in three queries."""
    records = list(waiting(account_id) if only is None else waiting(account_id).filter(pk=only))
    subjects = {
        each.subject_key: each
        for each in Subject.objects.filter(subject_key__in={it.subject_key for it in records}).select_related("lead")
    }
    websites = {
        each.domain: each
        for each in Website.objects.filter(
            domain__in=[it.domain for it in records], ended_at__isnull=True
        ).select_related("administrator", "subject")
    }
    return [
        _subject(owner, list(group), subjects.get(key), websites)
        for key, group in groupby(records, key=lambda record: record.subject_key)
    ]


def _subject(
    owner: User, records: list[LegacyRecord], here: Subject | None, websites: Mapping[str, Website]
) -> FoundSubject:
    first = records[0]
    found = FoundSubject(first.subject_key, "", first.subject_number, states.NEW)
    if here is not None:
        found.how = states.SAME if here.owner_id in (None, owner.pk) else states.ELSEWHERE
    for record in records:
        site = FoundSite(record.pk, record.domain, record.site_number, states.NEW)
        try:
            pages = answers_of(record)
            found.name = found.name or record.name
            if here is not None and found.how == states.SAME:
                found.differences = found.differences or differences(OF_SUBJECT, pages, subject_values(here))
            _judge(site, record, pages, found, websites.get(record.domain), owner)
        except (Unreadable, LookupError, TypeError, ValueError, AttributeError):
            site.how = states.UNREADABLE
        found.sites.append(site)
    if found.how == states.SAME and found.differences:
        found.how = states.KEPT_HERE
    return found


def _judge(
    site: FoundSite,
    record: LegacyRecord,
    pages: Answers,
    subject: FoundSubject,
    here: Website | None,
    owner: User,
) -> None:
    site.name = str(pages["site_name"])
    if is_to_claim(record):
        site.how = states.TO_CLAIM
    elif subject.how == states.ELSEWHERE or (here is not None and here.owner_id not in (None, owner.pk)):
        site.how = states.ELSEWHERE
    elif here is not None and here.subject.subject_key != record.subject_key:
        site.how = states.OTHER_DOCUMENT
    elif here is not None:
        site.differences = differences(("website", "administrator"), pages, website_values(here))
        site.how = states.KEPT_HERE if site.differences else states.SAME


def is_to_claim(record: LegacyRecord) -> bool:
    """Whether the record is older than accounts: it is claimed with documents, not imported."""
    return record.account_id is None or (record.filed_on is not None and record.filed_on < states.CLAIMED_BEFORE)


def records_to_claim(path: str) -> Q:
    """`is_to_claim` as a condition on the record at this path, such as `record__`."""
    return Q((f"{path}account", None)) | Q((f"{path}filed_on__lt", states.CLAIMED_BEFORE))


def answers_of(record: LegacyRecord) -> dict[str, Answer]:
    """The record's answers under the names of `match_rules.FIELDS`; raises `LookupError` when too little is there."""
    pages = record.details
    kind = {name: pages["type"][name] for name in ("nature", "id_type", "id_number", "name", "region")}
    flat = {**pages.get("subject", {}), **kind}
    same = pages.get("administrator", {}).get("same_person") == "yes"
    admin = {f"admin_{name}": flat.get(f"lead_{name}") for name in ("name", "id_number", "phone1", "email")}
    return {"site_name": "", **flat, **pages.get("website", {}), **(admin if same else pages.get("administrator", {}))}


def differences(steps: Iterable[str], old: Answers, here: Answers) -> list[Difference]:
    """The fields of these steps for which both sides have a value, and not the same one."""
    return [
        Difference(each.label, _mask(each, old), _mask(each, here))
        for each in FIELDS.values()
        if each.step in steps and differs(each, old, here)
    ]


def _mask(field_: MatchField, values: Answers) -> str:
    text = str(values[field_.name])
    return next((mask(text) for end, mask in MASKS.items() if field_.name.endswith(end)), text)
