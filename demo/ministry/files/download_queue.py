"""The queue of files for the provider: first in, first out, delivered until acknowledged."""

import secrets
from datetime import datetime

from django.db.models import F

from demo.ministry import faults
from demo.ministry.code_texts import UNKNOWN, UNKNOWN_WORDS
from demo.ministry.files import writer
from demo.ministry.models import Download, Filing, Report


def put(kind: str, xml: bytes, *, moment: datetime, report: Report | None = None) -> Download:
    """Adds a file to the queue."""
    if "extra_in_file" in faults.on_writing():
        xml = writer.with_extras(xml)
    name = f"{kind}{moment:%Y%m%d%H%M%S}{secrets.token_hex(4)}.xml"
    return Download.objects.create(name=name, kind=kind, xml=xml, report=report, at=moment)


def put_verdict(
    result: writer.Result, audit: writer.Audit | None, *, moment: datetime, report: Report | None = None
) -> Download:
    """Queues a BAJG, odd where a switch says so."""
    odd = faults.on_writing()
    codes = result.codes
    if "unknown_code" in odd:
        codes = ((UNKNOWN, UNKNOWN_WORDS),)
    if "several" in odd:
        codes = (*codes, ("1062", "接入IP与IP库比对一致") if audit and audit.approved else ("1999", "其他错误"))
    result = writer.Result(result.operation, result.handle, codes)
    return put("BAJG", writer.verdict(result, audit), moment=moment, report=report)


def put_record(filing: Filing, *, moment: datetime, report: Report | None = None) -> Download:
    """Queues a BASJ with the subject and all its sites."""
    sites = list(filing.sites.prefetch_related("accesses").order_by("pk"))
    return put("BASJ", writer.record(filing, sites), moment=moment, report=report)


def waiting(*, newest_first: bool = False) -> tuple[Download | None, bool]:
    """The file due next, and whether more wait behind it."""
    rows = list(Download.objects.filter(acknowledged_at__isnull=True).order_by("-pk" if newest_first else "pk")[:2])
    return (rows[0] if rows else None), len(rows) > 1


def count_delivery(file: Download) -> None:
    """Counts one more delivery."""
    Download.objects.filter(pk=file.pk).update(deliveries=F("deliveries") + 1)


def acknowledge(name: str, *, moment: datetime, again: bool = False) -> bool:
    """Removes the file from the queue, with `again` after one more delivery. False when there is no such file."""
    file = Download.objects.filter(name=name).first()
    if file is None:
        return False
    if again and not file.again and file.acknowledged_at is None:
        Download.objects.filter(pk=file.pk).update(again=True)
        return True
    Download.objects.filter(pk=file.pk, acknowledged_at__isnull=True).update(acknowledged_at=moment)
    return True
