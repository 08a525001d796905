"""The theme, light or dark: the reader's choice, kept in a cookie."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

THEMES = ("light", "dark")
KEPT = timedelta(days=365)


def chosen_theme(request: HttpRequest | None) -> str:
    """`light`, `dark`, or "" when the page follows the reader's system."""
    word = request.COOKIES.get(settings.THEME_COOKIE_NAME, "") if request is not None else ""
    return word if word in THEMES else ""


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Stores the chosen theme, or deletes it (`system`), and returns to the page."""
    there = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure()):
        there = "/"
    answer = HttpResponseRedirect(there)
    word = request.POST.get("theme", "")
    if word in THEMES:
        answer.set_cookie(
            settings.THEME_COOKIE_NAME,
            word,
            max_age=KEPT,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    else:
        answer.delete_cookie(settings.THEME_COOKIE_NAME, samesite="Lax")
    return answer
