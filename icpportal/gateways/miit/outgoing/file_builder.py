"""Builds the file of a queued report: read, written in the current version, validated, packed."""

from billiard.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string

from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.client.crypto import PackedDocument, pack
from icpportal.gateways.miit.codes import table_numbers
from icpportal.gateways.miit.documents import versions
from icpportal.gateways.miit.documents.types import NotEncodable
from icpportal.gateways.miit.line.serialization import report_from, unseal_value
from icpportal.gateways.miit.models import Report
from icpportal.gateways.miit.types import Attachment
from icpportal.gateways.miit.types import Report as Content

GONE = (LookupError, ValueError, ValidationError)  # there is no such picture or handle, or it does not open


def place(key: str) -> str:
    """What the payload of this report is bound to."""
    return f"miit.report:{key}"


def content_of(row: Report) -> Content:
    """The report as it was queued."""
    return report_from(row.kind, unseal_value(row.payload, bound_to=place(row.key)))


def build(row: Report, sequence: int) -> PackedDocument:
    """The file of this report with this number.

    Raises `NotEncodable`, or `Retryable` while a picture cannot be read or the ministry's tables lack one of its codes.
    Deterministic for the same row, number and pictures. Never call it inside a transaction: it reads pictures.
    """
    version, content = versions.version(), table_numbers.as_numbered(content_of(row))
    if code := table_numbers.missing(content):  # waits for a setting without holding its order
        table_numbers.tell_missing(code)
        raise Retryable(f"{code} is not in the ministry's tables: miit status says what to set")
    xml = version.build(content, isp_id=settings.MIIT_ISP_ID, own_id=row.own_id, pictures=picture)
    version.validate(xml)
    return pack(xml, f"beianinfo{sequence}.xml")


def picture(attachment: Attachment) -> bytes:
    """The bytes of an attachment; raises `NotEncodable` when it is gone for good or does not open."""
    read = import_string(settings.AUTHORITY_PICTURES)
    try:
        content: bytes = read(attachment.document)
    except GONE as gone:
        field = f"Fj (attachment {attachment.purpose.name.lower()})"
        raise NotEncodable("the picture is not there any more or does not open", field=field, code="5010") from gone
    except SoftTimeLimitExceeded:  # the worker's time limit is not the picture's fault
        raise
    except Exception as trouble:  # storages raise anything, with messages that may contain a URL
        raise Retryable(f"a picture cannot be read: {type(trouble).__name__}") from trouble
    return content
