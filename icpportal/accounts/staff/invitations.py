"""Invitations of staff: a link, valid for three days and one use, with which a new colleague sets the password."""

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta
from urllib.parse import urljoin

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext, override

from icpportal.accounts import roles
from icpportal.accounts.actions import CONFIRMED_ADDRESS
from icpportal.accounts.models import Invitation, User
from icpportal.codes.models import Channel

KEPT = timedelta(days=3)
TOKEN_BYTES = 32


def welcome(user: User, *, by: User | None, now: datetime | None = None) -> None:
    """Invites somebody who has just become staff, and tells all other staff; `by` is None for the command."""
    with transaction.atomic():
        invite(user, now=now)
        _tell_colleagues(user, by)


def invite(user: User, *, now: datetime | None = None) -> Invitation:
    """Mails a new link and ends an earlier one."""
    now = now or timezone.now()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    facts = {"digest": _digest(token), "invited_at": now, "expires_at": now + KEPT}
    with transaction.atomic():
        invitation, _made = Invitation.objects.update_or_create(user=user, defaults=facts)
        with override(user.language):
            held = roles.in_words(sorted(roles.names_of(user)))
        import_string(settings.MESSENGER)(
            key=f"staff_invited:{uuid.uuid4()}",
            template="staff_invited",
            channel=Channel.EMAIL,
            to=user.email,
            language=user.language,
            context={"what": held, "due": invitation.expires_at, "url": address_of(token)},
            not_after=invitation.expires_at,
        )
    return invitation


def address_of(token: str) -> str:
    """The address of the link."""
    return urljoin(settings.STAFF_BASE_URL or settings.PUBLIC_BASE_URL, reverse("account_invitation", args=[token]))


def invited_user(token: str, *, now: datetime | None = None) -> User | None:
    """The account whose password this link sets; None once it was used, replaced or expired, or the account closed."""
    living = Invitation.objects.filter(digest=_digest(token), expires_at__gt=now or timezone.now())
    found = living.filter(user__is_active=True, user__is_staff=True).select_related("user").first()
    return found.user if found else None


def accept(token: str, password: str, *, now: datetime | None = None) -> User | None:
    """Sets the password and ends the link; the mailbox counts as proved. Returns None if it was used concurrently."""
    with transaction.atomic():
        user = invited_user(token, now=now)
        if user is None or not Invitation.objects.filter(user=user, digest=_digest(token)).delete()[0]:
            return None
        user.set_password(password)
        user.save(update_fields=["password"])
        EmailAddress.objects.update_or_create(user=user, email=user.email, defaults=CONFIRMED_ADDRESS)
    return user


def has_begun(user: User) -> bool:
    """Whether the owner has ever used the account: set a password, or signed in with the provider's issuer.

    Somebody who was a customer and has not used the invitation has not begun, however often they signed in before.
    """
    if user.has_usable_password():
        return True
    return user.last_login is not None and not Invitation.objects.filter(user=user).exists()


def begun_condition() -> Q:
    """The same of many, as a condition: who was only invited does nothing yet, and nobody waits for them."""
    return ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX) | Q(last_login__isnull=False, invitation=None)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _tell_colleagues(user: User, by: User | None) -> None:
    """Tells every other member of staff who is new, so that nobody is added unseen."""
    for colleague in User.objects.filter(is_staff=True, is_active=True).exclude(pk=user.pk):
        with override(colleague.language):
            context = {
                "colleague": str(user),
                "what": roles.in_words(sorted(roles.names_of(user))),
                "by": str(by or gettext("Operations, on the server")),
                "time": timezone.now(),
                "url": urljoin(settings.STAFF_BASE_URL or settings.PUBLIC_BASE_URL, reverse("admin:index")),
            }
        import_string(settings.MESSENGER)(
            key=f"staff_added:{uuid.uuid4()}",
            template="staff_added",
            channel=Channel.EMAIL,
            to=colleague.email,
            language=colleague.language,
            context=context,
        )
