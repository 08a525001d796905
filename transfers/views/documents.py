"""Step 5, documents (上传资料): the hub, one page a paper, the statement to sign, and pictures for their owner."""

from dataclasses import replace
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from icpportal.accounts.access import confirmed_required, signed_in_required
from icpportal.accounts.second_factor import second_factor_missing
from icpportal.entry.client import client_address
from icpportal.entry.fields import ChoiceField
from icpportal.privacy.actions import REVIEW, note_access
from icpportal.privacy.masks import mask_name
from icpportal.wizard.storage import keep
from transfers import (
    by_phone,
    paper_access,
    paper_actions,
    photo_app,
    queries,
    readiness,
    reuse,
    servers,
    slots,
    stages,
    statement_of,
    states,
)
from transfers.judging import is_over
from transfers.models import Order, OrderDocument
from transfers.opening import is_open, open_parts
from transfers.paper_actions import Moved
from transfers.paper_marks import is_stale, person_of
from transfers.returned_parts import papers_to_replace, returned_parts, unsettled
from transfers.rules_shown import brief_of
from transfers.slips import slip
from transfers.views import backdrop
from transfers.views.access import own_order
from verification import consents, handoffs
from verification.documents import serving
from verification.documents.messages import UploadRefused

UPLOAD = "upload"
WAYS = [(UPLOAD, gettext_lazy("Upload here")), (slots.BY_PHONE, gettext_lazy("Take photos with your phone"))]


def _papers(order: Order) -> dict[tuple[str, int], OrderDocument]:
    return {(paper.slot, paper.side): paper for paper in queries.papers_of(order)}


def _frame(order: Order) -> dict[str, Any]:
    return {
        "order": order,
        **brief_of(order),
        "stepper": stages.stepper(order, stages.DOCUMENTS),
        "slip": slip(order),
    }


def _details_missing(order: Order) -> bool:
    return not {"subject", "website", "administrator"} <= set(order.answers)


class WayForm(forms.Form):
    """How the papers come in; asked where the province takes them by phone."""

    way = ChoiceField(label=gettext_lazy("How do you send the papers?"), choices=WAYS, widget=forms.RadioSelect)


@confirmed_required
def hub(request: HttpRequest, reference: str) -> HttpResponse:
    """Every slot with its state; n of m ready."""
    order = own_order(request, reference)
    if not order.is_editable:
        return redirect(order)
    if _details_missing(order):
        return redirect("people", order.reference)
    offered = by_phone.is_offered(order)
    form = WayForm(request.POST or None, initial=order.answer("documents") or {"way": UPLOAD}) if offered else None
    if form is not None and request.method == "POST" and form.is_valid():
        return _way_chosen(order, form)
    return render(request, "transfers/documents.html", {**_hub(order), "form": form})


def _way_chosen(order: Order, form: WayForm) -> HttpResponse:
    """Kept; whoever uploads here instead wants no phone to send anything any more."""
    keep(order, "documents", form.cleaned_data)
    if form.cleaned_data["way"] == UPLOAD:
        handoffs.end(holder=order.reference)
    return redirect("documents", order.reference)


def _hub(order: Order) -> dict[str, Any]:
    papers = list(queries.papers_of(order))
    needed = slots.needed(order)
    parts = returned_parts(order, papers)
    gaps = {gap.part for gap in readiness.paper_gaps(order, papers, needed, parts=parts)}
    opened = paper_access.open_test(order, papers, gaps)
    standing = papers_to_replace(parts)
    return {
        **_frame(order),
        "tasks": [_task(order, slot, papers, gaps, opened(slot), slot.key in standing) for slot in needed],
        "ready": sum(f"paper.{slot.key}" not in gaps for slot in needed),
        "total": len(needed),
        "returned": order.state == states.RETURNED,
        **by_phone.offer(order),
        **backdrop.shown(order),
        "back_url": reverse("people", args=[order.reference]),
    }


def _task(
    order: Order, slot: slots.Slot, papers: list[OrderDocument], gaps: set[str], is_open_slot: bool, is_returned: bool
) -> dict[str, Any]:
    mine = [paper for paper in papers if paper.slot == slot.key]
    items = slots.wanted(order, slot) if slot.key == slots.OTHER else []
    state = _unfinished(order, mine) if f"paper.{slot.key}" in gaps else "done"
    if is_returned and mine and state == "todo":
        state = "replace"
    return {
        "title": slot.title,
        "url": reverse("slot", args=[order.reference, slot.key]) if is_open_slot else "",
        "state": state,
        "label": _("Stays as it is") if is_returned and state == "done" else "",
        "hint": capfirst("; ".join(str(item) for item in items)) or slot.hint,
    }


def _unfinished(order: Order, papers: list[OrderDocument]) -> str:
    if any(paper.document.state == "refused" or is_stale(order, paper) for paper in papers):
        return "wrong"
    return "waiting" if slots.waiting(papers) else "todo"


@confirmed_required
def slot_page(request: HttpRequest, reference: str, slot: str) -> HttpResponse:
    """One paper: what a good picture shows, its sides, upload, take out."""
    order = own_order(request, reference)
    found = slots.SLOTS.get(slot)
    if not order.is_editable:
        return redirect(order)
    if _details_missing(order):
        return redirect("people", order.reference)
    papers = list(queries.papers_of(order))
    needed = slots.needed(order)
    gaps = {gap.part for gap in readiness.paper_gaps(order, papers, needed)}
    if found is None or found not in needed or not paper_access.open_test(order, papers, gaps)(found):
        raise Http404
    try:
        return _changed(request, order, found) if request.method == "POST" else _slot(request, order, found)
    except Moved:
        return redirect(order)


def _side(request: HttpRequest, slot: slots.Slot) -> int:
    side = request.GET.get("side", "1")
    if not (side.isascii() and side.isdecimal()) or not 1 <= int(side) <= len(slot.sides):
        raise Http404
    return int(side)


def _changed(request: HttpRequest, order: Order, slot: slots.Slot) -> HttpResponse:
    if "consent" in request.POST:
        return _consented(request, order, slot)
    side = _side(request, slot)
    if "again" in request.POST:
        return _used_again(request, order, slot)
    if "remove" in request.POST:
        paper_actions.remove(order, slot=slot.key, side=side)
    elif paper_access.needs_consent(order, slot):
        return _slot(request, order, slot, consent_error=True)
    else:
        try:
            paper_actions.upload(
                order, slot=slot.key, side=side, file=request.FILES.get("file") or slots.NoFile(), kind=slot.key
            )
        except UploadRefused as refused:
            return _slot(request, order, slot, refused={side: str(refused.message)})
    return redirect("slot", order.reference, slot.key)


def _used_again(request: HttpRequest, order: Order, slot: slots.Slot) -> HttpResponse:
    """Take the paper of an earlier order, if the person it shows agrees to that here too."""
    if paper_access.needs_consent(order, slot):
        return _slot(request, order, slot, consent_error=True)
    offer = reuse.for_slot(order, slot.key)
    if offer is not None and not offer.why_not:
        paper_actions.use_again(order, offer.earlier, slot=slot.key, actor=request.user)
    return redirect("slot", order.reference, slot.key)


def _consented(request: HttpRequest, order: Order, slot: slots.Slot) -> HttpResponse:
    person = person_of(order, slot.key)
    if "agree" not in request.POST:
        return _slot(request, order, slot, consent_error=True)
    if person is not None:
        consents.give(
            holder=order.reference,
            person_key=person.key,
            language=get_language() or order.owner.language,
            client=client_address(request),
        )
    return redirect("slot", order.reference, slot.key)


class ConsentForm(forms.Form):
    """A box of its own for each person, never ticked beforehand."""

    agree = forms.BooleanField(label=consents.TEXTS[consents.CURRENT].label)


def _slot(
    request: HttpRequest,
    order: Order,
    slot: slots.Slot,
    *,
    refused: dict[int, str] | None = None,
    consent_error: bool = False,
) -> HttpResponse:
    papers = _papers(order)
    person = person_of(order, slot.key)
    needs_consent = paper_access.needs_consent(order, slot)
    consent = ConsentForm({} if consent_error else None) if needs_consent else None
    if consent is not None and consent_error:
        consent.errors["agree"] = consent.error_class([_("Tick your agreement to upload documents")])
    parts = [part for part in returned_parts(order, papers.values()) if part.key == f"paper.{slot.key}"]
    standing = papers_to_replace(unsettled(parts))
    sides = [
        slots.drawn(
            order,
            slot,
            side,
            papers.get((slot.key, side)),
            is_open=not needs_consent,
            reason=(refused or {}).get(side, ""),
            to_replace=slot.key in standing,
        )
        for side in paper_access.sides_shown(slot, papers)
    ]
    context = {
        **_frame(order),
        "slot_title": slot.title,
        "slot_key": slot.key,
        "slot_hint": slot.hint,
        "wanted": slots.wanted(order, slot),
        "sides": sides,
        "consent": consent,
        "again": _again(order, slot, papers),
        "consent_text": consents.TEXTS[consents.CURRENT].explanation,
        "person": mask_name(person.name) if person else "",
        "named": [replace(part, url="") for part in parts],
        "before": _before(order, slot) if parts else [],
        "back_url": reverse("documents", args=[order.reference]),
        "form": consent,
    }
    return render(request, "transfers/slot.html", context)


def _again(order: Order, slot: slots.Slot, papers: dict[tuple[str, int], OrderDocument]) -> reuse.Offer | None:
    """The paper of an earlier order that this slot could take, unless it holds it already and it fits."""
    offer = reuse.for_slot(order, slot.key)
    held = {paper.document_id for (key, _), paper in papers.items() if key == slot.key and not is_stale(order, paper)}
    return None if offer is None or held == {paper.document_id for paper in offer.earlier.papers} else offer


def _before(order: Order, slot: slots.Slot) -> list[dict[str, Any]]:
    """The pictures our reviewer saw, beside those that replace them."""
    replaced = queries.papers_replaced(order, order.entered_at).filter(slot=slot.key)
    return [
        {"url": f"{reverse('document', args=[paper.document.reference])}?preview=1", "side": slot.sides[paper.side - 1]}
        for paper in replaced
    ]


@confirmed_required
@require_GET
def slot_fragment(request: HttpRequest, reference: str, slot: str, side: int) -> HttpResponse:
    """One side alone, asked again by a page with script while it is being checked."""
    order = own_order(request, reference, says_over=True)
    if is_over(order):
        raise Http404
    found = slots.SLOTS.get(slot)
    paper = _papers(order).get((slot, side))
    if slot == slots.PHOTO and side == 1:
        drawn = photo_app.drawn(order, paper)
    elif found is None or not 1 <= side <= len(found.sides):
        raise Http404
    else:
        may_upload = (
            order.is_editable
            and is_open(open_parts(order), f"paper.{slot}")
            and not paper_access.needs_consent(order, found)
        )
        standing = papers_to_replace(unsettled(returned_parts(order)))
        drawn = slots.drawn(order, found, side, paper, is_open=may_upload, to_replace=slot in standing)
    return render(request, "partials/slot.html", {"slot": drawn})


@confirmed_required
@require_GET
def statement_pdf(request: HttpRequest, reference: str) -> HttpResponse:
    """The statement filled in from the answers, to print and sign."""
    order = own_order(request, reference)
    if _details_missing(order):
        raise Http404
    if not servers.is_placed(order):  # it would be printed without one
        return redirect("step", order.reference, stages.SERVICE_CODE) if order.is_editable else redirect(order)
    name = f"statement-{order.reference}.pdf"
    return HttpResponse(
        statement_of.sheet(order),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )


@signed_in_required
@require_GET
def serve(request: HttpRequest, reference: str) -> HttpResponseBase:
    """A picture, for the order's owner and for reviewers; everybody else gets 404. Staff looks are written down."""
    named = OrderDocument.objects.filter(document__reference=reference)
    papers = named.select_related("order", "document").order_by("-pk")  # used again, it is shown for the newest order
    user = request.user
    reviewer = user.is_staff and user.has_perm("transfers.review_order") and not second_factor_missing(user)
    paper = get_object_or_404(papers[:1] if reviewer else papers.filter(order__owner=request.user)[:1])
    try:
        response = serving.response(paper.document, preview="preview" in request.GET)
    except serving.NotReady as missing:
        raise Http404 from missing
    if paper.order.owner_id != request.user.pk:
        what = f"document {paper.slot}"
        note_access(actor=request.user, what=what, reference=paper.order.reference, reason=REVIEW)
    return response
