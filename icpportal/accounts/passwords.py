"""What a password of staff needs on top of everybody's."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

STAFF_LENGTH = 12


class LongerForStaff:
    """Twelve characters for people who see other people's papers."""

    def validate(self, password: str, user: Any = None) -> None:
        if getattr(user, "is_staff", False) and len(password) < STAFF_LENGTH:
            raise ValidationError(
                _("Staff passwords have at least %(min)s characters: make it longer"),
                code="password_staff",
                params={"min": STAFF_LENGTH},
            )

    def get_help_text(self) -> str:
        return _("Staff passwords have at least %(min)s characters: make it longer") % {"min": STAFF_LENGTH}
