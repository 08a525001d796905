"""Whether what is kept of a person may be erased now."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icpportal.accounts.models import User


def is_held(user: "User") -> bool:  # noqa: ARG001 -- nobody can set a hold yet
    """Whether nothing of this person may be erased, whoever asks for it."""
    return False
