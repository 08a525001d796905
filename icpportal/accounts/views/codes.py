"""The page on which a code is typed, for sign-up, mobile, address, reset and step-up."""

from typing import Any, TypedDict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from icpportal.accounts import actions
from icpportal.accounts.models import Pending
from icpportal.accounts.views.form_page import FormPage
from icpportal.codes.errors import not_right, not_sent
from icpportal.codes.forms import OneTimeCodeForm
from icpportal.codes.models import Channel
from icpportal.codes.refusals import NotSent
from icpportal.fields.client import client_address
from icpportal.fields.components import Link
from icpportal.fields.types import Words

SENT_BY_TEXT = gettext_lazy("Enter the code we texted to %(destination)s.")
SENT_BY_EMAIL = gettext_lazy("Enter the code we emailed to %(destination)s.")


class Way(TypedDict):
    """Another way to authenticate."""

    label: Words
    url: str


class Beside(TypedDict, total=False):
    """What a page shows besides the code: a link to change the address, other ways, the step."""

    change_url: str
    others: list[Way]
    step: str  # "step n of m", in words


@method_decorator([never_cache, sensitive_post_parameters("code")], name="dispatch")
class CodePage(FormPage[OneTimeCodeForm]):
    """Takes the code, or sends another one. Subclasses say what is to be proved and what happens then."""

    form_class = OneTimeCodeForm
    template_name = "accounts/code.html"
    title: Words = ""
    pending: Pending

    def to_prove(self) -> Pending | None:
        """What the code is for; None when there is nothing (any more)."""
        raise NotImplementedError

    def nothing_to_prove(self) -> str:
        """The response when there is nothing to prove."""
        raise NotImplementedError

    def code_valid(self) -> HttpResponse:
        """The response to a correct code."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest) -> HttpResponseBase:
        pending = self.to_prove()
        if pending is None:
            return HttpResponseRedirect(self.nothing_to_prove())
        self.pending = pending
        return super().dispatch(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.send_another() if "send" in request.POST else super().post(request)

    def send_another(self) -> HttpResponse:
        """Queues another code; an earlier one stays valid."""
        send_and_say(self.request, self.pending)
        return HttpResponseRedirect(self.request.get_full_path())

    def form_valid(self, form: OneTimeCodeForm) -> HttpResponse:
        verdict = actions.enter(self.pending, form.cleaned_data["code"])
        if verdict.state == "right":
            return self.code_valid()
        form.add_error("code", not_right(verdict))
        return self.form_invalid(form)

    def beside(self) -> Beside:
        """What this page shows besides the code."""
        return {}

    def get_context_data(self, **kwargs: OneTimeCodeForm) -> dict[str, Any]:
        beside = self.beside()
        by_text = self.pending.channel == Channel.SMS
        change_words = _("Use another number") if by_text else _("Use another address")
        return super().get_context_data(
            **kwargs,
            others=beside.get("others", []),
            changes=[Link(change_words, beside["change_url"])] if "change_url" in beside else [],
            step=beside.get("step", ""),
            title=self.title,
            lead=(SENT_BY_TEXT if by_text else SENT_BY_EMAIL) % {"destination": self.shown_destination()},
            send_hint="" if by_text else _("Check your spam folder too."),
            code_status=actions.pending_code_status(self.pending),
            is_sent=True,
        )

    def shown_destination(self) -> str:
        """The destination in full, so that a typing error can be seen."""
        return self.pending.destination


def step_words(number: int, total: int) -> str:
    """ "Step n of m", in words."""
    return _("Step %(number)s of %(total)s") % {"number": number, "total": total}


def send_and_say(request: HttpRequest, pending: Pending, *, by_email: bool = False) -> bool:
    """Queues a code and tells the reader so, or why not; returns whether one was sent.

    `by_email`: the page offers an email instead.
    """
    try:
        actions.send(pending, client=client_address(request))
    except NotSent as refused:
        messages.warning(request, not_sent(refused, by_email=by_email).messages[0])
        return False
    messages.success(request, _("We have sent you a code"))
    return True
