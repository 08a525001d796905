"""The response when a sealed value cannot be opened. Not in `middleware.py`: the simulator has no such rows."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from icpportal.alarms import rows
from icpportal.pages.errors import page
from icpportal.privacy.crypto import Unreadable

Answer = Callable[[HttpRequest], HttpResponse]


class RowsThatCannotBeRead:
    """Shows that a page's data cannot be read, and tells operations which row it was."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Handles unreadable values only: anything else is a bug of the page."""
        if not isinstance(exception, Unreadable):
            return None
        match = request.resolver_match
        kwargs = match.kwargs if match else {}
        reference = str(kwargs.get("reference") or kwargs.get("pk") or (match.view_name if match else ""))
        rows.tell("pages.other", f"{match.view_name if match else ''} {reference}", exception, reference=reference)
        return page(request, HTTPStatus.SERVICE_UNAVAILABLE, template="errors/cannot_read.html", reference=reference)
