"""Fills the simulated authority's world; for `seed_demo`, the rehearsal's page and tests."""

from dataclasses import dataclass

from django.db import transaction

from icpportal.gateways.miit.simulated.models import SimulatedFiling, SimulatedProvince, SimulatedSite


@dataclass(frozen=True)
class Person:
    """A person as the authority has them on record: the mobile it texts and the end of their document."""

    mobile: str
    id_number: str

    @property
    def tail(self) -> str:
        """The last six characters of the document, in capitals."""
        return self.id_number[-6:].upper()


@dataclass(frozen=True)
class Site:
    """A website on file; the number is made from the subject's when it is left out."""

    domain: str
    name: str
    accesses: tuple[str, ...] = ("另一家接入商",)
    number: str = ""


def set_province(
    code: str,
    *,
    asks_phones: bool,
    people: str = SimulatedProvince.LEAD_AND_ADMINISTRATOR,
    hours: int = 48,
) -> SimulatedProvince:
    """How the province with this two-digit code treats reports; may be called again."""
    row, _ = SimulatedProvince.objects.update_or_create(
        code=code, defaults={"asks_phones": asks_phones, "people": people, "hours": hours}
    )
    return row


@transaction.atomic
def add_filing(
    number: str,
    *,
    province: str,
    id_type_code: int,
    id_number: str,
    password: str,
    lead: Person,
    administrator: Person,
    sites: tuple[Site, ...],
) -> SimulatedFiling:
    """Puts a subject and its sites on file, or corrects the one with this number; may be called again."""
    filing, _ = SimulatedFiling.objects.update_or_create(
        number=number,
        defaults={
            "province": province,
            "id_type_code": id_type_code,
            "id_number": id_number.upper(),
            "password": password,
            "lead_mobile": lead.mobile,
            "lead_tail": lead.tail,
            "administrator_mobile": administrator.mobile,
            "administrator_tail": administrator.tail,
        },
    )
    for place, site in enumerate(sites, start=1):
        SimulatedSite.objects.update_or_create(
            domain=site.domain,
            defaults={
                "filing": filing,
                "number": site.number or f"{number}-{place}",
                "name": site.name,
                "accesses": list(site.accesses),
            },
        )
    return filing
