"""The page of an invitation: a new colleague sets the password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from icpportal.accounts.forms import NewPassword, PasswordField
from icpportal.accounts.languages import keep_language
from icpportal.accounts.staff import invitations
from icpportal.accounts.views.form_page import FormPage


class StaffPassword(NewPassword):
    """A new staff password, twice."""

    password1 = PasswordField(
        label=gettext_lazy("New password"),
        autocomplete="new-password",
        help_text=gettext_lazy("At least 12 characters, not a common one"),
    )


@method_decorator([never_cache, sensitive_post_parameters("password1", "password2")], name="dispatch")
class Accept(FormPage[StaffPassword]):
    """Takes the password, once and in time; then the colleague signs in and sets up the second factor."""

    form_class = StaffPassword
    template_name = "accounts/invitation.html"

    def dispatch(self, request: HttpRequest, token: str) -> HttpResponseBase:
        user = invitations.invited_user(token)
        if user is None:
            return _expired_page(request)
        self.user, self.token = user, token
        return super().dispatch(request, token)

    def get_form(self, form_class: type[StaffPassword] | None = None) -> StaffPassword:
        return (form_class or StaffPassword)(**self.get_form_kwargs(), user=self.user)

    def get_context_data(self, **kwargs: StaffPassword) -> dict[str, Any]:
        return super().get_context_data(**kwargs, invited=self.user)

    def form_valid(self, form: StaffPassword) -> HttpResponse:
        if invitations.accept(self.token, form.cleaned_data["password1"]) is None:
            return _expired_page(self.request)
        keep_language(self.user, get_language() or self.user.language)  # who invited them chose one for the mail
        logout(self.request)  # ends the session of another account in this browser
        messages.success(self.request, _("The password is set: sign in with it"))
        return redirect("account_login")


def _expired_page(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/invitation_over.html", status=404)
