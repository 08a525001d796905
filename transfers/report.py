"""The report of an order to the authority (新增接入, XZJR), made from what was reviewed."""

from typing import Any

from django.conf import settings

from icpportal.gateways.miit.codes import PLACES, method_of
from icpportal.gateways.miit.types import AccessReport, AddressRange, Attachment, Owner, Purpose, report_key
from transfers import queries
from verification.documents.serving import open_ready
from verification.models.documents import Document

# slot of the order → (what the ministry calls it, whom it belongs to)
ATTACHED = {
    "statement": (Purpose.STATEMENT, Owner.SITE),
    "subject_id": (Purpose.SUBJECT_CERTIFICATE, Owner.SUBJECT),
    "lead_id": (Purpose.LEAD_CERTIFICATE, Owner.SUBJECT),
    "admin_id": (Purpose.ADMINISTRATOR_CERTIFICATE, Owner.SITE),
    "photo": (Purpose.PHOTO, Owner.SITE),
}


def access_report(order: Any, number: int) -> AccessReport:
    """The `number`th report of this order, with the server that stands on its signed statement."""
    server = order.answer("server")
    return AccessReport(
        key=report_key(order.reference, number),
        site_number=order.site_number,
        places=(PLACES[settings.SERVER_PROVINCE],),
        methods=(method_of(order.answer("service_code").get("product_type", "")),),
        addresses=(AddressRange(server["ip"], server["ip"]),),
        attachments=tuple(_attachments(order)),
        password_md5=order.password_digest,
    )


def _attachments(order: Any) -> list[Attachment]:
    found = []
    for paper in queries.papers_of(order):
        if paper.slot not in ATTACHED:
            continue
        purpose, owner = ATTACHED[paper.slot]
        number = order.subject_number if owner == Owner.SUBJECT else order.site_number
        found.append(Attachment(purpose, owner, number, document=str(paper.document_id)))
    return found


def picture(document: str) -> bytes:
    """`settings.AUTHORITY_PICTURES`: the picture behind an attachment's handle; `NotReady` when it is gone."""
    with open_ready(Document(pk=document)) as file:
        return file.read()
