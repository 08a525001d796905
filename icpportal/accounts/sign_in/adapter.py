"""allauth's hooks: accounts by mobile, redirects, rate limits, mails."""

from collections.abc import Mapping
from typing import NoReturn, TypedDict, Unpack
from urllib.parse import urljoin

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from icpportal.accounts import sessions
from icpportal.accounts.actions import tell_changed
from icpportal.accounts.guards import second_factor_missing
from icpportal.accounts.languages import has_language, remember_language
from icpportal.accounts.models import User
from icpportal.accounts.sign_in import devices
from icpportal.fields.client import client_address
from icpportal.fields.fields import MobileField
from icpportal.fields.form_types import FieldOptions
from icpportal.fields.types import Json, JsonObject, Words

APP = "allauth.account"
NO_MATCH = _("The email or mobile number and the password do not match: check them and try again")
NOTICES = {
    "mfa/email/totp_activated": _("authenticator app"),
    "mfa/email/totp_deactivated": _("authenticator app"),
    "mfa/email/recovery_codes_generated": _("recovery codes"),
}


class Way(TypedDict):
    """One method of authenticating again."""

    id: str
    description: Words
    urlname: str


class Method(Way):
    """The same with its address, as allauth lists them."""

    url: str


PASSWORD: Way = {"id": "reauthenticate", "description": _("Use your password"), "urlname": "account_reauthenticate"}
CODE: Way = {"id": "step_up", "description": _("Use a code"), "urlname": "account_step_up"}
SECOND_FACTOR: Way = {
    "id": "mfa_reauthenticate",
    "description": _("Use the authenticator app"),
    "urlname": "mfa_reauthenticate",
}


class SignedIn(TypedDict):
    """allauth's facts about a sign-in."""

    email_verification: str
    signal_kwargs: JsonObject | None
    email: str | None
    signup: bool
    redirect_url: str | None


def _login(credentials: Mapping[str, str]) -> str:
    """What was typed to sign in."""
    return next((credentials[name] for name in ("email", "phone", "username") if credentials.get(name)), "").lower()


class AccountAdapter(DefaultAccountAdapter):
    """Connects allauth with the portal's accounts, codes and addresses."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": NO_MATCH,
        "phone_password_mismatch": NO_MATCH,
        "username_password_mismatch": NO_MATCH,
        "incorrect_password": _("That is not your current password: try again"),
        "too_many_login_attempts": _("Too many attempts. Try again in 5 minutes"),
        "too_many_for_account": _(
            "Too many attempts for this account. Try again in an hour, use a device you signed in on before, or set a "
            "new password"
        ),
        "rate_limited": _("Too many attempts. Try again in 5 minutes"),
    }

    def get_login_stages(self) -> list[str]:
        return ["icpportal.accounts.staff.issuer.SecondFactorStage"]

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.with_mobile(phone).first()

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.mobile, user.mobile_confirmed_at is not None) if user.mobile else None

    def phone_form_field(self, **kwargs: Unpack[FieldOptions]) -> MobileField:
        return MobileField(**kwargs)

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "0.0.0.0"  # noqa: S104 -- a key for those without an address, bound to nothing

    def is_safe_url(self, url: str) -> bool:
        """Only addresses in this portal are safe."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: str) -> str:
        # allauth counts by what was typed alone: one person could lock out another, and with mobiles everybody
        return f"{ratelimit.get_ip(request)} {_login(credentials)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: str) -> None:
        """Counts wrong passwords by client address and account, and by account; on a known device only there."""
        login = _login(credentials)
        device = devices.known_device(request, login)
        if device:
            usage = ratelimit.consume(request, app=APP, action="login_failed_device", key=f"{device} {login}")
            if not usage:
                raise self.validation_error("too_many_login_attempts")
            self._login_failed_rl_usage = usage
            return
        super().pre_authenticate(request, **credentials)
        of_account = ratelimit.consume(request, app=APP, action="login_failed_account", key=login)
        if not of_account:
            raise self.validation_error("too_many_for_account")
        self._login_failed_rl_usage.usage += of_account.usage

    def forget_wrong_passwords(self, request: HttpRequest, user: User) -> None:
        """Clears the counts after a new password, so that they do not block its owner."""
        for way in ({"email": user.email}, {"phone": user.mobile}):
            self._delete_login_attempts_cached_email(request, **way)
            ratelimit.clear(request, app=APP, action="login_failed_account", key=_login(way))

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        sessions.begin(request, now=timezone.now())

    def post_login(self, request: HttpRequest, user: User, **hooks: Unpack[SignedIn]) -> HttpResponse:
        response = super().post_login(request, user, **hooks)
        devices.remember(request, response, user)
        if not has_language(request):
            remember_language(response, user.language)
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if request.user.is_staff:
            return urljoin(settings.STAFF_BASE_URL, reverse("admin:index"))
        return reverse(settings.LOGIN_REDIRECT_URL)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002 -- allauth's signature
        return reverse("account")

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[Method]:
        """The second factor if there is one; a code if one must be set up; otherwise also the password.

        Somebody who is setting up an app has just typed the password, and the password alone must not open the desk to
        a new app.
        """
        if not user.is_authenticated:
            return []
        methods = [CODE] if second_factor_missing(user) else [CODE, PASSWORD]
        if is_mfa_enabled(user):
            methods = [SECOND_FACTOR]
        return [{**method, "url": reverse(method["urlname"])} for method in methods]

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: Mapping[str, Json] | None = None,
        email: str | None = None,  # noqa: ARG002
    ) -> None:
        """Sends allauth's mails about the second factor through the outbox."""
        if template_prefix in NOTICES:
            tell_changed(user, NOTICES[template_prefix])

    def send_mail(self, template_prefix: str, email: str, context: Mapping[str, Json]) -> NoReturn:  # noqa: ARG002
        raise RuntimeError(f"{template_prefix}: messages leave through the outbox, never inside a request")
