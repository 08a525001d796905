"""The addresses of calls, within the review desk."""

from uuid import UUID

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from transfers.review.calls import views


def urls(site: AdminSite) -> list[URLPattern]:
    """The URL patterns for the desk."""

    def calls(request: HttpRequest) -> HttpResponse:
        return views.calls_view(request, site)

    def call(request: HttpRequest, pk: UUID) -> HttpResponse:
        return views.call_view(request, site, pk)

    return [
        path("desk/calls/", site.admin_view(calls), name="desk_calls"),
        path("desk/calls/<uuid:pk>/", site.admin_view(call), name="desk_call"),
    ]
