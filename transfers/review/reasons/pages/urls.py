"""The addresses of the catalogue, within the review desk."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from transfers.review.reasons.pages import views


def urls(site: AdminSite) -> list[URLPattern]:
    """The addresses, for the desk to include."""

    def reasons(request: HttpRequest) -> HttpResponse:
        return views.reasons(request, site)

    def new(request: HttpRequest) -> HttpResponse:
        return views.new_reason(request, site)

    def reason(request: HttpRequest, key: str) -> HttpResponse:
        return views.reason(request, site, key)

    return [
        path("desk/reasons/", site.admin_view(reasons), name="desk_reasons"),
        path("desk/reasons/new/", site.admin_view(new), name="desk_reason_new"),
        path("desk/reasons/of/<slug:key>/", site.admin_view(reason), name="desk_reason"),
    ]
