"""Step 5, documents (上传资料): one page for each document, and the statement to sign."""

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import ClassVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from icpportal.accounts.guards import account_of, confirmed_required
from icpportal.drafts.pages import added_message, forget_refusal, said_words, say, say_words
from icpportal.fields.client import is_of_script, takes_file
from icpportal.fields.components import DrawnSlot, Panel
from icpportal.fields.types import Words
from icpportal.paths import path
from icpportal.privacy.masks import mask_name
from transfers.check import readiness, slot_access
from transfers.documents import actions as paper_actions
from transfers.documents import drawn_slots, reuse, slots, statement
from transfers.documents.actions import OrderChanged, PictureReplaced
from transfers.documents.samples import Sample, samples_of
from transfers.documents.slot_requests import TICK_FIRST, record_consent, side_in
from transfers.documents.validity import is_stale, person_of
from transfers.documents.views.panels import (
    Consent,
    EarlierPaper,
    EarlierPicture,
    Returned,
    StatementDownload,
    Wanted,
    form_of_commitment,
)
from transfers.models import Order, OrderDocument
from transfers.orders import queries
from transfers.orders.expiry import is_over
from transfers.orders.people import is_individual
from transfers.pages import stages
from transfers.pages.frame import PageInOrder, frame, render_page
from transfers.pages.permissions import leave_closed, own_order
from transfers.pages.rules_summary import RulesBrief, brief_of
from transfers.photo import app as photo_app
from transfers.proofs import servers
from transfers.proofs.papers import agreed_people, living_papers
from transfers.proofs.papers import along as papers_along
from transfers.returns.returned_parts import ReturnedPart, papers_to_replace, returned_parts, unsettled_parts
from transfers.steps.editable_parts import is_open, open_parts
from verification import consents
from verification.documents.forms import file_of
from verification.documents.upload_messages import UploadRefused

UNTICKED, REFUSED = "unticked", "refused."  # messages shown after the redirect
REPLACED = gettext_lazy("Nothing was changed: this is no longer the picture that you saw")


class Held:
    """What an order holds; each is queried once, and only if the page needs it."""

    def __init__(self, order: Order) -> None:
        self.order = order

    @cached_property
    def papers(self) -> dict[tuple[str, int], OrderDocument]:
        """Its documents, by slot and side."""
        return {(paper.slot, paper.side): paper for paper in living_papers(self.order)}

    @cached_property
    def agreed_people(self) -> frozenset[str]:
        """Who has agreed to the use of their documents."""
        return agreed_people(self.order)


@takes_file
@confirmed_required
def slot_page(request: HttpRequest, reference: str, slot: str) -> HttpResponse:
    """Shows one document: a good picture, its sides, upload and removal."""
    order = own_order(request, reference, along=papers_along)
    found = slots.slot_of(order, slot)
    if not order.is_editable:
        return leave_closed(request, order)
    if not queries.has_details(order):
        return redirect("people", order.reference)
    held, needed = Held(order), slots.needed_slots(order)
    if found is None or found not in needed or not _is_open(order, found, needed, held):
        raise Http404
    try:
        return (_change if request.method == "POST" else _slot)(request, order, found, held)
    except OrderChanged:
        return leave_closed(request, order)
    except PictureReplaced:
        messages.warning(request, REPLACED)
        return redirect("slot", order.reference, slot)


def _is_open(order: Order, slot: slots.Slot, needed: list[slots.Slot], held: Held) -> bool:
    if open_parts(order) is None:
        return True  # nothing is locked: all slots may be changed
    papers = list(held.papers.values())
    gaps = {gap.part for gap in readiness.paper_gaps(order, papers, needed, given=held.agreed_people)}
    return slot_access.open_test(order, papers, gaps)(slot)


def _change(request: HttpRequest, order: Order, slot: slots.Slot, held: Held) -> HttpResponse:
    if "consent" in request.POST:
        is_ticked = record_consent(request, order, slot)
        here = redirect("slot", order.reference, slot.key)
        return here if is_ticked else _ask_for_tick(request, order, slot, held)
    side = side_in(request, slot)
    if "again" in request.POST:
        return _use_again(request, order, slot, held)
    if "remove" in request.POST:
        paper_actions.remove(order, slot=slot.key, side=side, seen=request.POST["remove"])
    elif slot_access.needs_consent(order, slot, held.agreed_people):
        return _ask_for_tick(request, order, slot, held)
    else:
        try:
            _take_in(request, order, slot, side)
        except UploadRefused as refused:
            say_words(request, f"{REFUSED}{side}", refused.message)
            return _slot(request, order, slot, held, is_refused=True)
    return _changed(request, order, slot)


def _changed(request: HttpRequest, order: Order, slot: slots.Slot) -> HttpResponse:
    """Leads to the page as it is now; a script gets what it takes of it at once."""
    page = path("slot", order.reference, slot.key)
    if not is_of_script(request):
        return redirect(page)
    forget_refusal(request, page)
    order = own_order(request, order.reference, along=papers_along)
    return _slot(request, order, slot, Held(order))


def _take_in(request: HttpRequest, order: Order, slot: slots.Slot, side: int) -> None:
    """Takes the uploaded picture, or turns the present one; raises what these do."""
    if "turn" in request.POST:
        paper_actions.turn(order, slot=slot.key, side=side, seen=request.POST["turn"])
    else:
        paper_actions.upload(order, slot=slot.key, side=side, file=file_of(request), kind=slot.key)


def _use_again(request: HttpRequest, order: Order, slot: slots.Slot, held: Held) -> HttpResponse:
    """Takes the document of an earlier order, if the person it shows agrees here too."""
    if slot_access.needs_consent(order, slot, held.agreed_people):
        return _ask_for_tick(request, order, slot, held)
    offer = reuse.for_slot(order, slot.key)
    if offer is not None and not offer.why_not:
        paper_actions.use_again(order, offer.earlier, slot=slot.key, actor=account_of(request))
    return redirect("slot", order.reference, slot.key)


def _ask_for_tick(request: HttpRequest, order: Order, slot: slots.Slot, held: Held) -> HttpResponse:
    say(request, UNTICKED, value=True)
    return _slot(request, order, slot, held)


class ConsentForm(forms.Form):
    """A box of its own for each person, never ticked in advance."""

    agree = forms.BooleanField(label=consents.TEXTS[consents.CURRENT].label)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotPage(PageInOrder):
    """One document: what is wanted, its sides with uploads, consent, and the one of an earlier order."""

    template: ClassVar[str] = "transfers/documents/slot.html"
    brief: RulesBrief
    slot_title: Words
    slot_hint: Words
    person: str  # whose document it is, masked
    panels: list[Panel]
    sides: list[DrawnSlot]
    samples: tuple[Sample, ...]
    back_url: str
    form: ConsentForm | None


def _slot(
    request: HttpRequest, order: Order, slot: slots.Slot, held: Held, *, is_refused: bool = False
) -> HttpResponse:
    """The whole page, to which a refusal leads; for a script, the sides alone, unless more of the page is new."""
    needs_consent = slot_access.needs_consent(order, slot, held.agreed_people)
    parts = [part for part in returned_parts(order, held.papers.values()) if part.paper == slot.key]
    to_replace = slot.key in papers_to_replace(unsettled_parts(parts))
    sides = _sides(request, order, slot, held, is_open=not needs_consent, to_replace=to_replace)
    if is_of_script(request) and not (needs_consent or is_refused):
        return render(request, "transfers/documents/sides.html", {"sides": sides})
    person = person_of(order, slot.key)
    name = mask_name(person.name) if person else ""
    consent = _consent_form(request) if needs_consent else None
    drawn = slots.slot_for_subject(slot, is_individual=is_individual(order))
    page = SlotPage(
        frame=frame(order, stages.DOCUMENTS),
        brief=brief_of(order),
        slot_title=slot.title,
        slot_hint=drawn.hint,
        person=name,
        panels=[
            *_came_back(order, slot, parts),
            *_requirements(order, slot),
            *([Consent(name, consents.TEXTS[consents.CURRENT].explanation, consent)] if consent is not None else []),
            *_reuse_panels(order, slot, held.papers, name, needs_consent=needs_consent),
        ],
        sides=sides,
        samples=samples_of(drawn.drawing),
        back_url=path("documents", order.reference),
        form=consent,
    )
    return render_page(request, page, at=path("slot", order.reference, slot.key))


def _consent_form(request: HttpRequest) -> ConsentForm:
    """The box to tick, with an error where it was left empty."""
    if not added_message(request, UNTICKED):
        return ConsentForm()
    form = ConsentForm({})
    form.errors["agree"] = form.error_class([str(TICK_FIRST)])
    return form


def _sides(
    request: HttpRequest, order: Order, slot: slots.Slot, held: Held, *, is_open: bool, to_replace: bool
) -> list[DrawnSlot]:
    """The sides with one primary button: that of the first that lacks something."""
    sides = [
        drawn_slots.slot_context(
            order,
            slot,
            side,
            held.papers.get((slot.key, side)),
            is_open=is_open,
            reason=said_words(request, f"{REFUSED}{side}"),
            to_replace=to_replace,
        )
        for side in slot_access.sides_shown(slot, held.papers)
    ]
    needing = [side for side in sides if not side["is_quiet"]]
    return [{**side, "is_quiet": side not in needing[:1]} for side in sides]


def _came_back(order: Order, slot: slots.Slot, parts: list[ReturnedPart]) -> list[Panel]:
    return [Returned([replace(part, url="") for part in parts], _before(order, slot))] if parts else []


def _requirements(order: Order, slot: slots.Slot) -> list[Panel]:
    """What the province wants, and the sheet to sign where the slot takes it."""
    items = slots.required_items(order, slot)
    return [
        *([Wanted(items)] if items else []),
        *([StatementDownload()] if slot.key == slots.STATEMENT else []),
        *([form_of_commitment(order)] if slot.key == slots.COMMITMENT else []),
    ]


def _reuse_panels(
    order: Order,
    slot: slots.Slot,
    papers: dict[tuple[str, int], OrderDocument],
    name: str,
    *,
    needs_consent: bool,
) -> list[Panel]:
    """The earlier document that this slot could take, unless it has it already and it is valid."""
    offer = reuse.for_slot(order, slot.key)
    held = {paper.document_id for (key, _), paper in papers.items() if key == slot.key and not is_stale(order, paper)}
    if offer is None or held == {paper.document_id for paper in offer.earlier.papers}:
        return []
    return [EarlierPaper(offer, name, may_use=not offer.why_not and not needs_consent)]


def _before(order: Order, slot: slots.Slot) -> list[EarlierPicture]:
    """The pictures that our reviewer saw, beside those that replace them."""
    replaced = queries.papers_replaced(order, order.entered_at).filter(slot=slot.key)
    return [
        EarlierPicture(f"{path('document', paper.document.reference)}?preview=1", slot.sides[paper.side - 1])
        for paper in replaced
    ]


@confirmed_required
@require_safe
def slot_fragment(request: HttpRequest, reference: str, slot: str, side: int) -> HttpResponse:
    """Draws one side alone; a page with script polls it while the picture is examined, and until then gets nothing."""
    order = own_order(request, reference, says_over=True, along=papers_along)
    if is_over(order):
        raise Http404
    found = slots.slot_of(order, slot)
    held = Held(order)
    paper = held.papers.get((slot, side))
    if paper is not None and paper.document.is_checking and is_of_script(request):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)  # what the page shows is still so
    if slot == slots.PHOTO and side == 1:
        drawn = photo_app.photo_slot_context(order, paper)
    elif found is None or not 1 <= side <= len(found.sides):
        raise Http404
    else:
        may_upload = (
            order.is_editable
            and is_open(open_parts(order), f"paper.{slot}")
            and not slot_access.needs_consent(order, found, held.agreed_people)
        )
        returned = papers_to_replace(unsettled_parts(returned_parts(order)))
        drawn = drawn_slots.slot_context(order, found, side, paper, is_open=may_upload, to_replace=slot in returned)
    return render(request, "transfers/documents/side.html", {"slot": drawn})


@confirmed_required
@require_safe
def statement_pdf(request: HttpRequest, reference: str) -> HttpResponse:
    """Serves the statement filled in from the answers, to print and sign."""
    order = own_order(request, reference)
    if not queries.has_details(order):
        raise Http404
    if not servers.is_placed(order):  # the sheet would have no place
        return redirect("step", order.reference, stages.SERVICE_CODE) if order.is_editable else redirect(order)
    name = f"statement-{order.reference}.pdf"
    return HttpResponse(
        statement.sheet(order),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )
