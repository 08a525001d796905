"""Closes one's account: what is erased, what the law keeps, what prevents it now."""

from dataclasses import dataclass
from typing import ClassVar

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from icpportal.accounts.guards import account_of
from icpportal.accounts.models import User
from icpportal.fields.form_types import Posted
from icpportal.fields.types import Words
from transfers.duties.actions import open_duties
from transfers.duties.rows import DutyRow, duty_rows
from transfers.models import Order
from transfers.pages.frame import Page, render_page
from transfers.rights import closure
from transfers.rights.models import Closure
from transfers.rights.views.guards import fresh_proof_required

CLOSED_HERE = "closed_account"  # in the session that follows a closure


class CloseForm(forms.Form):
    """One box, so that no single press closes an account."""

    sure = forms.BooleanField(
        label=_("I want to close my account. Nobody can undo this"),
        error_messages={"required": _("Tick the box to close the account")},
    )

    def __init__(self, data: Posted | None = None, *, waits: bool) -> None:
        super().__init__(data)
        if waits:
            self.fields["sure"].label = _("I want to close my account. Until it is closed I can take this back")


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitsPage(Page):
    """The closure was requested and waits, or is not possible for staff."""

    template: ClassVar[str] = "transfers/rights/close_waits.html"
    why_not: Words
    orders: list[Order]  # orders at the authority
    is_asked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosePage(Page):
    """The consequences, and the box."""

    template: ClassVar[str] = "transfers/rights/close.html"
    why_not: Words
    orders: list[Order]
    duties: list[DutyRow]  # what is left to do after approvals
    form: forms.Form


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPage(Page):
    """What was done and what follows, for a person who has just closed their account."""

    template: ClassVar[str] = "transfers/rights/closed.html"


@fresh_proof_required
def close(request: HttpRequest) -> HttpResponse:
    """Shows the consequences; the POST closes the account or records the request."""
    user = account_of(request)
    why_not = closure.why_not_now(user)
    orders = closure.at_authority(user) if why_not == closure.AT_AUTHORITY else []
    is_asked = Closure.objects.filter(user=user).exists()
    if request.method == "POST" and "keep" in request.POST:
        return _take_back(request, user)
    if is_asked or user.is_staff:
        return render_page(request, WaitsPage(why_not=why_not, orders=orders, is_asked=is_asked))
    form = CloseForm(request.POST if request.method == "POST" else None, waits=bool(why_not))
    if form.is_valid():
        return _ask(request, user)
    duties = duty_rows(open_duties(user))
    return render_page(request, ClosePage(form=form, why_not=why_not, orders=orders, duties=duties))


def _ask(request: HttpRequest, user: User) -> HttpResponse:
    if closure.ask(user).shut_at is None:
        messages.info(request, _("Your wish is recorded. We close the account as soon as that is possible"))
        return redirect("data-close")
    logout(request)
    request.session[CLOSED_HERE] = True
    return redirect("data-closed")


@never_cache
@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    """Confirms the closure in the browser that asked for it; nobody is signed in there any more."""
    if not request.session.get(CLOSED_HERE):
        return redirect("account_login")
    return render_page(request, ClosedPage())


def _take_back(request: HttpRequest, user: User) -> HttpResponse:
    if closure.take_back(user):
        messages.success(request, _("Your account stays open"))
    return redirect("data-close")
