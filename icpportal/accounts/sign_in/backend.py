"""Loads the signed-in account, with what every page shows of it, in one query that is compiled once."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
from django.db.models import DateTimeField, Exists, Model, OuterRef, Q, QuerySet, UUIDField
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


def _permissions(user: uuid.UUID) -> Any:
    """The names of what the account may do: the part of the portal, and the permission."""
    directly = DIRECTLY.objects.filter(user=user).values("permission")
    by_role = BY_ROLE.objects.filter(group__user=user).values("permission")
    found = Permission.objects.filter(Q(pk__in=directly) | Q(pk__in=by_role))
    return found.values_list("content_type__app_label", "codename").order_by()


PERMISSIONS = CompiledQuery(_permissions, user=UUIDField())
KNOWN = "_user_perm_cache"  # Django's name


class AccountBackend(AuthenticationBackend):
    """allauth's backend (address or mobile, equal work for unknown ones) that loads accounts with the additions."""

    def get_user(self, user_id: uuid.UUID) -> User | None:
        read = sessions.take_account()
        user = read if read is not None and read.pk == user_id else ACCOUNT.first(pk=user_id, now=timezone.now())
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_user_permissions(self, user_obj: User, obj: Model | None = None) -> set[str]:
        """Permissions given directly or by a role, in one query; every page of the desk needs them."""
        if not user_obj.is_active or user_obj.is_superuser or obj is not None:
            return super().get_user_permissions(user_obj, obj)
        if not hasattr(user_obj, KNOWN):
            setattr(user_obj, KNOWN, {".".join(found) for found in PERMISSIONS.texts(user=user_obj.pk)})
        known: set[str] = getattr(user_obj, KNOWN)
        return known

    def get_group_permissions(self, user_obj: User, obj: Model | None = None) -> set[str]:
        """Empty except for superusers: the user's permissions include those of groups."""
        return super().get_group_permissions(user_obj, obj) if user_obj.is_superuser else set()
