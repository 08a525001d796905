"""Step 5, documents (上传资料): the hub with the state of every document, grouped by whose it is."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy

from icpportal.accounts.guards import confirmed_required
from icpportal.fields.client import is_of_script
from icpportal.fields.components import PRIMARY, DocumentRow, Notice, Panel
from icpportal.fields.fields import ChoiceField
from icpportal.fields.types import Words
from icpportal.paths import path
from icpportal.wizard.storage import keep
from transfers.check import readiness, slot_access
from transfers.documents import slots
from transfers.documents.views.panels import FormToDownload, form_of_commitment
from transfers.documents.views.rows import HubGroup, Looked, groups_of, is_waiting, row_of
from transfers.models import Order
from transfers.orders import queries
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.pages import stages
from transfers.pages.frame import PageInOrder, frame, render_page
from transfers.pages.permissions import own_order
from transfers.pages.rules_summary import RulesBrief, brief_of
from transfers.phone_upload import queries as phone_upload
from transfers.phone_upload.panels import PhoneOffer, offers
from transfers.photo.views import backdrop
from transfers.proofs.papers import agreed_people, living_papers
from transfers.proofs.papers import along as papers_along
from transfers.returns.returned_parts import papers_to_replace, returned_parts
from verification.phones import uploads

UPLOAD = "upload"
WAYS = [(UPLOAD, gettext_lazy("Upload here")), (slots.BY_PHONE, gettext_lazy("Take photos with your phone"))]
ONLY_NAMED = Notice("turn", gettext_lazy("You can change only what the return named. Everything else stays as it is"))


class WayForm(forms.Form):
    """How documents are sent; asked where the province takes them by phone."""

    way = ChoiceField(
        label=gettext_lazy("How do you want to send the documents?"), choices=WAYS, widget=forms.RadioSelect
    ).called(gettext_lazy("answer"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsPage(PageInOrder):
    """Step 5: every document with its state."""

    template: ClassVar[str] = "transfers/documents/documents.html"
    brief: RulesBrief
    form: WayForm | None
    commitment: FormToDownload | None  # also needed when sending by phone
    groups: list[HubGroup]
    meter: list[str]  # one class for each document, ready ones first
    ready: int
    total: int
    left: int
    check_label: Words
    check_class: str
    notices: list[Notice]
    phone_offers: list[PhoneOffer]
    panels: list[Panel]
    back_url: str


@confirmed_required
def hub(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows every slot with its state; n of m ready. A script that waits for the pictures of one gets nothing yet."""
    order = own_order(request, reference, along=papers_along)
    if not order.is_editable:
        return redirect(order)
    if not queries.has_details(order):
        return redirect("people", order.reference)
    if is_of_script(request) and is_waiting(order, living_papers(order), request.GET.get("row", "")):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    offered = phone_upload.is_offered(order)
    form = WayForm(request.POST or None, initial=order.answer("documents") or {"way": UPLOAD}) if offered else None
    if form is not None and request.method == "POST" and form.is_valid():
        return _way_chosen(order, form)
    return render_page(request, _hub(order, form))


def _way_chosen(order: Order, form: WayForm) -> HttpResponse:
    """Saves the choice; uploading here instead ends open uploads by phone."""
    keep(order, "documents", form.cleaned_data)
    if form.cleaned_data["way"] == UPLOAD:
        uploads.end(holder=order.reference)
    return redirect("documents", order.reference)


def _hub(order: Order, form: WayForm | None) -> DocumentsPage:
    rows = _rows(order)
    ready = sum(row.is_ready for row in rows)
    return DocumentsPage(
        frame=frame(order, stages.DOCUMENTS),
        brief=brief_of(order),
        form=form,
        commitment=form_of_commitment(order) if slots.commits_by_phone(queries.rules_of(order)) else None,
        groups=groups_of(order, rows),
        meter=["is-on"] * ready + [""] * (len(rows) - ready),
        ready=ready,
        total=len(rows),
        left=len(rows) - ready,
        check_label=readiness.title_of(order),
        check_class="button" if ready == len(rows) else "button button-secondary",
        notices=[ONLY_NAMED] if is_in(order, Group.RETURNED) else [],
        phone_offers=offers(order),
        panels=backdrop.offers(order),
        back_url=path("people", order.reference),
    )


def _rows(order: Order) -> list[DocumentRow]:
    """One row for each document; the first that lacks something has the page's primary button."""
    papers = living_papers(order)
    needed = slots.needed_slots(order)
    parts = returned_parts(order, papers)
    given = agreed_people(order)
    gaps = {gap.part: gap for gap in readiness.paper_gaps(order, papers, needed, parts=parts, given=given)}
    looked = Looked(
        order=order,
        papers=papers,
        gaps=gaps,
        is_open=slot_access.open_test(order, papers, set(gaps)),
        standing=papers_to_replace(parts),
        given=given,
    )
    rows: list[DocumentRow] = []
    for slot in needed:
        has_filled = any(row.action and row.action.kind == PRIMARY for row in rows)
        rows.append(row_of(looked, slot, is_first=not has_filled))
    return rows
