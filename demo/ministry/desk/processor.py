"""Turns an accepted file into reports, each refused at once or on its way to a decision."""

from datetime import datetime

from django.conf import settings

from demo.ministry.code_texts import STORED, words_of
from demo.ministry.desk import decisions
from demo.ministry.desk.text_messages import send_texts
from demo.ministry.files import parser, pictures, validation
from demo.ministry.files.envelope import only_entry
from demo.ministry.files.writer import ACCESS, VERSION
from demo.ministry.models import Behaviour, Report, Upload
from icpportal.fields.types import Json


def process(upload: Upload, conduct: Behaviour) -> None:
    """Processes a file once, without a person, as of the moment it was accepted."""
    moment = upload.at
    if not Upload.objects.filter(pk=upload.pk, processed_at__isnull=True).update(processed_at=moment):
        return
    file, code = look_at(upload)
    if file is None:
        words = upload.name if code == "5001" else words_of(code)
        _refuse(Report(upload=upload, place=1, kind=Report.OTHER, operation=ACCESS, at=moment), code, words, moment)
        return
    for place, request in enumerate(file.requests, start=1):
        _take(validation.case_of(request, upload.isp_id, conduct, moment), upload, place)


def look_at(upload: Upload) -> tuple[parser.File | None, str]:
    """The parsed file, or the code that refuses all of it."""
    try:
        root = parser.parse(only_entry(bytes(upload.body))[1])
        if parser.version_of(root) != VERSION:
            return None, "5004"
        if parser.fault_by_schema(root, settings.MIIT_XSD_DIR):
            return None, "5001"
        file = parser.read(root)
    except parser.Unreadable:
        return None, "5001"
    if file.isp_id != upload.isp_id:
        return None, "5003"
    return file, ""


def _take(case: validation.Case, upload: Upload, place: int) -> None:
    request = case.request
    report = Report(
        upload=upload,
        place=place,
        kind=request.kind,
        operation=request.operation,
        own_id=request.own_id,
        handle=_handle(case),
        site=case.site or (case.access.site if case.access else None),
        access=case.access,
        body=body_of(case),
        at=case.at,
    )
    if code := validation.judge(case):
        _refuse(report, code, words_of(code), case.at)
        return
    if request.kind == parser.MATERIAL:
        report.stage, report.decided_at = Report.STORED, case.at
        report.code, report.words = STORED, words_of(STORED)
        report.save()
        decisions.tell(report, case.at)
        return
    report.save()
    if request.kind == parser.ACCESS:
        send_texts(report, case.at, confirmed=case.conduct.phones == "auto")


def _refuse(report: Report, code: str, words: str, moment: datetime) -> None:
    report.stage, report.code, report.words, report.decided_at = Report.FAILED, code, words, moment
    report.save()
    decisions.tell(report, moment)


def _handle(case: validation.Case) -> str:
    """Bs: the number by which the provider knows its request."""
    request = case.request
    if request.kind == parser.ACCESS:
        by_number = case.conduct.handle == "number" and case.site is not None
        return case.site.number if by_number and case.site else str(request.own_id)
    if request.kind == parser.MATERIAL:
        first = request.attachments[0]
        return first.owner_number or str(first.owner_id)
    return str(request.access_id or "")


def body_of(case: validation.Case) -> dict[str, Json]:
    """What the desk shows of a request: sizes of the pictures, and whether the password matches, not the password."""
    request = case.request
    return {
        "site_number": request.site_number,
        "places": list(request.places),
        "methods": list(request.methods),
        "addresses": [{"own_id": row.own_id, "first": row.first, "last": row.last} for row in request.addresses],
        "attachments": [
            {
                "format": pictures.FORMATS.get(row.format, str(row.format)),
                "purpose": row.purpose,
                "owner": row.owner,
                "owner_number": row.owner_number or str(row.owner_id),
                "size": len(row.content) * 3 // 4,
                "remark": row.remark,
            }
            for row in request.attachments
        ],
        "access_id": request.access_id,
        "reason": request.reason,
        "remark": request.remark,
        "password_fits": validation.password_fits(case),
    }


def attachments_of(report: Report) -> tuple[parser.Attachment, ...]:
    """The pictures of a report, read from its file again; none when the file cannot be read."""
    file, _code = look_at(report.upload)
    return file.requests[report.place - 1].attachments if file else ()
