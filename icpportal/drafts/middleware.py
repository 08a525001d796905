"""Keeps a submitted form when its page could not be reached, and forgets it once saved."""

from collections.abc import Callable
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse

from icpportal.drafts import marks, storage
from icpportal.drafts.marks import Mark
from icpportal.drafts.pages import EarlyRedirect, settle
from icpportal.drafts.storage import TooLarge, TooMany, Typed

SWITCHES = ("set_language", "set_theme")  # a page's form may be submitted there, so that nothing typed is lost
OWN = ("page-draft", "page-draft-drop")


class PageDrafts:
    """Comes last, next to the views: it needs the user."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and not isinstance(response, EarlyRedirect):
            _after_post(request, response)
        if visitor := getattr(request, storage.NEW_VISITOR, ""):
            response.set_cookie(
                storage.VISITOR,
                visitor,
                max_age=storage.KEPT_OF_VISITORS,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return response

    def process_template_response(
        self, request: HttpRequest, response: SimpleTemplateResponse | EarlyRedirect
    ) -> SimpleTemplateResponse | EarlyRedirect:
        """Handles pages that are rendered after their view."""
        if isinstance(response, EarlyRedirect):
            return response
        context = response.context_data
        led_back = settle(request, context, status=response.status_code) if isinstance(context, dict) else None
        return led_back if isinstance(led_back, EarlyRedirect) else response


def _after_post(request: HttpRequest, response: HttpResponse) -> None:
    name = request.resolver_match.url_name if request.resolver_match else ""
    mark = marks.read(request)
    if name in OWN:
        return
    if name in SWITCHES:
        if mark is not None:
            _keep(request, mark, storage.keep_typed)
            response["Location"] = mark.url
    elif response.status_code in (301, 302, 303) and not _asks_who(request, response, mark):
        _forget(request, response, mark or marks.mark_of(request, []))
    elif mark is not None and response.status_code != 200:
        _keep(request, mark, storage.keep_unanswered)


def _forget(request: HttpRequest, response: HttpResponse, mark: Mark) -> None:
    """Forgets what was saved, and the answer of a page whose form goes to another URL."""
    storage.drop(request, mark)
    there = urlsplit(response["Location"])
    url = f"{there.path}?{there.query}" if there.query else there.path
    if there.path == request.path and url != mark.url:
        storage.drop(request, marks.mark_of(request, [], url=url))


def _asks_who(request: HttpRequest, response: HttpResponse, mark: Mark | None) -> bool:
    """Whether the page was not reached: sign-in or authentication is needed first."""
    if mark is not None and mark.account and mark.account != str(getattr(request.user, "pk", "")):
        return True
    return REDIRECT_FIELD_NAME in parse_qs(urlsplit(response["Location"]).query)


def _keep(request: HttpRequest, mark: Mark, write: Callable[[HttpRequest, Mark, Typed], object]) -> None:
    try:
        typed = storage.typed_of(request.POST, mark.names)
    except TooLarge:
        return
    if typed:
        with suppress(TooMany):
            write(request, mark, typed)
