"""The second factor: allauth's TOTP with the secret sealed at rest, also before it is confirmed."""

import io
from typing import Any

import qrcode
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as base_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, generate_totp_secret
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage

from icpportal.accounts.fields import CodeField
from icpportal.privacy.crypto import seal, unseal

BOUND_TO = "allauth.mfa"


def second_factor_missing(user: Any) -> bool:
    """Whether this is staff who must first set up an authenticator (not asked for in the demo)."""
    if not settings.STAFF_SECOND_FACTOR or not user.is_authenticated or not user.is_staff:
        return False
    return not Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()


class SecondFactorAdapter(DefaultMFAAdapter):
    """Seals what allauth stores and names the portal in the authenticator app."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is not right: enter the one that the app shows now"),
        "unverified_email": _("Confirm your e-mail first, then set up the authenticator app"),
    }

    def encrypt(self, text: str) -> str:
        return seal(text.encode(), bound_to=BOUND_TO)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, bound_to=BOUND_TO).decode()

    def get_totp_issuer(self) -> str:
        return f"{settings.PROVIDER_NAME_EN} ICP Filing"

    def build_totp_svg(self, url: str) -> str:
        """The QR code as an element to stand in the page, on white also where the page is dark."""
        drawn = io.BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(drawn)
        return drawn.getvalue().decode().partition("?>")[2].strip()


class AppCodeField(CodeField):
    """A code from the app, or a recovery code of eight digits."""

    lengths = (6, 8)


class AuthenticateForm(base_forms.AuthenticateForm):
    """The second step of signing in."""

    code = AppCodeField(label=_("Code from the app, or a recovery code"))


class ReauthenticateForm(base_forms.ReauthenticateForm):
    """The app's code before something sensitive."""

    code = AppCodeField(label=_("Code from the app, or a recovery code"))


class ActivateTOTPForm(totp_forms.ActivateTOTPForm):
    """The first code of a new authenticator; until it is right the secret waits sealed in the session."""

    code = CodeField(label=_("Code from the app"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user = kwargs.pop("user")
        forms.Form.__init__(self, *args, **kwargs)
        self.secret = _pending_secret(self.user) if self.is_bound else _new_secret(self.user)


def _bound_to(user: Any) -> str:
    return f"{BOUND_TO}.pending:{user.pk}"


def _new_secret(user: Any) -> str:
    secret = generate_totp_secret()
    context.request.session[SECRET_SESSION_KEY] = seal(secret.encode(), bound_to=_bound_to(user))
    return secret


def _pending_secret(user: Any) -> str:
    sealed = context.request.session.get(SECRET_SESSION_KEY)
    return unseal(sealed, bound_to=_bound_to(user)).decode() if sealed else _new_secret(user)
