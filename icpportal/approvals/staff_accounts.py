"""Staff accounts created on the server: the first ones outright, later ones with approval as at the desk."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import override

from icpportal.accounts import roles
from icpportal.accounts.actions import open_account
from icpportal.accounts.models import Invitation, User
from icpportal.accounts.staff import invitations
from icpportal.approvals import role_changes
from icpportal.approvals.models import KINDS, ROLE, ApprovalRequest
from icpportal.approvals.queries import open_request
from icpportal.audit.actions import append
from icpportal.audit.words import CHANGE

INVITED, INVITED_AGAIN, ASKED = "invited", "invited again", "asked"
MAY_ADD = KINDS[ROLE].permission


class NotAdded(Exception):
    """Nobody was added; the text says why."""


def add(
    email: str,
    chosen: Collection[str],
    *,
    name: str = "",
    language: str = settings.LANGUAGE_CODE,
    actor: User | None = None,
    now: datetime | None = None,
) -> str:
    """Creates the account with these roles and invites its owner; repeating it sends the invitation again.

    Returns ASKED when a second person must allow it: the invitation is sent with the roles. Raises `NotAdded`, and
    `ValidationError` for roles that cannot be combined.
    """
    roles.refuse_combination(chosen)
    if not is_first() and (actor is None or not actor.has_perm(MAY_ADD)):
        raise NotAdded("somebody holds operations already: --by names who of operations adds this account")
    with transaction.atomic():
        user = User.objects.select_for_update().filter(email=email.lower()).first()
        if user is not None:
            return _invite_again(user, chosen, actor, now)
        user = open_account(
            email=email, password=None, name=name, language=language, confirmed=False, held_roles=(), now=now
        )
        return _give(user, chosen, actor, now)


def is_first() -> bool:
    """Whether nobody of operations has used an account yet: then nobody could be asked."""
    holders = User.objects.filter(is_active=True, groups__name=roles.OPERATIONS)
    return not any(invitations.has_begun(user) for user in holders)


def _invite_again(user: User, chosen: Collection[str], actor: User | None, now: datetime | None) -> str:
    _refuse_account(user, chosen)
    if open_request(ROLE, user.pk):
        return ASKED
    if not user.is_staff:  # a second person declined, or the asker withdrew
        return _give(user, chosen, actor, now)
    invitations.invite(user, now=now)
    _write(user, actor, "invited again on the server")
    return INVITED_AGAIN


def _refuse_account(user: User, chosen: Collection[str]) -> None:
    held = roles.names_of(user)
    if not user.is_active:
        raise NotAdded("the account of this address is closed")
    if not user.is_staff and (held or user.mobile or invitations.has_begun(user)):
        raise NotAdded("this address belongs to a customer: staff have an address of their own")
    if invitations.has_begun(user):
        raise NotAdded("this person works here already: roles are changed at the review desk")
    if user.is_staff and held != set(chosen):
        raise NotAdded("this account was added with other roles: they are changed at the review desk")


def _give(user: User, chosen: Collection[str], actor: User | None, now: datetime | None) -> str:
    if actor is not None and not is_first():
        return INVITED if role_changes.change(user, chosen, actor=actor, now=now) else ASKED
    roles.give(user, *chosen)
    with override("en"):
        held = roles.in_words(sorted(chosen))
    _write(user, actor, f"added on the server, with the roles: {held}")
    invitations.welcome(user, by=actor, now=now)
    return INVITED


def _write(user: User, actor: User | None, words: str) -> None:
    append(CHANGE, actor=actor, what="accounts.user", reference=str(user.pk), said={"words": words})


# --- the list of staff -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Member:
    """One member of staff, as operations see it on the server."""

    address: str
    name: str
    roles: list[str]
    second_factor: bool
    last_sign_in: datetime | None
    state: str  # active, invited, invitation expired, not invited, waits for a second person, closed


def members(*, now: datetime | None = None) -> list[Member]:
    """Everybody who is staff, was so until the account was closed, or waits for a second person."""
    now = now or timezone.now()
    waiting = set(ApprovalRequest.objects.filter(kind=ROLE, outcome="").values_list("key", flat=True))
    found = User.objects.filter(Q(is_staff=True) | Q(pk__in=waiting)).prefetch_related("groups")
    with_app = set(Authenticator.objects.filter(type=Authenticator.Type.TOTP).values_list("user_id", flat=True))
    ends = dict(Invitation.objects.values_list("user_id", "expires_at"))
    return [
        Member(
            address=user.email,
            name=user.name,
            roles=sorted(group.name for group in user.groups.all()),
            second_factor=user.pk in with_app,
            last_sign_in=user.last_login,
            state=_state(user, ends.get(user.pk), now),
        )
        for user in found.order_by("email")
    ]


def _state(user: User, invited_until: datetime | None, now: datetime) -> str:
    if not user.is_active:
        return "closed"
    if not user.is_staff:
        return "waits for a second person"
    if invitations.has_begun(user):
        return "active"
    if invited_until is None:
        return "not invited"
    return "invited" if invited_until > now else "invitation over"
