"""Serves pictures to their owner and to reviewers who may see the case."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from icpportal.accounts.guards import account_of, issuer_vouches, second_factor_missing, signed_in_required
from transfers.models import OrderDocument
from verification.documents import file_access


@signed_in_required
@require_safe
def serve(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Serves a picture to the order's owner and to reviewers with a purpose; 404 for everybody else.

    Pictures belong to the case: what is recorded is that the case was seen, once for each purpose.
    """
    named = OrderDocument.objects.filter(document__reference=reference)
    papers = named.select_related("order", "document").order_by("-pk")  # a reused picture is shown for the newest order
    user = account_of(request)
    is_proved = not second_factor_missing(user) or issuer_vouches(request, user)
    reviewer = user.is_staff and user.has_perm("transfers.review_order") and is_proved
    paper = get_object_or_404(papers[:1] if reviewer else papers.filter(order__owner=user)[:1])
    try:
        response = file_access.response(paper.document, preview="preview" in request.GET)
    except file_access.NotReady as missing:
        raise Http404 from missing
    is_own = paper.order.owner_id == user.pk
    if not is_own and not import_string(settings.ORDER_LOOKS)(request, paper.order):
        raise Http404
    return response
