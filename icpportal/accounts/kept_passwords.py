"""Keeps a valid new password, as a sealed digest in the page, while another field must be corrected.

So nobody types it again. It can be opened for a while, and only for the address against which it was checked.
"""

import json
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from icpportal.privacy.crypto import Unreadable, seal, unseal

FIELD = "kept_password"
GOOD_FOR = timedelta(minutes=30)


def keep(digest: str, *, email: str, now: datetime | None = None) -> str:
    """The sealed text for the page."""
    value = [digest, (now or timezone.now()).isoformat()]
    return seal(json.dumps(value).encode(), bound_to=_bound_to(email))


def digest_in(text: str, *, email: str, now: datetime | None = None) -> str:
    """The digest of the password; "" when it is too old, for another address, or not ours."""
    try:
        digest, at = json.loads(unseal(text, bound_to=_bound_to(email)))
    except (Unreadable, UnicodeError):
        return ""
    return digest if datetime.fromisoformat(at) + GOOD_FOR > (now or timezone.now()) else ""


def digest_of(password: str) -> str:
    """The stored form of a password."""
    return make_password(password)


def _bound_to(email: str) -> str:
    return f"kept_password:{email.lower()}"
