"""Validators of passwords, with messages that say what to do."""

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from icpportal.accounts.models import User

STAFF_LENGTH = 12


class LongEnough(MinimumLengthValidator):
    """Requires a minimum length; for staff, who need more, `LongerForStaff` does."""

    def validate(self, password: str, user: User | None = None) -> None:
        if not getattr(user, "is_staff", False):
            super().validate(password, user)

    def get_error_message(self) -> str:
        return _("The password is too short: use at least %(min)s characters") % {"min": self.min_length}


class NotCommon(CommonPasswordValidator):
    """Refuses common passwords."""

    def get_error_message(self) -> str:
        return _("This password is too common: choose another one")


class NotAlike(UserAttributeSimilarityValidator):
    """Refuses passwords that resemble the address."""

    def get_error_message(self) -> str:
        return _("The password is too similar to your email address: choose another one")


class LongerForStaff:
    """Requires twelve characters of people who see other people's documents."""

    def validate(self, password: str, user: User | None = None) -> None:
        if getattr(user, "is_staff", False) and len(password) < STAFF_LENGTH:
            raise ValidationError(self.get_help_text(), code="password_staff")

    def get_help_text(self) -> str:
        return _("Staff passwords need at least %(min)s characters: make it longer") % {"min": STAFF_LENGTH}
