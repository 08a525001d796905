"""Orders at the review desk: read-only rows, and moves. Staff act through the lifecycle, never through a field."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from icpportal.gateways.miit.processing import plain_words
from icpportal.lifecycle import LEAD, REVIEWER, Forbidden
from icpportal.moments import short_words, span_words
from icpportal.privacy.actions import note_access
from transfers import (
    actions,
    cause_admin,  # noqa: F401 -- registers its page
    place_admin,  # noqa: F401 -- registers its page
    queries,
    states,
)
from transfers.firing import ORDER
from transfers.models import Objection, Order, ParkedAnswer, ReturnReason
from transfers.review import actions as review
from transfers.review import case
from transfers.review.forms import CallForm, PhotoForm, RefuseForm, ReturnForm
from transfers.review.queue import ByProvince, Tab, province_name
from transfers.sentences import mark
from transfers.slips import subject_words
from transfers.stages import KIND_NAMES
from transfers.timeline import timeline

HELD = pgettext_lazy("order", "held")
NAMELESS = pgettext_lazy("order", "waits for the authority's number of the access")


def _is_nameless(order: Any) -> bool:
    """Of a row of the queue: a cancellation that cannot leave yet."""
    return order.kind == states.CANCELLATION and order.state == states.HANDING_OVER and not order.named


class ReadOnly(admin.ModelAdmin):
    """Rows that are shown and never typed into."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Order)
class OrderAdmin(ReadOnly):
    """The queue, and the case page behind each row."""

    list_display = ("reference", "state_shown", "domain", "kind_shown", "province_shown", "age", "whose", "handed_over")
    list_filter = (Tab, ByProvince)
    search_fields = ("=reference", "=domain", "=site_number")
    search_help_text = gettext_lazy("Order, domain or filing number, exactly")
    list_select_related = ("reviewer",)
    ordering = ("entered_at",)
    list_per_page = 50
    show_full_result_count = False
    actions = ("claim_them", "release_them", "release_hold")

    def get_queryset(self, request: HttpRequest) -> Any:
        named = queries.live_access(ministry_id__isnull=False)
        return (
            super().get_queryset(request).defer("answers", "password_digest", "authority_words").annotate(named=named)
        )

    @admin.display(description=gettext_lazy("Type"))
    def kind_shown(self, order: Order) -> str:
        return str(KIND_NAMES[order.kind])

    @admin.display(description=gettext_lazy("Province"), ordering="province")
    def province_shown(self, order: Order) -> str:
        return province_name(order.province)

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def state_shown(self, order: Order) -> str:
        marks = [mark(order)["label"], HELD if order.held else "", NAMELESS if _is_nameless(order) else ""]
        return " · ".join(str(each) for each in marks if each)

    @admin.display(description=gettext_lazy("Waiting since"), ordering="entered_at")
    def age(self, order: Order) -> str:
        return f"{span_words(timezone.now() - order.entered_at)} · {short_words(order.entered_at)}"

    @admin.display(description=gettext_lazy("Whose"))
    def whose(self, order: Order) -> str:
        live = order.reviewer and order.claimed_until and order.claimed_until > timezone.now()
        return str(order.reviewer) if live else "—"

    @admin.display(description=gettext_lazy("Handed over"))
    def handed_over(self, order: Order) -> str:
        return str(order.report or "")

    # --- actions of the list: safe ones only ---

    def has_review_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("transfers.review_order")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("transfers.operate_order")

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        """Operations see the queue and release held orders; what applicants entered is not theirs to read."""
        return super().get_list_display_links(request, list_display) if self._may_open(request) else None

    def _may_open(self, request: HttpRequest) -> bool:
        return self.has_review_permission(request) or request.user.has_perm("transfers.audit_order")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_view_permission(request, obj)
        return allowed or self.has_operate_permission(request)

    @admin.action(description=gettext_lazy("Claim"), permissions=["review"])
    def claim_them(self, request: HttpRequest, queryset: Any) -> None:
        self._each(request, queryset, lambda order: review.claim(order, request.user), (review.Claimed, Forbidden))

    @admin.action(description=gettext_lazy("Give back to the queue"), permissions=["review"])
    def release_them(self, request: HttpRequest, queryset: Any) -> None:
        self._each(request, queryset, lambda order: review.release(order, request.user), review.Claimed)

    @admin.action(description=gettext_lazy("Report held orders anew"), permissions=["operate"])
    def release_hold(self, request: HttpRequest, queryset: Any) -> None:
        self._each(request, queryset, lambda order: actions.release_hold(order, actor=request.user), Forbidden)

    def _each(self, request: HttpRequest, orders: Any, act: Callable[[Order], Any], refusal: Any) -> None:
        done = 0
        for order in Order.objects.filter(pk__in=[order.pk for order in orders]):
            try:
                done += act(order) is not False
            except refusal:
                continue
        skipped = len(orders) - done
        messages.info(request, _("%(done)s done, %(skipped)s skipped") % {"done": done, "skipped": skipped})

    # --- the case page ---

    def get_urls(self) -> list[Any]:
        own = path("<uuid:pk>/case/", self.admin_site.admin_view(self.case_view), name="transfers_order_case")
        return [own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": _("Orders"), **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("admin:transfers_order_case", object_id)

    def case_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Everything about one order on one page; each button is a move of its life."""
        if not self._may_open(request):
            raise PermissionDenied
        order = get_object_or_404(Order.objects.select_related("owner", "reviewer"), pk=pk)
        if request.method == "POST":
            return self._act(request, order)
        note_access(actor=request.user, what="order", reference=order.reference)
        return self._case(request, order)

    def _act(self, request: HttpRequest, order: Order) -> HttpResponse:
        move = request.POST.get("move", "")
        if move not in MOVES or not request.user.has_perm(MOVES[move].permission):
            raise PermissionDenied
        if move in JUDGEMENTS and request.POST.get("seen") != str(order.version):
            messages.error(request, MOVED)
            return redirect(case_url(order))
        try:
            form = MOVES[move].act(request, order)
        except review.Claimed as refused:
            messages.error(request, refused.words)
        except Forbidden:
            messages.error(request, MOVED)
        else:
            if form is not None:
                return self._case(request, order, **{MOVES[move].form_name: form})
            messages.success(request, MOVES[move].done)
        return redirect(case_url(order) if move in STAY else reverse("admin:transfers_order_changelist"))

    def _case(self, request: HttpRequest, order: Order, **forms: Any) -> TemplateResponse:
        by = LEAD if request.user.has_perm("transfers.lead_review") else REVIEWER
        can = {row.name for row in ORDER.available(order, by, queries.facts_of(order))}
        may_judge = self.has_review_permission(request)
        returning = forms.get("return_form") or (
            ReturnForm(parts=case.parts_of(order)) if "send_back" in can and may_judge else None
        )
        chinese = request.LANGUAGE_CODE.startswith("zh")
        context = {
            **self.admin_site.each_context(request),
            "title": f"{order.reference} · {order.domain}",
            "opts": self.model._meta,
            "order": order,
            "state": mark(order),
            "can": can if may_judge else set(),
            "subject": subject_words(order),
            "rules": queries.rules_of(order),
            "sections": case.sections(order, returning, in_clear=may_judge) if order.kind in states.TRANSFERS else [],
            "photos": case.photos(order) if order.state == states.PHOTO_REVIEW else [],
            "photo_facts": case.photo_facts(order) if order.state == states.PHOTO_REVIEW else [],
            "hints": case.hints(order) if order.kind in states.TRANSFERS else [],
            "said": _said(order, "zh" if chinese else "en"),
            "nameless": queries.waits_for_id(order),
            "return_form": returning,
            "photo_form": forms.get("photo_form") or PhotoForm(ways=queries.rules_of(order).photo_ways),
            "call_form": forms.get("call_form") or CallForm(),
            "refuse_form": forms.get("refuse_form") or RefuseForm(),
            "events": timeline(order, chinese=chinese),
            "answers_due": order.reviewer_id and order.claimed_until,
            "may_judge": may_judge,
            "objections": queries.objections_to(order),
        }
        return TemplateResponse(request, "admin/transfers/order/case.html", context)


def _said(order: Order, language: str) -> dict[str, str]:
    """What the authority last answered: its codes, what they mean, its own words."""
    if not (order.authority_code or order.authority_words):
        return {}
    plain = plain_words(order.authority_code)[language] if order.authority_code else ""
    return {"code": order.authority_code, "plain": plain, "words": order.authority_words}


def case_url(order: Order) -> str:
    return reverse("admin:transfers_order_case", args=[order.pk])


class Move:
    """One button of the case page: who may press it, what it does, what is said afterwards."""

    def __init__(
        self,
        act: Callable[[HttpRequest, Order], Any],
        done: Any,
        *,
        permission: str = "review_order",
        form_name: str = "",
    ) -> None:
        self.act = act
        self.done = done
        self.permission = f"transfers.{permission}"
        self.form_name = form_name


def _claim(request: HttpRequest, order: Order) -> None:
    review.claim(order, request.user)


def _release(request: HttpRequest, order: Order) -> None:
    review.release(order, request.user)


def _accept(request: HttpRequest, order: Order) -> None:
    review.accept(order, request.user)


def _send_back(request: HttpRequest, order: Order) -> ReturnForm | None:
    form = ReturnForm(request.POST, parts=case.parts_of(order))
    if not form.is_valid():
        return form
    review.send_back(order, request.user, form.named())
    return None


def _accept_photo(request: HttpRequest, order: Order) -> None:
    review.accept_photo(order, request.user)


def _refuse_photo(request: HttpRequest, order: Order) -> PhotoForm | None:
    form = PhotoForm(request.POST, ways=queries.rules_of(order).photo_ways)
    if not form.is_valid():
        return form
    review.refuse_photo(order, request.user, form.named())
    return None


def _call(request: HttpRequest, order: Order) -> CallForm | None:
    form = CallForm(request.POST)
    if not form.is_valid():
        return form
    review.note_call(order, request.user, form.cleaned_data["words"])
    return None


def _refuse(request: HttpRequest, order: Order) -> RefuseForm | None:
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return form
    review.refuse(order, request.user, form.cleaned_data["words"])
    return None


MOVES = {
    "claim": Move(_claim, gettext_lazy("The order is yours for 30 minutes")),
    "release": Move(_release, gettext_lazy("The order is back in the queue")),
    "accept": Move(_accept, gettext_lazy("Accepted")),
    "send_back": Move(_send_back, gettext_lazy("Returned to the applicant"), form_name="return_form"),
    "accept_photo": Move(_accept_photo, gettext_lazy("The photo is accepted; the order is handed over")),
    "refuse_photo": Move(_refuse_photo, gettext_lazy("A new photo was asked for"), form_name="photo_form"),
    "call": Move(_call, gettext_lazy("The call is noted"), form_name="call_form"),
    "refuse": Move(_refuse, gettext_lazy("Refused"), permission="lead_review", form_name="refuse_form"),
}
STAY = ("claim", "call")
# what a reviewer decides is about the order as the page showed it, not as it became meanwhile
JUDGEMENTS = ("accept", "send_back", "accept_photo", "refuse_photo", "refuse")
MOVED = gettext_lazy("The order has moved on meanwhile. This is how it stands")


@admin.register(ReturnReason)
class ReturnReasonAdmin(admin.ModelAdmin):
    """The catalogue of reasons; a reason in use is switched off, never deleted."""

    list_display = ("key", "text_zh", "text_en", "fields", "active")
    list_filter = ("active",)
    search_fields = ("key", "text_zh", "text_en")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Objection)
class ObjectionAdmin(ReadOnly):
    """Objections to open orders; answered by phone, closed here."""

    list_display = ("domain", "owner", "created_at", "closed_at", "closed_by")
    fields = ("domain", "owner", "words", "created_at", "closed_at", "closed_by", "answer")
    actions = ("close_them",)

    def has_answer_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("transfers.change_objection")

    @admin.action(description=gettext_lazy("Close"), permissions=["answer"])
    def close_them(self, request: HttpRequest, queryset: Any) -> None:
        closed = queryset.filter(closed_at=None).update(closed_at=timezone.now(), closed_by=request.user)
        messages.info(request, _("%(done)s done, %(skipped)s skipped") % {"done": closed, "skipped": 0})


@admin.register(ParkedAnswer)
class ParkedAnswerAdmin(ReadOnly):
    """Answers of the authority that fit no order: read, act by hand, close."""

    list_display = ("kind", "report_key", "code", "reason", "at", "closed_at")
    list_filter = ("kind",)
    fields = ("kind", "report_key", "code", "words", "reason", "at", "closed_at")
    actions = ("close_them",)

    def has_close_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("transfers.change_parkedanswer")

    @admin.action(description=gettext_lazy("Close"), permissions=["close"])
    def close_them(self, request: HttpRequest, queryset: Any) -> None:
        queryset.filter(closed_at=None).update(closed_at=timezone.now())
