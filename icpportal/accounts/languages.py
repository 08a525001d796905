"""The reader's language: a cookie in the browser, and a column of the account for messages and new browsers."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import check_for_language
from django.views.i18n import LANGUAGE_QUERY_PARAMETER
from django.views.i18n import set_language as django_set_language

from icpportal.accounts.models import User


def remember_language(response: HttpResponseBase, language: str) -> None:
    """Sets the browser's language from now on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


def has_language(request: HttpRequest) -> bool:
    """Whether a language was chosen in this browser."""
    return request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) in dict(settings.LANGUAGES)


def keep_language(user: User, language: str) -> None:
    """Sets the language of messages to this account."""
    User.objects.filter(pk=user.pk).update(language=language)


def set_language(request: HttpRequest) -> HttpResponse:
    """Switches the language of this browser and, if signed in, of the account's messages."""
    chosen = request.POST.get(LANGUAGE_QUERY_PARAMETER, "")
    offered = dict(settings.LANGUAGES)
    if request.user.is_authenticated and chosen in offered and check_for_language(chosen):
        User.objects.filter(pk=request.user.pk).update(language=chosen)
    return django_set_language(request)
