"""Signs up: form, code from the mailbox; the mobile follows in `contact`."""

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from icpportal.accounts import actions
from icpportal.accounts.forms import SignUpForm
from icpportal.accounts.guards import safe_next, with_next
from icpportal.accounts.models import Pending
from icpportal.accounts.views.codes import Beside, CodePage, send_and_say, step_words
from icpportal.accounts.views.form_page import FormPage
from icpportal.codes.errors import not_sent
from icpportal.codes.refusals import NotSent
from icpportal.fields.client import client_address

IN_SESSION = "sign_up"  # the id of what is to be proved; never the code, never the address
AFTERWARDS = "after_confirm"


def home(request: HttpRequest) -> str:
    """Where a confirmed account goes: where it wanted to, else to its filings."""
    return request.session.pop(AFTERWARDS, "") or resolve_url(settings.LOGIN_REDIRECT_URL)


@method_decorator(
    [rate_limit(action="signup"), never_cache, sensitive_post_parameters("password1", "password2")], name="dispatch"
)
class SignUp(FormPage[SignUpForm]):
    """Takes the form. A known address is treated like a new one."""

    form_class = SignUpForm
    template_name = "account/signup.html"
    success_url = reverse_lazy("account_sign_up_code")

    def dispatch(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            return HttpResponseRedirect(safe_next(request) or resolve_url(settings.LOGIN_REDIRECT_URL))
        return super().dispatch(request)

    def form_valid(self, form: SignUpForm) -> HttpResponse:
        typed = form.cleaned_data
        try:
            pending = actions.begin_sign_up(
                email=typed["email"],
                mobile=typed["mobile"],
                digest=form.digest(),
                language=get_language() or settings.LANGUAGE_CODE,
                client=client_address(self.request),
            )
        except NotSent as refused:
            form.add_error("email", not_sent(refused))
            return self.form_invalid(form)
        self.request.session[IN_SESSION] = str(pending.pk)
        if safe_next(self.request):
            self.request.session[AFTERWARDS] = safe_next(self.request)
        return super().form_valid(form)

    def form_invalid(self, form: SignUpForm) -> HttpResponse:
        form.keep_password()
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: SignUpForm) -> dict[str, Any]:
        wanted = safe_next(self.request)
        return super().get_context_data(**kwargs, next=wanted, login_url=with_next(reverse("account_login"), wanted))


class SignUpCode(CodePage):
    """Takes the code from the mailbox; then the account exists and is signed in."""

    title = gettext_lazy("Confirm your email")

    def to_prove(self) -> Pending | None:
        if self.request.user.is_authenticated:
            return None
        return actions.find(Pending.Kind.SIGN_UP, pk=self.request.session.get(IN_SESSION, ""))

    def nothing_to_prove(self) -> str:
        signed_in = self.request.user.is_authenticated
        return resolve_url(settings.LOGIN_REDIRECT_URL) if signed_in else reverse("account_signup")

    def code_valid(self) -> HttpResponse:
        try:
            user, mobile = actions.finish_sign_up(self.pending)
        except actions.AddressInUse:
            messages.info(self.request, _("There is already an account with this address: sign in"))
            return redirect("account_login")
        record_authentication(self.request, user, method="code")
        send_and_say(self.request, mobile)
        return perform_login(self.request, Login(user=user, signup=True, redirect_url=reverse("account_mobile_code")))

    def beside(self) -> Beside:
        return {"change_url": reverse("account_signup"), "step": step_words(1, 2)}
