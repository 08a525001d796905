"""The review desk: Django's admin, signed into through the portal's own account pages."""

from collections.abc import Callable, Iterable
from functools import update_wrapper
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.accounts.guards import safe_next, staff_required, with_next
from icpportal.accounts.models import User
from icpportal.desk.declared_lookups import DeclaredChoices, DeclaredLookups
from icpportal.desk.links import OpenableLinks
from icpportal.fields.components import Link
from icpportal.fields.marked_text import zh
from icpportal.fields.types import Json, Words
from icpportal.pages.header import links
from transfers.review.exports.urls import urls as exports
from transfers.review.figures.page.urls import urls as figures
from transfers.review.search.box import box_of


class ReviewDesk(AdminSite):
    """Admin site of reviewers, auditors and operations. To strangers it is not there."""

    site_title = site_header = _("Review desk")
    index_title = _("Review desk")

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[ModelAdmin] | None = None,
        **options: Json,
    ) -> None:
        """Every list, whoever registers it, narrows by its declared filters only; rows link to what may be opened."""
        super().register(model_or_iterable, _of_the_desk(admin_class or ModelAdmin), **options)

    def autocomplete_view(self, request: HttpRequest) -> Any:
        """For fields that declare it."""
        return DeclaredChoices.as_view(admin_site=self)(request)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)
        return update_wrapper(staff_required(inner), inner)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Django's, and the pages of the desk that are no register."""
        return [*figures(self), *exports(self), *super().get_urls()]

    def login(self, request: HttpRequest, extra_context: dict[str, Words] | None = None) -> HttpResponse:  # noqa: ARG002
        """allauth's page, with its limits and the second factor."""
        wanted = safe_next(request) or reverse("admin:index")
        return HttpResponseRedirect(with_next(reverse("account_login"), wanted))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Words] | None = None) -> Any:  # noqa: ARG002
        """The account's own page: it ends the other sessions."""
        return redirect("account_change_password")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        return {
            **context,
            "stripe": _stripe(),
            "search_box": box_of(request.user),
            "reader_name": _reader_name(request.user),
            "desk_links": _desk_links(str(context["site_url"] or "")),
        }


def _stripe() -> list[Words]:
    """What the head of the desk warns of: a demo, and staff who sign in without a second factor."""
    demo = [_("Demo desk: invented people and numbers.")]
    lax = (
        [] if settings.STAFF_SECOND_FACTOR else [_("Two-factor sign-in for staff is off here. Production requires it.")]
    )
    return [*demo, *lax] if settings.SIMULATORS else []


def _reader_name(reader: User | AnonymousUser) -> Words:
    name = reader.get_short_name() if isinstance(reader, User) else ""
    return zh(name) if name else reader.get_username()


def _desk_links(site_url: str) -> list[Link]:
    """From the desk to the public pages and to the reader's account."""
    portal = [Link(pgettext_lazy("link to the public pages", "Portal"), site_url)] if site_url else []
    return [*portal, *links([("account", _("Account"))])]


def _of_the_desk(admin_class: type[ModelAdmin]) -> type[ModelAdmin]:
    """The same class, with what holds for all."""
    if issubclass(admin_class, DeclaredLookups):
        return admin_class
    known = {"__module__": admin_class.__module__, "__doc__": admin_class.__doc__}
    return type(admin_class.__name__, (DeclaredLookups, OpenableLinks, admin_class), known)
