"""The people, websites and accesses shown on a subject's page at the desk, masked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from filings.actions import MOVED_TO_ANOTHER_SUBJECT
from filings.authority_records import NOT_ON_RECORD, STRUCK_OFF
from filings.models import Access, Person, Subject, Website
from filings.provinces.match_rules import FIELDS
from filings.register.certificates import INDIVIDUAL, type_label
from icpportal.fields.components import Link
from icpportal.fields.types import Words
from icpportal.privacy.crypto import Unreadable
from icpportal.privacy.masks import mask_email, mask_mobile, mask_name, mask_number, readable

MOST = 100  # websites shown of one subject
WHY_ENDED: dict[str, Words] = {
    STRUCK_OFF: gettext_lazy("struck off by the authority"),
    NOT_ON_RECORD: gettext_lazy("no longer on record at the authority"),
    MOVED_TO_ANOTHER_SUBJECT: gettext_lazy("filed under another subject"),
    "cancelled": gettext_lazy("cancelled here"),
}
DETAILS = ("id_address", "post_address")  # of organisations only: no page of the desk shows a person's address


@dataclass(frozen=True, slots=True)
class FiledPerson:
    """A person in charge, masked."""

    link: Link
    document: str
    mobile: str
    email: str


@dataclass(frozen=True, slots=True)
class FiledAccess:
    """One access of a website."""

    link: Link
    provider: Words
    place: str
    since: datetime
    ended: datetime | None
    because: Words
    order: Link | None


@dataclass(frozen=True, slots=True)
class FiledSite:
    """A website under its number, with its accesses."""

    link: Link
    number: str
    name: str
    administrator: str
    since: datetime
    ended: datetime | None
    accesses: list[FiledAccess]


@dataclass(frozen=True, slots=True)
class SubjectOnFile:
    """Everything on file for a subject."""

    details: list[tuple[Words, str]]
    people: list[FiledPerson]
    sites: list[FiledSite]


def of_subject(subject: Subject) -> SubjectOnFile:
    """What is on file for a subject, in three queries however much there is."""
    sites = _sites().filter(subject=subject)[:MOST]
    return SubjectOnFile(
        list(_details(subject)), [_person(each) for each in subject.people.order_by("pk")], _filed_sites(sites)
    )


def of_website(website: Website) -> SubjectOnFile:
    """The accesses of one website."""
    return SubjectOnFile([], [], _filed_sites(_sites().filter(pk=website.pk)))


def _sites() -> QuerySet[Website]:
    accesses = Prefetch("accesses", queryset=Access.objects.order_by("-since"))
    return Website.objects.select_related("administrator").prefetch_related(accesses).order_by("ended_at", "-since")


def _filed_sites(sites: QuerySet[Website]) -> list[FiledSite]:
    return [
        FiledSite(
            link=_link("website", site, site.display_domain),
            number=site.site_number,
            name=site.name,
            administrator=str(site.administrator or "—"),
            since=site.since,
            ended=site.ended_at,
            accesses=[_access(each) for each in site.accesses.all()],
        )
        for site in sites
    ]


def _access(access: Access) -> FiledAccess:
    reference = (access.report_key or "").partition(".")[0]
    orders = reverse("admin:transfers_order_changelist")
    return FiledAccess(
        link=_link("access", access, access.report_key or _("No report of ours")),
        provider=access.provider or (_("Ours") if access.own else _("Another provider")),
        place=" · ".join(filter(None, (access.instance, access.ip or ""))),
        since=access.since,
        ended=access.ended_at,
        because=why_ended(access),
        order=Link(reference, f"{orders}?q={reference}") if access.own and reference and ":" not in reference else None,
    )


def why_ended(access: Access) -> Words:
    """Why it ended, in words; "" while it has not."""
    return WHY_ENDED.get(access.ended_because, access.ended_because)


def _person(person: Person) -> FiledPerson:
    return FiledPerson(
        link=_link("person", person, readable(lambda: mask_name(person.name))),
        document=f"{type_label(person.id_type)} {readable(lambda: mask_number(person.id_number))}",
        mobile=readable(lambda: mask_mobile(person.mobile)),
        email=readable(lambda: mask_email(person.email)) or "—",
    )


def _details(subject: Subject) -> Iterator[tuple[Words, str]]:
    if subject.nature == INDIVIDUAL:
        return
    try:
        answers = dict(subject.details)
    except (Unreadable, ValueError):
        yield pgettext("register", "Details"), _("Cannot be read")
        return
    yield from ((FIELDS[name].label, str(answers[name])) for name in DETAILS if answers.get(name))


def _link(model: str, row: Access | Person | Website, words: str) -> Link:
    return Link(words, reverse(f"admin:filings_{model}_change", args=[row.pk]))
