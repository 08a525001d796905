"""Who works at the review desk."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

if TYPE_CHECKING:
    from icpportal.accounts.models import User


def staff_of(request: HttpRequest) -> "User":
    """The account that acts; for pages of the desk, which nobody opens without signing in."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user
