"""Who looked at one's documents and answers."""

from dataclasses import dataclass
from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from icpportal.accounts.guards import account_of
from transfers.pages.frame import Page, render_page
from transfers.rights import looks
from transfers.rights.views.guards import fresh_proof_required


@dataclass(frozen=True, slots=True, kw_only=True)
class LooksPage(Page):
    template: ClassVar[str] = "transfers/rights/looks.html"
    looks: list[looks.Look]
    most: int | None  # set when older ones are left out


@fresh_proof_required
@require_safe
def look_list(request: HttpRequest) -> HttpResponse:
    """Lists the newest looks, without names."""
    found = looks.of_account(account_of(request))
    return render_page(request, LooksPage(looks=found, most=looks.SHOWN if len(found) == looks.SHOWN else None))
