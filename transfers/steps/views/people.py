"""The hub of step 4: subject, website and administrator in any order, and the phone tests."""

from dataclasses import dataclass
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from icpportal.accounts.guards import confirmed_required
from icpportal.codes.actions import CodeStatus
from icpportal.codes.errors import not_right, not_sent
from icpportal.codes.forms import OneTimeCodeForm
from icpportal.codes.refusals import NotSent
from icpportal.codes.shares import Requester
from icpportal.fields.client import client_address
from icpportal.fields.components import Task
from icpportal.paths import path
from transfers.models import Order
from transfers.orders.people import language_of
from transfers.pages import stages
from transfers.pages.frame import Page, PageInOrder, frame, render_page
from transfers.pages.permissions import leave_closed, own_order
from transfers.pages.rules_summary import MustMatch, RulesBrief, brief_of, must_match_of
from transfers.returns.returned_parts import ReturnedPart, returned_parts, unsettled_parts
from transfers.steps import STEPS, consent, phone_tests
from transfers.steps.base import Step
from verification.phones import proofs

TEST_PHONES = _("Test the phones")
PHONES_LATER = _("Needed before you submit. Opens when the pages above are complete: we send each phone a code")
PHONES_NOW = _("Needed before you submit: we send each phone a code")


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage(PageInOrder):
    """Step 4: the three pages of details in any order, and the phones to test."""

    template: ClassVar[str] = "transfers/steps/people.html"
    brief: RulesBrief
    must_match: MustMatch
    tasks: list[Task]
    proofs: list[phone_tests.Proof]
    ready: bool
    verdicts: list[ReturnedPart]
    back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPhonePage(PageInOrder):
    """A code to one mobile of the order."""

    template: ClassVar[str] = "transfers/steps/test_phone.html"
    brief: RulesBrief
    proof: phone_tests.Proof
    form: OneTimeCodeForm
    code_status: CodeStatus
    is_sent: bool
    back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneLinkPage(Page):
    """The page of a texted link on the phone itself; without either mark the link has expired."""

    template: ClassVar[str] = "transfers/steps/phone_link.html"
    asks: bool = False
    is_done: bool = False


@confirmed_required
def hub(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows what is done and what is missing, with a link to each page."""
    order = own_order(request, reference)
    if not order.is_editable:
        return leave_closed(request, order)
    gate = next(
        (stage for stage in stages.stages_of(order) if stage.key in stages.GATES and not stage.done(order)), None
    )
    if gate is not None:
        return redirect(gate.url(order))
    parts = returned_parts(order, mask=True)
    pages = [step for step in STEPS if step.stage == stages.ADMINISTRATORS and step.is_asked(order)]
    ready = all(step.is_answered(order) for step in pages)
    asked = consent.consent_status(order)
    to_test = phone_tests.required_tests(order, agreed=asked is not None and asked.has_agreed)
    page = PeoplePage(
        frame=frame(order, stages.ADMINISTRATORS),
        brief=brief_of(order),
        must_match=must_match_of(order),
        tasks=[
            *(_task(order, step, unsettled_parts(parts)) for step in pages),
            *([asked.task] if asked else []),
            *_phone_task(to_test, ready=ready),
        ],
        proofs=to_test if ready else [],
        ready=ready,
        verdicts=parts,
        back_url=stages.before_url(order, stages.ADMINISTRATORS),
    )
    return render_page(request, page)


def _task(order: Order, step: Step, unsettled_parts: list[ReturnedPart]) -> Task:
    done = step.is_answered(order)
    waits = any(part.step == step.key for part in unsettled_parts)
    state = "wrong" if done and waits else ("done" if done else "todo")
    return Task(step.title, path("step", order.reference, step.key), state)


def _phone_task(asked: list[phone_tests.Proof], *, ready: bool) -> list[Task]:
    """The phone tests, listed from the start wherever the ministry texts somebody; they block submitting."""
    if not asked:
        return []
    missing = [proof for proof in asked if not proof.is_proved]
    if not ready:
        return [Task(TEST_PHONES, "", "todo", hint=PHONES_LATER)]
    state = "done" if not missing else ("todo" if len(missing) == len(asked) else "doing")
    return [Task(TEST_PHONES, missing[0].url if missing else "", state, hint=PHONES_NOW)]


@confirmed_required
def prove_phone(request: HttpRequest, reference: str, role: str) -> HttpResponse:
    """Sends a code to one mobile of the order, and takes it; the link on that phone does as well."""
    order = own_order(request, reference)
    if not order.is_editable:
        return leave_closed(request, order)
    proof = phone_tests.find(order, role)
    if proof is None:
        raise Http404
    form = OneTimeCodeForm(request.POST if "code" in request.POST else None)
    if "send" in request.POST:
        problem = _send(request, order, proof)
        if problem is None:
            return redirect(proof.url)
        form.errors["__all__"] = form.error_class([problem])
    elif form.is_valid() and _enter_code(form, order, role):
        return redirect("people", order.reference)
    page = TestPhonePage(
        frame=frame(order, stages.ADMINISTRATORS),
        brief=brief_of(order),
        proof=proof,
        form=form,
        code_status=proofs.code_status(holder=order.reference, person_key=role),
        is_sent=proof.is_asked,
        back_url=path("people", order.reference),
    )
    return render_page(request, page)


def _send(request: HttpRequest, order: Order, proof: phone_tests.Proof) -> ValidationError | None:
    try:
        proofs.start(
            holder=order.reference,
            person_key=proof.role,
            mobile=proof.mobile,
            language=language_of(order, name=proof.name, mobile=proof.mobile),
            context={"domain": order.domain, "ref": order.reference},
            requester=Requester(client_address(request), str(order.owner_id)),
        )
    except NotSent as refused:
        return not_sent(refused)
    return None


def _enter_code(form: OneTimeCodeForm, order: Order, role: str) -> bool:
    verdict = proofs.enter_code(holder=order.reference, person_key=role, typed=form.cleaned_data["code"])
    if verdict.state == "right" or _proved_by_another_press(order, role):
        return True
    form.add_error("code", not_right(verdict))
    return False


def _proved_by_another_press(order: Order, role: str) -> bool:
    """Pressed twice, or confirmed on the phone in the meantime: no mistake."""
    proof = phone_tests.find(order, role)
    return proof is not None and proof.is_proved


@never_cache
def phone_link(request: HttpRequest, token: str) -> HttpResponse:
    """Opened on the phone itself without an account: GET asks, POST confirms; either says so once it is confirmed."""
    if request.method == "POST" and proofs.confirm_link(token) is not None:
        return render_page(request, PhoneLinkPage(is_done=True))
    if proofs.open_link(token) is not None:
        return render_page(request, PhoneLinkPage(asks=True))
    confirmed = proofs.was_confirmed(token)
    return render_page(request, PhoneLinkPage(is_done=confirmed), status=200 if confirmed else 404)
