"""Step 1, verify filing type (验证备案类型): the form, a page for each outcome, and the start of an order."""

from dataclasses import dataclass
from typing import ClassVar

from django.db.models import CharField, UUIDField
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from filings.register import regions
from icpportal.accounts.guards import account_of, confirmed_required
from icpportal.database.prepared import CompiledQuery
from icpportal.drafts.pages import fill, say
from icpportal.fields.client import client_address
from icpportal.fields.components import Notice, SummaryRow
from icpportal.fields.domains import display_domain
from icpportal.fields.types import Words
from transfers.filing_type import facts, outcomes, start_answers
from transfers.filing_type.decision import STARTS, Outcome
from transfers.filing_type.drafts import draft_notices, left_check, left_notices
from transfers.filing_type.forms import VerifyTypeForm
from transfers.filing_type.objections import ObjectionForm
from transfers.filing_type.transfer_another import AgainForm, again_form, begin
from transfers.models import Order, TypeCheck
from transfers.orders import actions, queries
from transfers.orders.kinds import ALL
from transfers.pages import stages
from transfers.pages.frame import Page, PageInOrder, frame, render_page
from transfers.pages.permissions import own_order
from transfers.pages.rules_summary import MustMatch, RulesBrief, Site, brief, brief_of, moved_to, must_match_of, site
from transfers.steps import STEPS
from transfers.steps.editable_parts import ALL as ALL_OPEN
from transfers.steps.editable_parts import open_parts


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyTypePage(Page):
    """Step 1: subject and domain as in the filing."""

    template: ClassVar[str] = "transfers/filing_type/verify_type.html"
    form: VerifyTypeForm
    notices: list[Notice]
    brief: RulesBrief | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomePage(Page):
    """What the system decided."""

    template: ClassVar[str] = "transfers/filing_type/outcome.html"
    check: TypeCheck
    page: outcomes.OutcomeView
    brief: RulesBrief
    form: AgainForm | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionSentPage(Page):
    """Confirms that a reviewer has the objection."""

    template: ClassVar[str] = "transfers/filing_type/objection_sent.html"
    domain: str
    back_url: str
    url: str  # the objection's page, where the answer will appear


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionPage(Page):
    """Asks why the open order elsewhere is not rightful."""

    template: ClassVar[str] = "transfers/filing_type/objection.html"
    domain: str
    back_url: str
    form: ObjectionForm


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTypePage(PageInOrder):
    """The filing type of an order that has begun: fixed and read-only."""

    template: ClassVar[str] = "transfers/filing_type/order_type.html"
    rows: list[SummaryRow]
    brief: RulesBrief
    must_match: MustMatch
    back_url: str
    next_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstStepsDonePage(PageInOrder):
    """The first steps are done and stay done while the draft is kept."""

    template: ClassVar[str] = "transfers/filing_type/first_steps_done.html"
    back_url: str
    brief: RulesBrief
    done: list[Words]
    next_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordForgottenPage(PageInOrder):
    """How to recover the filing password from the ministry."""

    template: ClassVar[str] = "transfers/filing_type/password_forgotten.html"
    brief: RulesBrief
    filing_site: Site
    moved_to: Site | None
    back_url: str
    title: str


@require_safe
def region_options(request: HttpRequest) -> HttpResponse:
    """The places below one region, for the three selects of a browser with script; for a province, its rules too."""
    parent = request.GET.get("parent", "")
    below = regions.cities(parent) if len(parent) == 2 else regions.counties(parent)
    found: dict[str, object] = {"options": regions.as_choices(below)}
    if any(each.code == parent for each in regions.provinces()):
        local = brief(facts.rules(parent), "")
        found["rules"] = {"url": local.url, "title": local.title}
    return JsonResponse(found)


@confirmed_required
def verify_type(request: HttpRequest) -> HttpResponse:
    """Asks for what is in the filing; the answer is a page of its own."""
    form = VerifyTypeForm(request.POST or None, initial=_earlier(request), known=start_answers.of_filing_type(request))
    if request.method == "POST" and "show_places" not in request.POST and form.is_valid():
        check = facts.ask(account_of(request), form)
        if check is not None:
            return redirect("verify-type-outcome", check.reference)
    if "show_places" in request.POST:
        form = VerifyTypeForm()
        say(request, "places", value=True)
    fill(request, form)
    owner = account_of(request)
    page = VerifyTypePage(
        form=form,
        notices=[
            *draft_notices(queries.newest_draft_of(owner)),
            *left_notices(None if "from" in request.GET else left_check(owner)),
        ],
        brief=brief(form.rules, form["nature"].value() or "") if form.rules else None,
    )
    return render_page(request, page)


def _earlier(request: HttpRequest) -> dict[str, str]:
    """The answers of this account's earlier check, by its reference."""
    reference = request.GET.get("from", "")
    check = TypeCheck.objects.filter(reference=reference, owner=account_of(request)).first() if reference else None
    return check.answers if check else {}


def _own_check(request: HttpRequest, reference: str) -> TypeCheck:
    found = OWN_CHECK.first(reference=reference, owner=account_of(request).pk)
    if found is None:
        raise Http404
    return found


OWN_CHECK = CompiledQuery(
    lambda reference, owner: TypeCheck.objects.select_related("order").filter(reference=reference, owner=owner),
    reference=CharField(),
    owner=UUIDField(),
)


@confirmed_required
@require_safe
def outcome(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows the decision in one heading, one sentence and one button."""
    check = _own_check(request, reference)
    return _outcome(request, check, again_form(check) if check.order is None else None)


def _outcome(request: HttpRequest, check: TypeCheck, form: AgainForm | None) -> HttpResponse:
    rules = facts.rules(check.answers["region"])
    page = OutcomePage(
        check=check,
        page=outcomes.page(check),
        brief=brief(rules, check.answers["nature"]),
        form=form if form and form.rows else None,
    )
    return render_page(request, page, at=reverse("verify-type-outcome", args=[check.reference]))


@confirmed_required
@require_POST
def start_order(request: HttpRequest, reference: str) -> HttpResponse:
    """Begins the order, once; an old answer is asked for again first."""
    check = _own_check(request, reference)
    if Outcome(check.outcome) not in STARTS:
        raise Http404
    if facts.is_stale(check):
        return redirect(outcomes.again_url(check))
    form = again_form(check, request.POST) if check.order is None else None
    if form is not None and not form.is_valid():
        return _outcome(request, check, form)
    try:
        order = begin(
            check,
            again=form.chosen if form is not None else (),
            language=get_language() or account_of(request).language,
            client=client_address(request),
        )
    except actions.AlreadyOrdered:
        return _beaten(request, check)
    start_answers.carry(request, order)
    return redirect(stages.next_url(order, stages.TYPE))


def _beaten(request: HttpRequest, check: TypeCheck) -> HttpResponse:
    """Another press or another check of this account has begun an order in the meantime."""
    first = _own_check(request, check.reference).order
    if first is not None:
        return redirect(stages.next_url(first, stages.TYPE))
    return redirect("verify-type-outcome", facts.note_own_order(check).reference)


@confirmed_required
def objection(request: HttpRequest, reference: str) -> HttpResponse:
    """Sends a reviewer the reason why the open order elsewhere is not rightful."""
    check = _own_check(request, reference)
    if check.outcome != Outcome.OTHER_ORDER:
        raise Http404
    back = reverse("verify-type-outcome", args=[reference])
    return _object(request, check.answers["domain"], check.subject_key, back)


@confirmed_required
def objection_in_order(request: HttpRequest, reference: str) -> HttpResponse:
    """The same from inside an order that lost the race for its subject or domain."""
    order = own_order(request, reference)
    if not order.is_editable or order.claimed:
        raise Http404
    return _object(request, order.domain, order.subject_key, order.get_absolute_url())


def _object(request: HttpRequest, domain: str, subject_key: str, back: str) -> HttpResponse:
    """Takes an objection once; a second one is answered with the first."""
    shown = display_domain(domain)
    if there := actions.open_objection(account_of(request), domain):
        url = reverse("objection-page", args=[there.reference])
        return render_page(request, ObjectionSentPage(domain=shown, back_url=back, url=url))
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]
        actions.object_to(owner=account_of(request), domain=domain, subject_key=subject_key, words=words)
        return redirect(request.path)
    return render_page(request, ObjectionPage(domain=shown, back_url=back, form=form))


@confirmed_required
@require_safe
def order_type(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows the filing type of an order that has begun, read-only."""
    order = own_order(request, reference)
    if order.erased_at is not None:  # its own page says so
        return redirect(order)
    page = OrderTypePage(
        frame=frame(order, stages.TYPE),
        rows=facts.rows(order.answer("type")),
        brief=brief_of(order),
        must_match=must_match_of(order),
        back_url=stages.before_url(order, stages.TYPE),
        next_url=stages.next_url(order, stages.TYPE),
    )
    return render_page(request, page)


@confirmed_required
@require_safe
def gates_passed(request: HttpRequest, reference: str) -> HttpResponse:
    """Confirms that the first steps are done and stay done while the draft is kept."""
    order = own_order(request, reference)
    if not order.is_editable:
        return redirect(order)
    first = stages.first_unanswered(order)
    if first.key in stages.GATES:
        return redirect(first.url(order))
    page = FirstStepsDonePage(
        frame=frame(order, stages.ADMINISTRATORS),
        back_url=stages.before_url(order, stages.ADMINISTRATORS),
        brief=brief_of(order),
        done=[stage.title for stage in stages.stages_of(order) if stage.key in stages.GATES],
        next_url=_first_page(order),
    )
    return render_page(request, page)


def _first_page(order: Order) -> str:
    """The first page of the details to fill in; their list when none is left or only some parts are open."""
    pages = (step for step in STEPS if step.stage == stages.ADMINISTRATORS and step.is_asked(order))
    waiting = next((step for step in pages if not step.is_answered(order)), None)
    if waiting is None or open_parts(order) is not ALL_OPEN:
        return reverse("people", args=[order.reference])
    return reverse("step", args=[order.reference, waiting.key])


@confirmed_required
@require_safe
def forgotten_password(request: HttpRequest, reference: str) -> HttpResponse:
    """Explains how to recover the filing password from the ministry; the draft stays."""
    order = own_order(request, reference, kinds=ALL)
    if not stages.asks_password(order):
        raise Http404
    if not order.is_editable:
        return redirect(order)
    password_url = next(stage.url(order) for stage in stages.stages_of(order) if stage.key == stages.FILING_PASSWORD)
    address = queries.rules_of(order).filing_site
    page = PasswordForgottenPage(
        frame=frame(order, stages.FILING_PASSWORD),
        brief=brief_of(order),
        filing_site=site(address),
        moved_to=moved_to(address),
        back_url=password_url,
        title=_("Get the password back"),
    )
    return render_page(request, page)
