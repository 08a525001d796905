"""What the authority has on record: provinces, subjects, sites, accesses, and the blacklist."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from demo.ministry.api.rows import AddressRow
from demo.ministry.clock import now
from demo.ministry.models import Access, Blocked, Filing, Province, Site, new_id

OTHER_ISP = 100002  # a provider other than us
OTHER_NAME = "另一家接入商"
HERE = "本接入商"
PERSONAL = (2, 7, 11, 14, 30, 41, 42)  # documents of people (Zjlx): their filings have nature 5
PERSON, ENTERPRISE = 5, 4


@dataclass(frozen=True)
class Person:
    """A person as the authority has them on record."""

    name: str
    mobile: str
    id_number: str


@dataclass(frozen=True)
class SiteOnFile:
    """A website; without a number, one is derived from the subject's. `ours`: we serve it too."""

    domain: str
    name: str
    providers: tuple[str, ...] = (OTHER_NAME,)  # other providers, by name
    ours: bool = False
    number: str = ""


@dataclass(frozen=True)
class FilingOnFile:
    """A subject with its people and sites, to be put on record."""

    number: str
    province: str
    id_type_code: int
    id_number: str
    password: str
    lead: Person
    administrator: Person
    sites: tuple[SiteOnFile, ...]
    name: str = "示例主办单位"
    address: str = "示例路1号"
    nature: int | None = None
    region: str = ""  # six digits; by default the province's capital


def set_province(
    code: str,
    *,
    asks_phones: bool,
    people: str = Province.LEAD_AND_ADMINISTRATOR,
    hours: int = 48,
    compares_password: bool = True,
) -> Province:
    """Sets how the province with this two-digit code treats new accesses; can be repeated."""
    wanted = {"asks_phones": asks_phones, "people": people, "hours": hours, "compares_password": compares_password}
    row, _ = Province.objects.update_or_create(code=code, defaults=wanted)
    return row


def add_filing(filing: FilingOnFile) -> Filing:
    """Puts a subject and its sites on record, or corrects the one with this number; can be repeated."""
    return add_filings([filing])[0]


@transaction.atomic
def add_filings(filings: Sequence[FilingOnFile]) -> list[Filing]:
    """Puts many on record, all or none."""
    moment = now()
    numbers = [filing.number for filing in filings]
    known = {row.number: row for row in Filing.objects.filter(number__in=numbers)}
    rows = {number: known.get(number) or Filing(number=number, made_at=moment) for number in numbers}
    for filing in filings:
        for name, value in _columns(filing).items():
            setattr(rows[filing.number], name, value)
    Filing.objects.bulk_create(row for number, row in rows.items() if number not in known)
    if known:
        Filing.objects.bulk_update(known.values(), list(_columns(filings[0])))
    _put_sites(
        [(rows[each.number], site, place) for each in filings for place, site in enumerate(each.sites, start=1)], moment
    )
    return [rows[number] for number in numbers]


def _columns(filing: FilingOnFile) -> dict[str, str | int]:
    nature = PERSON if filing.id_type_code in PERSONAL else ENTERPRISE
    return {
        "province": filing.province,
        "name": filing.name,
        "nature": filing.nature or nature,
        "id_type_code": filing.id_type_code,
        "id_number": filing.id_number.upper(),
        "region": filing.region or f"{filing.province}0100",
        "address": filing.address,
        "password": filing.password,
        "lead_name": filing.lead.name,
        "lead_mobile": filing.lead.mobile,
        "lead_id_number": filing.lead.id_number.upper(),
        "administrator_name": filing.administrator.name,
        "administrator_mobile": filing.administrator.mobile,
        "administrator_id_number": filing.administrator.id_number.upper(),
    }


def _put_sites(places: Sequence[tuple[Filing, SiteOnFile, int]], moment: datetime) -> None:
    """Sites of subjects, each with its place under its subject; a site with a known domain is corrected."""
    known = {row.domain: row for row in Site.objects.filter(domain__in=[site.domain for _, site, _ in places])}
    rows = {site.domain: known.get(site.domain) or Site(domain=site.domain) for _, site, _ in places}
    for filing, site, place in places:
        row = rows[site.domain]
        row.filing, row.name, row.changed_at = filing, site.name, moment
        row.number = site.number or f"{filing.number}-{place}"
    Site.objects.bulk_create(row for domain, row in rows.items() if domain not in known)
    if known:
        Site.objects.bulk_update(known.values(), ["filing", "number", "name", "changed_at"])
    _serve([(rows[site.domain], site) for _, site, _ in places], moment)


def _serve(sites: Sequence[tuple[Site, SiteOnFile]], moment: datetime) -> None:
    """Adds the providers that do not serve the sites yet."""
    going_on = Access.objects.filter(site__in=[row for row, _ in sites], ended_at__isnull=True)
    served = set(going_on.values_list("site", "isp_id"))
    wanted = {(row.pk, isp_id): (row, name) for row, site in sites for isp_id, name in _providers(site)}
    Access.objects.bulk_create(
        _access(row, isp_id, moment=moment, provider=name)
        for (pk, isp_id), (row, name) in wanted.items()
        if (pk, isp_id) not in served
    )


def _providers(site: SiteOnFile) -> list[tuple[int, str]]:
    others = [(OTHER_ISP + number, name) for number, name in enumerate(site.providers)]
    return [*others, (settings.MIIT_ISP_ID, HERE)] if site.ours else others


@transaction.atomic
def add_site(number: str, site: SiteOnFile) -> bool:
    """Adds a site to the subject with this number, which stays unchanged; False when there is no such subject."""
    filing = Filing.objects.filter(number=number).first()
    if filing is None:
        return False
    places = (known.rpartition("-")[2] for known in filing.sites.values_list("number", flat=True))
    _put_sites([(filing, site, max((int(place) for place in places if place.isdigit()), default=0) + 1)], now())
    return True


def add_access(
    site: Site,
    isp_id: int,
    *,
    moment: datetime,
    provider: str = "",
    own_id: int | None = None,
    places: Sequence[int] = (2,),
    methods: Sequence[int] = (5,),
    addresses: Sequence[AddressRow] | None = None,
) -> Access:
    """Adds a provider of the site; without an address, from one that is not ours."""
    row = _access(site, isp_id, moment=moment, provider=provider)
    row.own_id, row.places, row.methods = own_id, list(places), list(methods)
    if addresses is not None:
        row.addresses = list(addresses)
    row.save()
    return row


def _access(site: Site, isp_id: int, *, moment: datetime, provider: str) -> Access:
    """An unsaved access, from an address that is not ours."""
    return Access(
        site=site, isp_id=isp_id, provider=provider, made_at=moment, places=[2], methods=[5], addresses=[_elsewhere()]
    )


def _elsewhere() -> AddressRow:
    return {"id": new_id(), "own_id": None, "first": "198.51.100.10", "last": "198.51.100.10"}


def block(kind: str, value: str, *, on: bool = True) -> None:
    """Puts a domain or a document number on the blacklist, or takes it off."""
    value = value.lower() if kind == Blocked.DOMAIN else value.upper()
    if on:
        Blocked.objects.get_or_create(kind=kind, value=value)
    else:
        Blocked.objects.filter(kind=kind, value=value).delete()
