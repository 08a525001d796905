"""Where allauth asks the portal: who has this mobile, where to go next, what must not happen."""

from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from icpportal.accounts import sessions
from icpportal.accounts.actions import tell_changed
from icpportal.accounts.languages import remember_language
from icpportal.accounts.models import User
from icpportal.entry.client import client_address
from icpportal.entry.fields import MobileField

NO_MATCH = _("E-mail or mobile and password do not match: check both")
NOTICES = {
    "mfa/email/totp_activated": _("authenticator app"),
    "mfa/email/totp_deactivated": _("authenticator app"),
    "mfa/email/recovery_codes_generated": _("recovery codes"),
}
PASSWORD, CODE, SECOND_FACTOR = (
    {"id": "reauthenticate", "description": _("Use your password"), "urlname": "account_reauthenticate"},
    {"id": "step_up", "description": _("Use a code"), "urlname": "account_step_up"},
    {"id": "mfa_reauthenticate", "description": _("Use the authenticator app"), "urlname": "mfa_reauthenticate"},
)


class AccountAdapter(DefaultAccountAdapter):
    """allauth with the portal's accounts, codes and addresses."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": NO_MATCH,
        "phone_password_mismatch": NO_MATCH,
        "username_password_mismatch": NO_MATCH,
        "incorrect_password": _("This is not your present password"),
        "too_many_login_attempts": _("Too many tries. Try again in 5 minutes"),
        "rate_limited": _("Too many tries. Try again in 5 minutes"),
    }

    def get_login_stages(self) -> list[str]:
        return ["allauth.mfa.stages.AuthenticateStage"]

    def get_user_by_phone(self, phone: str) -> User | None:  # type: ignore[override]
        return User.objects.with_mobile(phone).first()

    def get_phone(self, user: AbstractBaseUser) -> tuple[str, bool] | None:
        mobile = getattr(user, "mobile", "")
        return (mobile, user.mobile_confirmed_at is not None) if mobile else None  # type: ignore[attr-defined]

    def phone_form_field(self, **kwargs: Any) -> MobileField:
        return MobileField(**kwargs)

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "0.0.0.0"  # noqa: S104 -- a key for those without an address, bound to nothing

    def is_safe_url(self, url: str) -> bool:
        """Only addresses within this portal."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:  # noqa: ARG002
        # allauth counts all sign-ins by mobile under one key, so that one person could lock out everybody
        login = next((credentials[name] for name in ("email", "phone", "username") if credentials.get(name)), "")
        return login.lower()

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        sessions.begin(request, now=timezone.now())

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **hooks: Any) -> HttpResponse:
        response = super().post_login(request, user, **hooks)
        remember_language(response, user.language)  # type: ignore[attr-defined]
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("admin:index" if request.user.is_staff else settings.LOGIN_REDIRECT_URL)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002 -- allauth's signature
        return reverse("account")

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Who has a second factor uses it; everybody else a code of ours, or the password."""
        if not user.is_authenticated:
            return []
        methods = [SECOND_FACTOR] if is_mfa_enabled(user) else [CODE, PASSWORD]
        return [{**method, "url": reverse(str(method["urlname"]))} for method in methods]

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,  # noqa: ARG002
    ) -> None:
        """What allauth would mail about the second factor goes through the outbox."""
        if template_prefix in NOTICES:
            tell_changed(user, NOTICES[template_prefix])

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> NoReturn:  # noqa: ARG002
        raise RuntimeError(f"{template_prefix}: messages leave through the outbox, never inside a request")
