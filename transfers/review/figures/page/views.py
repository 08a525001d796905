"""The figures as leads and reviewers open them."""

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from icpportal.accounts.guards import account_of
from icpportal.desk.pages import draw
from icpportal.desk.sheets import csv_file
from transfers.review.figures.page import page
from transfers.review.figures.page.forms import FiguresForm


def figures(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Shows a lead the figures of the desk, a reviewer those of their own work."""
    form, user = FiguresForm(request.GET), account_of(request)
    _refuse_others(request)
    now = timezone.now()
    if _is_lead(request):
        return draw(request, site, page.figures_page(form, now))
    return draw(request, site, page.own_page(form, user, now))


def figures_csv(request: HttpRequest, key: str) -> HttpResponse:
    """Sends the table of one figure as a file."""
    _refuse_others(request)
    form, user = FiguresForm(request.GET), account_of(request)
    found = page.table(key, form, user, timezone.now(), is_lead=_is_lead(request))
    if found is None:
        raise Http404
    return csv_file(f"figures-{key}", [found.head, *found.rows])


def _is_lead(request: HttpRequest) -> bool:
    return request.user.has_perm("transfers.lead_review")


def _refuse_others(request: HttpRequest) -> None:
    if not request.user.has_perm("transfers.review_order"):
        raise PermissionDenied
