"""The account pages only, with pages to guard: other parts of the portal have their own tests."""

from django.contrib import admin
from django.http import HttpResponse
from django.urls import include, path

from icpportal.accounts.guards import confirmed_required, staff_required, step_up_required
from icpportal.accounts.languages import set_language

handler404 = "icpportal.pages.errors.not_found"
handler429 = "icpportal.pages.errors.too_many"


def page(request):
    return HttpResponse(f"the page of {request.user.pk}")


urlpatterns = [
    path("", page, name="start"),
    path("filings/", confirmed_required(page), name="dashboard"),
    path("rules/12/", page),
    path("papers/", confirmed_required(page), name="papers"),
    path("sensitive/", step_up_required(page), name="sensitive"),
    path("desk/", staff_required(page), name="desk"),
    path("privacy/", page, name="privacy"),
    path("drafts/", include("icpportal.drafts.urls")),
    path("language/", set_language, name="set_language"),
    path("notifications/settings/", page, name="message-settings"),
    path("account/", include("icpportal.accounts.urls")),
    path("admin/", admin.site.urls),
]
