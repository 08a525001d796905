"""Begun before the walk: a visitor's sign-up, reset and sign-in, a colleague's invitation, a second factor."""

import hashlib
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from icpportal.accounts import actions, roles
from icpportal.accounts.models import Invitation, Pending, User
from icpportal.accounts.staff import invitations
from icpportal.accounts.views import reset, sign_up
from tests.transfers.builders import PASSWORD

MOBILE = "13900000009"
FROM = {"language": "en", "client": "192.0.2.7"}
NEW = {Pending.Kind.EMAIL: "elsewhere@example.com", Pending.Kind.MOBILE: MOBILE}


def by(people: dict[str, User], tokens: dict[str, str]) -> None:
    """The owner changes address and mobile, a colleague is invited, the lead sets up an authenticator app."""
    owner, lead = people["owner"], people["lead"]
    for kind, to in NEW.items():
        actions.ask(kind, destination=to, user=owner, **FROM)
    tokens[sign_up.IN_SESSION] = str(
        actions.begin_sign_up(email="new@example.com", mobile=MOBILE, digest="", **FROM).pk
    )
    tokens[reset.IN_SESSION] = str(actions.begin_reset(email=owner.email, **FROM).pk)
    now, token = timezone.now(), "of-the-mail"
    colleague = actions.open_account(email="colleague@example.com", password=None, held_roles=(roles.REVIEWER,))
    digest = hashlib.sha256(token.encode()).hexdigest()
    Invitation.objects.create(user=colleague, digest=digest, invited_at=now, expires_at=now + invitations.KEPT)
    tokens["account_invitation"] = token
    TOTP.activate(lead, generate_totp_secret())
    RecoveryCodes.activate(lead)


def go_on(client: Any, people: dict[str, User], tokens: dict[str, str]) -> None:
    """A visitor's browser: a code for a new account is due, and one was entered for a new password."""
    owner, session = people["owner"], client.session
    session.update({key: tokens[key] for key in (sign_up.IN_SESSION, reset.IN_SESSION)})
    session[reset.PROVED] = {
        "account": str(owner.pk), "fits": reset.mark_of(owner), "at": timezone.now().timestamp(),
    }  # fmt: skip
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key


def sign_in(client: Any, people: dict[str, User]) -> None:
    """Halfway: the code of the lead's app is still missing."""
    client.post(reverse("account_login"), {"login": people["lead"].email, "password": PASSWORD})
