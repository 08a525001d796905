"""Step 1, verify filing type (验证备案类型): the form, one page an outcome, and the start of an order."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from filings import regions
from icpportal.accounts.access import confirmed_required
from transfers import actions, asking_type, outcomes, queries, stages
from transfers.decide import STARTS, Outcome
from transfers.models import TypeCheck
from transfers.objecting import ObjectionForm
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
    context = {"form": form, "own_draft": queries.orders_of(request.user).filter(state="draft").first()}
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
    context = {"check": check, "page": outcomes.page(check), "province": asking_type.rules(check.answers["region"])}
    return render(request, "transfers/outcome.html", context)


@confirmed_required
@require_POST
def start_order(request: HttpRequest, reference: str) -> HttpResponse:
    """Begin the order, once; the second press finds the first one."""
    check = _own_check(request, reference)
    if Outcome(check.outcome) not in STARTS:
        raise Http404
    try:
        order = actions.start(check)
    except actions.Taken:
        return redirect("verify-type-outcome", asking_type.note_own_order(check).reference)
    return redirect(stages.next_url(order, stages.TYPE))


@confirmed_required
def objection(request: HttpRequest, reference: str) -> HttpResponse:
    """Tell a reviewer that the open order elsewhere is not rightful."""
    check = _own_check(request, reference)
    if check.outcome != Outcome.OTHER_ORDER:
        raise Http404
    return _object(request, check.answers, back=reference)


@confirmed_required
def taken(request: HttpRequest, reference: str) -> HttpResponse:
    """The same from inside an order that lost the race for its subject or domain."""
    order = own_order(request, reference)
    return _object(request, {"domain": order.domain, "subject_key": order.subject_key}, back="")


def _object(request: HttpRequest, answers: dict[str, str], *, back: str) -> HttpResponse:
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = actions.object_to(
            owner=request.user,
            domain=answers["domain"],
            subject_key=answers["subject_key"],
            words=form.cleaned_data["words"],
        )
        return render(request, "transfers/objection_sent.html", {"objection": found})
    return render(request, "transfers/objection.html", {"form": form, "back": back, "domain": answers["domain"]})


@confirmed_required
@require_GET
def order_type(request: HttpRequest, reference: str) -> HttpResponse:
    """The filing type of an order that has begun: fixed, shown read-only."""
    order = own_order(request, reference)
    context = {
        "order": order,
        "rows": asking_type.rows(order.answer("type")),
        "rules": queries.rules_of(order),
        "stepper": stages.stepper(order, stages.TYPE),
        "slip": slip(order),
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
        "rules": queries.rules_of(order),
        "done": [stage.title for stage in stages.applying(order) if stage.key in stages.GATES],
    }
    return render(request, "transfers/gates_passed.html", context)


@confirmed_required
@require_GET
def forgotten(request: HttpRequest, reference: str) -> HttpResponse:
    """How to get the filing password back from the ministry; the draft stays."""
    order = own_order(request, reference)
    context = {
        "order": order,
        "rules": queries.rules_of(order),
        "stepper": stages.stepper(order, stages.FILING_PASSWORD),
        "slip": slip(order),
        "back_url": stages.back_url(order, stages.FILING_PASSWORD),
        "title": _("Get the password back"),
    }
    return render(request, "transfers/password_forgotten.html", context)
