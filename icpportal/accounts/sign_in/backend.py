"""Who is signed in: the account together with whether its address is confirmed, in one query."""

import uuid

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef

from icpportal.accounts.models import User


class AccountBackend(AuthenticationBackend):
    """allauth's backend (address or mobile, equal work for unknown ones) with the confirmation read along."""

    def get_user(self, user_id: uuid.UUID) -> User | None:
        addresses = EmailAddress.objects.filter(user_id=OuterRef("pk"), email=OuterRef("email"), verified=True)
        user = User.objects.annotate(email_is_confirmed=Exists(addresses)).filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
