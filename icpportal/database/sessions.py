"""Sessions in the database, as Django keeps them; one that was ended there ends at once."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from icpportal.database.prepared import Prepared

ALIVE = Prepared(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now), key=CharField(), now=DateTimeField()
)


class SessionStore(db.SessionStore):
    """Django's own, whose one question of every request is compiled once."""

    def _get_session_from_db(self) -> Session | None:
        found = ALIVE.first(key=self.session_key or "", now=timezone.now())
        if found is None:
            self._session_key = None
        return found

    def save(self, must_create: bool = False) -> None:
        """Write it; a database that takes nothing is no session that was ended, which Django would make of it."""
        try:
            super().save(must_create)
        except UpdateError as missed:
            if isinstance(missed.__context__, OperationalError):
                raise missed.__context__ from missed
            raise
