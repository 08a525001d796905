"""A new password that was in order while another field was not: its digest travels, sealed, in the page that came back.

So nobody types it again. It opens for a while, and for the same address only, which it was judged against.
"""

import json
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from icpportal.privacy.crypto import Unreadable, seal, unseal

FIELD = "kept_password"
GOOD_FOR = timedelta(minutes=30)


def keep(digest: str, *, email: str, now: datetime | None = None) -> str:
    """The sealed text that stands in the page."""
    value = [digest, (now or timezone.now()).isoformat()]
    return seal(json.dumps(value).encode(), bound_to=_bound_to(email))


def digest_in(text: str, *, email: str, now: datetime | None = None) -> str:
    """The digest of the password; "" where it is too old, of another address or not ours."""
    try:
        digest, at = json.loads(unseal(text, bound_to=_bound_to(email)))
    except (Unreadable, UnicodeError):
        return ""
    return digest if datetime.fromisoformat(at) + GOOD_FOR > (now or timezone.now()) else ""


def digest_of(password: str) -> str:
    """How an account keeps it."""
    return make_password(password)


def _bound_to(email: str) -> str:
    return f"kept_password:{email.lower()}"
