"""The addresses of exports, within the review desk."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from transfers.review.exports import views


def urls(site: AdminSite) -> list[URLPattern]:
    """The URL patterns for the desk."""

    def export(request: HttpRequest) -> HttpResponse:
        return views.export(request, site)

    return [
        path("desk/export/", site.admin_view(export), name="desk_export"),
        path("desk/export/<int:pk>/answer/", site.admin_view(require_POST(views.answer)), name="desk_export_answer"),
        path("desk/export/<int:pk>/file/", site.admin_view(require_POST(views.fetch)), name="desk_export_file"),
    ]
