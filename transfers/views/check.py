"""Check your answers, then submit: once, however often it is pressed."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from icpportal.accounts.access import confirmed_required
from icpportal.entry.fields import PlainTextField
from icpportal.lifecycle import Forbidden
from transfers import actions, asking_type, queries, readiness, servers, slots, stages, states
from transfers.answer_rows import rows
from transfers.models import Order
from transfers.opening import is_open, open_parts
from transfers.paper_marks import is_reused
from transfers.returned_parts import ReturnedPart, keep_replies, note_replies, returned_parts
from transfers.slips import slip
from transfers.steps import STEPS
from transfers.views.access import own_order

REPLY = "reply."
REPLY_LONGEST = 200
STAYS = gettext_lazy("%(part)s: why it stays as it is")
STAYS_HOW = gettext_lazy("Our reviewer reads this. Leave it empty if you change the part")
SETTLED = gettext_lazy("%(part)s: what was done about it, and when")
SETTLED_HOW = gettext_lazy("Such as: the filing was changed at the present provider. Our reviewer reads this")


class DeclarationForm(forms.Form):
    """Why returned parts stay as they are, and the sentence that the applicant stands for."""

    declared = forms.BooleanField(
        label=gettext_lazy("These details are true and the administrator has signed the statement"),
        error_messages={"required": gettext_lazy("Tick that the details are true, then send")},
    )

    def __init__(self, *args: Any, parts: Iterable[ReturnedPart] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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
        """What was said, by part."""
        said = {part.key: self.cleaned_data.get(f"{REPLY}{part.key}", "") for part in self.parts}
        return {key: words for key, words in said.items() if words}


@confirmed_required
def check_answers(request: HttpRequest, reference: str) -> HttpResponse:
    """Everything on one page with a way to change it, what is missing, what may come back; then send."""
    order = own_order(request, reference)
    if not order.is_editable:
        return redirect(order)
    papers = list(queries.papers_of(order))
    parts = returned_parts(order, papers)
    untouched = [part for part in parts if not part.is_changed]
    form = DeclarationForm(request.POST if request.method == "POST" else None, parts=untouched)
    if form.is_bound and form.is_valid() and not keep_replies(order, form.replies()):
        return redirect("check", order.reference)  # changed in another tab: look at it again
    gaps, advice = readiness.judged(order, papers)
    if form.is_bound and form.is_valid() and not gaps and _submitted(request, order, form):
        return redirect(order)
    if form.is_bound and gaps:
        form.add_error(None, ValidationError(_("Some things are still missing: see the list"), code="gaps"))
    return render(request, "transfers/check.html", _context(order, form, gaps, advice, papers))


def _submitted(request: HttpRequest, order: Order, form: forms.Form) -> bool:
    try:
        with transaction.atomic():
            note_replies(order, returned_parts(order), actor=request.user)
            actions.submit(order, actor=request.user)
    except Forbidden:  # another press was first, or a paper changed meanwhile
        order.refresh_from_db()
        if not order.is_editable:
            return True
        form.add_error(None, ValidationError(_("A page of this order was changed meanwhile. Check it, then send")))
        return False
    except actions.Taken:
        words = _("An order is open elsewhere for this domain or document. Your entries stay: send us proof")
        form.add_error(None, ValidationError(words, code="taken"))
        form.taken = True  # the page shows the way to object
        return False
    return True


def _context(order: Order, form: forms.Form, gaps: list[Any], advice: list[Any], papers: list[Any]) -> dict[str, Any]:
    named = {part.key: part for part in returned_parts(order, papers)}
    parts = open_parts(order)
    return {
        "order": order,
        "form": form,
        "gaps": gaps,
        "advice": advice,
        "sections": [
            {"title": _("Filing type"), "rows": asking_type.rows(order.answer("type")), "url": ""},
            _server(order, parts),
            *(_section(order, step, named, parts) for step in STEPS if step.stage == stages.ADMINISTRATORS),
        ],
        "papers": [_paper(order, paper, parts) for paper in papers if paper.slot in slots.SLOTS],
        "replaced": [_paper(order, paper, parts) for paper in _replaced(order)],
        "returned": order.state == states.RETURNED,
        "rules": queries.rules_of(order),
        "stepper": stages.stepper(order, stages.DOCUMENTS),
        "slip": slip(order),
        "back_url": reverse("documents", args=[order.reference]),
    }


def _server(order: Order, parts: set[str] | None) -> dict[str, Any]:
    return {"title": _("Product"), "rows": servers.rows(order), "url": _url(order, stages.SERVICE_CODE, parts)}


def _url(order: Order, step: str, parts: set[str] | None) -> str:
    opened = parts is None or any(part.partition(".")[0] == step for part in parts)
    return reverse("step", args=[order.reference, step]) if opened else ""


def _section(order: Order, step: Any, named: dict[str, ReturnedPart], parts: set[str] | None) -> dict[str, Any]:
    """One page of the details; what was named in a return stands old beside new."""
    return {
        "title": step.title,
        "rows": [{**row, "old": _old(row, named)} for row in rows(order, step)],
        "url": _url(order, step.key, parts),
    }


def _old(row: dict[str, Any], named: dict[str, ReturnedPart]) -> str:
    part = named.get(row["field"])
    return part.old if part and part.old != row["value"] else ""


def _replaced(order: Order) -> Iterable[Any]:
    return queries.papers_replaced(order, order.entered_at) if order.state == states.RETURNED else ()


def _paper(order: Order, paper: Any, parts: set[str] | None) -> dict[str, Any]:
    slot = slots.SLOTS[paper.slot]
    ready = paper.document.is_ready
    return {
        "title": slot.title,
        "side": slot.sides[paper.side - 1],
        "url": reverse("slot", args=[order.reference, slot.key]) if is_open(parts, f"paper.{slot.key}") else "",
        "preview_url": f"{reverse('document', args=[paper.document.reference])}?preview=1" if ready else "",
        "origin": paper.document.holder if is_reused(order, paper) else "",
    }
