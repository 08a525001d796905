"""Reports, files and filings as the pages show them, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db.models import Count, Model, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.gateways.miit.simulator import clock, methods
from icpportal.gateways.miit.simulator.models import Download, Filing, Report, Site, Upload
from icpportal.gateways.miit.simulator.words import REASONS

Row = TypeVar("Row", bound=Model)
PAGE = 20  # rows of one list on one page

# the hook of the rehearsal, what people read, the look of the mark
STAGES = {
    Report.WAITING: ("received", _("Waits for a decision"), "submitted"),
    Report.GRANTED: ("granted", pgettext_lazy("authority", "Granted"), "approved"),
    Report.TURNED_DOWN: ("turned_down", pgettext_lazy("authority", "Turned down"), "authority_returned"),
    Report.FAILED: ("failed", _("Report refused: the provider's fault"), "refused"),
    Report.STORED: ("granted", pgettext_lazy("authority", "Put with the filing"), "approved"),
}
KINDS = {
    Report.ACCESS: _("New access"),
    Report.CANCELLATION: _("End of an access"),
    Report.MATERIAL: _("Verification material"),
    Report.OTHER: _("Something this authority does not handle"),
}
ROLES = {
    "subject_lead": _("Subject lead"),
    "administrator": _("Website administrator"),
    "both": _("Subject lead and website administrator"),
}
PURPOSES = {
    1: _("Authenticity statement"),
    2: _("Subject's certificate"),
    3: _("Subject lead's document"),
    4: _("Website administrator's document"),
    5: pgettext_lazy("authority", "Photo"),
}
OWNERS = {1: pgettext_lazy("attachment", "subject"), 2: pgettext_lazy("attachment", "website")}
FITS = {
    True: pgettext_lazy("password", "fits"),
    False: pgettext_lazy("password", "does not fit (1018)"),
    None: pgettext_lazy("password", "not sent"),
}
# Wzfb in order, as the ministry's screens list them; Wzjrfs
PLACES = (
    "安徽", "北京", "重庆", "福建", "广东", "甘肃", "广西", "贵州", "河南", "湖北", "河北", "海南", "香港", "黑龙江",
    "湖南", "吉林", "江苏", "江西", "辽宁", "澳门", "内蒙古", "宁夏", "青海", "四川", "山东", "上海", "陕西", "山西",
    "天津", "台湾", "新疆", "西藏", "云南", "浙江",
)  # fmt: skip
METHODS = {1: "专线", 2: "主机托管", 3: "虚拟主机", 4: "其他", 5: "云接入"}
DOWNLOADS = {
    "BAJG": _("Results"),
    "BASJ": _("Records"),
    "ZXSJ": _("Struck off"),
    "JCDM": _("Code tables"),
}


def place(number: int) -> str:
    """A place of servers (Wzfb) by name."""
    return PLACES[number - 1] if 1 <= number <= len(PLACES) else str(number)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """At most `PAGE` rows of a list, newest first, and where the next ones begin."""

    rows: list[Row]
    before: int | None


def page(found: QuerySet[Row], before: str) -> Page[Row]:
    """The rows older than the one with the key `before`; a key that is none is the beginning."""
    rows = found.order_by("-pk")
    if before.isdecimal() and int(before) < 2**63:
        rows = rows.filter(pk__lt=int(before))
    read = list(rows[: PAGE + 1])
    return Page(read[:PAGE], read[PAGE - 1].pk if len(read) > PAGE else None)


def _addresses(rows: Iterable[dict[str, Any]]) -> list[str]:
    return [row["first"] if row["first"] == row["last"] else f"{row['first']}–{row['last']}" for row in rows]


def report_row(report: Report) -> dict[str, Any]:
    """A report as the desk shows it; with site, upload and texts fetched it asks nothing."""
    body = report.body
    state, words, look = STAGES[report.stage]
    site = report.site
    return {
        "report": report,
        "state": state,
        "mark": {"key": look, "label": words},
        "kind": KINDS.get(report.kind, report.kind),
        "open": report.stage == Report.WAITING,
        "domain": site.domain if site else "",
        "site_number": site.number if site else body.get("site_number", "") or report.handle,
        "filing": site.filing if site else None,
        "password": FITS[body.get("password_fits")] if report.kind == Report.ACCESS else "",
        "places": "、".join(map(place, body.get("places", []))),
        "methods": "、".join(METHODS.get(code, str(code)) for code in body.get("methods", [])),
        "addresses": _addresses(body.get("addresses", [])),
        "reason": REASONS.get(body.get("reason") or 0, ""),
        "attachments": [
            {
                "number": number,
                "label": PURPOSES.get(row["purpose"], row["purpose"]),
                "owner": OWNERS.get(row["owner"], row["owner"]),
                "owner_number": row["owner_number"],
                "size": row["size"],
            }
            for number, row in enumerate(body.get("attachments", []), 1)
        ],
        "texts": [(ROLES[text.role], text) for text in report.texts.all()],
    }


def reports(*, waiting: bool) -> QuerySet[Report]:
    """Those that wait for a decision, or those that had one."""
    found = Report.objects.select_related("upload", "site__filing").prefetch_related("texts").defer("upload__body")
    return found.filter(stage=Report.WAITING) if waiting else found.exclude(stage=Report.WAITING)


def filings() -> QuerySet[Filing]:
    """What is on file, with its sites and who serves them."""
    return Filing.objects.prefetch_related("sites__accesses")


def filing_row(filing: Filing) -> dict[str, Any]:
    """A filing with the providers of its sites by name."""
    return {"filing": filing, "sites": [{"site": site, "providers": _providers(site)} for site in filing.sites.all()]}


def _providers(site: Site) -> str:
    serving = [access for access in site.accesses.all() if access.ended_at is None]
    return "、".join(access.provider or str(access.isp_id) for access in serving)


def uploads() -> QuerySet[Upload]:
    """The files that were accepted."""
    return Upload.objects.defer("body").annotate(requests=Count("reports"))


def downloads() -> QuerySet[Download]:
    """The files for the provider."""
    return Download.objects.select_related("report__upload").defer("xml", "report__upload__body", "report__body")


def traffic() -> dict[str, Any]:
    """How far the files are, both ways, and the authority's clock."""
    last = methods.last_sequence(settings.MIIT_ISP_ID)
    return {
        "now": clock.now(),
        "ahead": clock.conduct().clock_ahead,
        "last_sequence": last,
        "next_sequence": last + 1,
        "unprocessed": Upload.objects.filter(processed_at__isnull=True).count(),
        "undelivered": Download.objects.filter(acknowledged_at__isnull=True).count(),
    }
