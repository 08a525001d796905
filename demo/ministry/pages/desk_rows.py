"""Files and filings as the pages show them, in words."""

from dataclasses import dataclass
from typing import Generic, TypedDict, TypeVar

from django.conf import settings
from django.db.models import Count, Model, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from demo.ministry import clock
from demo.ministry.interface import methods
from demo.ministry.models import Download, Filing, Report, Site, Upload
from icpportal.fields.marked_text import beijing

Row = TypeVar("Row", bound=Model)
PAGE = 20  # rows of one list on one page

DOWNLOADS = {
    "BAJG": _("Results"),
    "BASJ": _("Records"),
    "ZXSJ": _("Struck off"),
    "JCDM": _("Code tables"),
}


@dataclass(frozen=True)
class Page(Generic[Row]):
    """At most `PAGE` rows of a list, newest first, and the address of the next ones."""

    rows: list[Row]
    before: int | None
    name: str  # of the list, in the page's address
    part: str  # id of the section that holds it, "#reports"

    @property
    def older_url(self) -> str:
        """The address of the next rows, empty after the last."""
        return f"?{self.name}={self.before}{self.part}" if self.before else ""


def page(found: QuerySet[Row], asked: QueryDict, name: str, part: str = "") -> Page[Row]:
    """The rows older than the key in `asked`; an invalid key means the first page."""
    before = asked.get(name, "")
    rows = found.order_by("-pk")
    if before.isdecimal() and int(before) < 2**63:
        rows = rows.filter(pk__lt=int(before))
    read = list(rows[: PAGE + 1])
    return Page(read[:PAGE], read[PAGE - 1].pk if len(read) > PAGE else None, name, part)


class SiteShown(TypedDict):
    """A site, and who serves it."""

    site: Site
    providers: str


class FilingShown(TypedDict):
    """A filing with its sites."""

    filing: Filing
    sites: list[SiteShown]


class Traffic(TypedDict):
    """The state of the files, both ways."""

    clock: SafeString
    last_sequence: int
    next_sequence: int
    unprocessed: int
    undelivered: int


def reports(*, waiting: bool) -> QuerySet[Report]:
    """Reports that wait for a decision, or that had one."""
    found = Report.objects.select_related("upload", "site__filing").prefetch_related("texts").defer("upload__body")
    return found.filter(stage=Report.WAITING) if waiting else found.exclude(stage=Report.WAITING)


def filings() -> QuerySet[Filing]:
    """The filings on record, with sites and providers."""
    return Filing.objects.prefetch_related("sites__accesses")


def filing_row(filing: Filing) -> FilingShown:
    """A filing with its sites and the names of their providers."""
    return {"filing": filing, "sites": [{"site": site, "providers": _providers(site)} for site in filing.sites.all()]}


def _providers(site: Site) -> str:
    serving = [access for access in site.accesses.all() if access.ended_at is None]
    return "、".join(access.provider or str(access.isp_id) for access in serving)


def uploads() -> QuerySet[Upload]:
    """The accepted files."""
    return Upload.objects.defer("body").annotate(requests=Count("reports"))


def upload_link(upload: Upload) -> SafeString:
    """The name of a file; a link if it holds a report."""
    if not getattr(upload, "requests", 0):  # counted by `uploads`
        return format_html("{}", upload.name)
    return format_html('<a href="{}">{}</a>', reverse("simulator-raw", args=[upload.sequence]), upload.name)


def content(download: Download) -> str:
    """What a file for the provider holds, and which report it answers."""
    kind = f"{DOWNLOADS.get(download.kind, download.kind)} ({download.kind})"
    return f"{kind} · {download.report.key}" if download.report else kind


def downloads() -> QuerySet[Download]:
    """The files for the provider."""
    return Download.objects.select_related("report__upload").defer("xml", "report__upload__body", "report__body")


def traffic() -> Traffic:
    """The state of the files, both ways, and the authority's clock."""
    last = methods.last_sequence(settings.MIIT_ISP_ID)
    return {
        "clock": _clock(),
        "last_sequence": last,
        "next_sequence": last + 1,
        "unprocessed": Upload.objects.filter(processed_at__isnull=True).count(),
        "undelivered": Download.objects.filter(acknowledged_at__isnull=True).count(),
    }


def _clock() -> SafeString:
    """The authority's time, and whether it was put forward."""
    now = format_html("{}", beijing(clock.now()))
    return format_html("{} · {}", now, pgettext("clock", "moved forward")) if clock.conduct().clock_ahead else now
