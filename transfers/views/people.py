"""The hub of step 4: subject, website, administrator in any order, and the mobiles that must be proved alive."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from icpportal.accounts.access import confirmed_required
from icpportal.codes.actions import TooMany, TooSoon
from icpportal.entry.client import client_address
from icpportal.entry.fields import NumberField
from transfers import proving, stages
from transfers.models import Order
from transfers.returned_parts import ReturnedPart, returned_parts, unsettled
from transfers.rules_shown import brief_of, must_match_of
from transfers.slips import slip
from transfers.steps import STEPS
from transfers.views.access import own_order
from verification import phone_proofs


class CodeForm(forms.Form):
    """Six digits."""

    code = NumberField(
        label=gettext_lazy("Verification code"),
        max_length=12,
        widget=forms.TextInput(attrs={"class": "code", "inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if not (code.isdigit() and len(code) == 6):
            raise ValidationError(_("Enter the 6 digits of the code"), code="code_len")
        return code


@confirmed_required
def hub(request: HttpRequest, reference: str) -> HttpResponse:
    """What is done, what is missing, in words; a page for each."""
    order = own_order(request, reference)
    if not order.is_editable:
        return redirect(order)
    gate = next(
        (stage for stage in stages.applying(order) if stage.key in stages.GATES and not stage.done(order)), None
    )
    if gate is not None:
        return redirect(gate.url(order))
    parts = returned_parts(order, mask=True)
    pages = [step for step in STEPS if step.stage == stages.ADMINISTRATORS]
    ready = all(step.answered(order) for step in pages)
    context = {
        "order": order,
        "tasks": [_task(order, step, unsettled(parts)) for step in pages],
        "proofs": proving.asked(order) if ready else [],
        "ready": ready,
        "verdicts": parts,
        **must_match_of(order),
        **_frame(order),
    }
    return render(request, "transfers/people.html", context)


def _frame(order: Order) -> dict[str, Any]:
    return {
        **brief_of(order),
        "stepper": stages.stepper(order, stages.ADMINISTRATORS),
        "slip": slip(order),
        "back_url": stages.before_url(order, stages.ADMINISTRATORS),
    }


def _task(order: Order, step: Any, unsettled_parts: list[ReturnedPart]) -> dict[str, Any]:
    done = step.answered(order)
    waits = any(part.step == step.key for part in unsettled_parts)
    return {
        "title": step.title,
        "url": reverse("step", args=[order.reference, step.key]),
        "state": "wrong" if done and waits else ("done" if done else "todo"),
    }


@confirmed_required
def prove_phone(request: HttpRequest, reference: str, role: str) -> HttpResponse:
    """Send a code to one mobile of the order, and take it; a link on that phone does as well."""
    order = own_order(request, reference)
    proof = proving.find(order, role)
    if not order.is_editable or proof is None:
        raise Http404
    form = CodeForm(request.POST if "code" in request.POST else None)
    if "send" in request.POST:
        problem = _send(request, order, proof)
        if problem is None:
            return redirect(proof.url)
        form.errors["__all__"] = form.error_class([problem])
    elif form.is_valid() and _entered(form, order, role):
        return redirect("people", order.reference)
    context = {"order": order, "proof": proof, "form": form, **_frame(order)}
    context["back_url"] = reverse("people", args=[order.reference])
    return render(request, "transfers/prove_phone.html", context)


def _send(request: HttpRequest, order: Order, proof: proving.Proof) -> str | None:
    try:
        phone_proofs.start(
            holder=order.reference,
            person_key=proof.role,
            mobile=proof.mobile,
            language=order.owner.language,
            context={"domain": order.domain, "ref": order.reference},
            client=client_address(request),
        )
    except TooSoon as soon:
        return _("You can resend in %(n)s seconds") % {"n": soon.seconds}
    except TooMany:
        return _("Today's limit is reached: try tomorrow or call")
    return None


def _entered(form: CodeForm, order: Order, role: str) -> bool:
    verdict = phone_proofs.enter_code(holder=order.reference, person_key=role, typed=form.cleaned_data["code"])
    if verdict.state == "right" or _proved_by_another_press(order, role):
        return True
    words = CODE_WORDS[verdict.state]
    form.add_error("code", ValidationError(words, code=f"code_{verdict.state}", params={"n": verdict.left}))
    return False


def _proved_by_another_press(order: Order, role: str) -> bool:
    """Pressed twice, or confirmed on the phone meanwhile: that was no mistake."""
    proof = proving.find(order, role)
    return proof is not None and proof.is_proved


CODE_WORDS = {
    "wrong": gettext_lazy("The code is not right. %(n)s tries left"),
    "expired": gettext_lazy("The code has expired: send a new one"),
    "spent": gettext_lazy("No tries left: send a new code"),
    "none": gettext_lazy("The code has expired: send a new one"),
}


def phone_link(request: HttpRequest, token: str) -> HttpResponse:
    """Opened on the phone itself: a GET shows whose it is about, only a POST confirms; it needs no account."""
    is_pressed_again = request.method == "POST" and phone_proofs.was_confirmed(token)
    if phone_proofs.open_link(token) is None and not is_pressed_again:
        return render(request, "transfers/phone_link.html", {"state": "over"}, status=404)
    if request.method != "POST":
        return render(request, "transfers/phone_link.html", {"state": "ask"})
    confirmed = phone_proofs.confirm_link(token) is not None or phone_proofs.was_confirmed(token)
    return render(request, "transfers/phone_link.html", {"state": "done" if confirmed else "over"})
