"""Pictures, for their owner and for reviewers."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from icpportal.accounts.guards import account_of, second_factor_missing, signed_in_required
from icpportal.privacy.actions import REVIEW, note_access
from transfers.models import OrderDocument
from verification.documents import file_access


@signed_in_required
@require_GET
def serve(request: HttpRequest, reference: str) -> HttpResponseBase:
    """A picture, for the order's owner and for reviewers; everybody else gets 404. Staff looks are written down."""
    named = OrderDocument.objects.filter(document__reference=reference)
    papers = named.select_related("order", "document").order_by("-pk")  # used again, it is shown for the newest order
    user = account_of(request)
    reviewer = user.is_staff and user.has_perm("transfers.review_order") and not second_factor_missing(user)
    paper = get_object_or_404(papers[:1] if reviewer else papers.filter(order__owner=account_of(request))[:1])
    try:
        response = file_access.response(paper.document, preview="preview" in request.GET)
    except file_access.NotReady as missing:
        raise Http404 from missing
    if paper.order.owner_id != account_of(request).pk:
        what = f"document {paper.slot}"
        note_access(actor=account_of(request), what=what, reference=paper.order.reference, reason=REVIEW)
    return response
