"""Signs a test client in without first saving a session of nobody, which signing in deletes at once."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.test.client import ClientMixin


def install() -> None:
    """Installs this for the rest of the process; a client that has a session signs in as Django's does."""
    with_session = ClientMixin._login

    def sign_in(client: Any, user: Any, backend: str | None = None) -> None:
        if settings.SESSION_COOKIE_NAME in client.cookies:
            with_session(client, user, backend)
            return
        request = HttpRequest()
        request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        login(request, user, backend)
        request.session.save()
        client._set_login_cookies(request)

    ClientMixin._login = sign_in
