"""Where pages send what was typed into them and not saved."""

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
    """Keep the fields that the page's mark names; `Saved-At` says when, on the clock of Beijing."""
    mark = marks.read(request)
    if mark is None:
        return HttpResponse(status=410)  # another page, or one drawn a week ago: nothing is kept by it any more
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
    """Back to what is saved: forget what was typed into the page."""
    mark = marks.read(request)
    if mark is None:
        return HttpResponseRedirect("/")
    storage.drop(request, mark)
    return HttpResponseRedirect(mark.url)
