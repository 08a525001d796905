"""The overview of the account, and the terms that were accepted."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.cache import never_cache

from icpportal.accounts.forms import LanguageForm
from icpportal.accounts.guards import account_of, signed_in_required
from icpportal.accounts.languages import keep_language, remember_language
from icpportal.accounts.models import User
from icpportal.accounts.sign_in.second_factor import codes_left
from icpportal.accounts.views.form_page import FormPage
from icpportal.time_format import long_words


@signed_in_required
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """Shows address, mobile, password, second factor and sessions, each with a link to change it."""
    user = account_of(request)
    rows = [
        _row(_("Email"), user.email, "account_email"),
        _row(_("Mobile"), user.mobile or _("Not verified yet"), "account_mobile"),
        _row(_("Password"), "••••••••", "account_change_password"),
        _row(_("Second factor"), _second_factor(user), "mfa_index"),
        _row(_("Where you are signed in"), _("See and end sessions"), "usersessions_list"),
        _row(_("Messages"), _("Choose what is sent by email and text message"), "message-settings"),
        _row(_("Language"), user.get_language_display(), "account_language"),
    ]
    if user.terms_agreed_at:
        agreed = _("Version %(version)s, %(time)s") % {
            "version": user.terms_version,
            "time": long_words(user.terms_agreed_at),
        }
        rows.append(_row(_("Terms agreed to"), agreed, ""))
    return render(request, "accounts/overview.html", {"rows": rows})


def _second_factor(user: User) -> str:
    if not is_mfa_enabled(user):
        return _("No authenticator app yet")
    left = codes_left(user)
    words = ngettext(
        "The app is set up, %(number)s recovery code is left",
        "The app is set up, %(number)s recovery codes are left",
        left,
    )
    return words % {"number": left}


def _row(label: str, value: str, change: str) -> dict[str, str]:
    return {"label": label, "value": value, "change_url": reverse(change) if change else ""}


@method_decorator([signed_in_required, never_cache], name="dispatch")
class ChangeLanguage(FormPage[LanguageForm]):
    """Changes the language of pages and messages; this browser follows at once."""

    form_class = LanguageForm
    template_name = "accounts/language.html"
    success_url = reverse_lazy("account")

    def get_initial(self) -> dict[str, str]:
        return {"language": account_of(self.request).language}

    def form_valid(self, form: LanguageForm) -> HttpResponse:
        chosen = form.cleaned_data["language"]
        keep_language(account_of(self.request), chosen)
        with override(chosen):
            messages.success(self.request, _("Your choice is saved"))
        answer = super().form_valid(form)
        remember_language(answer, chosen)
        return answer


def terms(request: HttpRequest) -> HttpResponse:
    """Shows the terms of use, with their version."""
    return render(request, "accounts/terms.html", {"version": settings.TERMS_VERSION})
