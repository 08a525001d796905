"""Who is signed in: the account together with whether its address is confirmed, in one query."""

import uuid

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
from django.db.models import Exists, OuterRef, Q, QuerySet

from icpportal.accounts.models import User

DIRECTLY, BY_ROLE = User.user_permissions.through, Group.permissions.through


class AccountBackend(AuthenticationBackend):
    """allauth's backend (address or mobile, equal work for unknown ones) with the confirmation read along."""

    def get_user(self, user_id: uuid.UUID) -> User | None:
        addresses = EmailAddress.objects.filter(user_id=OuterRef("pk"), email=OuterRef("email"), verified=True)
        user = User.objects.annotate(email_is_confirmed=Exists(addresses)).filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def _get_user_permissions(self, user_obj: User) -> QuerySet[Permission]:
        """What was given directly or by a role, in one query; every page of the desk asks."""
        directly = DIRECTLY.objects.filter(user=user_obj).values("permission")
        by_role = BY_ROLE.objects.filter(group__user=user_obj).values("permission")
        return Permission.objects.filter(Q(pk__in=directly) | Q(pk__in=by_role))

    def _get_group_permissions(self, user_obj: User) -> QuerySet[Permission]:  # noqa: ARG002 -- Django's signature
        """They are told with what was given directly."""
        return Permission.objects.none()
