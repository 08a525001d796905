"""Pages for when something did not go as it should; none of them touches the database."""

import logging
import secrets
import sys
from datetime import datetime, timedelta
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template import loader
from django.utils.translation import get_language

from icpportal.fields.types import Fact
from icpportal.pages.context import portal

logger = logging.getLogger(__name__)

RETRY_AFTER = timedelta(minutes=2)


def page(request: HttpRequest, status: HTTPStatus, *, template: str = "", **facts: Fact) -> HttpResponse:
    """The page `errors/<status>.html` (or `template`), drawn without session, user or database."""
    context = {
        **portal(request),
        "request": request,
        "csrf_token": get_token(request),
        **facts,
    }
    body = loader.get_template(template or f"errors/{status.value}.html").render(context)
    answer = HttpResponse(body, status=status.value)
    answer["Content-Language"] = get_language() or ""
    return answer


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 when the request was larger than the portal reads."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return page(request, HTTPStatus.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """403: signed in, but this is another role's room."""
    return page(request, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """404, also for what belongs to another account."""
    return page(request, HTTPStatus.NOT_FOUND)


def too_large(request: HttpRequest) -> HttpResponse:
    """413: more bytes than a page or an upload may have."""
    return page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def too_many(request: HttpRequest, until: datetime | None = None) -> HttpResponse:
    """429, saying when to try again where that is known."""
    return page(request, HTTPStatus.TOO_MANY_REQUESTS, until=until)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 with a number to quote, the same one as in the log; 503 when the database does not answer."""
    if isinstance(sys.exc_info()[1], DatabaseError | InterfaceError):
        return unavailable(request)
    number = secrets.token_hex(4)
    logger.error("page failed", extra={"number": number, "path": request.path, "method": request.method})
    return page(request, HTTPStatus.INTERNAL_SERVER_ERROR, number=number)


def unavailable(request: HttpRequest, until: datetime | None = None) -> HttpResponse:
    """503: the portal rests or a part of it does not answer."""
    answer = page(request, HTTPStatus.SERVICE_UNAVAILABLE, until=until)
    answer["Retry-After"] = str(int(RETRY_AFTER.total_seconds()))
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token no longer fits: signed out meanwhile, or cookies are off."""
    logger.warning("form refused", extra={"reason": reason, "path": request.path})
    return page(request, HTTPStatus.FORBIDDEN, template="errors/csrf.html")
