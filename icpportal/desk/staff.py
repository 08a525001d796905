"""The acting member of staff."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

if TYPE_CHECKING:
    from icpportal.accounts.models import User


def staff_of(request: HttpRequest) -> "User":
    """The acting account; for pages of the desk, which need a sign-in."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user
