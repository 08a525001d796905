"""The effects of a decision: the report is closed once, accesses begin or end, and files report it."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from demo.ministry.code_texts import words_of
from demo.ministry.files import download_queue, writer
from demo.ministry.models import Access, Report, Site, new_id
from demo.ministry.registry import HERE, add_access

AUDITOR = "示例审核员"


@transaction.atomic
def close(report: Report, stage: str, *, code: str, words: str = "", now: datetime) -> bool:
    """Ends a report that waits and queues the files that say so; False when it had ended before."""
    if stage == Report.GRANTED and (problem := _cannot_grant(report)):
        stage, code, words = Report.FAILED, problem, ""
    words = words or words_of(code)
    ended = {"stage": stage, "code": code, "words": words, "decided_at": now}
    if not Report.objects.filter(pk=report.pk, stage=Report.WAITING).update(**ended):
        return False
    for name, value in ended.items():
        setattr(report, name, value)
    access = _begin_or_end(report, now) if stage == Report.GRANTED else None
    tell(report, now)
    if stage == Report.GRANTED:
        _tell_record(report, access, now)
    return True


def _cannot_grant(report: Report) -> str:
    """The code that says why the report can no longer be granted; "" when it can."""
    if report.kind == Report.ACCESS and (report.site is None or _ours(report.site)):
        return "1029" if report.site else "1059"
    if report.kind == Report.CANCELLATION:
        access = report.access
        if access is None or access.ended_at:
            return "1016"
        if not access.site.accesses.filter(ended_at__isnull=True).exclude(pk=access.pk).exists():
            return "1025"
    return ""


def _ours(site: Site) -> bool:
    return site.accesses.filter(isp_id=settings.MIIT_ISP_ID, ended_at__isnull=True).exists()


def _begin_or_end(report: Report, moment: datetime) -> Access | None:
    if report.kind == Report.CANCELLATION:
        assert report.access is not None
        Access.objects.filter(pk=report.access.pk).update(ended_at=moment)
        return report.access
    if report.kind != Report.ACCESS:
        return None
    assert report.site is not None
    access = add_access(
        report.site,
        report.upload.isp_id,
        moment=moment,
        provider=HERE,
        own_id=report.own_id,
        places=report.body["places"],
        methods=report.body["methods"],
        addresses=[
            {"id": new_id(), "own_id": row["own_id"], "first": row["first"], "last": row["last"]}
            for row in report.body["addresses"]
        ],
    )
    Site.objects.filter(pk=report.site.pk).update(changed_at=moment)
    Report.objects.filter(pk=report.pk).update(access=access)
    return access


def tell(report: Report, moment: datetime) -> None:
    """Queues the file with the outcome of a report: processing codes, and the audit if a person decided."""
    audit = None
    if report.stage in (Report.GRANTED, Report.TURNED_DOWN):
        audit = writer.Audit(
            approved=report.stage == Report.GRANTED,
            opinion=report.words if report.stage == Report.TURNED_DOWN else "",
            auditor=AUDITOR,
            at=moment,
            handle=report.own_id or (report.access.access_id if report.access else None),
        )
    result = writer.Result(report.operation or writer.ACCESS, report.handle, ((report.code, report.words),))
    download_queue.put_verdict(result, audit, report=report, moment=moment)


def _tell_record(report: Report, access: Access | None, moment: datetime) -> None:
    if report.kind == Report.CANCELLATION and access is not None:
        download_queue.put(
            "ZXSJ", writer.struck_document(writer.STRUCK_ACCESS, access.access_id), moment=moment, report=report
        )
    if report.kind == Report.ACCESS and report.site is not None:
        download_queue.put_record(report.site.filing, moment=moment, report=report)
