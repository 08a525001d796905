"""Orders at the review desk: read-only rows, and moves. Staff act through the lifecycle, never through a field."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from icpportal.accounts.guards import account_of
from icpportal.desk.readonly_admin import ReadOnlyAdmin
from icpportal.lifecycle import LEAD, REVIEWER, MoveNotAllowed
from icpportal.privacy.actions import AUDIT, REVIEW, note_access
from icpportal.privacy.admin import WHAT, Noted
from icpportal.time_format import short_words, span_words, to_beijing
from transfers.documents.slots import SLOTS
from transfers.models import Objection, Order, ReturnReason
from transfers.order_page.timeline import timeline
from transfers.orders import actions, queries
from transfers.orders.kinds import kind_of, state_of
from transfers.orders.machine import ORDER
from transfers.pages.order_summary import subject_words
from transfers.pages.unreadable import shown
from transfers.returns.labels import label_of
from transfers.review import actions as review
from transfers.review import case, case_forms, drafts
from transfers.review.case_moves import ACTIONS, ELSEWHERE, KEEP, MORE_ELSEWHERE, MOVED, Contradicted
from transfers.review.case_notes import notes
from transfers.review.forms import PhotoForm, ReturnForm
from transfers.review.queue import ByProvince, Tab, province_name
from transfers.review.search.box import may_search
from transfers.review.search.views import search

Act = Callable[[Order], bool | None]  # False: it did not happen

Columns = list[str | Callable[[Order], str | bool]] | tuple[str | Callable[[Order], str | bool], ...]

HELD = pgettext_lazy("order", "on hold")
WHAT.update({f"document {slot}": label_of(f"paper.{slot}") for slot in SLOTS} | {"document photo": label_of("photo")})
NAMELESS = pgettext_lazy("order", "waiting for the authority's number of the access")


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    """The queue, and the case page behind each row."""

    list_display = ("reference", "state_shown", "domain", "kind_shown", "province_shown", "age", "whose", "handed_over")
    list_filter = (Tab, ByProvince)
    search_help_text = gettext_lazy("Order number, exactly")
    list_select_related = ("reviewer",)
    ordering = ("entered_at",)
    list_per_page = 50
    show_full_result_count = False
    actions = ("claim_them", "release_them", "release_hold")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        nameless = Exists(queries.without_access_id().filter(pk=OuterRef("pk")))
        return (
            super()
            .get_queryset(request)
            .defer("answers", "password_digest", "authority_words")
            .annotate(nameless=nameless)
        )

    @admin.display(description=gettext_lazy("Type"))
    def kind_shown(self, order: Order) -> str:
        return str(kind_of(order).name)

    @admin.display(description=gettext_lazy("Province"), ordering="province")
    def province_shown(self, order: Order) -> str:
        return province_name(order.province)

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def state_shown(self, order: Order) -> str:
        marks = [
            state_of(order).label,
            HELD if order.held else "",
            NAMELESS if getattr(order, "nameless", False) else "",
        ]
        return " · ".join(str(each) for each in marks if each)

    @admin.display(description=gettext_lazy("Waiting since"), ordering="entered_at")
    def age(self, order: Order) -> str:
        return f"{span_words(timezone.now() - order.entered_at)} · {short_words(order.entered_at)}"

    @admin.display(description=gettext_lazy("Handled by"))
    def whose(self, order: Order) -> str:
        live = order.reviewer and order.claimed_until and order.claimed_until > timezone.now()
        return str(order.reviewer) if live else "—"

    @admin.display(description=gettext_lazy("Submissions to the authority"))
    def handed_over(self, order: Order) -> str:
        return str(order.report or "")

    # --- actions of the list: safe ones only ---

    def has_review_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("transfers.review_order")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("transfers.operate_order")

    def get_list_display_links(self, request: HttpRequest, list_display: Columns) -> Any:
        """Operations see the queue and release held orders; what applicants entered is not theirs to read."""
        return super().get_list_display_links(request, list_display) if self._may_open(request) else None

    def _may_open(self, request: HttpRequest) -> bool:
        return self.has_review_permission(request) or request.user.has_perm("transfers.audit_order")

    def has_view_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        allowed = super().has_view_permission(request, obj)
        return allowed or self.has_operate_permission(request)

    @admin.action(description=gettext_lazy("Assign to me"), permissions=["review"])
    def claim_them(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        self._each(
            request,
            queryset,
            lambda order: review.assign_to_me(order, account_of(request)),
            (review.AssignedToOther, MoveNotAllowed),
        )

    @admin.action(description=gettext_lazy("Release to the queue"), permissions=["review"])
    def release_them(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        self._each(
            request, queryset, lambda order: review.release(order, account_of(request)), (review.AssignedToOther,)
        )

    @admin.action(description=gettext_lazy("Resubmit held orders"), permissions=["operate"])
    def release_hold(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        self._each(
            request, queryset, lambda order: actions.release_hold(order, actor=account_of(request)), (MoveNotAllowed,)
        )

    def _each(
        self, request: HttpRequest, orders: QuerySet[Order], act: Act, refusal: tuple[type[Exception], ...]
    ) -> None:
        done = 0
        for order in Order.objects.filter(pk__in=[order.pk for order in orders]):
            if acted(order, act, refusal):
                done += 1
        skipped = len(orders) - done
        messages.info(request, _("%(done)s done, %(skipped)s skipped") % {"done": done, "skipped": skipped})

    # --- the case page ---

    def get_urls(self) -> list[URLPattern]:
        own = (("<uuid:pk>/case/", self.case_view, "case"), ("search/", self.search_view, "search"))
        return [
            *(
                path(route, self.admin_site.admin_view(view), name=f"transfers_order_{name}")
                for route, view, name in own
            ),
            *super().get_urls(),
        ]

    @method_decorator(sensitive_post_parameters())
    def search_view(self, request: HttpRequest) -> HttpResponse:
        """The orders that what was typed into the head of the desk finds."""
        return search(request, self.admin_site)

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """For operations, who have no search of the desk: other pages of theirs lead here by an order's number."""
        return () if may_search(request.user) else ("=reference",)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, str] | None = None) -> HttpResponse:
        named = request.GET.get("q", "") if may_search(request.user) else ""
        if order := Order.objects.filter(reference=named).first() if named else None:
            return redirect(case_url(order))
        return super().changelist_view(request, {"title": _("Orders"), **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, str] | None = None
    ) -> HttpResponse:
        return redirect("admin:transfers_order_case", object_id)

    def case_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Everything about one order on one page; each button is a move of its life."""
        if not self._may_open(request):
            raise PermissionDenied
        order = get_object_or_404(Order.objects.select_related("owner", "reviewer"), pk=pk)
        if request.method == "POST":
            return self._act(request, order)
        return shown(order, lambda: self._case(request, order).render()) or self._cannot_read(request, order)

    def _cannot_read(self, request: HttpRequest, order: Order) -> HttpResponse:
        """The page of a case that cannot be shown: what happened to it, and that operations know."""
        title = {"title": order.reference, "opts": self.model._meta, "order": order}
        context = {**self.admin_site.each_context(request), **title}
        return TemplateResponse(request, "admin/transfers/order/cannot_read.html", context)

    def _act(self, request: HttpRequest, order: Order) -> HttpResponse:
        """Whatever is pressed, all that was typed is kept first."""
        name = request.POST.get("move", "")
        move = ACTIONS.get(name)
        if move is None or not request.user.has_perm(f"transfers.{move.permission}"):
            raise PermissionDenied
        typed = drafts.take_in(order, account_of(request), request.POST, form=move.prefix)
        if name == KEEP and request.headers.get("accept") == "application/json":
            return _kept(request, order, typed)
        refusal = self._refusal(request, order, typed) if move.decides else ""
        if refusal:
            messages.error(request, str(refusal))
            return redirect(case_url(order))
        try:
            form = move.act(order, account_of(request), typed)
        except (review.AssignedToOther, Contradicted) as refused:
            messages.error(request, refused.words)
            return redirect(case_url(order))
        except MoveNotAllowed:
            messages.error(request, MOVED)
            return redirect(case_url(order))
        if form is not None:
            return self._case(request, order, **{move.form_name: form})
        if used := move.used(typed.fields):
            drafts.take_out(order, account_of(request), used)
        messages.success(request, str(move.done))
        return redirect(case_url(order) if move.stays else reverse("admin:transfers_order_changelist"))

    def _refusal(self, request: HttpRequest, order: Order, typed: drafts.Typed) -> str | Promise:
        """A decision is about the order, and about what was typed, as the page showed both."""
        if _has_moved(request, order) or request.POST["move"] not in self._can(request, order):
            return MOVED
        if barred := review.barred(order, account_of(request)):
            return barred.words
        return "" if typed.is_whole else ELSEWHERE

    def _can(self, request: HttpRequest, order: Order) -> set[str]:
        if not self.has_review_permission(request):
            return set()
        by = LEAD if request.user.has_perm("transfers.lead_review") else REVIEWER
        return {row.name for row in ORDER.available(order, by, queries.facts_of(order))}

    def _case(self, request: HttpRequest, order: Order, **shown_again: forms.Form) -> TemplateResponse:
        """The page, whatever request draws it; the look is noted."""
        may_judge = self.has_review_permission(request)
        reason = REVIEW if may_judge else AUDIT
        note_access(actor=account_of(request), what="order", reference=order.reference, reason=reason)
        can = self._can(request, order)
        typed = drafts.read(order, account_of(request)) if may_judge else drafts.NOTHING
        may_refuse = request.user.has_perm("transfers.lead_review")
        drawn = case_forms.forms_of(order, can, typed, shown_again, may_refuse=may_refuse) if may_judge else {}
        returning, photo, unused = drawn.get("return_form"), drawn.get("photo_form"), drawn.get("unused")
        returning = returning if isinstance(returning, ReturnForm) else None
        is_reviewed = kind_of(order).is_reviewed
        chinese = request.LANGUAGE_CODE.startswith("zh")
        context = {
            **self.admin_site.each_context(request),
            "title": f"{order.reference} · {order.domain}",
            "opts": self.model._meta,
            "order": order,
            "state": state_of(order),
            "can": can,
            "subject": subject_words(order),
            "rules": queries.rules_of(order),
            "sections": case.sections(order, returning, in_clear=may_judge) if is_reviewed else [],
            "notes": notes(
                order, unused=unused if isinstance(unused, list) else (), hints=case.hints(order) if is_reviewed else ()
            ),
            "panels": case.photo_panels(order, photo if isinstance(photo, PhotoForm) else None),
            "kept": typed.stamp,
            "events": timeline(order, chinese=chinese),
            "claiming": _claiming(request, order, can),
            "refused": returning.non_field_errors()[:1] if returning else [],
            "judging": case_forms.panels_of(drawn),
        }
        page = "case_judged" if may_judge else "case"
        return TemplateResponse(request, f"admin/transfers/order/{page}.html", context)


def _claiming(request: HttpRequest, order: Order, can: set[str]) -> list[tuple[str, str]]:
    """The button by which the reader gives the case up, or takes it."""
    if order.reviewer == request.user:
        return [("release", _("Release to the queue"))]
    return [("claim", _("Assign to me"))] if can else []


def acted(order: Order, act: Act, refusal: tuple[type[Exception], ...]) -> bool:
    """Whether the act happened to this order; one that answers False or is refused did not."""
    try:
        return bool(shown(order, lambda: act(order) is not False, passing=refusal))
    except refusal:
        return False


def _has_moved(request: HttpRequest, order: Order) -> bool:
    return request.POST.get("seen") != str(order.version)


def _kept(request: HttpRequest, order: Order, typed: drafts.Typed) -> JsonResponse:
    """Said to the page, which saves by itself what is typed. It knows the stamp only of what it shows whole."""
    if not typed.is_whole:
        return JsonResponse({"words": str(MORE_ELSEWHERE)})
    saved = _("Saved %(time)s") % {"time": f"{to_beijing(timezone.now()):%H:%M}"}
    words = MOVED if _has_moved(request, order) else saved
    return JsonResponse({"kept": typed.stamp, "words": str(words)})


def case_url(order: Order) -> str:
    return reverse("admin:transfers_order_case", args=[order.pk])


@admin.register(ReturnReason)
class ReturnReasonAdmin(admin.ModelAdmin):
    """The catalogue of reasons; a reason in use is switched off, never deleted."""

    list_display = ("key", "text_zh", "text_en", "fields", "active")
    list_filter = ("active",)
    search_fields = ("key", "text_zh", "text_en")

    def has_delete_permission(self, request: HttpRequest, obj: ReturnReason | None = None) -> bool:
        return False


@admin.register(Objection)
class ObjectionAdmin(Noted, ReadOnlyAdmin):
    """Objections to open orders; answered by phone, closed here."""

    noted_as = "objection"

    list_display = ("domain", "owner", "created_at", "closed_at", "closed_by")
    fields = ("domain", "owner", "contact", "words", "created_at", "closed_at", "closed_by", "answer")
    actions = ("close_them",)

    @admin.display(description=gettext_lazy("To be called at"))
    def contact(self, objection: Objection) -> str:
        """In clear for those who answer by phone; this page is a noted look."""
        owner = objection.owner
        return " · ".join(filter(None, (owner.mobile, owner.email)))

    def has_answer_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("transfers.change_objection")

    @admin.action(description=pgettext_lazy("objection", "Close"), permissions=["answer"])
    def close_them(self, request: HttpRequest, queryset: QuerySet[Objection]) -> None:
        closed = queryset.filter(closed_at=None).update(closed_at=timezone.now(), closed_by=account_of(request))
        messages.info(request, _("%(done)s done, %(skipped)s skipped") % {"done": closed, "skipped": 0})
