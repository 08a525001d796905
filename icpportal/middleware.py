"""Middleware for every request: reference, limits on bodies, no NUL, the desk's host, security headers, messages."""

import logging
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPMethod
from time import monotonic
from urllib.parse import urljoin
from uuid import UUID

from csp.constants import HEADER as CONTENT_POLICY
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import BaseStorage
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
    UnreadablePostError,
)
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.utils.cache import patch_cache_control

from icpportal.fields.client import declared_length, is_of_script, most_bytes
from icpportal.logs import request_reference
from icpportal.metrics.counters import count_request

logger = logging.getLogger("icpportal.requests")
Answer = Callable[[HttpRequest], HttpResponse]

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope")
    + ("microphone", "midi", "payment", "serial", "usb")
)
DESK = "/admin/"
# what the desk needs besides its own pages: sign-in, pictures, drafts, choices of language and theme
DESK_NEEDS = ("/account/", "/documents/", "/drafts/", "/language/", "/theme/", "/messages/")
OF_EVERY_HOST = ("/static/", "/favicon.ico", "/robots.txt")  # browsers and robots ask each host for its own
# what the decorators of the library of the content policy leave on a response
OWN_POLICY = ("_csp_exempt", "_csp_config", "_csp_update", "_csp_replace")
MACHINE_PATHS = ("/healthz", "/healthz/deep", "/metrics", "/readyz")


class RequestReference:
    """Gives each request a reference of ours, in its log lines and the header `X-Request-ID`."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = monotonic()
        reference = secrets.token_hex(8)
        before = request_reference.set(reference)
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = reference
            _note_answer(request, response, monotonic() - began)
        finally:
            request_reference.reset(before)
        if request.method == HTTPMethod.HEAD:
            _drop_body(response)
        return response


def _drop_body(response: HttpResponseBase) -> None:
    """Leaves the headers, with the length that GET would have; gunicorn warns of each body that it has to drop."""
    if isinstance(response, StreamingHttpResponse):
        response.streaming_content = ()
    elif isinstance(response, HttpResponse):
        response.content = b""


def _note_answer(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """Logs the route, not the path: a path may contain a one-time link."""
    match = request.resolver_match
    route = match.route if match else "-"
    if f"/{route}" in MACHINE_PATHS and response.status_code == 200:
        return
    count_request(route, request.method or "", response.status_code, seconds)
    logger.info(
        "answered",
        extra={
            "method": request.method,
            "route": route,
            "status": response.status_code,
            "ms": round(seconds * 1000),
        },
    )


class BodyLimit:
    """Answers 413 to a body announced as longer than its view accepts, without reading it.

    Also to chunked bodies, whose length is unknown; only announced bodies are read at all.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if declared_length(request) > most_bytes():
            raise RequestDataTooBig("a body that no address takes")
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *_given: Sequence[str] | Mapping[str, object]
    ) -> None:
        """The view is known here, and the form has not been read yet."""
        if declared_length(request) > most_bytes(view):
            raise RequestDataTooBig("a body that this address does not take")


class RefuseNul:
    """Answers 400 to NUL in the path, query or field names; in a field's value, the form reports it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or _has_nul(request.GET.lists()):
            raise BadRequest("NUL in the address")
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, *_view: Callable[..., HttpResponse] | Sequence[str] | Mapping[str, str | int | UUID]
    ) -> None:
        """The form is read here, where the CSRF check reads it anyway."""
        if request.method != "POST":
            return
        try:
            found = any("\0" in name for name in request.POST)
        except UnreadablePostError as gone:
            raise BadRequest("the form did not arrive whole") from gone
        if found:
            raise BadRequest("NUL in the form")


def _has_nul(fields: Iterable[tuple[str, list[str]]]) -> bool:
    return any("\0" in name or any("\0" in value for value in values) for name, values in fields)


class MachinePages:
    """Answers machines under any host name, so that a probe may use an IP address; skips later middleware."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in MACHINE_PATHS:
            return self.get_response(request)
        request.resolver_match = match = resolve(request.path_info)
        answer: HttpResponse = match.func(request)
        return answer


class StaffHost:
    """With `STAFF_HOST`, serves the desk on that host only and everything else on the public one."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.STAFF_HOST:
            return self.get_response(request)
        is_desk = f"{request.path_info}/".startswith(DESK)
        if split_domain_port(request.get_host())[0] == settings.STAFF_HOST:
            if request.path_info == "/":
                return HttpResponseRedirect(DESK)
            if not (is_desk or request.path_info.startswith(DESK_NEEDS + OF_EVERY_HOST)):
                return _elsewhere(request)
        elif is_desk:
            raise Http404
        return self.get_response(request)


def _elsewhere(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        raise Http404
    return HttpResponseRedirect(urljoin(settings.PUBLIC_BASE_URL, request.get_full_path()))


class BrowserHeaders:
    """Denies device features to every page, and disk caching to pages of signed-in users and POSTs."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        personal = request.method == "POST" or settings.SESSION_COOKIE_NAME in request.COOKIES
        if personal or settings.SESSION_COOKIE_NAME in response.cookies:
            patch_cache_control(response, private=True, no_store=True)
        return response


class ContentPolicy(CSPMiddleware):
    """Says where a page may load from, as the library; writes the policy of the settings once, not for each response.

    A page with a policy of its own, or with a nonce, gets it from the library.
    """

    _written: tuple[object, str] = (None, "")

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Adds the header."""
        has_own = getattr(request, "_csp_nonce", None) or any(hasattr(response, name) for name in OWN_POLICY)
        if has_own or settings.DEBUG or hasattr(settings, "CONTENT_SECURITY_POLICY_REPORT_ONLY"):
            return super().process_response(request, response)
        response.headers.setdefault(CONTENT_POLICY, self._policy())
        return response

    def _policy(self) -> str:
        wanted = settings.CONTENT_SECURITY_POLICY
        if self._written[0] is not wanted:
            self._written = wanted, build_policy()
        return self._written[1]


class MessagesForPeople:
    """Keeps the messages of a page that a script asked for: it takes a part of the page, and nobody sees the rest."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        waiting = get_messages(request)
        if is_of_script(request) and isinstance(waiting, BaseStorage):
            waiting.used = False
        return response
