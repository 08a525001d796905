"""What the authority has on record: provinces, subjects, sites, accesses, and what may not file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from demo.ministry.api.rows import AddressRow
from demo.ministry.clock import now
from demo.ministry.models import Access, Blocked, Filing, Province, Site, new_id

OTHER_ISP = 100002  # a provider that is not ours
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
    """A website; its number is made from the subject's when it is left out. `ours` says that we serve it too."""

    domain: str
    name: str
    providers: tuple[str, ...] = (OTHER_NAME,)  # other providers, by name
    ours: bool = False
    number: str = ""


@dataclass(frozen=True)
class FilingOnFile:
    """A subject with its people and sites, as `put` takes it."""

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
    region: str = ""  # six digits; the province's capital when it is left out


def set_province(
    code: str,
    *,
    asks_phones: bool,
    people: str = Province.LEAD_AND_ADMINISTRATOR,
    hours: int = 48,
    compares_password: bool = True,
) -> Province:
    """How the province with this two-digit code treats new accesses; may be called again."""
    wanted = {"asks_phones": asks_phones, "people": people, "hours": hours, "compares_password": compares_password}
    row, _ = Province.objects.update_or_create(code=code, defaults=wanted)
    return row


def add_filing(filing: FilingOnFile) -> Filing:
    """Puts a subject and its sites on file, or corrects the one with this number; may be called again."""
    return add_filings([filing])[0]


@transaction.atomic
def add_filings(filings: list[FilingOnFile]) -> list[Filing]:
    """Many at once, all or none."""
    moment = now()
    return [_put(filing, moment) for filing in filings]


def _put(filing: FilingOnFile, moment: datetime) -> Filing:
    nature = PERSON if filing.id_type_code in PERSONAL else ENTERPRISE
    wanted = {
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
    row, _ = Filing.objects.update_or_create(
        number=filing.number, defaults=wanted, create_defaults={**wanted, "made_at": moment}
    )
    for place, site in enumerate(filing.sites, start=1):
        _put_site(row, site, place, moment)
    return row


def _put_site(filing: Filing, site: SiteOnFile, place: int, moment: datetime) -> None:
    wanted = {
        "filing": filing,
        "number": site.number or f"{filing.number}-{place}",
        "name": site.name,
        "changed_at": moment,
    }
    row, _ = Site.objects.update_or_create(domain=site.domain, defaults=wanted)
    served = {access.isp_id for access in row.accesses.filter(ended_at__isnull=True)}
    providers = [(OTHER_ISP + number, name) for number, name in enumerate(site.providers)]
    if site.ours:
        providers.append((settings.MIIT_ISP_ID, HERE))
    for isp_id, name in providers:
        if isp_id not in served:
            add_access(row, isp_id, provider=name, moment=moment)


@transaction.atomic
def add_site(number: str, site: SiteOnFile) -> bool:
    """Puts a further site under the subject with this number, which stays as it is; False when there is no such."""
    filing = Filing.objects.filter(number=number).first()
    if filing is None:
        return False
    places = (known.rpartition("-")[2] for known in filing.sites.values_list("number", flat=True))
    _put_site(filing, site, max((int(place) for place in places if place.isdigit()), default=0) + 1, now())
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
    """One more provider serves the site; from an address elsewhere where none is given."""
    return Access.objects.create(
        site=site,
        isp_id=isp_id,
        provider=provider,
        made_at=moment,
        own_id=own_id,
        places=list(places),
        methods=list(methods),
        addresses=[_elsewhere()] if addresses is None else list(addresses),
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
