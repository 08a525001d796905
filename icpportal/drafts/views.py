"""Receives what was typed into pages and not saved."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from icpportal.codes import limits
from icpportal.drafts import marks, storage
from icpportal.drafts.storage import TooLarge, TooMany
from icpportal.fields.client import client_address
from icpportal.time_format import to_beijing


@sensitive_post_parameters()
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Stores the fields named in the page's mark; the header `Saved-At` tells when, in Beijing time."""
    mark = marks.read(request)
    if mark is None:
        return HttpResponse(status=410)  # an expired mark, or one of another page
    if not limits.consume("page_drafts", mark.account or client_address(request)).ok:
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    try:
        saved_at = storage.keep_typed(request, mark, storage.typed_of(request.POST, mark.names))
    except TooLarge:
        return HttpResponse(status=413)
    except TooMany:
        return HttpResponse(status=429, headers={"Retry-After": "3600"})
    return HttpResponse(status=204, headers={"Saved-At": f"{to_beijing(saved_at):%H:%M}"})


@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    """Deletes what was typed into the page and returns to what is saved."""
    mark = marks.read(request)
    if mark is None:
        return HttpResponseRedirect("/")
    storage.drop(request, mark)
    return HttpResponseRedirect(mark.url)
