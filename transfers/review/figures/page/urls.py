"""The addresses of the figures, within the review desk."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from transfers.review.figures.page import views


def urls(site: AdminSite) -> list[URLPattern]:
    """The addresses, for the desk to include."""

    def figures(request: HttpRequest) -> HttpResponse:
        return views.figures(request, site)

    return [
        path("desk/figures/", site.admin_view(figures), name="desk_figures"),
        path("desk/figures/<slug:key>.csv", site.admin_view(views.figures_csv), name="desk_figures_csv"),
    ]
