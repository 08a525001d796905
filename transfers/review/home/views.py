"""The first page of reviewers and leads, and what they set for their desk."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from icpportal.accounts.guards import account_of
from icpportal.desk.pages import page_response
from transfers.review.baskets.views import reader_of
from transfers.review.home.forms import SettingsForm, as_set
from transfers.review.home.page import MOST, SettingsPage, home_page
from transfers.review.home.second import waits_for


def reviewers_home(request: HttpRequest, context: dict[str, object]) -> TemplateResponse:
    """Shows what waits, what is mine, what is asked of me; to a lead also who has what."""
    reader = reader_of(request)
    page = home_page(reader)
    if page.is_lead:
        page = replace(page, second=[*page.second, *waits_for(reader, MOST)])
    return page_response(request, "admin/home/reviewer.html", context, page)


def settings_view(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    """Sets the provinces that come first, and single-key shortcuts."""
    user = account_of(request)
    form = SettingsForm(request.POST if request.method == "POST" else None, initial=as_set(user))
    if form.is_bound and form.is_valid():
        form.save(user)
        messages.success(request, _("Saved"))
        return redirect("admin:index")
    return page_response(request, "admin/home/settings.html", context, SettingsPage(_("Settings of the desk"), form))
