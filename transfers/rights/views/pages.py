"""The overview page of one's data: every request with its page."""

from dataclasses import dataclass
from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from icpportal.accounts.guards import account_of
from transfers.pages.frame import Page, render_page
from transfers.rights.models import Closure
from transfers.rights.views.corrections import CorrectionRow, corrections_of
from transfers.rights.views.exports import CopyShown, copy_of
from transfers.rights.views.guards import fresh_proof_required


@dataclass(frozen=True, slots=True, kw_only=True)
class YourDataPage(Page):
    """The requests about one's own data."""

    template: ClassVar[str] = "transfers/rights/your_data.html"
    copy: CopyShown | None
    has_corrections: bool
    waiting: list[CorrectionRow]  # corrections that we have not answered yet
    is_closing: bool  # the account is closed as soon as that is possible


@fresh_proof_required
@require_safe
def your_data(request: HttpRequest) -> HttpResponse:
    """Lists the requests about one's own data."""
    user = account_of(request)
    rows = corrections_of(user)
    waiting = [row for row in rows if row.is_open]
    page = YourDataPage(
        copy=copy_of(user),
        has_corrections=bool(rows),
        waiting=waiting,
        is_closing=Closure.objects.filter(user=user).exists(),
    )
    return render_page(request, page)
