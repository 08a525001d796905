"""Sessions in the database, as Django keeps them, each read with its account; one that was ended there ends at once."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from icpportal.accounts import sessions
from icpportal.accounts.sign_in import backend
from icpportal.database.prepared import Prepared

WITH_ACCOUNT = Prepared(
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


class SessionStore(db.SessionStore):
    """Django's own, whose one question of every request is compiled once and tells who is signed in as well."""

    def _get_session_from_db(self) -> Session | None:
        """Whose it is comes along where allauth's list of sessions says so, which it does once signing in is done."""
        account = WITH_ACCOUNT.first(key=self.session_key or "", now=timezone.now())
        sessions.remember(account if account is not None and account.pk else None)  # `SessionLimits` forgets it
        if account is None:
            self._session_key = None
            return None
        return Session(session_key=self.session_key or "", session_data=getattr(account, "session_data", ""))

    def save(self, must_create: bool = False) -> None:
        """Write it; a database that takes nothing is no session that was ended, which Django would make of it."""
        try:
            super().save(must_create)
        except UpdateError as missed:
            if isinstance(missed.__context__, OperationalError):
                raise missed.__context__ from missed
            raise
