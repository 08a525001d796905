"""Pages that confirm and change the address and the mobile of an account."""

from typing import Any, TypedDict

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from icpportal.accounts import actions
from icpportal.accounts.forms import EmailForm, MobileForm
from icpportal.accounts.guards import account_of, safe_next, signed_in_required, step_up_required
from icpportal.accounts.models import Pending, User
from icpportal.accounts.views.codes import Beside, CodePage, send_and_say, step_words
from icpportal.accounts.views.form_page import FormPage
from icpportal.accounts.views.sign_up import AFTERWARDS, home
from icpportal.codes.errors import not_sent
from icpportal.codes.refusals import NotSent
from icpportal.fields.client import client_address
from icpportal.fields.components import Link
from icpportal.fields.types import Words

Kind = Pending.Kind
TAKEN_MOBILE = gettext_lazy("This mobile number is confirmed in another account: use another number, or sign in there")
TAKEN_EMAIL = gettext_lazy("This address belongs to another account: use another one, or sign in there")

SAME_MOBILE = gettext_lazy("This is the mobile of your account already: enter another one")
SAME_EMAIL = gettext_lazy("This is the address of your account already: enter another one")


def mobile_kind(user: User) -> str:
    """A first mobile needs no step-up, a change of a confirmed one does."""
    return Kind.MOBILE if user.mobile_confirmed_at else Kind.FIRST_MOBILE


@method_decorator([signed_in_required, never_cache], name="dispatch")
class Confirm(TemplateView):
    """Shows what must still be confirmed before applicant pages open; each with a button that sends its code."""

    template_name = "accounts/confirm.html"

    def dispatch(self, request: HttpRequest) -> HttpResponseBase:
        if safe_next(request):
            request.session[AFTERWARDS] = safe_next(request)
        if account_of(request).confirmed:
            return HttpResponseRedirect(home(request))
        return super().dispatch(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        user = account_of(request)
        language = get_language() or user.language
        if not user.email_confirmed:
            pending = actions.find(Kind.EMAIL, user=user)
            if pending is None or pending.destination != user.email:
                pending = actions.begin(Kind.EMAIL, destination=user.email, language=language, user=user)
            send_and_say(request, pending)
            return redirect("account_email_code")
        pending = actions.find(Kind.FIRST_MOBILE, user=user)
        if pending is None and not user.mobile:
            return redirect("account_mobile")
        if pending is None:
            pending = actions.begin(Kind.FIRST_MOBILE, destination=user.mobile, language=language, user=user)
        send_and_say(request, pending)
        return redirect("account_mobile_code")

    def get_context_data(self, **kwargs: str) -> dict[str, Any]:
        user = account_of(self.request)
        pending = actions.find(Kind.FIRST_MOBILE, user=user)
        mobile = pending.destination if pending else user.mobile
        return super().get_context_data(**kwargs, **_still_due(user, mobile))


class StillDue(TypedDict):
    """What to confirm next, and its button."""

    unconfirmed: str
    button: str
    changes: list[Link]


def _still_due(user: User, mobile: str) -> StillDue:
    """First the address, then the mobile."""
    if not user.email_confirmed:
        return {"unconfirmed": user.email, "button": _("Send code"), "changes": []}
    if not mobile:
        return {"unconfirmed": "", "button": _("Enter your mobile number"), "changes": []}
    change = Link(_("Use another number"), reverse("account_mobile"))
    return {"unconfirmed": mobile, "button": _("Send code"), "changes": [change]}


class ContactPage(FormPage[EmailForm | MobileForm]):
    """Takes a new address or mobile and sends its code."""

    kind: str
    field: str
    same: Words

    def is_confirmed(self, user: User) -> bool:
        """Whether the present one is confirmed: entering it again changes nothing."""
        raise NotImplementedError

    def form_valid(self, form: EmailForm | MobileForm) -> HttpResponse:
        user = account_of(self.request)
        if self.is_confirmed(user) and form.cleaned_data[self.field] == getattr(user, self.field):
            form.add_error(self.field, ValidationError(str(self.same), code="same"))
            return self.form_invalid(form)
        try:
            actions.ask(
                self.kind,
                destination=form.cleaned_data[self.field],
                language=get_language() or user.language,
                client=client_address(self.request),
                user=user,
            )
        except NotSent as refused:
            form.add_error(self.field, not_sent(refused))
            return self.form_invalid(form)
        return redirect(f"account_{self.field}_code")


@method_decorator([step_up_required, never_cache], name="dispatch")
class ChangeEmail(ContactPage):
    """Takes another address to sign in with."""

    form_class = EmailForm
    template_name = "accounts/email.html"
    kind = Kind.EMAIL
    field = "email"
    same = SAME_EMAIL

    def is_confirmed(self, user: User) -> bool:
        return user.email_confirmed


@method_decorator([signed_in_required, never_cache], name="dispatch")
class ChangeMobile(ContactPage):
    """Takes a first mobile, or another one; the latter only after a step-up."""

    form_class = MobileForm
    template_name = "accounts/mobile.html"
    field = "mobile"
    same = SAME_MOBILE

    def is_confirmed(self, user: User) -> bool:
        return user.mobile_confirmed_at is not None

    def dispatch(self, request: HttpRequest) -> HttpResponseBase:
        self.kind = mobile_kind(account_of(request))
        show = super().dispatch
        return step_up_required(show)(request) if self.kind == Kind.MOBILE else show(request)

    def get_context_data(self, **kwargs: EmailForm | MobileForm) -> dict[str, Any]:
        is_change = self.kind == Kind.MOBILE
        title = _("Change the mobile") if is_change else _("Enter your mobile number")
        return super().get_context_data(**kwargs, title=title, is_change=is_change)


@method_decorator(signed_in_required, name="dispatch")
class EmailCode(CodePage):
    """Takes the code from the new mailbox."""

    title = gettext_lazy("Confirm your email")

    def to_prove(self) -> Pending | None:
        return actions.find(Kind.EMAIL, user=account_of(self.request))

    def nothing_to_prove(self) -> str:
        return reverse("account")

    def code_valid(self) -> HttpResponse:
        try:
            actions.confirm_email(self.pending)
        except actions.AddressInUse:
            messages.error(self.request, TAKEN_EMAIL)
            return redirect("account_email")
        messages.success(self.request, _("Your email is confirmed"))
        return redirect("account" if account_of(self.request).confirmed else "account_confirm")

    def beside(self) -> Beside:
        return {"change_url": reverse("account_email")}


@method_decorator(signed_in_required, name="dispatch")
class MobileCode(CodePage):
    """Takes the texted code."""

    title = gettext_lazy("Confirm your mobile number")

    def to_prove(self) -> Pending | None:
        return actions.find(mobile_kind(account_of(self.request)), user=account_of(self.request))

    def nothing_to_prove(self) -> str:
        return reverse("account" if account_of(self.request).mobile_confirmed_at else "account_confirm")

    def code_valid(self) -> HttpResponse:
        first = self.pending.kind == Kind.FIRST_MOBILE
        try:
            actions.confirm_mobile(self.pending)
        except actions.AddressInUse:
            messages.error(self.request, TAKEN_MOBILE)
            return redirect("account_mobile")
        messages.success(self.request, _("Your mobile number is confirmed"))
        return HttpResponseRedirect(home(self.request) if first else reverse("account"))

    def beside(self) -> Beside:
        change = Beside(change_url=reverse("account_mobile"))
        return {**change, "step": step_words(2, 2)} if self.pending.kind == Kind.FIRST_MOBILE else change
