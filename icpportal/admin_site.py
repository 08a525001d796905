"""The review desk: Django's admin, with sign-in through the portal's own account pages."""

from collections.abc import Callable, Iterable
from functools import update_wrapper
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.accounts import roles
from icpportal.accounts.guards import account_of, safe_next, staff_required, with_next
from icpportal.accounts.models import User
from icpportal.approvals.words import notices
from icpportal.desk.stock.declared_lookups import DeclaredChoices, DeclaredLookups
from icpportal.desk.stock.links import OpenableLinks
from icpportal.desk.stock.pages import StockPages
from icpportal.desk.top import Top
from icpportal.fields.components import Link
from icpportal.fields.marked_text import zh
from icpportal.fields.types import Json, Words
from icpportal.operations.desk_home import operations_home
from icpportal.pages.header import links
from transfers.review import navigation
from transfers.review.calls.urls import urls as calls
from transfers.review.exports.urls import urls as exports
from transfers.review.figures.page.urls import urls as figures
from transfers.review.home.auditor import auditors_home
from transfers.review.home.views import reviewers_home, settings_view
from transfers.review.objections.urls import urls as objections
from transfers.review.reasons.pages.urls import urls as reasons
from transfers.review.search.box import box_of
from transfers.review.staff import settings_of

Home = Callable[[HttpRequest, dict[str, Any]], TemplateResponse]
# first pages by the reader's permission
HOMES: tuple[tuple[str, Home], ...] = (
    ("transfers.review_order", reviewers_home),
    ("transfers.operate_order", operations_home),
    ("transfers.audit_order", auditors_home),
)


# what the head calls the reader, by permission; makes no query of its own
DUTIES = (
    ("transfers.lead_review", roles.LEAD_REVIEWER),
    ("transfers.review_order", roles.REVIEWER),
    ("transfers.operate_order", roles.OPERATIONS),
    ("transfers.audit_order", roles.AUDITOR),
)


class ReviewDesk(AdminSite):
    """The admin site of reviewers, auditors and operations. Strangers get 404."""

    site_title = site_header = _("Review desk")
    index_title = _("Review desk")

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[ModelAdmin] | None = None,
        **options: Json,
    ) -> None:
        """Registers a list that narrows by its declared filters only, and links only to what may be opened."""
        super().register(model_or_iterable, _of_the_desk(admin_class or ModelAdmin), **options)

    def autocomplete_view(self, request: HttpRequest) -> Any:
        """For fields that declare it."""
        return DeclaredChoices.as_view(admin_site=self)(request)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        def with_new_counts(request: HttpRequest, *given: Any, **named: Any) -> Any:
            """Counts baskets and head again for the person who acted."""
            acts = request.method == "POST" and not getattr(view, navigation.ASKS, False)
            actor = request.user if acts and isinstance(request.user, User) else None
            if actor:
                navigation.forget(actor)  # for the page that answers
            answer = inner(request, *given, **named)
            if actor:  # they may be signed out by now
                navigation.forget(actor)
            return answer

        return update_wrapper(staff_required(update_wrapper(with_new_counts, inner)), inner)

    def login(self, request: HttpRequest, extra_context: dict[str, Words] | None = None) -> HttpResponse:  # noqa: ARG002
        """Redirects to allauth's page, with its limits and the second factor."""
        wanted = safe_next(request) or reverse("admin:index")
        return HttpResponseRedirect(with_next(reverse("account_login"), wanted))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Words] | None = None) -> Any:  # noqa: ARG002
        """Redirects to the account's own page, which ends the other sessions."""
        return redirect("account_change_password")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Django's addresses and the desk's own pages."""
        own = [
            path("registers/", self.admin_view(self.registers), name="registers"),
            path("desk/settings/", self.admin_view(self.settings), name="desk_settings"),
        ]
        own += [*calls(self), *objections(self), *figures(self), *exports(self), *reasons(self)]
        return [*own, *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The first page, by the reader's role."""
        drawn = next((draw for permission, draw in HOMES if request.user.has_perm(permission)), None)
        if drawn is None:
            return self.registers(request)
        return drawn(request, {**self.each_context(request), **(extra_context or {})})

    def registers(self, request: HttpRequest) -> TemplateResponse:
        """Every list that the reader may open, grouped as in Django."""
        return super().index(request, {"title": _("Registers")})

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The lists of one group, titled as the group is named on the page above."""
        answer: TemplateResponse = super().app_index(request, app_label, extra_context)
        context = answer.context_data or {}
        answer.context_data = {**context, "title": context["app_list"][0]["name"]}
        return answer

    def settings(self, request: HttpRequest) -> HttpResponse:
        """The reader's preferences for the desk."""
        return settings_view(request, self.each_context(request))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What the frame of a page needs. Django's own also checks every list's permissions, which nothing uses."""
        may_enter = self.has_permission(request)
        return {
            "has_permission": may_enter,
            "search_box": box_of(request.user),
            "top": _top(request, request.META["SCRIPT_NAME"] or "/") if may_enter else None,
        }


def _top(request: HttpRequest, site_url: str) -> Top:
    reader = account_of(request)
    lax = settings.SIMULATORS and not settings.STAFF_SECOND_FACTOR
    return Top(
        links=navigation.links(request),
        own_links=[
            Link(_("Settings of the desk"), reverse("admin:desk_settings")),
            *links([("account", _("Account"))]),
            Link(pgettext_lazy("link to the public pages", "Portal"), site_url),
        ],
        keys_off=not settings_of(reader).single_keys,
        name=_reader_name(reader),
        role=next((roles.NAMES[role] for permission, role in DUTIES if reader.has_perm(permission)), ""),
        demo=_("Demo desk: invented people and numbers.") if settings.SIMULATORS else "",
        warning=_("Two-factor sign-in for staff is off here. Production requires it.") if lax else "",
        notices=notices(),
    )


def _reader_name(reader: User) -> Words:
    name = reader.get_short_name()
    return zh(name) if name else reader.get_username()


def _of_the_desk(admin_class: type[ModelAdmin]) -> type[ModelAdmin]:
    """The class with what all lists share."""
    if issubclass(admin_class, DeclaredLookups):
        return admin_class
    known = {"__module__": admin_class.__module__, "__doc__": admin_class.__doc__}
    bases = (admin_class, StockPages) if admin_class is not ModelAdmin else (StockPages,)
    return type(admin_class.__name__, (DeclaredLookups, OpenableLinks, *bases), known)
