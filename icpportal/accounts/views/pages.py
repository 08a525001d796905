"""The account at a glance, and what was agreed to."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from icpportal.accounts.access import account_of, signed_in_required
from icpportal.moments import long_words


@signed_in_required
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """Address, mobile, password, second factor, sessions: each with its way to change it."""
    user = account_of(request)
    set_up = _("The app is set up") if is_mfa_enabled(user) else _("No app yet")
    rows = [
        _row(_("E-mail"), user.email, "account_email"),
        _row(_("Mobile"), user.mobile or _("Not confirmed yet"), "account_mobile"),
        _row(_("Password"), "••••••••", "account_change_password"),
        _row(_("Second factor"), set_up, "mfa_index"),
        _row(_("Where you are signed in"), _("See and end sessions"), "usersessions_list"),
        _row(_("Messages"), _("Choose what is sent by e-mail and text message"), "message-settings"),
        _row(_("Language"), user.get_language_display(), ""),
    ]
    if user.terms_agreed_at:
        agreed = _("Version %(version)s, %(time)s") % {
            "version": user.terms_version,
            "time": long_words(user.terms_agreed_at),
        }
        rows.append(_row(_("Terms agreed to"), agreed, ""))
    return render(request, "accounts/overview.html", {"rows": rows})


def _row(label: str, value: str, change: str) -> dict[str, str]:
    return {"label": label, "value": value, "change_url": reverse(change) if change else ""}


def terms(request: HttpRequest) -> HttpResponse:
    """The terms of use, with their version."""
    return render(request, "accounts/terms.html", {"version": settings.TERMS_VERSION})
