"""Error pages.

They show who is signed in where that can be known; pages for an unreachable database never query it.
"""

import logging
import secrets
import sys
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template import loader
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, get_language_from_request, override
from django.utils.translation import gettext_lazy as _

from icpportal.codes.file_cache import is_full
from icpportal.fields.components import Link
from icpportal.fields.types import Fact, Words
from icpportal.gateways.storage import StorageDown
from icpportal.pages.context import portal
from icpportal.pages.header import links

if TYPE_CHECKING:
    from icpportal.accounts.models import User

logger = logging.getLogger(__name__)

DESK = "/admin/"
RETRY_AFTER = timedelta(minutes=2)
BARE_ERROR = (
    _("Something went wrong on our side"),
    _("This is not your fault. Everything you saved is still there, and nothing was sent twice."),
    _("Wait a minute and try again. If it happens again, call us and give this number:"),
)
BARE_PAUSE = (
    _("Temporarily unavailable"),
    _("Part of the service is not responding. Everything you saved is safe."),
    _("Try again in a few minutes."),
)


def page(
    request: HttpRequest, status: HTTPStatus, *, template: str = "", knows_reader: bool = True, **facts: Fact
) -> HttpResponse:
    """Renders `errors/<status>.html` (or `template`); without `knows_reader` it needs neither session nor database."""
    reader = _reader(request) if knows_reader else None
    context = {
        **portal(request),
        "request": request,
        "csrf_token": get_token(request),
        "user": reader,
        "ways": _ways(reader, knows_reader=knows_reader),
        **_frame(request, reader),
        **facts,
    }
    if reader is None:
        context["unread_count"] = 0
    body = loader.get_template(template or f"errors/{status.value}.html").render(context)
    answer = HttpResponse(body, status=status.value)
    answer["Content-Language"] = get_language() or ""
    return answer


def _reader(request: HttpRequest) -> "User | None":
    """The signed-in user, if the request got far enough and the database answers."""
    try:
        user = getattr(request, "user", None)
        return user if user is not None and user.is_authenticated else None
    except DatabaseError:
        return None


def _frame(request: HttpRequest, reader: "User | None") -> dict[str, Any]:
    """The template around the text: the portal's page, or the desk's for staff there."""
    if reader is None or not reader.is_staff or not request.path.startswith(DESK):
        return {"frame": "base.html", "is_desk": False}
    return {"frame": "admin/error.html", "is_desk": True, "messages": [], **admin.site.each_context(request)}


VISITORS_WAYS = (("start", _("Start page")), ("account_login", _("Sign in")))
CUSTOMERS_WAYS = (("dashboard", _("My filings")), ("start", _("Start page")))
STAFFS_WAYS = (("admin:index", _("Review desk")), ("start", _("Start page")))


def _ways(reader: "User | None", *, knows_reader: bool) -> list[Link]:
    """Links for this reader, the likeliest first."""
    if reader is not None and reader.is_staff:
        return links(STAFFS_WAYS)
    return links(CUSTOMERS_WAYS if reader is not None or not knows_reader else VISITORS_WAYS)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 when the request was larger than the portal reads."""
    # refused before the request's language was known
    language = get_language() if hasattr(request, "LANGUAGE_CODE") else get_language_from_request(request)
    with override(language):
        if isinstance(exception, RequestDataTooBig):
            return too_large(request)
        return page(request, HTTPStatus.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """403: signed in, but this page is another role's."""
    return page(request, HTTPStatus.FORBIDDEN, was_sent=request.method == "POST")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """404, also for what belongs to another account."""
    return page(request, HTTPStatus.NOT_FOUND)


def not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """405: a page that only takes POST was opened, or the other way round."""
    answer = page(request, HTTPStatus.METHOD_NOT_ALLOWED)
    answer["Allow"] = allowed
    return answer


def conflict(request: HttpRequest, back: str = "") -> HttpResponse:
    """409: the subject of the request changed before it arrived; `back` is its page."""
    return page(request, HTTPStatus.CONFLICT, back=back)


def too_large(request: HttpRequest) -> HttpResponse:
    """413: more bytes than a page or an upload may have; the page it came from takes a smaller one."""
    return page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, again=request.get_full_path())


def too_many(request: HttpRequest, until: datetime | None = None) -> HttpResponse:
    """429, with when to try again if known."""
    return page(request, HTTPStatus.TOO_MANY_REQUESTS, until=until)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 with a number to quote, as in the log; 503 when database or storage does not answer or the disk is full."""
    trouble = sys.exc_info()[1]
    if isinstance(trouble, DatabaseError | InterfaceError | StorageDown) or is_full(trouble):
        return unavailable(request)
    number = secrets.token_hex(4)
    logger.error("page failed", extra={"number": number, "path": request.path, "method": request.method})
    try:
        return page(request, HTTPStatus.INTERNAL_SERVER_ERROR, knows_reader=False, number=number)
    except Exception as problem:  # the frame is broken too, as without `collectstatic`
        return _bare(HTTPStatus.INTERNAL_SERVER_ERROR, problem, BARE_ERROR, number=number)


def _bare(status: HTTPStatus, problem: Exception, texts: tuple[Words, ...], *, number: str = "") -> HttpResponse:
    """The texts without the portal's frame, which cannot be drawn."""
    logger.error("error page failed", extra={"trouble": type(problem).__name__})
    title, *lines = texts
    body = format_html_join("", "<p>{}</p>", ((line,) for line in (*lines, number) if line))
    language = get_language() or ""
    frame = '<!doctype html><html lang="{0}"><meta charset="utf-8"><title>{1}</title><h1>{1}</h1>{2}</html>'
    return HttpResponse(
        format_html(frame, language, title, body), status=status.value, headers={"Content-Language": language}
    )


def unavailable(request: HttpRequest, until: datetime | None = None) -> HttpResponse:
    """503: the portal is paused, or a part of it does not answer."""
    try:
        answer = page(request, HTTPStatus.SERVICE_UNAVAILABLE, knows_reader=False, until=until)
    except Exception as problem:  # as above
        answer = _bare(HTTPStatus.SERVICE_UNAVAILABLE, problem, BARE_PAUSE)
    answer["Retry-After"] = str(int(RETRY_AFTER.total_seconds()))
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form with an invalid token: signed out since, or cookies are off."""
    logger.warning("form refused", extra={"reason": reason, "path": request.path})
    return page(request, HTTPStatus.FORBIDDEN, template="errors/csrf.html")
