"""Loads the signed-in account, with what every page shows of it, in one query that is compiled once."""

import uuid
from collections.abc import Callable
from datetime import datetime

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet, UUIDField
from django.db.models.expressions import Combinable
from django.utils import timezone

from icpportal.accounts import sessions
from icpportal.accounts.models import User
from icpportal.database.prepared import CompiledQuery
from icpportal.drafts.models import PageDraft
from icpportal.drafts.storage import HAS_DRAFTS

DIRECTLY, BY_ROLE = User.user_permissions.through, Group.permissions.through
Along = Callable[[datetime], Combinable]


def _is_confirmed(_now: datetime) -> Combinable:
    return Exists(EmailAddress.objects.filter(user_id=OuterRef("pk"), email=OuterRef("email"), verified=True))


def _has_drafts(_now: datetime) -> Combinable:
    return Exists(PageDraft.objects.filter(owner_id=OuterRef("pk")))


_along: dict[str, Along] = {"email_is_confirmed": _is_confirmed, HAS_DRAFTS: _has_drafts}


def read_along(name: str, told: Along) -> None:
    """Adds `told`, a query about the account (`OuterRef("pk")`), as the attribute `name` of every loaded account."""
    _along[name] = told


def accounts(now: datetime) -> QuerySet[User]:
    """All accounts with these additions."""
    return User.objects.annotate(**{name: annotation(now) for name, annotation in _along.items()}).order_by()


ACCOUNT = CompiledQuery(lambda pk, now: accounts(now).filter(pk=pk), pk=UUIDField(), now=DateTimeField())


class AccountBackend(AuthenticationBackend):
    """allauth's backend (address or mobile, equal work for unknown ones) that loads accounts with the additions."""

    def get_user(self, user_id: uuid.UUID) -> User | None:
        read = sessions.take_account()
        user = read if read is not None and read.pk == user_id else ACCOUNT.first(pk=user_id, now=timezone.now())
        return user if user is not None and self.user_can_authenticate(user) else None

    def _get_user_permissions(self, user_obj: User) -> QuerySet[Permission]:
        """Permissions given directly or by a role, in one query; every page of the desk needs them."""
        directly = DIRECTLY.objects.filter(user=user_obj).values("permission")
        by_role = BY_ROLE.objects.filter(group__user=user_obj).values("permission")
        return Permission.objects.filter(Q(pk__in=directly) | Q(pk__in=by_role))

    def _get_group_permissions(self, user_obj: User) -> QuerySet[Permission]:  # noqa: ARG002 -- Django's signature
        """Empty: they are among the user's permissions."""
        return Permission.objects.none()
