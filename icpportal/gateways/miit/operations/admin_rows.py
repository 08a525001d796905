"""What the ministry's rows have in common at the review desk: read-only, a file's content on a page of its own."""

import logging
from typing import TypeVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from icpportal.desk.proposals import ProposalRefused
from icpportal.desk.row_actions import RowActions
from icpportal.fields.components import Panel
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit.line.file_encryption import Forgotten
from icpportal.gateways.miit.models import InboxFile, UploadFile
from icpportal.gateways.miit.operations.content_page import AWAY, FORGOTTEN, LOST, Content, Question, Trouble
from icpportal.logs import redact
from icpportal.privacy.actions import note_access_by
from icpportal.privacy.crypto import Unreadable

logger = logging.getLogger(__name__)

Row = TypeVar("Row", bound=Model)
File = TypeVar("File", UploadFile, InboxFile)

OPERATE = "miit.operate_ministry"


class ReadOnly(RowActions[Row]):
    """Read-only rows; actions need `miit.operate_ministry`."""

    refusals = (Retryable, Refused, ProposalRefused)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Whether the account may act: `miit.operate_ministry`."""
        return request.user.has_perm(OPERATE)


class Contents(ReadOnly[File]):
    """Files whose content has its own page with a warning; the look is recorded."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[File]:
        return super().get_queryset(request).defer("body")

    def get_urls(self) -> list[URLPattern]:
        name = f"miit_{self.opts.model_name}_content"
        own = path("<int:pk>/content/", self.admin_site.admin_view(self.content_view), name=name)
        return [own, *super().get_urls()]

    def text_of(self, row: File) -> str:
        """The content in words; may raise `Forgotten`."""
        raise NotImplementedError

    def content_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """First says what it is and that the look is recorded; a button then shows the content."""
        if not (self.has_operate_permission(request) and self.has_view_permission(request)):
            raise PermissionDenied
        row = get_object_or_404(self.model, pk=pk)
        panel = self._content(request, row) if request.method == "POST" else Question()
        page = {"title": f"{self.opts.verbose_name} {row}", "opts": self.opts, "row": row, "panel": panel}
        context = {**self.admin_site.each_context(request), **page}
        response = TemplateResponse(request, "admin/miit/content.html", context)
        add_never_cache_headers(response)
        return response

    def _content(self, request: HttpRequest, row: File) -> Panel:
        """Needs a reason; numbers, mobiles and email addresses are masked unless requested."""
        reason = request.POST.get("reason", "").strip()[:200]
        if not reason:
            return Question(is_missing=True)
        try:
            text = self.text_of(row)
        except Forgotten:
            return Trouble(FORGOTTEN)
        except (Retryable, Unreadable) as trouble:
            logger.warning("content not shown", extra={"trouble": type(trouble).__name__, "row": row.pk})
            return Trouble(LOST if isinstance(trouble, Unreadable) else AWAY)
        is_masked = not request.POST.get("full")
        what = f"ministry {self.opts.model_name}{'' if is_masked else ' in full'}"
        note_access_by(request, what=what, reference=str(row)[:80], reason=reason)
        return Content(redact(text) if is_masked else text, is_masked)

    @admin.display(description=_("Content"))
    def content(self, row: File) -> str:
        """The link to the content."""
        if not row.key:
            return gettext("Erased: its key was destroyed")
        address = reverse(f"admin:miit_{self.opts.model_name}_content", args=[row.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Show content"))
