"""What the processing finds wrong with a request: one table of checks per kind; the first failure counts."""

import hashlib
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from demo.ministry.code_texts import REASONS
from demo.ministry.files import parser, pictures
from demo.ministry.models import Access, Behaviour, Blocked, Filing, Province, Report, Site


@dataclass(frozen=True)
class Case:
    """A request and the records it concerns."""

    request: parser.Request
    isp_id: int
    conduct: Behaviour
    site: Site | None
    access: Access | None
    at: datetime

    @property
    def filing(self) -> Filing | None:
        """The subject it concerns."""
        site = self.site or (self.access.site if self.access else None)
        return site.filing if site else None


def case_of(request: parser.Request, isp_id: int, conduct: Behaviour, at: datetime) -> Case:
    """Looks up what a request names."""
    site = access = None
    sites = Site.objects.select_related("filing")
    if request.site_number or request.site_id:
        wanted = {"number": request.site_number} if request.site_number else {"site_id": request.site_id}
        site = sites.filter(**wanted).first()
    if request.access_id:
        access = Access.objects.select_related("site__filing").filter(access_id=request.access_id).first()
    if request.kind == parser.MATERIAL:
        site = _site_of_material(request)
    return Case(request, isp_id, conduct, site, access, at)


def _site_of_material(request: parser.Request) -> Site | None:
    first = request.attachments[0]
    sites = Site.objects.select_related("filing")
    if first.owner_id:
        return (sites.filter(site_id=first.owner_id) | sites.filter(filing__subject_id=first.owner_id)).first()
    return (sites.filter(number=first.owner_number) | sites.filter(filing__number=first.owner_number)).first()


def judge(case: Case) -> str:
    """The processing code of the first failed check; empty when the request passes."""
    return next((code for code, strikes in CHECKS[case.request.kind] if strikes(case)), "")


def _password_wrong(case: Case) -> bool:
    given = case.request.password_md5.lower()
    if not given or case.filing is None or given == settings.MIIT_ICPMM_WITHOUT_PASSWORD.lower():
        return False
    if Province.objects.filter(code=case.filing.province, compares_password=False).exists():
        return False
    return given != hashlib.md5(case.filing.password.encode(), usedforsecurity=False).hexdigest()


def password_fits(case: Case) -> bool | None:
    """Whether the password matches, for the desk; None when it was not sent."""
    given = case.request.password_md5.lower()
    if not given or case.filing is None or given == settings.MIIT_ICPMM_WITHOUT_PASSWORD.lower():
        return None
    return given == hashlib.md5(case.filing.password.encode(), usedforsecurity=False).hexdigest()


def _reported_before(case: Case) -> bool:
    alive = (Report.WAITING, Report.GRANTED)
    own_id = case.request.own_id
    reports = Report.objects.filter(own_id=own_id, stage__in=alive, upload__isp_id=case.isp_id)
    return reports.exists() or Access.objects.filter(own_id=own_id, isp_id=case.isp_id).exists()


def _served_already(case: Case) -> bool:
    return case.site is not None and case.site.accesses.filter(isp_id=case.isp_id, ended_at__isnull=True).exists()


def _under_way(case: Case) -> bool:
    """A provider has one access to a site: its earlier request for this one waits for a decision."""
    waiting = Report.objects.filter(kind=Report.ACCESS, stage=Report.WAITING, upload__isp_id=case.isp_id)
    return case.site is not None and waiting.filter(site=case.site).exists()


def _addresses_elsewhere(case: Case) -> bool:
    ranges = [tuple(map(ipaddress.IPv4Address, row)) for row in case.conduct.ip_ranges]
    return bool(ranges) and not all(
        any(first <= ipaddress.IPv4Address(row.first) and ipaddress.IPv4Address(row.last) <= last
            for first, last in ranges)
        for row in case.request.addresses
    )  # fmt: skip


def _upside_down(case: Case) -> bool:
    return any(ipaddress.IPv4Address(row.first) > ipaddress.IPv4Address(row.last) for row in case.request.addresses)


def _domain_blocked(case: Case) -> bool:
    return case.site is not None and Blocked.objects.filter(kind=Blocked.DOMAIN, value=case.site.domain).exists()


def _subject_blocked(case: Case) -> bool:
    filing = case.filing
    return filing is not None and Blocked.objects.filter(kind=Blocked.SUBJECT, value=filing.id_number).exists()


def _attached_elsewhere(case: Case) -> bool:
    site, filing = case.site, case.filing
    if site is None or filing is None:
        return True
    owners = {filing.number, filing.subject_id, site.number, site.site_id}
    return any((row.owner_number or row.owner_id) not in owners for row in case.request.attachments)


def _only_access(case: Case) -> bool:
    access = case.access
    if access is None:
        return False
    return not access.site.accesses.filter(ended_at__isnull=True).exclude(pk=access.pk).exists()


def _asked_before(case: Case) -> bool:
    waiting = Report.objects.filter(stage=Report.WAITING, kind=Report.CANCELLATION)
    return case.access is not None and waiting.filter(access=case.access).exists()


Check = tuple[str, Callable[[Case], bool]]
ATTACHMENTS: tuple[Check, ...] = (
    ("1056", lambda case: any(row.format not in pictures.FORMATS for row in case.request.attachments)),
    ("1057", lambda case: any(row.purpose not in pictures.OWNERS for row in case.request.attachments)),
    ("1061", lambda case: any(row.owner not in pictures.OWNERS[row.purpose] for row in case.request.attachments)),
    ("1055", _attached_elsewhere),
    ("5010", lambda case: not all(pictures.fits(row) for row in case.request.attachments)),
)
CHECKS: dict[str, tuple[Check, ...]] = {
    parser.ACCESS: (
        ("1059", lambda case: case.site is None),
        ("1064", _domain_blocked),
        ("1065", _subject_blocked),
        ("1018", _password_wrong),
        ("1038", _reported_before),
        ("1029", _served_already),
        ("1006", _upside_down),
        ("1063", _addresses_elsewhere),
        *ATTACHMENTS,
        ("1029", _under_way),
    ),
    parser.CANCELLATION: (
        ("1016", lambda case: case.access is None or case.access.ended_at is not None),
        ("1047", lambda case: case.access is not None and case.access.isp_id != case.isp_id),
        ("1018", _password_wrong),
        ("1026", lambda case: case.request.reason not in REASONS),
        ("1032", _asked_before),
        ("1025", _only_access),
    ),
    parser.MATERIAL: (("1059", lambda case: case.site is None), *ATTACHMENTS),
    parser.OTHER: (("5011", lambda _case: True),),
}
