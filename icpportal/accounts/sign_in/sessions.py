"""Django's sessions in the database, each read together with its account; one ended there ends at once."""

import json
from functools import lru_cache
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.core import signing
from django.db import DatabaseError, OperationalError
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from icpportal.accounts import sessions
from icpportal.accounts.sign_in import backend
from icpportal.database.failures import is_outage
from icpportal.database.prepared import CompiledQuery

WITH_ACCOUNT = CompiledQuery(
    lambda key, now: backend.accounts(now),  # noqa: ARG005 -- the key is compared around it
    within="""
    SELECT session.session_data, account.* FROM django_session session
    LEFT JOIN usersessions_usersession listed ON listed.session_key = session.session_key
    LEFT JOIN ({query}) account ON account.id = listed.user_id
    WHERE session.session_key = %s AND session.expire_date > %s""",
    last=("key", "now"),
    key=CharField(),
    now=DateTimeField(),
)
SESSIONS_OPENED = 500  # of a process: those that were read last


@lru_cache(SESSIONS_OPENED)
def _opened(stored: str, salt: str) -> str:
    """A stored session as JSON, after its signature was checked: most requests find it as the one before left it."""
    return json.dumps(signing.loads(stored, salt=salt))


class SessionStore(db.SessionStore):
    """Django's store with its per-request query compiled once and the signed-in account included."""

    def load(self) -> dict[str, Any]:
        """Also reads the account, from allauth's list of sessions once signing in is complete."""
        account = WITH_ACCOUNT.first(key=self.session_key or "", now=timezone.now())
        sessions.remember(account if account is not None and account.pk else None)  # `SessionLimits` forgets it
        if account is None:
            self._session_key = None
            return {}
        stored = getattr(account, "session_data", "")
        try:
            session: dict[str, Any] = json.loads(_opened(stored, self.key_salt))
        except (signing.BadSignature, ValueError):
            return self.decode(stored)  # {}, which Django logs
        return session

    def save(self, must_create: bool = False) -> None:
        """Writes the session; a database that cannot be written is not mistaken for an ended session, as in Django."""
        try:
            super().save(must_create)
        except UpdateError as missed:
            problem = missed.__context__
            if isinstance(problem, DatabaseError) and (isinstance(problem, OperationalError) or is_outage(problem)):
                raise problem from missed
            raise
