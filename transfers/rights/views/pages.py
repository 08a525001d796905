"""Your data: what can be asked, each with its page."""

from dataclasses import dataclass
from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from transfers.pages.frame import Page, render_page
from transfers.rights.views.guards import fresh_proof_required


@dataclass(frozen=True, slots=True, kw_only=True)
class YourDataPage(Page):
    """What can be asked about one's own data."""

    template: ClassVar[str] = "transfers/rights/your_data.html"


@fresh_proof_required
@require_safe
def your_data(request: HttpRequest) -> HttpResponse:
    """What can be asked about one's own data."""
    return render_page(request, YourDataPage())
