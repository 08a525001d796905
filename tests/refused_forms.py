"""As in a browser, posting a refused form returns its page; `follow=False` stops at the redirect to it."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from icpportal.drafts.pages import EarlyRedirect


def install() -> None:
    """Installs this for the rest of the process, as a fixture of every test would cost as much as some tests."""
    post = Client.post

    def posted(client: Client, path: str, *args: Any, **options: Any) -> HttpResponse:
        answer: HttpResponse = post(client, path, *args, **options)
        if "follow" in options or not isinstance(answer, EarlyRedirect):
            return answer
        return client.get(answer.url, **{name: options[name] for name in ("headers", "secure") if name in options})

    Client.post = posted
