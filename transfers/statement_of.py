"""The authenticity statement (真实性核验单) of an order, filled in from its answers."""

import hashlib
from typing import Any

from django.conf import settings
from django.utils import timezone

from filings.certificates import CERTIFICATES, NATURES
from filings.provinces.terms import Extra
from filings.regions import region
from icpportal.entry.domains import display_domain
from transfers import queries
from transfers.people import administrator, lead
from verification.statement import StatementFacts, pdf

ACCESS_METHODS = {"hosting": "虚拟主机"}


def facts(order: Any) -> StatementFacts:
    """What is printed; in Chinese, as it is filed."""
    answers, server = order.answer("type"), order.answer("server")
    rules = queries.rules_of(order)
    nature = NATURES[answers["nature"]]
    extras = rules.statement_extras(answers["nature"])
    place = region(settings.SERVER_PROVINCE)
    return StatementFacts(
        reference=order.reference,
        date=timezone.localdate(),
        subject_name=answers["name"],
        nature=nature.name_zh,
        certificate_type=CERTIFICATES[int(answers["id_type"])].name_zh,
        number=answers["id_number"],
        site_name=order.answer("website").get("site_name", ""),
        domains=(display_domain(order.domain),),
        provider=settings.PROVIDER_NAME_ZH,
        ip=server.get("ip", ""),
        access_method=ACCESS_METHODS.get(order.answer("service_code").get("product_type", ""), "云接入"),
        server_place=place.name if place else "",
        administrator=administrator(order).name,
        subject_lead=lead(order).name,
        province=rules.short_zh,
        seal=not nature.is_individual,
        fingerprint=Extra.FINGERPRINT in extras,
        registrar="　" if Extra.REGISTRAR in extras else "",
        handwriting=Extra.HANDWRITING in extras,
    )


def sheet(order: Any) -> bytes:
    """The PDF."""
    return pdf(facts(order))


def mark(order: Any) -> str:
    """Which answers a sheet was made from: a signed sheet of another mark is out of date."""
    found = facts(order)
    parts = (found.subject_name, found.number, found.site_name, *found.domains, found.administrator, found.ip)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
