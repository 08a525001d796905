"""The second factor: allauth's TOTP with the secret sealed at rest, also before it is confirmed."""

import io
from datetime import timedelta
from typing import Unpack

import qrcode
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as base_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, generate_totp_secret
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from qrcode.image.svg import SvgPathFillImage

from icpportal.accounts.models import User
from icpportal.audit.refusals import SECOND_FACTOR, note_refusal
from icpportal.codes.forms import CodeField
from icpportal.drafts.pages import was_refused
from icpportal.fields.client import client_address
from icpportal.fields.form_types import Files, FormOptions, Posted
from icpportal.fields.types import Fact
from icpportal.privacy.blind_index import blind_index
from icpportal.privacy.crypto import seal, unseal

BOUND_TO = "allauth.mfa"
WRONG = "incorrect_code"  # allauth's name of a refused code
STEP = timedelta(seconds=30)  # the app's time step
FEW_CODES = 3  # so many recovery codes left, or fewer, and the account's owner is asked to get new ones
LAST_USED = _("You used your last recovery code: get new ones now under Account and security")
LIVES = STEP * (2 * settings.MFA_TOTP_TOLERANCE + 1)  # from one step early to one step late


class SecondFactorAdapter(DefaultMFAAdapter):
    """Seals what allauth stores, and names the portal in the authenticator app."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        WRONG: _("The code is wrong: enter the one the app shows now"),
        "unverified_email": _("Confirm your email first, then set up the authenticator app"),
    }

    def encrypt(self, text: str) -> str:
        return seal(text.encode(), bound_to=BOUND_TO)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, bound_to=BOUND_TO).decode()

    def get_totp_issuer(self) -> str:
        return f"{settings.PROVIDER_NAME_EN} ICP Filing"

    def build_totp_svg(self, url: str) -> str:
        """The QR code as an SVG element, on white also in the dark theme."""
        drawn = io.BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(drawn)
        return drawn.getvalue().decode().partition("?>")[2].strip()


class AppCodeField(CodeField):
    """A code from the app, or a recovery code of eight digits."""

    lengths = (6, 8)
    wrong_length = _("Enter the 6 digits of the app or the 8 of a recovery code")


def take(user: User, code: str) -> bool:
    """Note that this code was right; False when it was taken before."""
    return cache.add(blind_index("second factor", f"{user.pk} {code}"), 1, timeout=LIVES.total_seconds())


class TakenOnce(base_forms.BaseAuthenticateForm):
    """Refuses a correct code that was used before; allauth's own memory ends before the code expires.

    One sentence for both: of a recovery code nobody can tell a wrong one from a used one.
    """

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()
        except forms.ValidationError as refusal:
            raise (_wrong_or_used() if refusal.code == WRONG else refusal) from None
        if not take(self.user, code):
            self._emit_authentication_failed(self.authenticator)
            raise _wrong_or_used()
        return code


def _wrong_or_used() -> forms.ValidationError:
    words = _("The code is wrong or was used before: enter a new one from the app, or a recovery code not used yet")
    return forms.ValidationError(words, code=WRONG)


class AuthenticateForm(TakenOnce, base_forms.AuthenticateForm):
    """The second step of signing in."""

    code = AppCodeField(label=_("Code from the app, or a recovery code"))

    def save(self) -> None:
        super().save()
        say_codes_left(self.authenticator)


class ReauthenticateForm(TakenOnce, base_forms.ReauthenticateForm):
    """The app's code before a sensitive action."""

    code = AppCodeField(label=_("Code from the app, or a recovery code"))

    def save(self) -> None:
        super().save()
        say_codes_left(self.authenticator)


class ActivateTOTPForm(totp_forms.ActivateTOTPForm):
    """The first code of a new authenticator; until it is correct, the secret is sealed in the session."""

    code = CodeField(label=_("Code from the app"))

    def __init__(
        self, data: Posted | None = None, files: Files | None = None, *, user: User, **options: Unpack[FormOptions]
    ) -> None:
        self.user = user
        forms.Form.__init__(self, data, files, **options)
        is_tried = self.is_bound or was_refused(context.request)
        self.secret = _pending_secret(self.user) if is_tried else _new_secret(self.user)

    def clean_code(self) -> str:
        code: str = super().clean_code()
        take(self.user, code)  # nor does it sign anybody in
        return code


def codes_left(user: User) -> int:
    """The number of recovery codes that were not used yet."""
    found = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(found.wrap().get_unused_codes()) if found else 0


def say_codes_left(used: Authenticator) -> None:
    """Tells who used a recovery code how many are left, and what to do when few are."""
    if used.type != Authenticator.Type.RECOVERY_CODES:
        return
    left = codes_left(used.user)
    if not left:
        messages.warning(context.request, LAST_USED)
        return
    words = (
        _few_left(left)
        if left <= FEW_CODES
        else ngettext(
            "You used a recovery code. %(number)s is left", "You used a recovery code. %(number)s are left", left
        )
    )
    messages.info(context.request, words % {"number": left})


def _few_left(left: int) -> str:
    return ngettext(
        "You used a recovery code. %(number)s is left: get new ones under Account and security",
        "You used a recovery code. %(number)s are left: get new ones under Account and security",
        left,
    )


def note_wrong(sender: type[Authenticator], request: HttpRequest, user: User, **_said: Fact) -> None:  # noqa: ARG001 -- the signal's
    """Records a staff member's wrong code in the audit chain; many raise an alarm."""
    if user.is_staff:
        note_refusal(user, SECOND_FACTOR, client=client_address(request))


def _bound_to(user: User) -> str:
    return f"{BOUND_TO}.pending:{user.pk}"


def _new_secret(user: User) -> str:
    secret = generate_totp_secret()
    context.request.session[SECRET_SESSION_KEY] = seal(secret.encode(), bound_to=_bound_to(user))
    return secret


def _pending_secret(user: User) -> str:
    sealed = context.request.session.get(SECRET_SESSION_KEY)
    return unseal(sealed, bound_to=_bound_to(user)).decode() if sealed else _new_secret(user)
