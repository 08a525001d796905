"""Step 1, verify filing type (验证备案类型): the form, one page an outcome, and the start of an order."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from filings import regions
from icpportal.accounts.access import confirmed_required
from icpportal.entry.client import client_address
from icpportal.entry.domains import display_domain
from transfers import actions, asking_type, objecting, outcomes, queries, stages, states
from transfers.another import AgainForm, again_form, begin
from transfers.decide import STARTS, Outcome
from transfers.models import TypeCheck
from transfers.objecting import ObjectionForm
from transfers.rules_shown import brief, brief_of, moved_to, must_match_of, site
from transfers.slips import slip
from transfers.steps.verify_type import VerifyTypeForm
from transfers.views.access import own_order


@require_GET
def region_options(request: HttpRequest) -> HttpResponse:
    """The places below one region, for the three selects of a script-equipped browser."""
    parent = request.GET.get("parent", "")
    below = regions.cities(parent) if len(parent) == 2 else regions.counties(parent)
    return JsonResponse({"options": [[place.code, place.name] for place in below]})


@confirmed_required
def verify_type(request: HttpRequest) -> HttpResponse:
    """Ask for what the filing says; the answer is a page of its own."""
    form = VerifyTypeForm(request.POST or None, initial=_earlier(request))
    if request.method == "POST" and "show_places" not in request.POST and form.is_valid():
        check = asking_type.ask(request.user, form)
        if check is not None:
            return redirect("verify-type-outcome", check.reference)
    if "show_places" in request.POST:
        form = VerifyTypeForm(initial=request.POST.dict())
    context = {
        "form": form,
        "own_draft": queries.orders_of(request.user).filter(state=states.DRAFT).first(),
        **(brief(form.rules, form["nature"].value() or "") if form.rules else {}),
    }
    return render(request, "transfers/verify_type.html", context)


def _earlier(request: HttpRequest) -> dict[str, object]:
    """What was typed at an earlier try of this account, named by its reference."""
    reference = request.GET.get("from", "")
    check = TypeCheck.objects.filter(reference=reference, owner=request.user).first() if reference else None
    return check.answers if check else {}


def _own_check(request: HttpRequest, reference: str) -> TypeCheck:
    return get_object_or_404(TypeCheck.objects.select_related("order"), reference=reference, owner=request.user)


@confirmed_required
@require_GET
def outcome(request: HttpRequest, reference: str) -> HttpResponse:
    """What the system decided, in one heading, one sentence, one button."""
    check = _own_check(request, reference)
    return _outcome(request, check, again_form(check) if check.order is None else None)


def _outcome(request: HttpRequest, check: TypeCheck, form: AgainForm | None) -> HttpResponse:
    rules = asking_type.rules(check.answers["region"])
    context = {"check": check, "page": outcomes.page(check), **brief(rules, check.answers["nature"])}
    return render(request, "transfers/outcome.html", {**context, "form": form if form and form.rows else None})


@confirmed_required
@require_POST
def start_order(request: HttpRequest, reference: str) -> HttpResponse:
    """Begin the order, once; the second press finds the first one. An old answer is asked for anew."""
    check = _own_check(request, reference)
    if Outcome(check.outcome) not in STARTS:
        raise Http404
    if asking_type.is_stale(check):
        return redirect(outcomes.again_url(check))
    form = again_form(check, request.POST) if check.order is None else None
    if form is not None and not form.is_valid():
        return _outcome(request, check, form)
    try:
        order = begin(
            check,
            again=form.chosen if form is not None else (),
            language=get_language() or request.user.language,
            client=client_address(request),
        )
    except actions.Taken:
        return _beaten(request, check)
    return redirect(stages.next_url(order, stages.TYPE))


def _beaten(request: HttpRequest, check: TypeCheck) -> HttpResponse:
    """Another press of the same button was faster, or another check of this account has begun an order."""
    first = _own_check(request, check.reference).order
    if first is not None:
        return redirect(stages.next_url(first, stages.TYPE))
    return redirect("verify-type-outcome", asking_type.note_own_order(check).reference)


@confirmed_required
def objection(request: HttpRequest, reference: str) -> HttpResponse:
    """Tell a reviewer that the open order elsewhere is not rightful."""
    check = _own_check(request, reference)
    if check.outcome != Outcome.OTHER_ORDER:
        raise Http404
    back = reverse("verify-type-outcome", args=[reference])
    return _object(request, check.answers["domain"], check.answers["subject_key"], back)


@confirmed_required
def taken(request: HttpRequest, reference: str) -> HttpResponse:
    """The same from inside an order that lost the race for its subject or domain."""
    order = own_order(request, reference)
    if not order.is_editable or order.claimed:
        raise Http404
    return _object(request, order.domain, order.subject_key, order.get_absolute_url())


def _object(request: HttpRequest, domain: str, subject_key: str, back: str) -> HttpResponse:
    """Asked once: who has objected already is told that a reviewer has it."""
    context = {"domain": display_domain(domain), "back_url": back}
    if objecting.is_waiting(request.user, domain):
        return render(request, "transfers/objection_sent.html", context)
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]
        actions.object_to(owner=request.user, domain=domain, subject_key=subject_key, words=words)
        return redirect(request.path)
    return render(request, "transfers/objection.html", {"form": form, **context})


@confirmed_required
@require_GET
def order_type(request: HttpRequest, reference: str) -> HttpResponse:
    """The filing type of an order that has begun: fixed, shown read-only."""
    order = own_order(request, reference)
    context = {
        "order": order,
        "rows": asking_type.rows(order.answer("type")),
        **brief_of(order),
        **must_match_of(order),
        "stepper": stages.stepper(order, stages.TYPE),
        "slip": slip(order),
        "back_url": stages.before_url(order, stages.TYPE),
        "next_url": stages.next_url(order, stages.TYPE),
    }
    return render(request, "transfers/order_type.html", context)


@confirmed_required
@require_GET
def gates_passed(request: HttpRequest, reference: str) -> HttpResponse:
    """The first steps are done and stay done for as long as the draft is kept."""
    order = own_order(request, reference)
    if not order.is_editable:
        return redirect(order)
    first = stages.first_unanswered(order)
    if first.key in stages.GATES:
        return redirect(first.url(order))
    context = {
        "order": order,
        "stepper": stages.stepper(order, stages.ADMINISTRATORS),
        "slip": slip(order),
        "back_url": stages.before_url(order, stages.ADMINISTRATORS),
        **brief_of(order),
        "done": [stage.title for stage in stages.applying(order) if stage.key in stages.GATES],
    }
    return render(request, "transfers/gates_passed.html", context)


@confirmed_required
@require_GET
def forgotten(request: HttpRequest, reference: str) -> HttpResponse:
    """How to get the filing password back from the ministry; the draft stays."""
    order = own_order(request, reference, kinds=states.KINDS)
    if not stages.asks_password(order):
        raise Http404
    password_url = next(stage.url(order) for stage in stages.applying(order) if stage.key == stages.FILING_PASSWORD)
    address = queries.rules_of(order).filing_site
    context = {
        "order": order,
        **brief_of(order),
        "filing_site": site(address),
        "moved_to": moved_to(address),
        "stepper": stages.stepper(order, stages.FILING_PASSWORD),
        "slip": slip(order),
        "back_url": password_url,
        "title": _("Get the password back"),
    }
    return render(request, "transfers/password_forgotten.html", context)
