"""Cancels a transfer (取消接入): consequences, code by text, filing password, last look; the result is on the order."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from filings.models import Website
from filings.queries import websites_of
from icpportal.accounts.guards import account_of, confirmed_required, step_up_required
from icpportal.accounts.models import User
from icpportal.codes.actions import CodeStatus
from icpportal.codes.errors import EXPIRED, not_right, not_sent
from icpportal.codes.forms import OneTimeCodeForm
from icpportal.codes.refusals import NotSent
from icpportal.fields.client import client_address
from icpportal.fields.components import PRIMARY, Action, Notice, Panel
from icpportal.fields.types import Words
from icpportal.lifecycle import MoveNotAllowed
from icpportal.privacy.masks import mask_mobile
from icpportal.time_format import long_words
from icpportal.wizard.storage import RowClosed
from transfers.cancellation import actions as cancelling
from transfers.cancellation.actions import BlockedByOrder, BlockReason, FiledMobile, ProofRequired
from transfers.cancellation.forms import SendCodeForm, UnderstoodForm, mobile_label
from transfers.cancellation.impact import Consequences, consequences
from transfers.models import Order
from transfers.orders import queries
from transfers.orders.actions import AlreadyOrdered
from transfers.orders.kinds import CANCELLATIONS
from transfers.pages import stages
from transfers.pages.buttons import buttons
from transfers.pages.frame import Frame, Page, PageInOrder, frame, render_page
from transfers.pages.permissions import own_order, redirect_of_ended
from transfers.steps.filing_password import FILING_PASSWORD

NOT_NOW = gettext_lazy("It cannot be cancelled now")
NO_OTHER = gettext_lazy("This website has no other known provider.")
STOPPABLE = gettext_lazy("We submit it after %(hours)s. You can stop it until then. After that it cannot be stopped.")
FINAL = gettext_lazy("Once submitted, it cannot be stopped.")
HINDRANCES = {
    "ended": gettext_lazy("There is nothing to cancel: this access has ended"),
    "paused": gettext_lazy("The mobile number, address or password was just changed: you can cancel from %(time)s"),
    "last_access": gettext_lazy("We are the only known provider: transfer to another provider first"),
    "no_mobile": gettext_lazy("There is no mobile number on file to send a code to: call us"),
    "no_number": gettext_lazy("We do not have the filing number of this website: call us"),
}


@dataclass(frozen=True, slots=True)
class Blocker(Panel):
    """The order that must end before this one can begin, and what can be done with it."""

    template: ClassVar[str] = "transfers/cancellation/blocker.html"
    order: Order
    actions: list[Action]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsequencesPage(Page):
    """The consequences of cancelling one website, before there is an order and during it."""

    template: ClassVar[str] = "transfers/cancellation/cancel.html"
    frame: Frame | None
    website: Website
    form: UnderstoodForm
    found: Consequences
    notices: list[Notice]
    panels: list[Panel]
    cools_off: str
    is_possible: bool
    back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePage(PageInOrder):
    """The code sent to the filed mobile."""

    template: ClassVar[str] = "transfers/cancellation/cancel_code.html"
    forms: list[forms.Form]
    form: OneTimeCodeForm
    send_form: SendCodeForm
    code_status: CodeStatus
    is_sent: bool
    is_proved: bool
    next_url: str
    only: FiledMobile | None  # set when there is only one mobile
    only_shown: str
    back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPage(PageInOrder):
    """The filing password."""

    template: ClassVar[str] = "transfers/cancellation/cancel_password.html"
    form: forms.Form
    back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmPage(PageInOrder):
    """One sentence and one red button."""

    template: ClassVar[str] = "transfers/cancellation/cancel_confirm.html"
    warnings: list[Words]
    until_when: Words
    back_url: str


# --- the consequences ---


@confirmed_required
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Shows the consequences for one's own website; the tick begins the order."""
    owned = websites_of(account_of(request)).select_related("subject__lead", "administrator", "owner")
    website = owned.filter(pk=pk).first()
    if website is None:
        return redirect(redirect_of_ended(account_of(request), pk))
    blocker = _blocker(website, account_of(request))
    if blocker is not None and _is_of(blocker, website):
        return redirect(stages.first_unanswered(blocker).url(blocker) if blocker.is_editable else blocker)
    return _consequences(request, website, None, blocker, back_url=reverse("filing", args=[website.pk]))


@confirmed_required
def final_check(request: HttpRequest, reference: str) -> HttpResponse:
    """The same page inside the order."""
    order = _own_draft(request, reference)
    if isinstance(order, HttpResponse):
        return order
    return _consequences(request, _website(order), order, None, back_url=order.get_absolute_url())


def _blocker(website: Website, user: User) -> Order | None:
    return queries.own_open_order(user, website.subject.subject_key, website.domain)


def _is_of(order: Order, website: Website) -> bool:
    return order.website_id == website.pk  # no other kind of open order has a website yet


def _consequences(
    request: HttpRequest, website: Website, order: Order | None, blocker: Order | None, *, back_url: str
) -> HttpResponse:
    hindered = None if blocker else cancelling.block_reason(website, account_of(request))
    accesses = website.accesses.filter(ended_at=None)
    form = UnderstoodForm(request.POST if request.method == "POST" else None, is_last=cancelling.is_last(accesses))
    if form.is_valid() and blocker is None and hindered is None:
        try:
            order = order or cancelling.begin(website, owner=account_of(request))
        except BlockedByOrder as blocked:
            blocker = blocked.order
        else:
            return redirect("cancel-code", order.reference)
    page = ConsequencesPage(
        frame=frame(order, stages.CONSEQUENCES) if order else None,
        website=website,
        form=form,
        found=consequences(website, accesses),
        notices=[Notice("problem", NOT_NOW, _block_words(hindered, order))] if hindered else [],
        panels=[_in_the_way(blocker)] if blocker else [],
        cools_off=cancelling.cool_off_words(),
        is_possible=not hindered and not blocker,
        back_url=back_url,
    )
    return render_page(request, page)


def _in_the_way(order: Order) -> Blocker:
    look = Action(_("Open the order"), order.get_absolute_url(), PRIMARY)
    return Blocker(order, [look, *(action for action in buttons(order) if action.kind != PRIMARY)])


def _until_when() -> Words:
    """How long it can be stopped."""
    hours = cancelling.cool_off_words()
    return STOPPABLE % {"hours": hours} if hours else FINAL


def _block_words(reason: BlockReason, order: Order | None) -> tuple[str, ...]:
    """Why it is not possible now; if that ends by itself, how long the draft is kept."""
    if reason.until is None or order is None or order.due_at is None:
        return (words_of(reason),)
    return words_of(reason), _("The draft is kept until %(time)s.") % {"time": long_words(order.due_at)}


def words_of(hindered: BlockReason) -> str:
    """Why it is not possible now, and from when it is."""
    return HINDRANCES[hindered.key] % {"time": long_words(hindered.until) if hindered.until else ""}


# --- inside the order ---


def _website(order: Order) -> Website:
    websites = Website.objects.select_related("subject__lead", "administrator", "owner")
    return websites.filter(pk__in=[order.website_id]).get()


def _own_draft(request: HttpRequest, reference: str) -> Order | HttpResponse:
    order = own_order(request, reference, kinds=CANCELLATIONS)
    return order if order.is_editable else redirect(order)


View = Callable[[HttpRequest, Order], HttpResponse]


def _stage(key: str) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """Guards a page of the order: one's own draft, authenticated lately, no earlier page open, nothing blocking."""

    def wrap(page: View) -> Callable[..., HttpResponseBase]:
        def on_the_way(request: HttpRequest, order: Order) -> HttpResponse:
            keys = [stage.key for stage in stages.stages_of(order)]
            if key not in keys:
                raise Http404
            first = stages.first_unanswered(order)
            if keys.index(first.key) < keys.index(key):
                if request.method == "POST" and first.key == stages.CODE and order.answer("proof"):
                    messages.warning(request, EXPIRED)
                return redirect(first.url(order))
            if cancelling.block_reason(_website(order), account_of(request)):
                return redirect("cancel-consequences", order.reference)
            try:
                return page(request, order)
            except RowClosed:
                return redirect(order)

        def view(request: HttpRequest, reference: str) -> HttpResponseBase:
            order = _own_draft(request, reference)  # before authentication: a stranger gets 404
            return order if isinstance(order, HttpResponse) else step_up_required(on_the_way)(request, order)

        return never_cache(confirmed_required(view))

    return wrap


@_stage(stages.CODE)
def code(request: HttpRequest, order: Order) -> HttpResponse:
    """Sends a code to the filed mobile, and takes it."""
    mobiles = cancelling.filed_mobiles(_website(order))
    form = OneTimeCodeForm(request.POST if "code" in request.POST else None)
    send_form = SendCodeForm(request.POST if "send" in request.POST else None, mobiles=mobiles)
    if "send" in request.POST and send_form.is_valid():
        chosen = next(each for each in mobiles if each.role == send_form.cleaned_data["to"])
        problem = _send_code(request, order, chosen)
        if problem is None:
            return redirect("cancel-code", order.reference)
        send_form.add_error(None, problem)
    elif form.is_valid():
        verdict = cancelling.enter_code(order, form.cleaned_data["code"])
        if verdict.state == "right" or _proved_by_another_press(order):
            return redirect(stages.next_url(order, stages.CODE))
        form.add_error("code", not_right(verdict))
    status = cancelling.code_status(order)
    found = CodePage(
        frame=frame(order, stages.CODE),
        form=form,
        forms=[send_form],
        send_form=send_form,
        code_status=status,
        is_sent=form.is_bound or bool(status.expires_at),
        is_proved=queries.is_proved(order),
        next_url=stages.next_url(order, stages.CODE),
        only=mobiles[0] if len(mobiles) == 1 else None,
        only_shown=mobile_label(mobiles[0]),
        back_url=reverse("cancel-consequences", args=[order.reference]),
    )
    return render_page(request, found)


def _send_code(request: HttpRequest, order: Order, to: FiledMobile) -> ValidationError | None:
    try:
        cancelling.send_code(order, to, client=client_address(request))
    except NotSent as refused:
        return not_sent(refused)
    messages.success(request, _("We have sent a code to %(mobile)s") % {"mobile": mask_mobile(to.mobile)})
    return None


def _proved_by_another_press(order: Order) -> bool:
    """Pressed twice, or again in another tab: the first press has used up the code, which is no mistake."""
    order.refresh_from_db()
    return queries.is_proved(order)


@sensitive_post_parameters("filing_password")
@_stage(stages.FILING_PASSWORD)
def password(request: HttpRequest, order: Order) -> HttpResponse:
    """Asks the ministry about the filing password; a correct one is not asked for again."""
    following = stages.next_url(order, stages.FILING_PASSWORD)
    if order.password_kept:
        return redirect(following)
    form = FILING_PASSWORD.form_class(request.POST if request.method == "POST" else None, row=order)
    if form.is_valid() and FILING_PASSWORD.ask(order, form, request):
        return redirect(following)
    page = PasswordPage(
        frame=frame(order, stages.FILING_PASSWORD),
        form=form,
        back_url=reverse("cancel-code", args=[order.reference]),
    )
    return render_page(request, page)


@_stage(stages.LAST_LOOK)
def confirm(request: HttpRequest, order: Order) -> HttpResponse:
    """One sentence and one red button; pressing twice sends once."""
    if request.method == "POST":
        return _confirm(request, order)
    page = ConfirmPage(
        frame=frame(order, stages.LAST_LOOK),
        warnings=[NO_OTHER] if cancelling.is_last_access(_website(order)) else [],
        until_when=_until_when(),
        # the password page redirects here at once when the password is known
        back_url=reverse("cancel-code", args=[order.reference]),
    )
    return render_page(request, page)


def _confirm(request: HttpRequest, order: Order) -> HttpResponse:
    try:
        cancelling.confirm(order, actor=account_of(request))
    except ProofRequired:
        messages.warning(request, EXPIRED)
        return redirect("cancel-code", order.reference)
    except AlreadyOrdered:
        messages.error(request, _("Another account has an open order for this domain or document: call us"))
        return redirect("cancel-confirm", order.reference)
    except MoveNotAllowed:  # pressed twice, or the draft was closed in the meantime
        order.refresh_from_db()
    return redirect(order)
