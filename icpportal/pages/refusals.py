"""Pages for refusals without text: a wrong method, and a move that came too late."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse

from icpportal.audit.refusals import note_refusal
from icpportal.fields.client import client_address
from icpportal.lifecycle import MoveNotAllowed
from icpportal.pages import errors

Answer = Callable[[HttpRequest], HttpResponse]


class Refusals:
    """Gives an empty 405 a page, and turns a move that somebody else made first into 409 instead of an error."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.FORBIDDEN:
            _note(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.content:
            return errors.not_allowed(request, response["Allow"])
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Only for moves that are no longer open."""
        return errors.conflict(request, _order_of(request)) if isinstance(exception, MoveNotAllowed) else None


def _note(request: HttpRequest) -> None:
    """Records staff at an address of the desk that is not theirs, by its name: the URL may contain words."""
    match = request.resolver_match
    if match is not None and match.namespace == "admin" and request.user.is_authenticated and request.user.is_staff:
        note_refusal(request.user, match.url_name or "", client=client_address(request))


def _order_of(request: HttpRequest) -> str:
    """The page of the order in the URL."""
    match = request.resolver_match
    try:
        return reverse("order", args=[match.kwargs["reference"]]) if match else ""
    except (KeyError, NoReverseMatch):
        return ""
