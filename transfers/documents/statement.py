"""The authenticity statement (真实性核验单) of an order, filled in from its answers."""

import hashlib

from django.conf import settings
from django.utils import timezone

from filings.provinces.choices import Extra
from filings.register.certificates import CERTIFICATES, NATURES
from icpportal.fields.domains import display_domain
from icpportal.gateways.miit.codes.table_numbers import method_name
from transfers.models import Order
from transfers.orders import queries
from transfers.orders.people import administrator, lead
from transfers.proofs.servers import ANSWER, said_product, server_of
from verification.statement import StatementFacts

PRINTED_UNASKED = "64"  # the place on every sheet while SERVER_PROVINCE had a default


def facts(order: Order) -> StatementFacts:
    """The printed values; in Chinese, as they are filed."""
    answers, server = order.answer("type"), server_of(order)
    rules = queries.rules_of(order)
    nature = NATURES[answers["nature"]]
    extras = rules.statement_extras(answers["nature"])
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
        ip=server.ip,
        access_method=server.access_method,
        server_place=server.place_name,
        administrator=administrator(order).name,
        subject_lead=lead(order).name,
        province=rules.short_zh,
        seal=not nature.is_individual,
        fingerprint=Extra.FINGERPRINT in extras,
        registrar="　" if Extra.REGISTRAR in extras else "",
        handwriting=Extra.HANDWRITING in extras,
    )


def sheet(order: Order) -> bytes:
    """The PDF."""
    from verification.statement.pdf import pdf  # noqa: PLC0415 -- see the package

    return pdf(facts(order))


def mark(order: Order) -> str:
    """A digest of the answers a sheet is made from: a signed sheet with another mark is out of date."""
    found = facts(order)
    parts = (found.subject_name, found.number, found.site_name, *found.domains, found.administrator, found.ip)
    return hashlib.sha256("\x1f".join((*parts, *_of_the_server(order, found))).encode()).hexdigest()[:16]


def _of_the_server(order: Order, found: StatementFacts) -> tuple[str, ...]:
    """What is printed about the server besides its address.

    The sheet of an order whose server was verified before this was part of the mark may name a wrong product, or the
    place that was printed wherever nobody had set one: it stays valid only where both are what they would be today.
    """
    if "product" in order.answer(ANSWER):
        return (found.access_method, found.server_place)
    method = () if found.access_method == method_name(said_product(order)) else (found.access_method,)
    return method if server_of(order).place == PRINTED_UNASKED else (*method, found.server_place)
