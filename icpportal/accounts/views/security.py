"""Authenticates again, changes the password, lists and ends sessions."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import ReauthenticateView
from allauth.decorators import rate_limit
from allauth.mfa.base.views import IndexView
from allauth.mfa.base.views import ReauthenticateView as SecondFactorView
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from icpportal.accounts import actions, sessions
from icpportal.accounts.forms import PasswordChangeForm
from icpportal.accounts.guards import account_of, safe_next, signed_in_required, with_next
from icpportal.accounts.models import Pending
from icpportal.accounts.sign_in import devices
from icpportal.accounts.sign_in.adapter import AccountAdapter
from icpportal.accounts.sign_in.second_factor import FEW_CODES, codes_left
from icpportal.accounts.views.codes import Beside, CodePage, Way, send_and_say
from icpportal.accounts.views.form_page import FormPage
from icpportal.codes.models import Channel
from icpportal.privacy.masks import mask_email, mask_mobile


def other_ways(request: HttpRequest, here: str) -> list[Way]:
    """The other ways to authenticate; each continues to where the reader wanted to go."""
    methods = AccountAdapter(request).get_reauthentication_methods(request.user)
    return [
        {"label": method["description"], "url": with_next(method["url"], safe_next(request))}
        for method in methods
        if method["id"] != here
    ]


@method_decorator(signed_in_required, name="dispatch")
class StepUp(CodePage):
    """Takes a code to the confirmed mobile or address, before a sensitive action."""

    title = gettext_lazy("Confirm it is you")

    def to_prove(self) -> Pending | None:
        return actions.find(Pending.Kind.STEP_UP, user=account_of(self.request))

    def dispatch(self, request: HttpRequest) -> HttpResponseBase:
        methods = AccountAdapter(request).get_reauthentication_methods(request.user)
        if "step_up" not in [method["id"] for method in methods]:  # the second factor is asked for instead
            return HttpResponseRedirect(with_next(methods[0]["url"], safe_next(request)))
        if "send" in request.POST or self.to_prove() is None:
            return self.choose_channel(request)
        return super().dispatch(request)

    def choose_channel(self, request: HttpRequest) -> HttpResponse:
        """Asks where to send the code, or sends it there."""
        user = account_of(request)
        offered = {Channel.EMAIL.value: mask_email(user.email)}
        if user.mobile_confirmed_at:
            offered = {Channel.SMS.value: mask_mobile(user.mobile), **offered}
        chosen = request.POST.get("send", "")
        if chosen in offered:
            pending = actions.begin_step_up(user, channel=chosen, language=get_language() or user.language)
            by_text = chosen == Channel.SMS
            if send_and_say(request, pending, by_email=by_text) or not by_text:
                return HttpResponseRedirect(request.get_full_path())
        return render(request, "accounts/step_up.html", {"offered": offered, "others": other_ways(request, "step_up")})

    def code_valid(self) -> HttpResponse:
        self.pending.delete()
        record_authentication(self.request, self.request.user, method="code", reauthenticated=True)
        sessions.renew(self.request)
        return HttpResponseRedirect(safe_next(self.request) or reverse("account"))

    def shown_destination(self) -> str:
        by_text = self.pending.channel == Channel.SMS
        return (mask_mobile if by_text else mask_email)(self.pending.destination)

    def beside(self) -> Beside:
        return {"others": other_ways(self.request, "step_up")}


class RenewsSession(FormPage[BaseForm]):
    """Gives a new session id after authentication (ASVS 7.2.4)."""

    here = ""

    def form_valid(self, form: BaseForm) -> HttpResponse:
        response = super().form_valid(form)
        sessions.renew(self.request)
        return response

    def get_context_data(self, **kwargs: BaseForm) -> dict[str, Any]:
        others = other_ways(self.request, self.here)
        return super().get_context_data(**kwargs, others=others)


class PasswordAgain(RenewsSession, ReauthenticateView):
    """Takes the password, before a sensitive action."""

    here = "reauthenticate"


class SecondFactor(IndexView):
    """Shows the authenticator app and how many recovery codes are left."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 -- Django's
        left = codes_left(account_of(self.request))
        return super().get_context_data(**kwargs, codes_left=left, are_few=left <= FEW_CODES)


class SecondFactorAgain(RenewsSession, SecondFactorView):
    """Takes the app's code, before a sensitive action."""

    here = "mfa_reauthenticate"


@method_decorator(
    [
        signed_in_required,
        rate_limit(action="change_password"),
        never_cache,
        sensitive_post_parameters("oldpassword", "password1", "password2"),
    ],
    name="dispatch",
)
class PasswordChange(FormPage[PasswordChangeForm]):
    """Takes the present password and a new one; ends the other sessions."""

    form_class = PasswordChangeForm
    template_name = "account/password_change.html"

    def get_form(self, form_class: type[PasswordChangeForm] | None = None) -> PasswordChangeForm:
        return (form_class or PasswordChangeForm)(**self.get_form_kwargs(), user=account_of(self.request))

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        user = account_of(self.request)
        actions.set_password(user, form.cleaned_data["password1"], keep_session=self.request.session.session_key)
        sessions.renew(self.request, lambda: update_session_auth_hash(self.request, user))
        messages.success(self.request, _("The new password is set. Your other sessions have ended"))
        answer = redirect("account")
        devices.remember(self.request, answer, user)
        return answer


@signed_in_required
@never_cache
def session_list(request: HttpRequest) -> HttpResponse:
    """Lists where the account is signed in."""
    mine = sessions.open_sessions(account_of(request), this_key=request.session.session_key)
    return render(request, "usersessions/usersession_list.html", {"sessions": mine})


@signed_in_required
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Ends one of the account's other sessions; 404 for anyone else's."""
    if not sessions.end_sessions(account_of(request), keep=request.session.session_key, only=session_id):
        raise Http404
    messages.success(request, _("The session has ended"))
    return redirect("usersessions_list")


@signed_in_required
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Ends all sessions of the account but this one."""
    sessions.end_sessions(account_of(request), keep=request.session.session_key)
    messages.success(request, _("Your other sessions have ended"))
    return redirect("usersessions_list")
