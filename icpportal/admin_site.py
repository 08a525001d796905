"""The review desk: Django's admin, signed into through the portal's own account pages."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.access import safe_next, staff_required, with_next
from icpportal.declared_lookups import DeclaredChoices, DeclaredLookups
from icpportal.desk_links import OpenableLinks


class ReviewDesk(AdminSite):
    """Admin site of reviewers, auditors and operations. To strangers it is not there."""

    site_title = site_header = _("Review desk")
    index_title = _("Review desk")

    def register(self, model_or_iterable: Any, admin_class: type[ModelAdmin] | None = None, **options: Any) -> None:
        """Every list, whoever registers it, narrows by its declared filters only; rows link to what may be opened."""
        super().register(model_or_iterable, _of_the_desk(admin_class or ModelAdmin), **options)

    def autocomplete_view(self, request: HttpRequest) -> Any:
        """For fields that declare it."""
        return DeclaredChoices.as_view(admin_site=self)(request)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)
        return update_wrapper(staff_required(inner), inner)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """allauth's page, with its limits and the second factor."""
        wanted = safe_next(request) or reverse("admin:index")
        return HttpResponseRedirect(with_next(reverse("account_login"), wanted))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:  # noqa: ARG002
        """The account's own page: it ends the other sessions."""
        return redirect("account_change_password")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().each_context(request), "second_factor_off": not settings.STAFF_SECOND_FACTOR}


def _of_the_desk(admin_class: type[ModelAdmin]) -> type[ModelAdmin]:
    """The same class, with what holds for all."""
    if issubclass(admin_class, DeclaredLookups):
        return admin_class
    known = {"__module__": admin_class.__module__, "__doc__": admin_class.__doc__}
    return type(admin_class.__name__, (DeclaredLookups, OpenableLinks, admin_class), known)
