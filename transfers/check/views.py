"""Check your answers, then submit: once, however often the button is pressed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar, Unpack

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.checks import Facts
from filings.provinces import Province
from icpportal.accounts.guards import account_of, confirmed_required
from icpportal.fields.components import Panel
from icpportal.fields.fields import PlainTextField
from icpportal.fields.form_types import Files, FormOptions, Posted
from icpportal.fields.types import Words
from icpportal.lifecycle import MoveNotAllowed
from icpportal.paths import path
from transfers.check import readiness
from transfers.check.panels import Advice, Gaps, PaperRow, Papers, Section
from transfers.check.readiness import Gap
from transfers.check.shown import shown_mark
from transfers.documents import slots
from transfers.documents.validity import is_reused
from transfers.filing_type import facts
from transfers.models import Order, OrderDocument
from transfers.orders import actions, queries
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.pages import stages
from transfers.pages.frame import PageInOrder, frame, render_page
from transfers.pages.permissions import own_order
from transfers.proofs import servers
from transfers.proofs.papers import along as papers_along
from transfers.proofs.papers import living_papers
from transfers.returns.answer_rows import AnswerRow, mask_of, rows
from transfers.returns.record import kept_replies
from transfers.returns.replies import keep_replies, note_replies
from transfers.returns.returned_parts import ReturnedPart, returned_parts
from transfers.steps import STEPS
from transfers.steps.base import Step
from transfers.steps.checked_form import facts_of
from transfers.steps.editable_parts import is_open, open_parts
from verification.documents.advice import found_on

REPLY = "reply."
REPLY_LONGEST = 200
STAYS = gettext_lazy("%(part)s: why it stays as it is")
STAYS_HOW = gettext_lazy("Our reviewer reads this. Leave it empty if you change the part")
SETTLED = gettext_lazy("%(part)s: what was done about it, and when")
SETTLED_HOW = gettext_lazy("For example: you changed the filing with your current provider. Our reviewer reads this")

CHANGED = gettext_lazy("This order was changed in another window. Check it, then submit")
SENT_OTHERWISE = gettext_lazy(
    "This order was already submitted from another window, with other answers. What this window said was not submitted"
)


class DeclarationForm(forms.Form):
    """Why returned parts stay as they are, and the declaration that the applicant makes."""

    one_shot = ("taken",)
    never_kept = ("declared",)  # a declaration is about the page as submitted, not as it was earlier
    taken = False  # set when another account has an open order: the page links to the objection

    declared = forms.BooleanField(
        label=gettext_lazy("These details are true, and the website administrator has signed the statement"),
        error_messages={"required": gettext_lazy("Tick the box to confirm that the details are true, then submit")},
    )

    def __init__(
        self,
        data: Posted | None = None,
        files: Files | None = None,
        *,
        parts: Iterable[ReturnedPart] = (),
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, files, **options)
        self.parts = list(parts)
        for part in self.parts:
            self.fields[f"{REPLY}{part.key}"] = PlainTextField(
                label=(SETTLED if part.is_elsewhere else STAYS) % {"part": part.label},
                help_text=SETTLED_HOW if part.is_elsewhere else STAYS_HOW,
                max_length=REPLY_LONGEST,
                required=False,
                initial=part.reply,
            )
        self.order_fields([*(f"{REPLY}{part.key}" for part in self.parts), "declared"])

    def replies(self) -> dict[str, str]:
        """The explanations by part."""
        texts = {part.key: self.cleaned_data.get(f"{REPLY}{part.key}", "") for part in self.parts}
        return {key: words for key, words in texts.items() if words}


class CheckedRow(AnswerRow):
    """An answer, and its value before the return; the section is changed as a whole."""

    old: str
    change_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPage(PageInOrder):
    """All answers, what is missing, and what may be returned."""

    template: ClassVar[str] = "transfers/check/check.html"
    title: Words
    form: DeclarationForm
    shown: str
    panels: list[Panel]
    button: Words
    rules: Province
    back_url: str


@confirmed_required
def check_answers(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows all answers with links to change them, what is missing and what may be returned; then submits."""
    order = own_order(request, reference, along=papers_along)
    papers = living_papers(order)
    if not order.is_editable:
        if request.method == "POST" and _is_another(request, order, papers):
            messages.warning(request, SENT_OTHERWISE)
        return redirect(order)
    parts = returned_parts(order, papers)
    asked = [part for part in parts if part.takes_words]
    form = DeclarationForm(request.POST if request.method == "POST" else None, parts=asked)
    shown = shown_mark(order, papers)
    if form.is_bound and request.POST.get("shown", shown) != shown:
        form.add_error(None, ValidationError(CHANGED, code="changed_elsewhere"))
        return render_page(request, _page(order, form, *readiness.gaps_and_advice(order, papers), papers))
    if form.is_bound and form.is_valid() and not keep_replies(order, form.replies()):
        return redirect("check", order.reference)  # changed in another tab: show it again
    known = facts_of(order)
    gaps, advice = readiness.gaps_and_advice(order, papers, known)
    if form.is_bound and form.is_valid() and not gaps and _submit(request, order, form, advice, papers, known):
        return redirect("sent", order.reference)
    if form.is_bound and gaps:
        form.add_error(None, ValidationError(_("Something is still missing: check the list"), code="gaps"))
    return render_page(request, _page(order, form, gaps, advice, papers))


def _is_another(request: HttpRequest, order: Order, papers: list[OrderDocument]) -> bool:
    """Whether this window shows or says something other than what another one has submitted."""
    posted = request.POST.items()
    replies = {name.removeprefix(REPLY): str(words).strip() for name, words in posted if name.startswith(REPLY)}
    new = {part: words for part, words in replies.items() if words} != {**kept_replies(order)}
    return (bool(replies) and new) or request.POST.get("shown", "") not in ("", shown_mark(order, papers))


def _submit(
    request: HttpRequest,
    order: Order,
    form: DeclarationForm,
    advice: list[Gap],
    papers: list[OrderDocument],
    known: Facts,
) -> bool:
    findings = len(advice) + sum(found_on(paper.document) is not None for paper in papers)
    kept_advice = readiness.advice_kept(order, known, has_some=bool(advice))
    try:
        with transaction.atomic():
            note_replies(order, returned_parts(order), actor=account_of(request))
            actions.submit(order, actor=account_of(request), findings=findings, advice=kept_advice)
    except MoveNotAllowed:  # pressed twice, or a document changed in the meantime
        order.refresh_from_db()
        if not order.is_editable:
            return True
        form.add_error(None, ValidationError(CHANGED))
        return False
    except actions.AlreadyOrdered:
        words = _("Another account has an open order for this domain or document. Your answers are kept. Send us proof")
        form.add_error(None, ValidationError(words, code="taken"))
        form.taken = True
        return False
    return True


def _page(
    order: Order, form: DeclarationForm, gaps: list[Gap], advice: list[Gap], papers: list[OrderDocument]
) -> CheckPage:
    named = {part.key: part for part in returned_parts(order, papers)}
    parts = open_parts(order)
    to_follow = [gap for gap in advice if is_open(parts, gap.part)]
    shown = [_paper(order, paper, parts) for paper in _as_asked(order, papers)]
    replaced = [replace(_paper(order, paper, parts), url="") for paper in _replaced_papers(order)]
    return CheckPage(
        frame=frame(order, stages.DOCUMENTS),
        title=readiness.title_of(order),
        form=form,
        shown=shown_mark(order, papers),
        panels=[
            *([Gaps(gaps)] if gaps else []),
            *([Advice(to_follow)] if to_follow else []),
            Section(_("Filing type"), facts.rows(order.answer("type"))),
            Section(_("Product"), servers.rows(order), _url(order, stages.SERVICE_CODE, parts)),
            *(_section(order, step, named, parts) for step in STEPS if step.stage == stages.ADMINISTRATORS),
            *([Papers(shown, replaced)] if shown or replaced else []),
        ],
        button=_("Resubmit") if is_in(order, Group.RETURNED) else _("Submit for review"),
        rules=queries.rules_of(order),
        back_url=path("documents", order.reference),
    )


def _as_asked(order: Order, papers: list[OrderDocument]) -> list[OrderDocument]:
    """The documents in the order of their page, those no longer needed at the end."""
    needed = [slot.key for slot in slots.needed_slots(order)]
    places = {key: place for place, key in enumerate([*needed, *(key for key in slots.SLOTS if key not in needed)])}
    known = [paper for paper in papers if paper.slot in places]
    return sorted(known, key=lambda paper: (places[paper.slot], paper.side))


def _url(order: Order, step: str, parts: set[str] | None) -> str:
    opened = parts is None or any(part.partition(".")[0] == step for part in parts)
    return path("step", order.reference, step) if opened else ""


def _section(order: Order, step: Step, named: dict[str, ReturnedPart], parts: set[str] | None) -> Section:
    """One page of the details; parts named in a return show the old value beside the new."""
    answered = rows(order, step, mask_numbers=True)
    found: list[CheckedRow] = [{**row, "old": _old(row, named), "change_url": ""} for row in answered]
    return Section(step.title, found, _url(order, step.key, parts) if step.is_asked(order) else "")


def _old(row: AnswerRow, named: dict[str, ReturnedPart]) -> str:
    part = named.get(row["field"])
    old = mask_of(row["field"])(part.old) if part and part.is_changed else ""
    return old if old != row["value"] else ""


def _replaced_papers(order: Order) -> Iterable[OrderDocument]:
    return queries.papers_replaced(order, order.entered_at) if is_in(order, Group.RETURNED) else ()


def _paper(order: Order, paper: OrderDocument, parts: set[str] | None) -> PaperRow:
    slot = slots.slot_of(order, paper.slot) or slots.SLOTS[paper.slot]
    ready = paper.document.is_ready
    return PaperRow(
        title=slot.title,
        side=slot.sides[paper.side - 1],
        url=path("slot", order.reference, slot.key) if is_open(parts, f"paper.{slot.key}") else "",
        preview_url=f"{path('document', paper.document.reference)}?preview=1" if ready else "",
        origin=paper.document.holder if is_reused(order, paper) else "",
    )
