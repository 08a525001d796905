"""Sign-in of staff with the provider's own issuer (OpenID Connect); only existing staff accounts.

Nothing is stored: at each sign-in the address verified by the issuer is looked up among staff accounts. No account is
created or linked, so the tables of `allauth.socialaccount` stay empty.
"""

import logging
from typing import NoReturn

from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import Provider
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.actions import CONFIRMED_ADDRESS
from icpportal.accounts.guards import VOUCHED, issuer_vouches
from icpportal.accounts.models import Invitation, User
from icpportal.fields.types import Json, JsonObject

logger = logging.getLogger(__name__)

PROVIDER = "staff"  # allauth's name for the only issuer
NOT_STAFF = _("This sign-in belongs to no account of staff: ask your operations, or use your password")
FAILED = _("Signing in did not work: try again, or use your password")


class Issuer(OpenIDConnectOAuth2Adapter):
    """allauth's client, which also checks the signature and the audience of the token."""

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **said: JsonObject
    ) -> SocialLogin:
        try:
            login: SocialLogin = super().complete_login(request, app, token, **said)
        except (KeyError, TypeError, ValueError) as error:  # an incomplete token or key set
            raise OAuth2Error("no id_token that can be read") from error
        return login

    def _decode_id_token(self, app: SocialApp, id_token: str) -> JsonObject:
        named = str(self.openid_config["issuer"])
        if named.rstrip("/") != settings.OIDC_ISSUER.rstrip("/"):
            raise OAuth2Error("another issuer")
        claims: JsonObject = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=named,
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
            verify_signature=True,  # allauth skips it for tokens received over TLS
        )
        return claims


class IssuerAdapter(DefaultSocialAccountAdapter):
    """allauth's hooks for a sign-in by the issuer."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002 -- allauth's signature
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Finds the staff account; strangers, applicants and unverified addresses are sent back."""
        claims = sociallogin.account.extra_data.get("id_token") or {}
        if not constant_time_compare(str(claims.get("nonce", "")), str(sociallogin.state.get("nonce"))):
            refuse(request, FAILED, "nonce")
        user = member(claims)
        if user is None:
            refuse(request, NOT_STAFF, what_is_missing(claims))
        _begin(user)
        sociallogin.user = user
        sociallogin.account.uid = str(user.pk)  # goes into the session: must not be the issuer's name
        request.session[VOUCHED] = str(user.pk) if "mfa" in _list(claims.get("amr")) else ""

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Provider,  # noqa: ARG002 -- allauth's signature
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: object = None,  # noqa: ARG002
    ) -> NoReturn:
        refuse(request, FAILED, str(exception or error))


class SecondFactorStage(AuthenticateStage):
    """The portal's own second factor, unless the issuer asked for one and is trusted to."""

    def _should_handle(self, request: HttpRequest) -> bool:
        vouched = self.login.user is not None and issuer_vouches(request, self.login.user)
        return not vouched and bool(super()._should_handle(request))


def member(said: JsonObject) -> User | None:
    """The staff account with an address that the issuer has verified."""
    address = said.get("email")
    if said.get("email_verified") is not True or not isinstance(address, str):
        return None
    return User.objects.filter(email=address.lower(), is_staff=True, is_active=True).first()


def what_is_missing(said: JsonObject) -> str:
    """Why `member` found nobody, for the log: an issuer that does not send a claim concerns everybody."""
    if not isinstance(said.get("email"), str):
        return "no claim email in the token"
    return "no account" if said.get("email_verified") is True else "the claim email_verified is not true"


def refuse(request: HttpRequest, words: str | Promise, why: str) -> NoReturn:
    """Redirects to the sign-in page, with the reason."""
    logger.warning("issuer: sign-in refused", extra={"why": why})
    messages.error(request, str(words))
    raise ImmediateHttpResponse(redirect("account_login"))


def _begin(user: User) -> None:
    """The issuer has proved the mailbox: a pending invitation is no longer needed."""
    with transaction.atomic():
        EmailAddress.objects.update_or_create(user=user, email=user.email, defaults=CONFIRMED_ADDRESS)
        Invitation.objects.filter(user=user).delete()


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
