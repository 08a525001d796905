"""Registers the review desk's models: orders, whose pages are our own, the catalogue of reasons, objections."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from icpportal.accounts.roles import LEAD_REVIEWER, NAMES, OPERATIONS, REVIEWER
from icpportal.audit.page_names import PAGES
from icpportal.audit.words import DONE, ROLES, STATES
from icpportal.desk.readonly_admin import ReadOnlyAdmin
from icpportal.fields.domains import display_domain
from icpportal.fields.language_marks import lazily_labelled, reads_chinese
from icpportal.fields.types import Words
from icpportal.lifecycle import LEAD
from icpportal.privacy.access_words import WHAT
from transfers.documents.slots import SLOTS
from transfers.models import Objection, Order, ReturnReason
from transfers.objections.results import result_of
from transfers.orders.history import ROWS
from transfers.orders.rows import staff_words
from transfers.orders.states import BY_KEY
from transfers.returns.labels import label_of, names_of, section_of
from transfers.review.baskets.views import next_view, queue_view
from transfers.review.cases import views as cases
from transfers.review.cases.decision.views import accept_view, return_page, return_view
from transfers.review.cases.moves import RETURN
from transfers.review.cases.parts.masks import ADDRESS, MASKS
from transfers.review.cases.second.views import second_page, second_view
from transfers.review.navigation import only_asks
from transfers.review.purposes import SHOWN
from transfers.review.search.box import may_open
from transfers.review.search.views import search
from transfers.review.unsent_orders import opens

WHAT.update({f"document {slot}": label_of(f"paper.{slot}") for slot in SLOTS} | {"document photo": label_of("photo")})
WHAT.update(
    {
        f"{SHOWN}{part}": lazily_labelled(
            gettext_lazy("Shown in full"), format_lazy("{} · {}", section_of(part), label_of(part))
        )
        for part in (*MASKS, ADDRESS)
    }
)
DONE.update({name: staff_words(row) for name, row in ROWS.items()})
STATES.update({key: state.label for key, state in BY_KEY.items()})
ROLES.update({REVIEWER: NAMES[REVIEWER], LEAD: NAMES[LEAD_REVIEWER], OPERATIONS: NAMES[OPERATIONS]})
PAGES.update(
    dict.fromkeys(("desk_calls", "desk_call"), gettext_lazy("Calls"))
    | dict.fromkeys(("desk_objections", "desk_objection"), gettext_lazy("Objections"))
    | dict.fromkeys(("desk_figures", "desk_figures_csv"), gettext_lazy("Figures"))
    | dict.fromkeys(("desk_export", "desk_export_answer", "desk_export_file"), gettext_lazy("Export a list"))
    | dict.fromkeys(("desk_reasons", "desk_reason", "desk_reason_new"), gettext_lazy("Reasons for returning"))
)
CaseView = Callable[[HttpRequest, UUID, dict[str, object]], HttpResponse]


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    """The baskets, and the case of each row. Staff act through the lifecycle, never by editing a field."""

    keeps_history = True  # its own timeline

    def has_view_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        allowed = super().has_view_permission(request, obj)
        return allowed or request.user.has_perm("transfers.operate_order")

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                "<uuid:pk>/case/",
                self._case(partial(cases.case_view, elsewhere={RETURN: return_page, "second_form": second_page})),
                name="transfers_order_case",
            ),
            path("<uuid:pk>/case/return/", self._case(return_view), name="transfers_order_return"),
            path("<uuid:pk>/case/accept/", self._case(accept_view), name="transfers_order_accept"),
            path("<uuid:pk>/case/second/", self._case(second_view), name="transfers_order_second"),
            path("<uuid:pk>/case/more/", self._case(cases.more_view), name="transfers_order_more"),
            path("search/", self.admin_site.admin_view(self.search_view), name="transfers_order_search"),
            path("next/", self.admin_site.admin_view(next_view), name="transfers_order_next"),
        ]
        return [*own, *super().get_urls()]

    def _case(self, view: CaseView) -> Callable[..., HttpResponse]:
        """A page of a case, with what every page of the desk shows: worked out when drawn, as most presses lead on."""

        def draw(request: HttpRequest, pk: UUID) -> HttpResponse:
            context: Any = SimpleLazyObject(partial(self._context, request))
            return view(request, pk, context)

        found: Callable[..., HttpResponse] = self.admin_site.admin_view(draw)
        return found

    def _context(self, request: HttpRequest) -> dict[str, object]:
        return {**self.admin_site.each_context(request), "opts": self.model._meta}

    @only_asks
    @method_decorator(sensitive_post_parameters())
    def search_view(self, request: HttpRequest) -> HttpResponse:
        """Finds orders by what was typed into the head of the desk."""
        return search(request, self.admin_site)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, str] | None = None) -> HttpResponse:
        """A basket of orders; an order's number in the URL leads those who judge to its case."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        named = request.GET.get("q", "") if may_open(request.user) else ""
        order = Order.objects.filter(reference=named).first() if named else None
        if order is not None and opens(order):
            return redirect("admin:transfers_order_case", order.pk)
        return queue_view(request, {**self._context(request), **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, str] | None = None
    ) -> HttpResponse:
        return redirect("admin:transfers_order_case", object_id)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, str] | None = None
    ) -> HttpResponse:
        """The timeline of the case: everything that happened to the order, and who did it."""
        return redirect("admin:transfers_order_more", object_id)


@admin.register(ReturnReason)
class ReturnReasonAdmin(ReadOnlyAdmin):
    """The catalogue of reasons, for the list of registers; the page of a row is ours, which versions it."""

    list_display = ("short", "text_zh", "text_en", "parts", "active")
    list_filter = ("active",)

    @admin.display(description=gettext_lazy("Reason"), ordering="short_zh")
    def short(self, row: ReturnReason) -> str:
        return row.short_zh if reads_chinese() else row.short_en

    @admin.display(description=pgettext_lazy("column", "Parts of a case"))
    def parts(self, row: ReturnReason) -> str:
        return names_of(row.fields.split()) or gettext("every part")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, str] | None = None
    ) -> HttpResponse:
        found = self.get_object(request, object_id)
        return redirect("admin:desk_reason", found.key) if found else redirect("admin:desk_reasons")


@admin.register(Objection)
class ObjectionAdmin(ReadOnlyAdmin):
    """Every objection, the open ones first; each is answered on its page of the desk."""

    list_display = ("shown_domain", "created_at", "closed_at", "closed_by", "shown_result")
    list_select_related = ("closed_by",)

    @admin.display(description=gettext_lazy("Domain name"), ordering="domain")
    def shown_domain(self, row: Objection) -> str:
        return display_domain(row.domain)

    @admin.display(description=pgettext_lazy("column", "Result"), ordering="result")
    def shown_result(self, row: Objection) -> Words:
        """Empty for an open one, and for one from before there were results."""
        result = result_of(row.result)
        return result.label if result else "-"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, str] | None = None
    ) -> HttpResponse:
        return redirect("admin:desk_objection", object_id)
