"""Builds an order's report to the authority (新增接入 XZJR, 取消接入 ZXBA) from what was reviewed.

A new access carries the number of the site, a server, the papers and the password, but no name and no typed text. So no
field of a transfer can contain a character that the authority's GBK lacks, whatever people are called.
"""

from django.conf import settings
from django.utils.module_loading import import_string

from filings.queries import live_accesses
from icpportal.alarms.actions import clear, open_alarm
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.inventory.base import inventory
from icpportal.gateways.inventory.places import place_of, provinces
from icpportal.gateways.miit.codes.code_names import PLACES
from icpportal.gateways.miit.codes.table_numbers import method_of
from icpportal.gateways.miit.types import (
    AccessReport,
    AddressRange,
    Attachment,
    CancellationReport,
    Owner,
    Purpose,
    Report,
    report_key,
)
from transfers.models import Order
from transfers.orders.kinds import kind_of
from transfers.orders.people import is_individual, is_same_person
from transfers.proofs.papers import living_papers
from transfers.proofs.servers import server_of
from verification.documents.file_access import open_ready
from verification.documents.sandbox.parent import jpeg_of
from verification.models.documents import Document

PLACE_UNKNOWN = "report.place"
PLACE_REFUSED = "1036"  # the processing code for an impossible place
LEAD_SLOT = "lead_id"
# slot of the order → the ministry's name for its pictures
PURPOSES = {
    "statement": Purpose.STATEMENT,
    "subject_id": Purpose.SUBJECT_CERTIFICATE,
    LEAD_SLOT: Purpose.LEAD_CERTIFICATE,
    "admin_id": Purpose.ADMINISTRATOR_CERTIFICATE,
    "photo": Purpose.PHOTO,
}
OF_SUBJECT = (Purpose.SUBJECT_CERTIFICATE, Purpose.LEAD_CERTIFICATE)  # the others belong to the site


def report_of(order: Order, number: int) -> Report:
    """The `number`th report of this order, by its kind."""
    return import_string(kind_of(order).report)(order, number)


def access_report(order: Order, number: int) -> AccessReport:
    """The `number`th report of this order, with the server named on its signed statement."""
    server = server_of(order)
    return AccessReport(
        key=report_key(order.reference, number),
        site_number=order.site_number,
        places=(PLACES[_place(order, server.place)],),
        methods=(method_of(server.product),),
        addresses=(AddressRange(server.ip, server.ip),),
        attachments=tuple(_attachments(order)),
        password_md5=order.password_digest,
    )


def _place(order: Order, signed: str) -> str:
    """The place that was printed and signed; if it was refused and is no longer the provider's, the present one."""
    is_wrong = PLACE_REFUSED in order.authority_code.split() and signed not in provinces()
    return signed if signed and not is_wrong else _listed_place(order)


def _listed_place(order: Order) -> str:
    """The place of the order's server in the list, where it was never stored or was refused as wrong.

    Raises `Retryable` while the list does not tell: the report waits, operations are alarmed, and it is sent by itself
    once SERVER_PLACES or the list is corrected.
    """
    try:
        found = inventory().instance(order.instance)
    except Refused as no:  # the list refused us, not the order
        raise Retryable("the server list refused to tell") from no
    place = place_of(found) if found else ""
    if place:
        clear(PLACE_UNKNOWN)
        return place
    open_alarm(PLACE_UNKNOWN, reference=order.reference, detail=found.region if found else "not in the list")
    raise Retryable("nobody knows where the server of this order stands")


def cancellation_report(order: Order, number: int) -> CancellationReport:
    """The end of our access; the authority knows it by an id from its record, which must be here."""
    live = live_accesses().filter(website=order.website_id, ministry_id__isnull=False)
    access_id = live.order_by("-since").values_list("ministry_id", flat=True).first()
    if access_id is None:
        raise Retryable("the authority has not sent its record of this access yet")
    return CancellationReport(
        key=report_key(order.reference, number),
        access_id=access_id,
        reason=settings.MIIT_CANCELLATION_REASON,
        password_md5=order.password_digest,
    )


def _attachments(order: Order) -> list[Attachment]:
    return [
        _attachment(order, purpose, str(paper.document_id))
        for paper in living_papers(order)
        for purpose in _purposes(order, paper.slot)
    ]


def _purposes(order: Order, slot: str) -> list[Purpose]:
    """What the pictures of a slot are for: those of one person in several roles serve each of them."""
    found = [PURPOSES[slot]] if slot in PURPOSES else []
    if slot == LEAD_SLOT and is_individual(order):
        found.append(Purpose.SUBJECT_CERTIFICATE)
    if slot == LEAD_SLOT and is_same_person(order):
        found.append(Purpose.ADMINISTRATOR_CERTIFICATE)
    return found


def _attachment(order: Order, purpose: Purpose, document: str) -> Attachment:
    if purpose in OF_SUBJECT:
        return Attachment(purpose, Owner.SUBJECT, order.subject_number, document=document)
    return Attachment(purpose, Owner.SITE, order.site_number, document=document)


def picture(document: str) -> bytes:
    """`settings.AUTHORITY_PICTURES`: the JPEG behind an attachment's handle; `NotReady` when it is gone."""
    with open_ready(Document(pk=document)) as file:
        return jpeg_of(file.read())
