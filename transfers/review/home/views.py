"""The first page of those who judge, and what they set for their desk."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from icpportal.accounts.guards import account_of
from icpportal.desk.pages import drawn
from transfers.review.baskets.views import reader_of
from transfers.review.home.forms import SettingsForm, as_set
from transfers.review.home.page import SettingsPage, home_page


def reviewers_home(request: HttpRequest, context: dict[str, object]) -> TemplateResponse:
    """What waits, what is mine, what is asked of me; for a lead also who has what."""
    page = home_page(reader_of(request))
    return drawn(request, "admin/home/reviewer.html", context, page)


def settings_view(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    """The provinces that come first, and whether single keys act."""
    user = account_of(request)
    form = SettingsForm(request.POST if request.method == "POST" else None, initial=as_set(user))
    if form.is_bound and form.is_valid():
        form.save(user)
        messages.success(request, _("Saved"))
        return redirect("admin:index")
    return drawn(request, "admin/home/settings.html", context, SettingsPage(_("Settings of the desk"), form))
