"""Finds the order in an address: one's own, or 404; checks on the way that its time is not over."""

from collections.abc import Callable
from functools import cache
from uuid import UUID

from django.contrib import messages
from django.db.models import CharField, UUIDField
from django.db.models.expressions import Combinable
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy

from icpportal.accounts.guards import account_of
from icpportal.accounts.models import User
from icpportal.database.prepared import CompiledQuery
from icpportal.wizard.storage import RowClosed
from transfers.models import Order
from transfers.orders import queries
from transfers.orders.expiry import TimeOver, expire_if_due, is_over, over_words
from transfers.orders.kinds import TRANSFERS

LOOKS = ("GET", "HEAD")
NOT_SAVED = gettext_lazy("Nothing was saved: the order can no longer be changed. This is its current state")
Along = Callable[[], dict[str, Combinable]]


def own_order(
    request: HttpRequest,
    reference: str,
    *,
    kinds: tuple[str, ...] = TRANSFERS,
    says_over: bool = False,
    along: Along | None = None,
) -> Order:
    """The visitor's own order of these kinds; 404 for anyone else's.

    A POST after the deadline is refused with `TimeOver`, and so is a page that would still offer something; a page that
    itself says that the time is over passes `says_over`. `along` are annotations that the page needs, read with the
    order in the same query.
    """
    owner = account_of(request)
    order = _own(kinds, along).first(owner=owner.pk, reference=reference)
    if order is None:
        raise Http404
    order.owner = owner
    words = over_words(order)
    order = expire_if_due(order)
    if words and (request.method not in LOOKS or (is_over(order) and not says_over)):
        raise TimeOver(order, words)
    return order


def leave_closed(request: HttpRequest, order: Order) -> HttpResponseRedirect:
    """To the page of an order that takes no changes any more; what was sent to it is said not to be saved."""
    if request.method not in LOOKS:
        messages.warning(request, NOT_SAVED)
    return HttpResponseRedirect(order.get_absolute_url())


@cache
def _own(kinds: tuple[str, ...], along: Along | None) -> CompiledQuery[Order]:
    orders = Order.objects.annotate(**(along() if along else {}))
    return CompiledQuery(
        lambda owner, reference: orders.filter(owner=owner, reference=reference, kind__in=kinds).order_by(),
        owner=UUIDField(),
        reference=CharField(),
    )


def redirect_of_ended(user: User, website: UUID) -> Order:
    """Redirects an old address of a transfer of this website that one has cancelled since; else 404."""
    order = queries.cancellation_of(user, website)
    if order is None:
        raise Http404
    return order


class TimesThatAreOver:
    """Redirects requests that come too late to the page of their order; a POST is told why it did not count."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Handles `TimeOver`, and an order that somebody closed while the request was handled."""
        if isinstance(exception, RowClosed) and isinstance(exception.row, Order):
            return leave_closed(request, exception.row)
        if not isinstance(exception, TimeOver):
            return None
        if request.method not in LOOKS:
            messages.warning(request, exception.words)
        return redirect(exception.order)
