"""Pages that are the same for all visitors: cacheable public pages, and switches without a token."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from icpportal.drafts import marks
from icpportal.pages.public import DESCRIPTIONS

KEPT = timedelta(minutes=1)
Answer = Callable[[HttpRequest], HttpResponse]


class PublicPages:
    """Lets browsers show a public page again for a minute, if it was drawn for a visitor without any state.

    Such a page contains no token and sets no cookie; one with its own cache headers is left alone. Readers who have
    begun something here, or signed in, get pages of their own.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control") and _is_the_same_for_all(request, response):
            patch_cache_control(response, private=True, max_age=int(KEPT.total_seconds()))
            patch_vary_headers(response, ("Cookie", "Accept-Language"))
        return response


def _is_the_same_for_all(request: HttpRequest, response: HttpResponse) -> bool:
    match = request.resolver_match
    of_taste = {settings.LANGUAGE_COOKIE_NAME, settings.THEME_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    return (
        request.method in ("GET", "HEAD")
        and response.status_code == 200
        and match is not None
        and match.view_name in DESCRIPTIONS
        and not response.cookies
        and of_taste.issuperset(request.COOKIES)
    )


def needs_no_token_of_visitors(view: Answer) -> Answer:
    """For a switch that only changes how pages look in this browser: pages for all visitors have no token.

    From signed-in readers, and when typed values are sent along and stored, the token is required.
    """
    checked = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def switch(request: HttpRequest) -> HttpResponse:
        is_harmless = not request.user.is_authenticated and marks.read(request) is None
        return view(request) if is_harmless else checked(request)

    return switch
