"""The addresses of objections, within the review desk."""

from uuid import UUID

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from transfers.review.objections import views


def urls(site: AdminSite) -> list[URLPattern]:
    """The addresses, for the desk to include."""

    def objections(request: HttpRequest) -> HttpResponse:
        return views.objections_view(request, site)

    def objection(request: HttpRequest, pk: UUID) -> HttpResponse:
        return views.objection_view(request, site, pk)

    return [
        path("desk/calls/objections/", site.admin_view(objections), name="desk_objections"),
        path("desk/calls/objections/<uuid:pk>/", site.admin_view(objection), name="desk_objection"),
    ]
