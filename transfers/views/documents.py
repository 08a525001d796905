"""Step 5, documents (上传资料): the hub, one page a paper, the statement to sign, and pictures for their owner."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from icpportal.accounts.access import confirmed_required, signed_in_required
from icpportal.entry.client import client_address
from icpportal.privacy.actions import note_access
from icpportal.privacy.masks import mask_name
from transfers import paper_actions, queries, slots, stages, statement_of
from transfers.models import Order, OrderDocument
from transfers.opening import is_open, open_parts
from transfers.people import administrator, is_same_person, lead
from transfers.slips import slip
from transfers.verdict_words import shown
from transfers.views.access import own_order
from transfers.views.order import is_chinese
from verification import consents
from verification.documents import serving
from verification.documents.messages import UploadRefused

# whose papers a slot holds: the first of each person needs that person's consent
PERSON_OF = {"lead_id": "lead", "admin_id": "administrator", "holding_photo": "administrator", "residence": "lead"}


def _papers(order: Order) -> dict[tuple[str, int], OrderDocument]:
    return {(paper.slot, paper.side): paper for paper in queries.papers_of(order)}


def _frame(order: Order) -> dict[str, Any]:
    return {
        "order": order,
        "rules": queries.rules_of(order),
        "stepper": stages.stepper(order, stages.DOCUMENTS),
        "slip": slip(order),
    }


def _details_missing(order: Order) -> bool:
    return not {"subject", "website", "administrator"} <= set(order.answers)


@confirmed_required
@require_GET
def hub(request: HttpRequest, reference: str) -> HttpResponse:
    """Every slot with its state; n of m ready."""
    order = own_order(request, reference)
    if not order.is_editable:
        return redirect(order)
    if _details_missing(order):
        return redirect("people", order.reference)
    papers = _papers(order)
    parts = open_parts(order)
    needed = slots.needed(order)
    missing = slots.missing(needed, list(papers.values()))
    context = {
        **_frame(order),
        "tasks": [_task(order, slot, papers, is_open(parts, f"paper.{slot.key}")) for slot in needed],
        "ready": len(needed) - len(missing),
        "total": len(needed),
        "back_url": reverse("people", args=[order.reference]),
    }
    return render(request, "transfers/documents.html", context)


def _task(order: Order, slot: slots.Slot, papers: dict[tuple[str, int], OrderDocument], opened: bool) -> dict[str, Any]:
    mine = [paper for (key, _side), paper in papers.items() if key == slot.key]
    state = "done" if not slots.missing([slot], mine) else _unfinished(mine)
    return {
        "title": slot.title,
        "url": reverse("slot", args=[order.reference, slot.key]) if opened else "",
        "state": state,
        "hint": slot.hint,
    }


def _unfinished(papers: list[OrderDocument]) -> str:
    if any(paper.document.state == "refused" for paper in papers):
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
    if found is None or found not in slots.needed(order) or not is_open(open_parts(order), f"paper.{slot}"):
        raise Http404
    if request.method == "POST":
        return _changed(request, order, found)
    return _slot(request, order, found)


def _side(request: HttpRequest, slot: slots.Slot) -> int:
    side = request.GET.get("side", "1")
    if not side.isdecimal() or not 1 <= int(side) <= len(slot.sides):
        raise Http404
    return int(side)


def _changed(request: HttpRequest, order: Order, slot: slots.Slot) -> HttpResponse:
    if "consent" in request.POST:
        return _consented(request, order, slot)
    side = _side(request, slot)
    if "remove" in request.POST:
        paper_actions.remove(order, slot=slot.key, side=side)
    elif _needs_consent(order, slot):
        return _slot(request, order, slot, consent_error=True)
    else:
        try:
            paper_actions.upload(
                order, slot=slot.key, side=side, file=request.FILES.get("file") or slots.NoFile(), kind=slot.key
            )
        except UploadRefused as refused:
            return _slot(request, order, slot, refused={side: str(refused.message)})
    return redirect("slot", order.reference, slot.key)


def _person_key(order: Order, slot: slots.Slot) -> str:
    role = PERSON_OF.get(slot.key)
    if role is None:
        return ""
    person = lead(order) if role == "lead" or is_same_person(order) else administrator(order)
    return person.key


def _needs_consent(order: Order, slot: slots.Slot) -> bool:
    key = _person_key(order, slot)
    return bool(key) and not consents.stands(order.reference, key)


def _consented(request: HttpRequest, order: Order, slot: slots.Slot) -> HttpResponse:
    if "agree" not in request.POST:
        return _slot(request, order, slot, consent_error=True)
    key = _person_key(order, slot)
    if key:
        consents.give(
            holder=order.reference,
            person_key=key,
            language=order.owner.language,
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
    needs_consent = _needs_consent(order, slot)
    consent = ConsentForm({} if consent_error else None) if needs_consent else None
    if consent is not None and consent_error:
        consent.errors["agree"] = consent.error_class([_("Tick your agreement to upload documents")])
    sides = [
        slots.drawn(
            order,
            slot,
            side,
            papers.get((slot.key, side)),
            is_open=not needs_consent,
            reason=(refused or {}).get(side, ""),
        )
        for side in range(1, len(slot.sides) + 1)
    ]
    verdict = queries.open_verdicts(order).get(f"paper.{slot.key}") if order.state == "returned" else None
    context = {
        **_frame(order),
        "slot_title": slot.title,
        "slot_key": slot.key,
        "slot_hint": slot.hint,
        "sides": sides,
        "consent": consent,
        "consent_text": consents.TEXTS[consents.CURRENT].explanation,
        "person": mask_name(_person_name(order, slot)),
        "verdict": verdict,
        "named": [shown(order, verdict, chinese=is_chinese())] if verdict else [],
        "back_url": reverse("documents", args=[order.reference]),
        "form": consent,
    }
    return render(request, "transfers/slot.html", context)


def _person_name(order: Order, slot: slots.Slot) -> str:
    return (lead(order) if PERSON_OF.get(slot.key) == "lead" else administrator(order)).name


@confirmed_required
@require_GET
def slot_fragment(request: HttpRequest, reference: str, slot: str, side: int) -> HttpResponse:
    """One side alone, asked again by a page with script while it is being checked."""
    order = own_order(request, reference)
    found = slots.SLOTS.get(slot)
    if found is None or not 1 <= side <= len(found.sides):
        raise Http404
    paper = _papers(order).get((slot, side))
    drawn = slots.drawn(order, found, side, paper, is_open=order.is_editable)
    return render(request, "partials/slot.html", {"slot": drawn})


@confirmed_required
@require_GET
def statement_pdf(request: HttpRequest, reference: str) -> HttpResponse:
    """The statement filled in from the answers, to print and sign."""
    order = own_order(request, reference)
    if _details_missing(order):
        raise Http404
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
    papers = OrderDocument.objects.select_related("order", "document").filter(document__reference=reference)
    reviewer = request.user.is_staff and request.user.has_perm("transfers.review_order")
    paper = get_object_or_404(papers[:1] if reviewer else papers.filter(order__owner=request.user)[:1])
    try:
        response = serving.response(paper.document, preview="preview" in request.GET)
    except serving.NotReady as missing:
        raise Http404 from missing
    if paper.order.owner_id != request.user.pk:
        note_access(actor=request.user, what=f"document {paper.slot}", reference=paper.order.reference)
    return response
