"""The lifetime of sessions, the list of an account's sessions, and ending them."""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import get_user
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from icpportal.accounts.guards import account_of
from icpportal.accounts.models import User
from icpportal.alarms import portions

logger = logging.getLogger(__name__)

SEEN = "seen_at"
SEEN_STEP = timedelta(minutes=5)  # how often a busy session is written at most

_read: ContextVar[User | None] = ContextVar("account read with its session", default=None)


def remember(account: User | None) -> None:
    """Keeps the account that was read with this request's session."""
    _read.set(account)


def take_account() -> User | None:
    """That account, once."""
    account = _read.get()
    _read.set(None)
    return account


def limits_of(user: User) -> tuple[timedelta, timedelta]:
    """Absolute and idle limit of this account's sessions."""
    return settings.SESSION_LIMITS["staff" if user.is_staff else "applicant"]


def begin(request: HttpRequest, *, now: datetime | None = None) -> None:
    """Starts the clocks of a session that was just signed in to."""
    now = now or timezone.now()
    absolute, _idle = limits_of(account_of(request))
    request.session.set_expiry(now + absolute)
    request.session[SEEN] = int(now.timestamp())


class SessionLimits:
    """Signs out those who have been idle too long; the absolute limit is the session's own expiry."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            if settings.SESSION_COOKIE_NAME in request.COOKIES:
                request.user = get_user(request)  # itself: each look through Django's lazy one would take longer
                if request.user.is_authenticated:
                    _keep_or_end(request, timezone.now())
            return self.get_response(request)
        finally:
            remember(None)  # must not leak into the next request


def _keep_or_end(request: HttpRequest, now: datetime) -> None:
    seen = request.session.get(SEEN)
    if seen is None:  # without `begin`: only tests sign in like this
        return
    quiet = timedelta(seconds=now.timestamp() - seen)
    _absolute, idle = limits_of(account_of(request))
    if quiet > idle:
        logout(request)
        messages.info(request, _("You were signed out. Sign in again: nothing you saved is lost"))
    elif quiet > SEEN_STEP:
        _note_seen(request, now)


def _note_seen(request: HttpRequest, now: datetime) -> None:
    """Written before the page is drawn, so that reading works while nothing can be written."""
    session, was_changed = request.session, request.session.modified
    session[SEEN] = int(now.timestamp())
    try:
        session.save()
    except (DatabaseError, UpdateError) as trouble:  # or the session was ended concurrently
        logger.warning("session not noted as seen", extra={"trouble": type(trouble).__name__})
    session.modified = was_changed


@dataclass(frozen=True)
class OpenSession:
    """One place where the account is signed in."""

    id: int
    since: datetime
    address: str
    device: str
    is_this_one: bool


BROWSERS = {"MicroMessenger": "WeChat", "Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}
LONGEST = 60


def device_words(agent: str) -> str:
    """The browser and system for people: "Firefox · Windows"; else the beginning of the user agent."""
    known = [next((word for mark, word in table.items() if mark in agent), "") for table in (BROWSERS, SYSTEMS)]
    return " · ".join(known) if all(known) else agent[:LONGEST]


def open_sessions(user: User, *, this_key: str | None, now: datetime | None = None) -> list[OpenSession]:
    """Where the account is signed in, newest first, in two queries."""
    rows = list(UserSession.objects.filter(user_id=user.pk).order_by("-created_at", "-pk"))
    keys = [row.session_key for row in rows]
    alive = Session.objects.filter(session_key__in=keys, expire_date__gt=now or timezone.now())
    living = set(alive.values_list("session_key", flat=True))
    return [
        OpenSession(row.pk, row.created_at, row.ip, device_words(row.user_agent), row.session_key == this_key)
        for row in rows
        if row.session_key in living
    ]


def end_sessions(user: User, *, keep: str | None = None, only: int | None = None) -> int:
    """Ends the account's sessions on the server: all, all but `keep`, or `only` one; returns how many."""
    rows = UserSession.objects.filter(user_id=user.pk).exclude(session_key=keep or "")
    if only is not None:
        rows = rows.filter(pk=only)
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    return rows.filter(session_key__in=keys).delete()[0]


def renew(request: HttpRequest, change: Callable[[], None] | None = None) -> None:
    """Gives a new session id after authentication (or `change`); the list of sessions is updated."""
    before = request.session.session_key
    (change or request.session.cycle_key)()
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


def forget_over(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Deletes expired sessions and their entries in the accounts' lists; returns how many sessions."""
    now = now or timezone.now()
    longest = max(absolute for absolute, _idle in settings.SESSION_LIMITS.values())
    if not dry_run:  # signing out leaves the row in the list
        portions.delete(UserSession.objects.filter(created_at__lte=now - longest))
    return portions.delete(Session.objects.filter(expire_date__lte=now), dry_run=dry_run)
