"""Lists for operations: reports with their numbers, files as sent and as received."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from icpportal.gateways.errors import Refused
from icpportal.gateways.miit.client import crypto
from icpportal.gateways.miit.client.account import account
from icpportal.gateways.miit.documents import versions
from icpportal.gateways.miit.documents.gbk import decode
from icpportal.gateways.miit.documents.types import MalformedDocument
from icpportal.gateways.miit.incoming import inbox
from icpportal.gateways.miit.line import sequence as numbering
from icpportal.gateways.miit.models import InboxFile, Report, UploadFile

AT_ONCE = 500  # rows in memory while listing everything
DECLARED = re.compile(rb"""\s*<\?xml[^>]*encoding=["']([\w-]+)""")


@dataclass(frozen=True)
class Row:
    """One report of the queue; `sequence` is None while it has no number."""

    sequence: int | None
    kind: str
    state: str
    order: str
    key: str
    site_number: str
    own_id: int
    access_id: int | None
    queued_at: datetime
    next_at: datetime
    sent_at: datetime | None
    accepted_at: datetime | None
    answered_at: datetime | None
    tries: int  # how often the authority asked us to try again
    sent_times: int  # how often its last file was sent
    code: str
    field: str
    reason: str
    said: str  # the ministry's words about its last file


def reports(*, state: str = "", kind: str = "", order: str = "") -> QuerySet[Report]:
    """The matching reports, newest first."""
    wanted = {"state": state, "kind": kind, "reference": order}
    files = UploadFile.objects.defer("body", "key").order_by("sequence")
    found = Report.objects.filter(**{name: value for name, value in wanted.items() if value})
    return found.defer("payload").prefetch_related(Prefetch("files", queryset=files))


def rows(found: QuerySet[Report]) -> Iterator[Row]:
    """Each report with its last file; two queries for every `AT_ONCE` reports."""
    for report in found.iterator(chunk_size=AT_ONCE):
        yield _row(report)


def page(found: QuerySet[Report], *, oldest: bool = False, after: str = "", size: int = 100) -> tuple[list[Row], bool]:
    """At most `size` reports after the one with the key `after`, and whether there are more."""
    if after:
        found = _behind(found, report_of(after), oldest)
    order = ("queued_at", "pk") if oldest else ("-queued_at", "-pk")
    read = list(found.order_by(*order)[: size + 1])
    return [_row(report) for report in read[:size]], len(read) > size


def _behind(found: QuerySet[Report], report: Report, oldest: bool) -> QuerySet[Report]:
    way = "gt" if oldest else "lt"
    later = found.filter(**{f"queued_at__{way}": report.queued_at})
    return later | found.filter(**{"queued_at": report.queued_at, f"pk__{way}": report.pk})


def _row(report: Report) -> Row:
    file = next(reversed(report.files.all()), None)
    return Row(
        sequence=file.sequence if file else None,
        kind=report.kind,
        state=report.state,
        order=report.reference,
        key=report.key,
        site_number=report.site_number,
        own_id=report.own_id,
        access_id=report.access_id,
        queued_at=report.queued_at,
        next_at=report.next_at,
        sent_at=file.sent_at if file else None,
        accepted_at=file.accepted_at if file else None,
        answered_at=report.answered_at,
        tries=report.tries,
        sent_times=file.tries if file else 0,
        code=report.code or (file.code if file else ""),
        field=report.field,
        reason=report.reason,
        said=file.words if file and not report.reason else "",
    )


def report_of(key: str) -> Report:
    """The report with this key; raises `Refused`."""
    found = Report.objects.defer("payload").filter(key=key).first()
    if found is None:
        raise Refused(_("There is no report %(key)s.") % {"key": key})
    return found


def file_of(sequence: int) -> UploadFile:
    """Our file with this number; raises `Refused`."""
    found = UploadFile.objects.select_related("report").filter(isp_id=settings.MIIT_ISP_ID, sequence=sequence).first()
    if found is None:
        raise Refused(_("There is no file with the number %(number)s.") % {"number": sequence})
    return found


def as_sent(file: UploadFile, *, attachments: bool) -> bytes:
    """A file's GBK XML with its filing password masked, and blank pictures unless the real ones are wanted.

    Raises `Forgotten` when its key was destroyed.
    """
    packed = numbering.read_stored(file)
    xml = crypto.unwrap(crypto.WireFile(packed.name, crypto.wrap(packed.body, cipher=None), packed.digest), None)
    return versions.version().redact(xml, attachments=attachments)


def as_received(row: InboxFile) -> str:
    """A received file's XML, or the raw wire data when that cannot be opened.

    Raises `Forgotten` when its key was destroyed.
    """
    came = inbox.wire_file(row)
    try:
        return decode(crypto.unwrap(came, account().cipher))[0]
    except MalformedDocument as damage:
        return f"{damage}\n{came}\n\n{came.info}"


def in_words(xml: bytes) -> str:
    """A document of ours as text; its declaration names the encoding in which it was sent."""
    return xml.decode("gbk")


def encoding_of(xml: bytes) -> str:
    """The encoding a document declares."""
    found = DECLARED.match(xml)
    return found[1].decode().upper() if found else "UTF-8"
