"""The overview page of one's data: every request with its page."""

from dataclasses import dataclass
from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from icpportal.accounts.guards import account_of
from transfers.pages.frame import Page, render_page
from transfers.rights.views.exports import CopyShown, copy_of
from transfers.rights.views.guards import fresh_proof_required


@dataclass(frozen=True, slots=True, kw_only=True)
class YourDataPage(Page):
    """The requests about one's own data."""

    template: ClassVar[str] = "transfers/rights/your_data.html"
    copy: CopyShown | None


@fresh_proof_required
@require_safe
def your_data(request: HttpRequest) -> HttpResponse:
    """Lists the requests about one's own data."""
    return render_page(request, YourDataPage(copy=copy_of(account_of(request))))
