"""A copy of one's own data: requested, being built, fetched."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from icpportal.accounts.guards import account_of
from icpportal.accounts.models import User
from icpportal.fields.client import client_address
from icpportal.fields.types import Words
from icpportal.time_format import long_words, to_beijing
from transfers.pages.frame import Page, render_page
from transfers.rights import export_files
from transfers.rights.exports import actions
from transfers.rights.models import DataExport
from transfers.rights.views.guards import fresh_proof_required
from verification.documents.file_access import HEADERS


@dataclass(frozen=True, slots=True)
class Stage:
    """The progress of a copy, as the look of a state's mark."""

    key: str
    label: Words
    tone: str
    icon: str


ASKED = Stage("asked", pgettext_lazy("copy", "Requested"), "slate", "hourglass")
BUILDING = Stage("building", pgettext_lazy("copy", "Being put together"), "blue", "hourglass")
AGAIN = Stage("again", pgettext_lazy("copy", "Interrupted, being tried again"), "amber", "return")
READY = Stage("ready", pgettext_lazy("copy", "Ready"), "green", "right")
FAILED = Stage("failed", pgettext_lazy("copy", "Failed"), "red", "wrong")
TOO_MANY = gettext_lazy("You have requested several copies today. You can request the next one from %(when)s")


@dataclass(frozen=True, slots=True)
class CopyShown:
    """The copy as the page shows it."""

    stage: Stage
    asked: str
    done: int
    total: int
    size: str
    until: str
    downloads: int
    downloaded: str
    url: str  # where to fetch it; "" while there is nothing

    @property
    def is_open(self) -> bool:
        return self.stage in (ASKED, BUILDING, AGAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPage(Page):
    template: ClassVar[str] = "transfers/rights/export.html"
    copy: CopyShown | None
    days: int
    poll_url: str  # set while the state changes by itself


@fresh_proof_required
@require_http_methods(["GET", "HEAD", "POST"])
def export_page(request: HttpRequest) -> HttpResponse:
    """Shows what is in a copy and its progress; the POST requests one."""
    user = account_of(request)
    if request.method == "POST":
        try:
            actions.ask(user, client=client_address(request))
        except actions.TooMany as many:
            when = long_words(many.until) if many.until else ""
            messages.error(request, TOO_MANY % {"when": when})
        return redirect("data-export")
    shown = copy_of(user)
    is_open = shown is not None and shown.is_open
    days = export_files.kept_for().days
    poll_url = reverse("data-export") if is_open else ""
    return render_page(request, ExportPage(copy=shown, days=days, poll_url=poll_url))


@fresh_proof_required
@require_safe
def download(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Serves the file to its owner; 404 for anyone else and once it has expired."""
    export = get_object_or_404(DataExport.objects.select_related("user"), pk=pk, user=account_of(request))
    if request.method == "HEAD":  # nothing is fetched
        return HttpResponse(content_type="application/zip", headers=HEADERS)
    content = actions.fetch(export, client=client_address(request))
    if content is None:
        raise Http404
    answer = StreamingHttpResponse(content, content_type="application/zip", headers=HEADERS)
    answer["Content-Disposition"] = f'attachment; filename="{_file_name(export.asked_at)}"'
    answer["Content-Length"] = str(export.size)
    return answer


def copy_of(user: User) -> CopyShown | None:
    """The copy that is being built, or the last one, as pages show it."""
    found = actions.newest(user)
    return _copy_shown(found) if found else None


def _file_name(at: datetime) -> str:
    return f"icp-data-{to_beijing(at):%Y%m%d}.zip"


def _copy_shown(export: DataExport) -> CopyShown:
    ready = export.ready_at
    return CopyShown(
        stage=_stage(export),
        asked=long_words(export.asked_at),
        done=export.done,
        total=export.total,
        size=filesizeformat(export.size),
        until=long_words(ready + export_files.kept_for()) if ready else "",
        downloads=export.downloads,
        downloaded=long_words(export.downloaded_at) if export.downloaded_at else "",
        url=reverse("data-export-file", args=[export.pk]) if ready else "",
    )


def _stage(export: DataExport) -> Stage:
    if not export.is_open:
        return READY if export.ready_at else FAILED
    if export.tries > 1 or (export.tries and export.lease is None):
        return AGAIN
    return BUILDING if export.tries else ASKED
