"""Resets a forgotten password: address, code from the mailbox, new password."""

from datetime import timedelta

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from icpportal.accounts import actions
from icpportal.accounts.forms import EmailForm, NewPassword
from icpportal.accounts.models import Pending, User
from icpportal.accounts.sign_in.adapter import AccountAdapter
from icpportal.accounts.staff import invitations
from icpportal.accounts.views.codes import Beside, CodePage
from icpportal.accounts.views.form_page import Form, FormPage
from icpportal.codes.errors import not_sent
from icpportal.codes.refusals import NotSent
from icpportal.fields.client import client_address

IN_SESSION = "reset"  # the id of what is to be proved
PROVED = "reset_proved"
GOOD_FOR = timedelta(minutes=10)
NOT_BEGUN = gettext_lazy("This account has no password yet: open your invitation, or ask operations for a new one")


class _SignedOut(FormPage[Form]):
    """Redirects people who are signed in: they change the password in the account."""

    def dispatch(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect("account_change_password")
        return super().dispatch(request)


@method_decorator(never_cache, name="dispatch")
class Reset(_SignedOut[EmailForm]):
    """Takes the address. An unknown one is treated like a known one."""

    form_class = EmailForm
    template_name = "account/password_reset.html"

    def form_valid(self, form: EmailForm) -> HttpResponse:
        email = form.cleaned_data["email"]
        refused_page = ratelimit.consume_or_429(self.request, action="reset_password", key=email)
        if refused_page:
            return refused_page
        client = client_address(self.request)
        try:
            pending = actions.begin_reset(email=email, language=get_language() or "", client=client)
        except NotSent as refused:
            form.add_error("email", not_sent(refused))
            return self.form_invalid(form)
        self.request.session[IN_SESSION] = str(pending.pk)
        return redirect("account_reset_code")


class ResetCode(CodePage):
    """Takes the code from the mailbox."""

    title = gettext_lazy("Enter the code from your mailbox")

    def to_prove(self) -> Pending | None:
        return actions.find(Pending.Kind.RESET, pk=self.request.session.get(IN_SESSION, ""))

    def nothing_to_prove(self) -> str:
        return reverse("account_reset_password")

    def code_valid(self) -> HttpResponse:
        user = actions.account_to_reset(self.pending)
        self.pending.delete()
        if user is None:
            messages.info(self.request, _("There is no account with this address: try another one, or create one"))
            return redirect("account_reset_password")
        if user.is_staff and not invitations.has_begun(user):
            messages.info(self.request, NOT_BEGUN)
            return redirect("account_login")
        self.request.session.cycle_key()
        self.request.session[PROVED] = {
            "account": str(user.pk),
            "fits": mark_of(user),
            "at": timezone.now().timestamp(),
        }
        return redirect("account_reset_new")

    def beside(self) -> Beside:
        return {"change_url": reverse("account_reset_password")}


def proved_account(request: HttpRequest) -> User | None:
    """The account whose mailbox was proved in this session, unless its password or address changed since."""
    proof = request.session.get(PROVED)
    if proof is None or timezone.now().timestamp() - proof["at"] > GOOD_FOR.total_seconds():
        return None
    user = User.objects.filter(pk=proof["account"], is_active=True).first()
    return user if user and constant_time_compare(mark_of(user), proof["fits"]) else None


def mark_of(user: User) -> str:
    """What a proof is valid for: the proved address and the password to be replaced."""
    return salted_hmac(PROVED, f"{user.email} {user.password}", algorithm="sha256").hexdigest()


@method_decorator([never_cache, sensitive_post_parameters("password1", "password2")], name="dispatch")
class ResetNew(_SignedOut[NewPassword]):
    """Takes the new password; it ends every session of the account."""

    form_class = NewPassword
    template_name = "accounts/password_new.html"

    def dispatch(self, request: HttpRequest) -> HttpResponseBase:
        user = proved_account(request)
        if user is None:
            return redirect("account_reset_password")
        self.user = user
        return super().dispatch(request)

    def get_form(self, form_class: type[NewPassword] | None = None) -> NewPassword:
        return (form_class or NewPassword)(**self.get_form_kwargs(), user=self.user)

    def form_valid(self, form: NewPassword) -> HttpResponse:
        actions.finish_reset(self.user, form.cleaned_data["password1"])
        del self.request.session[PROVED]
        AccountAdapter(self.request).forget_wrong_passwords(self.request, self.user)
        messages.success(self.request, _("The new password is set: sign in with it"))
        return redirect("account_login")
