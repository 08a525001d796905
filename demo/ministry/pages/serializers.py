"""Rows as JSON values for `api.py`."""

from datetime import datetime

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from demo.ministry import clock, faults
from demo.ministry.api.rows import (
    AccessRow,
    Conduct,
    DownloadRow,
    FaultRow,
    FilingRow,
    ProvinceRow,
    ReportRow,
    StatusRow,
    TextRow,
)
from demo.ministry.interface import methods
from demo.ministry.models import Access, Behaviour, Download, Fault, Filing, Province, Report, Text, Upload

SHOWN = 50


def moment(value: datetime | None) -> str | None:
    """ISO 8601, or None."""
    return value.isoformat() if value else None


def status() -> StatusRow:
    """The state of the authority."""
    stages = Report.objects.values_list("stage").annotate(count=Count("pk"))
    return {
        "isp_id": settings.MIIT_ISP_ID,
        "now": moment(clock.now()),
        "last_sequence": methods.last_sequence(settings.MIIT_ISP_ID),
        "filings": Filing.objects.count(),
        "reports": dict(stages),
        "not_processed": Upload.objects.filter(processed_at__isnull=True).count(),
        "downloads_waiting": Download.objects.filter(acknowledged_at__isnull=True).count(),
        "conduct": conduct(clock.conduct()),
        "faults": [fault(row) for row in faults.switched_on()],
    }


def conduct(row: Behaviour) -> Conduct:
    """How it behaves."""
    return {name: getattr(row, name) for name in ("clock_ahead", *clock.SETTABLE)}


def fault(row: Fault) -> FaultRow:
    """A switch that is on."""
    return {"method": row.method, "kind": row.kind, "value": row.value, "left": row.left, "percent": row.percent}


def province(row: Province) -> ProvinceRow:
    """How a province treats reports."""
    return {
        "code": row.code,
        "asks_phones": row.asks_phones,
        "people": row.people,
        "hours": row.hours,
        "compares_password": row.compares_password,
    }


def filing(row: Filing) -> FilingRow:
    """A subject with its sites and their accesses."""
    return {
        "number": row.number,
        "subject_id": row.subject_id,
        "province": row.province,
        "region": row.region,
        "name": row.name,
        "nature": row.nature,
        "id_type_code": row.id_type_code,
        "id_number": row.id_number,
        "address": row.address,
        "password": row.password,
        "lead": {"name": row.lead_name, "mobile": row.lead_mobile, "id_number": row.lead_id_number},
        "administrator": {
            "name": row.administrator_name,
            "mobile": row.administrator_mobile,
            "id_number": row.administrator_id_number,
        },
        "sites": [
            {
                "number": site.number,
                "site_id": site.site_id,
                "domain": site.domain,
                "name": site.name,
                "accesses": [_access(access) for access in site.accesses.all()],
            }
            for site in row.sites.all()
        ],
    }


def _access(row: Access) -> AccessRow:
    return {
        "access_id": row.access_id,
        "isp_id": row.isp_id,
        "provider": row.provider,
        "own_id": row.own_id,
        "places": row.places,
        "methods": row.methods,
        "addresses": row.addresses,
        "ended_at": moment(row.ended_at),
    }


def filings(number: str = "", domain: str = "") -> QuerySet[Filing]:
    """Filings on record, newest first."""
    rows = Filing.objects.prefetch_related("sites__accesses").order_by("-pk")
    rows = rows.filter(number=number) if number else rows
    return rows.filter(sites__domain=domain).distinct() if domain else rows


def reports(**wanted: str) -> QuerySet[Report]:
    """Reports, newest first; by stage, kind, domain, site number, own id or sequence."""
    rows = Report.objects.select_related("upload", "site__filing", "access").prefetch_related("texts")
    for name, value in wanted.items():
        if value:
            rows = rows.filter(**{FILTERS[name]: value})
    return rows


FILTERS = {
    "stage": "stage",
    "kind": "kind",
    "domain": "site__domain",
    "site": "site__number",
    "own_id": "own_id",
    "sequence": "upload__sequence",
}


def with_key(key: str) -> Report | None:
    """The report "12" (the first of file 12) or "12-3"."""
    sequence, _, place = key.partition("-")
    if not (sequence.isdecimal() and (place or "1").isdecimal()):
        return None
    return reports().filter(upload__sequence=sequence, place=place or 1).first()


def report(row: Report) -> ReportRow:
    """A report, with its texts."""
    return {
        "key": row.key,
        "sequence": row.upload.sequence,
        "file": row.upload.name,
        "kind": row.kind,
        "operation": row.operation,
        "own_id": row.own_id,
        "handle": row.handle,
        "stage": row.stage,
        "code": row.code,
        "words": row.words,
        "at": moment(row.at),
        "closes_at": moment(row.closes_at),
        "confirmed_at": moment(row.confirmed_at),
        "decided_at": moment(row.decided_at),
        "domain": row.site.domain if row.site else "",
        "site_number": row.site.number if row.site else row.body.get("site_number", ""),
        "subject_number": row.site.filing.number if row.site else "",
        "access_id": row.access.access_id if row.access else None,
        "body": row.body,
        "texts": [text(one) for one in row.texts.all()],
    }


def text(row: Text) -> TextRow:
    """A text that was sent."""
    return {
        "id": row.pk,
        "role": row.role,
        "mobile": row.mobile,
        "tails": row.tails,
        "code": row.code,
        "times": row.times,
        "wrong": row.wrong,
        "sent_at": moment(row.sent_at),
        "confirmed_at": moment(row.confirmed_at),
    }


def texts(mobile: str = "", domain: str = "", key: str = "") -> list[TextRow]:
    """Texts that were sent, newest first, each with the report it belongs to."""
    rows = Text.objects.select_related("report__upload", "report__site").order_by("-sent_at", "-pk")
    chosen = Q(mobile=mobile) if mobile else Q()
    chosen &= Q(report__site__domain=domain) if domain else Q()
    if key and (one := with_key(key)):
        chosen &= Q(report=one)
    return [
        {**text(row), "report": row.report.key, "domain": row.report.site.domain if row.report.site else ""}
        for row in rows.filter(chosen)[: SHOWN * 4]
    ]


def download(row: Download) -> DownloadRow:
    """A file for the provider."""
    return {
        "name": row.name,
        "kind": row.kind,
        "at": moment(row.at),
        "report": row.report.key if row.report else None,
        "deliveries": row.deliveries,
        "acknowledged_at": moment(row.acknowledged_at),
    }
