"""The page on which a code is typed: the same for a sign-up, a mobile, an address, a reset and a step-up."""

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from icpportal.accounts import actions
from icpportal.accounts.forms import CodeForm
from icpportal.accounts.models import Pending
from icpportal.codes.actions import DIGITS, TooMany, TooSoon, Verdict
from icpportal.codes.models import Channel
from icpportal.entry.client import client_address
from icpportal.moments import long_words

NOT_RIGHT = {
    "expired": ("code_expired", gettext_lazy("The code has expired: send a new one")),
    "none": ("code_expired", gettext_lazy("The code has expired: send a new one")),
    "spent": ("code_spent", gettext_lazy("No tries left: send a new code")),
}


def sentence(refused: TooSoon | TooMany) -> ValidationError:
    """Why no code goes out now, and when one will."""
    if isinstance(refused, TooSoon):
        words = ngettext("You can resend in %(n)s second", "You can resend in %(n)s seconds", refused.seconds)
        return ValidationError(words, code="code_wait", params={"n": refused.seconds})
    words = _("Too many tries. Try again after %(time)s")
    return ValidationError(words, code="too_many", params={"time": long_words(refused.until)})


def not_right(verdict: Verdict) -> ValidationError:
    """What to do about a code that was not right."""
    if verdict.state == "wrong":
        words = ngettext(
            "The code is not right. %(n)s try left", "The code is not right. %(n)s tries left", verdict.left
        )
        return ValidationError(words, code="code_wrong", params={"n": verdict.left})
    code, message = NOT_RIGHT[verdict.state]
    return ValidationError(message, code=code)


@method_decorator([never_cache, sensitive_post_parameters("code")], name="dispatch")
class CodePage(FormView):
    """Type the code, or have another one sent. Subclasses say what is to be proved and what happens then."""

    form_class = CodeForm
    template_name = "accounts/code.html"
    title: ClassVar[Any] = ""
    pending: Pending

    def to_prove(self) -> Pending | None:
        """What the code is for, or nothing (any more)."""
        raise NotImplementedError

    def nothing_to_prove(self) -> str:
        """Where to go when there is nothing to prove."""
        raise NotImplementedError

    def proved(self) -> HttpResponseBase:
        """What follows a right code."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        pending = self.to_prove()
        if pending is None:
            return HttpResponseRedirect(self.nothing_to_prove())
        self.pending = pending
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.send_another() if "again" in request.POST else super().post(request, *args, **kwargs)

    def send_another(self) -> HttpResponse:
        """Queue another code; an earlier one stays good."""
        send_and_say(self.request, self.pending)
        return HttpResponseRedirect(self.request.get_full_path())

    def form_valid(self, form: CodeForm) -> HttpResponseBase:  # type: ignore[override]
        verdict = actions.enter(self.pending, form.cleaned_data["code"])
        if verdict.state == "right":
            return self.proved()
        form.add_error("code", not_right(verdict))
        return self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            title=self.title,
            destination=self.shown_destination(),
            by_text=self.pending.channel == Channel.SMS,
            standing=actions.standing(self.pending),
            digits=DIGITS,
        )

    def shown_destination(self) -> str:
        """Where the code went, whole, so that a typing error shows."""
        return self.pending.destination


def send_and_say(request: HttpRequest, pending: Pending) -> bool:
    """Queue a code and tell the reader so, or why not; whether one went out."""
    try:
        actions.send(pending, client=client_address(request))
    except (TooSoon, TooMany) as refused:
        messages.warning(request, sentence(refused).messages[0])
        return False
    messages.success(request, _("A code is on its way"))
    return True
